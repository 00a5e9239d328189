"""Who may do what: the rights that a school gives, as a set, so that two states of a school can be compared.

A change of control after which anybody may do more than before needs a second person (伍.五, 肆.三). What counts is
what the files together give, never which file was edited: a post, a post's unit, a row of the authority table, a
section's teacher, a rulebook's certifiers, a key, a login and a coordinator all end here. Rights that begin only later
count as well, since on that day nothing changes that anybody could judge.

What code is run is no right of this kind: changes outside `content/` are judged by their reviewers (threat model).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from licheng.core.change import Account
from licheng.core.dates import TAIPEI, optional_day
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.term import Term
from licheng.policy import keys
from licheng.policy.accounts import accounts, may_clone
from licheng.policy.authority import REGISTRAR, SECRETARY, TEACHES, assigned, holds, within
from licheng.policy.delegations import lasts
from licheng.policy.permission import AuthorityRow, in_unit, rows

# Classes of people in place of each of them: every member of one gains or loses together.
_CLASSES = {
    "owner": "every-student",
    "signer": "every-staff",
    "claimant": "every-staff",
    "recorder": "every-staff",
    "coordinator": "every-coordinator",
}
# Who belongs to such a class: by a right of their own.
CLASS_OF = {("be", "student"): "every-student", ("be", "staff"): "every-staff", ("second", ""): "every-coordinator"}
# Of these nobody else can hold the same, as they are one person's own.
OWN = frozenset({"log-in", "sign"})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """That somebody may do something.

    Attributes:
        who: an account's id, or a class of people (`every-student`).
        what: the deed: add, change or delete files; certify, see, log-in …
        over: what it is about: a kind of record, after a slash a pattern of paths, a section, a login; empty where
            there is nothing.
        only: the relation that the person must have to the single file (`tutor=12a`); empty where there is none.
    """

    who: str
    what: str
    over: str = ""
    only: str = ""

    def __str__(self) -> str:
        """As an override writes it: `t004 change duties`, `t012 change:tutor=12a external-record`."""
        deed = f"{self.what}:{self.only}" if self.only else self.what
        return " ".join(filter(None, (self.who, deed, self.over)))

    @classmethod
    def of(cls, text: str) -> Right:
        """The way back."""
        who, _, rest = text.partition(" ")
        deed, _, over = rest.partition(" ")
        what, _, only = deed.partition(":")
        return cls(who, what, over, only)


@lru_cache(maxsize=64)
def rights(school: School, on: date) -> frozenset[Right]:
    """Everything that anybody may do on a day, Asia/Taipei."""
    opened = tuple(accounts(school, on))
    staff = tuple(account.id for account in opened if account.holder == "staff")
    given = {*_certifying(school, on), *_signing(school, on)}
    for row in rows(school):
        # A slash tells a pattern from a kind: neither is ever taken for the other.
        deeds = [(deed, over) for deed in row.may for over in (*row.records, *(f"/{path}" for path in row.paths))]
        for who, only in named(row, staff, school, on):
            given |= {Right(who, deed, over, only) for deed, over in deeds}
    for account in opened:
        given |= {Right(account.id, "log-in", login) for login in logins(account)}
        given.add(Right(account.id, "be", account.holder))
        if may_clone(account, school, on):
            given.add(Right(account.id, "see"))
    # Seats of the working group that are somebody's by name; a post's own seat follows from the post.
    seats = [seat for record in school.of("seat-holders") for seat in record.data["terms"] if within(seat, on)]
    sitting = ((seat.get("staff") or seat.get("student"), seat["seat"]) for seat in seats)
    given |= {Right(holder, "sit", seat) for holder, seat in sitting if holder is not None}
    # Contests, whose organiser records the results: that of one moves with the unit that it names.
    for contest in school.of("contest"):
        holders = (member for member in staff if in_unit(member, contest.data["unit"], school, on))
        given |= {Right(member, "run", contest.slug) for member in holders}
    return frozenset(given)


@lru_cache(maxsize=2)
def gains(before: School, after: School, on: date) -> frozenset[Right]:
    """What anybody may do on a day, or on any day that follows, and might not have before.

    A delegation that only `after` holds is left out: it is a decision that its teacher signs, with rules of its own. So
    is a contest that is new: a unit that runs contests runs one more.
    """
    known = {delegation.digest for delegation in before.trust.delegations}
    kept = tuple(delegation for delegation in after.trust.delegations if delegation.digest in known)
    after = replace(after, trust=replace(after.trust, delegations=kept))
    contests = {record.slug for record in after.of("contest")} - {record.slug for record in before.of("contest")}
    gained = set[Right]()
    for when in sorted({on, *(edge for school in (before, after) for edge in _edges(school) if edge > on)}):
        already = rights(before, when)
        gained |= {right for right in rights(after, when) - already if _whole(right) not in already}
    return frozenset(right for right in gained if right.what != "run" or right.over not in contests)


def _whole(right: Right) -> Right:
    """The same without its condition, which who has it needs not gain."""
    return replace(right, only="")


def may_second(staff: str, right: Right, at_base: frozenset[Right], school: School, at: datetime) -> bool:
    """Whether somebody can be the second person for what another gains: who has the right, or a coordinator.

    Args:
        staff: who; never the one who gains.
        right: what is gained.
        at_base: the rights at base.
        school: at base.
        at: when it is judged, UTC.
    """
    if staff == right.who:
        return False
    own = replace(right, who=staff)
    return own in at_base or _whole(own) in at_base or keys.is_coordinator(staff, at, school)


def seconds(right: Right, actor: str, at_base: frozenset[Right], school: School, at: datetime) -> tuple[str, ...]:
    """Everybody who can be the second person today: not who brings the change, and with a key that counts."""
    able = {key.staff for key in school.trust.keys if key.ending is None and key.valid_at(at)}
    able = {staff for staff in able if holds(staff, school, at.astimezone(TAIPEI).date())}
    return tuple(sorted(staff for staff in able - {actor} if may_second(staff, right, at_base, school, at)))


@lru_cache(maxsize=20_000)
def canonical(identity: str) -> str:
    """A login as it is compared: one spelling of a number, one of a fingerprint's base64."""
    sort, _, name = identity.partition(":")
    if sort == "github":
        return f"github:{name.lstrip('0')}"
    raw = _decoded(name.removeprefix("SHA256:"))
    return identity if raw is None else _fingerprint(raw)


@lru_cache(maxsize=20_000)
def of_key(line: str) -> str | None:
    """The login of a public key, whatever its comment and spelling; None where it is none."""
    words = line.split()
    raw = _decoded(words[1]) if len(words) > 1 else None
    return None if raw is None else _fingerprint(sha256(raw).digest())


def logins(entry: Mapping[str, Any] | Account) -> frozenset[str]:
    """Everything by which an account is known."""
    if isinstance(entry, Account):
        named, lines = entry.identities, entry.login_keys
    else:
        named, lines = entry["identities"], entry.get("login_keys", ())
    return frozenset((*map(canonical, named), *filter(None, map(of_key, lines))))


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (Error, ValueError):
        return None


def _fingerprint(digest: bytes) -> str:
    return f"ssh:SHA256:{b64encode(digest).decode().rstrip('=')}"


def named(row: AuthorityRow, staff: Iterable[str], school: School, on: date) -> Iterator[tuple[str, str]]:
    """Whom a row of the authority table names: the person or the class, and the relation that is asked for."""
    members = tuple(staff)
    for who in row.by:
        match who:
            case {"as": relation} if relation in _CLASSES:
                yield _CLASSES[relation], relation
            case {"unit": unit}:
                yield from ((member, "") for member in members if in_unit(member, unit, school, on))
            case {"post": post}:
                yield from ((member, "") for member in members if holds(member, school, on, post))
            case {"as": "tutor"}:
                posts = ((member, post) for member in members for post in school.posts_of.get(member, ()))
                tutored = ((member, post) for member, post in posts if post["post"] == "class-tutor")
                yield from ((member, f"tutor={post['class']}") for member, post in tutored if within(post, on))
            case {"as": "organiser"}:
                pairs = ((member, unit) for member in members for unit in school.units)
                running = ((member, unit) for member, unit in pairs if in_unit(member, unit, school, on))
                yield from ((member, f"organiser={unit}") for member, unit in running)


def _certifying(school: School, on: date) -> Iterator[Right]:
    """Certifying in a section by the assignment or for a teacher, and the capacities that the rulebook names."""
    yield from (Right(f"every-{post}", "certify") for post in _certifiers(school.rulebooks.on(on)))
    # A school has hundreds of sections, in few terms and of few teachers.
    working = {staff for staff in school.posts_of if holds(staff, school, on)}
    posts = {term: _certifiers(school.rulebooks.for_term(term)) for term in school.offerings}
    fields = {term: [TEACHES[who] for who in TEACHES if who.value in named] for term, named in posts.items()}
    for term, course, section in _sections(school):
        teachers = (staff for field in fields[term] for staff in assigned(section, field, on))
        where = f"{term}/{course}/{section['id']}"
        yield from (Right(staff, "certify", where) for staff in teachers if staff in working)
    for delegation in school.trust.delegations:
        for term_id, course in delegation.courses if lasts(delegation, school, on) else ():
            yield Right(delegation.substitute, "certify", f"{term_id}/{course}", f"for={delegation.principal}")


def _certifiers(book: Rulebook | None) -> tuple[str, ...]:
    return tuple(book.record.data["certifiers"]["posts"]) if book is not None else ()


def _sections(school: School) -> Iterator[tuple[Term, str, Mapping[str, Any]]]:
    for term, offered in school.offerings.items():
        for course, entry in offered.items():
            yield from ((term, course, section) for section in entry["sections"])


def _signing(school: School, on: date) -> Iterator[Right]:
    """What is done by a signature: waivers, claims and substitutes, being the second person, and every key itself."""
    starts, ends = (datetime.combine(on, edge, TAIPEI) for edge in (time.min, time.max))
    for staff in school.posts_of:
        if holds(staff, school, on, SECRETARY):
            yield Right(staff, "waive")
        if holds(staff, school, on, REGISTRAR):
            yield Right(staff, "claim")
    for staff in {*school.trust.coordinators, *(appointment.staff for appointment in school.trust.appointments)}:
        if keys.is_coordinator(staff, datetime.combine(on, time(12), TAIPEI), school):
            yield Right(staff, "second")
    for key in school.trust.keys:
        lives = key.valid_from <= ends and (key.valid_until is None or starts <= key.valid_until)
        if lives and key.ending is None and keys.is_enrolled(key, school):
            yield Right(key.staff, "sign", key.fingerprint or "")


def _edges(school: School) -> Iterator[date]:
    """The days on which rights begin, and those after they end."""
    entries = [entry for posts in school.posts_of.values() for entry in posts]
    entries += [entry for record in school.of("accounts") for entry in record.data["accounts"]]
    entries += [entry for record in school.of("seat-holders") for entry in record.data["terms"]]
    for _, _, section in _sections(school):
        entries += [entry for field in TEACHES.values() for entry in section.get(field, ()) if isinstance(entry, dict)]
    for entry in entries:
        starts, ends = optional_day(entry.get("from")), optional_day(entry.get("to"))
        yield from (day for day in (starts, ends and ends + _DAY) if day is not None)
    yield from (book.in_force_from for book in school.rulebooks.versions)
    trust = school.trust
    instants: list[datetime | None] = []
    instants += [when for delegation in trust.delegations for when in (delegation.starts, delegation.ends)]
    instants += [when for appointment in trust.appointments for when in (appointment.starts, appointment.ends)]
    instants += [when for key in trust.keys for when in (key.valid_from, key.valid_until)]
    # The day and the next: a right is asked about at noon, and an instant may be before or after it.
    for when in instants:
        if when is not None and when.year < date.max.year:  # one that never comes has no day
            on = when.astimezone(TAIPEI).date()
            yield from (on, on + _DAY)
