"""Who may add, change or delete which file: the authority table of `duties.yaml`, default deny.

Judged by the school as it is at base, so that no change can give itself rights. Being responsible for a duty gives
sight and reminders, never the right to write a student's work (伍.五, 肆.三).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from fnmatch import fnmatchcase
from functools import lru_cache

from licheng.core.change import Account, Operation
from licheng.core.dates import TAIPEI, day
from licheng.core.layout import ALLOWED_SIGNERS, BY_NAME, Home, Lasting, part_of, student_folder
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import keys
from licheng.policy.authority import holds, within
from licheng.policy.enrolment import place_on

# What a change of records may touch; everything else is control (gate, line 2).
RECORDS = frozenset(
    (
        *("students", "certifications", "delegations", "changes", "seals"),
        *("training", "notices", "receipt-notices", "working-group", "evaluation", "support"),
    )
)


def is_control(path: str) -> bool:
    """Whether a path decides how others are judged: everything but the school's everyday records."""
    top, _, rest = path.partition("/")
    return top != "content" or rest.split("/")[0] not in RECORDS


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """One row of the authority table; its place is `authority`/`index` of the duties record."""

    index: int
    id: str
    records: frozenset[str]
    paths: tuple[str, ...]
    may: frozenset[str]
    by: tuple[Mapping[str, str], ...]

    def covers(self, path: str, kind: str | None) -> bool:
        """Whether the row is about a path, which belongs to a record of that kind."""
        # A pattern that begins with an exclamation mark is about all that it does not match.
        return kind in self.records or any(
            fnmatchcase(path, pattern.removeprefix("!")) != pattern.startswith("!") for pattern in self.paths
        )


# What can become of a record at all, by what its kind says (GAT004, GAT006).
_POSSIBLE: Mapping[Lasting, frozenset[str]] = {
    Lasting.NEVER: frozenset(),
    Lasting.ADDED_ONLY: frozenset({Operation.ADD}),
    Lasting.IN_FORCE: frozenset({Operation.ADD}),  # once its day has come
    Lasting.GROWS: frozenset({Operation.ADD, Operation.CHANGE}),
}


@lru_cache(maxsize=8)  # asked for each file of a change, of the same two schools
def rows(school: School) -> tuple[AuthorityRow, ...]:
    """The authority table."""
    duties = school.one("duties")
    entries = duties.data["authority"] if duties is not None else ()
    return tuple(
        AuthorityRow(
            index,
            entry["id"],
            frozenset(entry.get("records", ())),
            tuple(entry.get("paths", ())),
            frozenset(entry["may"]),
            tuple(entry["by"]),
        )
        for index, entry in enumerate(entries)
    )


@lru_cache(maxsize=8)  # as the rows
def rows_by_kind(school: School) -> Mapping[str | None, tuple[AuthorityRow, ...]]:
    """By kind of record the rows that name it, and among them all with patterns, which may be about any path."""
    table: dict[str | None, list[AuthorityRow]] = {kind: [] for kind in (None, *BY_NAME)}
    for row in rows(school):
        for kind in table:
            if row.paths or kind in row.records:
                table[kind].append(row)
    return {kind: tuple(about) for kind, about in table.items()}


def record_home(path: str) -> Home | None:
    """The record that a file belongs to: itself, the item beside an attachment, the payload beside a signature."""
    belongs = part_of(path)
    return belongs.home if belongs is not None else None


def kind_of(path: str) -> str | None:
    """The kind of that record; `allowed_signers` follows from the keys and belongs to them."""
    if path == ALLOWED_SIGNERS:
        return "staff-keys"
    home = record_home(path)
    return home.kind.name if home is not None else None


def lasting_of(path: str) -> Lasting:
    """What may become of the record that a file belongs to; a file of no record is judged by other rules."""
    kind = kind_of(path)
    return BY_NAME[kind].lasting if kind is not None else Lasting.EDITED


def possible(path: str, on: date) -> frozenset[str]:
    """The operations that a file's record leaves open on a day, whoever has a right to them."""
    lasting, home = lasting_of(path), record_home(path)
    if lasting is Lasting.IN_FORCE and home is not None and day(home.identity["date"]) > on:
        return frozenset(Operation)
    return _POSSIBLE.get(lasting, frozenset(Operation))


def rows_of(path: str, school: School) -> tuple[AuthorityRow, ...]:
    """The rows that are about a path; exactly one, or nobody may do anything to it."""
    kind = kind_of(path)
    return tuple(row for row in rows_by_kind(school)[kind] if row.covers(path, kind))


@dataclass(frozen=True)
class Scene:
    """What a relation between a person and a file is read from.

    Attributes:
        school: at base.
        on: the day, Asia/Taipei.
        student: whose the file is, at base; None where it is nobody's, or a new student's.
        versions: the record that the file belongs to, before and after: a relation must hold for both.
        signers: who signed what lies at the path.
        claimants: who signed the claim with which the output that the file is of comes in.
    """

    school: School
    on: date
    student: Student | None
    versions: tuple[Record, ...] = ()
    signers: frozenset[str] = frozenset()
    claimants: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Among:
    """One entry of a row: unit, post or relation, its id, and the accounts that are meant today."""

    sort: str
    id: str
    holders: tuple[str, ...]


@dataclass(frozen=True)
class DecidingRow:
    """The row that decides, or why there is none."""

    path: str
    row: AuthorityRow | None
    among: tuple[Among, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class SeeingRow:
    """The row of the sight table that says who sees a student's record, or why nobody does."""

    path: str
    row: str | None
    among: tuple[Among, ...] = ()
    reason: str = ""


def student_of(path: str) -> str:
    """Whose folder a path lies in, by the folder and not by whatever else in the path is called so; else empty."""
    return (student_folder(path) or "").rpartition("/")[2]


def is_among(row: AuthorityRow, account: Account, path: str, scene: Scene) -> bool:
    """Whether an account is one of those whom a row names."""
    if account.holder == "student":
        return account.id == student_of(path) and any(who.get("as") == "owner" for who in row.by)
    return account.holder == "staff" and any(is_meant(who, account.id, scene) for who in row.by)


def is_meant(who: Mapping[str, str], staff: str, scene: Scene) -> bool:
    """Whether one of the staff is of a unit, holds a post, or has the relation to the file that an entry names."""
    school, on, versions = scene.school, scene.on, scene.versions
    match who:
        case {"unit": unit}:
            return in_unit(staff, unit, school, on)
        case {"post": post}:
            return holds(staff, school, on, post)
        case {"as": "tutor"}:
            place = place_on(scene.student, on) if scene.student is not None else None
            tutored = [post for post in school.posts_of.get(staff, ()) if post["post"] == "class-tutor"]
            return place is not None and any(post.get("class") == place[1] and within(post, on) for post in tutored)
        case {"as": ("signer" | "claimant") as relation}:
            return (scene.signers if relation == "signer" else scene.claimants) == {staff}
        case {"as": "recorder"}:
            return bool(versions) and all(record.data.get("recorder") == staff for record in versions)
        case {"as": "organiser"}:
            units = [_organiser(record, school) for record in versions]
            return bool(units) and all(unit is not None and in_unit(staff, unit, school, on) for unit in units)
        case {"as": "coordinator"}:
            return keys.is_coordinator(staff, datetime.combine(on, time(12), TAIPEI), school)
        case _:
            return False


def in_unit(staff: str, unit: str, school: School, on: date) -> bool:
    """Whether somebody holds a post that belongs to the unit: its head, not everybody who works there."""
    return (staff, unit) in _in_units(school, on)


@lru_cache(maxsize=8)  # asked of everybody and every unit
def _in_units(school: School, on: date) -> frozenset[tuple[str, str | None]]:
    posts_held = ((staff, post) for staff, posts in school.posts_of.items() for post in posts if within(post, on))
    return frozenset((staff, school.unit_of_post.get(post["post"])) for staff, post in posts_held)


def _organiser(record: Record, school: School) -> str | None:
    """The unit that runs what a record is about: its own field, or that of the contest that it names."""
    if record.kind == "contest-result":
        contests = {contest.slug: contest for contest in school.of("contest")}
        named = contests.get(record.data["contest"])
        return named.data["unit"] if named is not None else None
    unit: str | None = record.data.get("organiser") or record.data.get("unit")
    return unit


@dataclass(frozen=True, slots=True)
class Denial:
    """Why an account may not do something to a file: `reason` is an entry of the catalog.

    Attributes:
        row: the row that decides, where there is exactly one.
    """

    reason: str
    row: AuthorityRow | None = None


def denial(account: Account, operation: Operation, path: str, scene: Scene) -> Denial | None:
    """Why not, or None where the one row that is about the file allows it."""
    about = rows_of(path, scene.school)
    if len(about) != 1:
        return Denial("several-rows" if about else "no-row")
    [row] = about
    if operation not in row.may:
        return Denial("operation", row)
    return None if is_among(row, account, path, scene) else Denial("not-among", row)


def described(row: AuthorityRow, school: School) -> Iterator[tuple[str, str]]:
    """Whom a row names: (unit, post or as; id)."""
    for who in row.by:
        yield next(iter(who.items()))
