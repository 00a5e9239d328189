"""The school's keys: whose they are, since when, and the records of trust that say so.

All keys derive from the seed. The genesis names two coordinators; each other key is witnessed by one of them. One
person has left, whose key has an end; one has had a second key since the first was retired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import sha256

from licheng.demo.desk import Desk, DeskSheet
from licheng.demo.emit import Fields, Value, yaml_record
from licheng.demo.people import FORMER_TEACHER, Cast
from licheng.signing.allowed_signers import AllowedKey, allowed_signers
from licheng.signing.canonical import Json, encode
from licheng.signing.demo_keys import DemoKey

CERTIFICATION = "certification@licheng.invalid"
DELEGATION = "delegation@licheng.invalid"
ENROLMENT = "key@licheng.invalid"
WAIVER = "waiver@licheng.invalid"
OVERRIDE = "override@licheng.invalid"
OMISSION = "omission@licheng.invalid"
CLAIM = "claim@licheng.invalid"

FOUNDED = date(2025, 8, 1)
_SCHOOL = "demo00"
_FOLDER = "content/trust"
_FIRST = datetime(2025, 8, 1, tzinfo=UTC)
_LEFT = datetime(2026, 7, 31, 15, 59, 59, tzinfo=UTC)  # the last second of that day in Taipei


def utc_text(when: datetime) -> str:
    """Return a moment as records write it: UTC, whole seconds, ``Z``."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Keyring:
    """Everybody's keys.

    Attributes:
        cast: Everybody in the school.
        seed: The seed of the plan.
        renewed: Who has had a second key since `renewed_at`; empty if nobody.
    """

    cast: Cast
    seed: int
    renewed: str = ""

    @cached_property
    def coordinators(self) -> tuple[str, str]:
        """The two whom the genesis names."""
        return self.cast.office("academic-dean"), self.cast.office("registrar")

    @cached_property
    def holders(self) -> list[str]:
        """Everybody who has a key: who teaches, taught, advises or witnesses."""
        others = (*self.coordinators, FORMER_TEACHER, self.cast.advising_teacher)
        return sorted({*self.cast.teachers(), *others})

    @cached_property
    def genesis(self) -> bytes:
        """The first record of trust, in its bytes."""
        coordinators: list[Value] = [
            {"staff": person, "fingerprint": self.key(person).public.fingerprint} for person in self.coordinators
        ]
        fields: Fields = {
            "kind": "genesis/v1",
            "school": _SCHOOL,
            "founded_on": FOUNDED.isoformat(),
            "demo": True,
            "coordinators": coordinators,
        }
        return yaml_record(f"{_FOLDER}/genesis.yaml", fields)

    @cached_property
    def repository(self) -> str:
        """What names this school in everything that is signed: the digest of the genesis."""
        return sha256(self.genesis).hexdigest()

    @cached_property
    def renewed_at(self) -> datetime:
        """When one person's first key was retired and the second enrolled."""
        return (self._renewing.when - timedelta(minutes=5)).astimezone(UTC)

    def key(self, person: str, generation: int = 1) -> DemoKey:
        """Return a person's first key, or a later one."""
        return DemoKey.of(f"licheng demo {self.seed}", person, generation)

    def at(self, person: str, when: datetime) -> DemoKey:
        """Return the key with which a person signs at a moment."""
        return self.key(person, 2 if person == self.renewed and when >= self.renewed_at else 1)

    def current(self) -> list[DemoKey]:
        """Return the key that each holder has now."""
        return [self.key(person, 2 if person == self.renewed else 1) for person in self.holders]

    def write(self, desk: Desk, retired: Iterable[str]) -> None:
        """Put the records of trust on the desk, as they were at first and after each change.

        Args:
            desk: Where they are put.
            retired: The digests of what the retired key had signed.
        """
        founding = DeskSheet(FOUNDED, self.coordinators[0], "Found the trust root and enrol the first keys")
        desk.put(founding, f"{_FOLDER}/genesis.yaml", self.genesis)
        keys = {person: [_Enrolled(self.key(person), _FIRST)] for person in self.holders}
        self._put(desk, founding, keys, self.holders)
        keys[FORMER_TEACHER] = [_Enrolled(self.key(FORMER_TEACHER), _FIRST, until=_LEFT)]
        leaving = DeskSheet(
            _LEFT.date() + timedelta(days=3), self.coordinators[1], "End the key of a teacher who has left"
        )
        self._put(desk, leaving, keys, [FORMER_TEACHER])
        if self.renewed:
            old = _Enrolled(self.key(self.renewed), _FIRST, ended=self.renewed_at, payloads=tuple(sorted(retired)))
            keys[self.renewed] = [old, _Enrolled(self.key(self.renewed, 2), self.renewed_at)]
            self._put(desk, self._renewing, keys, [self.renewed])

    @cached_property
    def _renewing(self) -> DeskSheet:
        return DeskSheet(date(2026, 8, 24), self.coordinators[1], "Retire a key and enrol its successor")

    def _put(self, desk: Desk, sheet: DeskSheet, keys: dict[str, list[_Enrolled]], changed: Iterable[str]) -> None:
        """Put the records of the people whose keys changed on a sheet, and the list of everybody's keys."""
        for person in changed:
            path = f"{_FOLDER}/keys/{person}.yaml"
            entries: list[Value] = []
            # As its holder's record lists a key: signed by itself, witnessed, and perhaps ended.
            for enrolled in keys[person]:
                holder, public, since = enrolled.key.staff, enrolled.key.public.line, utc_text(enrolled.since)
                subject: dict[str, Json] = {"public_key": public, "repository": self.repository, "staff": holder}
                enrolment = encode({"_type": "key-enrolment/v1", **subject, "valid_from": since})
                entry: Fields = {"public_key": public, "valid_from": since}
                if enrolled.until:
                    entry["valid_until"] = utc_text(enrolled.until)
                entry["proof"] = enrolled.key.sign(ENROLMENT, enrolment).decode()
                if holder not in self.coordinators:  # the keys of the genesis need no witness
                    entry["witness"] = self._countersigned(holder, enrolment)
                if enrolled.ended:
                    at, payloads = utc_text(enrolled.ended), enrolled.payloads
                    end: dict[str, Json] = {"at": at, "payloads": list(payloads), "reason": "retired"}
                    by = self._countersigned(holder, encode({"_type": "key-ending/v1", **subject, **end}))
                    entry["ended"] = {"at": at, "reason": "retired", "payloads": payloads, "by": by}
                entries.append(entry)
            desk.put(sheet, path, yaml_record(path, {"kind": "staff-keys/v1", "keys": entries}))
        lines = (enrolled.allowed for person in keys for enrolled in keys[person])
        desk.put(sheet, f"{_FOLDER}/allowed_signers", allowed_signers(lines).encode())

    def _countersigned(self, holder: str, statement: bytes) -> Fields:
        """Return the second person, one of the coordinators, and their signature on a statement about a key."""
        second = self.coordinators[self.holders.index(holder) % 2]
        return {"staff": second, "signature": self.key(second).sign(ENROLMENT, statement).decode()}


@dataclass(frozen=True)
class _Enrolled:
    """A key in its interval."""

    key: DemoKey
    since: datetime
    until: datetime | None = None
    ended: datetime | None = None
    payloads: tuple[str, ...] = ()

    @property
    def allowed(self) -> AllowedKey:
        """Its line for stock OpenSSH."""
        namespaces = frozenset({CERTIFICATION, DELEGATION, ENROLMENT, WAIVER, OVERRIDE, OMISSION, CLAIM})
        return AllowedKey(self.key.staff, self.key.public, namespaces, self.since, self.ended or self.until)
