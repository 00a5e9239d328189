"""`allowed_signers`, the file by which stock OpenSSH knows whose key is whose: pure text from values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from licheng.signing.names import checked_namespace, checked_principal
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.times import openssh_time


@dataclass(frozen=True, slots=True)
class AllowedKey:
    """One interval in which a person's key counts.

    Attributes:
        principal: the staff id.
        key: which key.
        namespaces: for which kinds of signed things; never empty, as that would mean all.
        valid_from: the first instant at which it counts, UTC, whole seconds.
        valid_until: the last instant at which it counts (OpenSSH includes it); None while it has not ended.

    Raises:
        ValueError: a value that could be read as something else than it is, or an empty interval.
    """

    principal: str
    key: PublicKey
    namespaces: frozenset[str]
    valid_from: datetime
    valid_until: datetime | None = None

    def __post_init__(self) -> None:
        checked_principal(self.principal)
        if parse_public_key(self.key.line, passkeys=True) != self.key:
            raise ValueError(f"{self.principal}: a key that was never checked")
        if not self.namespaces:
            raise ValueError(f"{self.principal}: no namespace")
        for namespace in self.namespaces:
            checked_namespace(namespace)
        openssh_time(self.valid_from)
        if self.valid_until is not None:
            openssh_time(self.valid_until)
            if self.valid_until < self.valid_from:
                raise ValueError(f"{self.principal}: ends before it begins")

    @property
    def line(self) -> str:
        """Its line, without the newline."""
        options = [f'namespaces="{",".join(sorted(self.namespaces))}"']
        options.append(f'valid-after="{openssh_time(self.valid_from)}"')
        if self.valid_until is not None:
            options.append(f'valid-before="{openssh_time(self.valid_until)}"')
        return f"{self.principal} {','.join(options)} {self.key.line}"


def allowed_signers(keys: Iterable[AllowedKey]) -> str:
    """The whole file; the same values give the same text in whatever order they come."""
    return "".join(f"{line}\n" for line in sorted({key.line for key in keys}))
