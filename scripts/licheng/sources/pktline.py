"""Git's pkt-line framing (gitprotocol-common), as Git LFS uses it over SSH: data, `0000` flush, `0001` delimiter."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import BinaryIO

# Of one packet's data: git's 65,520 bytes less the four of the length.
MAX_DATA = 65_516


class EmptyPacket(Enum):
    """A packet without data."""

    FLUSH = b"0000"
    DELIMITER = b"0001"


Packet = bytes | EmptyPacket


class FramingError(Exception):
    """What came in is not pkt-line, or ended within a packet."""


def read(stream: BinaryIO) -> Packet | None:
    """The next packet; None at the end of the stream.

    Raises:
        FramingError: see there.
    """
    header = stream.read(4)
    if not header:
        return None
    try:
        length = int(header, 16) if len(header) == 4 and header.isalnum() else -1
    except ValueError:
        length = -1
    if length in (0, 1):
        return EmptyPacket(header)
    if not 4 < length <= MAX_DATA + 4:
        raise FramingError(header)
    data = stream.read(length - 4)
    if len(data) != length - 4:
        raise FramingError(header)
    return data


def until_flush(stream: BinaryIO) -> Iterator[bytes]:
    """The data of all packets before the next flush.

    Raises:
        FramingError: see there.
    """
    while (packet := read(stream)) is not EmptyPacket.FLUSH:
        if not isinstance(packet, bytes):
            raise FramingError(packet)
        yield packet


def write(stream: BinaryIO, packet: Packet) -> None:
    """One packet."""
    stream.write(packet.value if isinstance(packet, EmptyPacket) else b"%04x%b" % (len(packet) + 4, packet))


def write_line(stream: BinaryIO, text: str) -> None:
    """One packet of text with a final newline, as the protocol's commands and answers are."""
    write(stream, text.encode() + b"\n")
