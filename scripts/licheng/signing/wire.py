"""The few data types of the SSH wire format (RFC 4251, section 5) that signatures and keys are made of."""

from __future__ import annotations

from licheng.signing.refusal import Reason, Refused

_WORD = 4  # bytes of a uint32


def string(data: bytes) -> bytes:
    """A `string`: length, then bytes."""
    return len(data).to_bytes(_WORD, "big") + data


class Reader:
    """Reads a blob from its front and insists on reading all of it."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next bytes, exactly so many."""
        end = self._at + count
        if end > len(self._data):
            raise Refused(Reason.TRUNCATED, f"byte {self._at}")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def word(self) -> int:
        """A `uint32`."""
        return int.from_bytes(self.take(_WORD), "big")

    def string(self) -> bytes:
        """A `string`."""
        return self.take(self.word())

    def natural(self, otherwise: Reason = Reason.BAD_KEY) -> int:
        """An `mpint` that is positive and written in as few bytes as it needs; `otherwise` says what it is not."""
        data = self.string()
        value = int.from_bytes(data, "big")
        if not value or data != value.to_bytes(value.bit_length() // 8 + 1, "big"):
            raise Refused(otherwise, "a number that is not positive or not in its shortest form")
        return value

    def end(self) -> None:
        """Nothing may follow."""
        left = len(self._data) - self._at
        if left:
            raise Refused(Reason.TRAILING_BYTES, f"{left} bytes")
