"""Certifications: who decides on which course output, when, and the signed payloads that say so.

A teacher sits down to it twice a term. First everything is decided, then all of it is signed in the order of time, so
that each payload can name the one before it. A few works have a story of their own; it is told in `_STORIES`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from licheng.demo import courses, media
from licheng.demo.clock import TAIPEI
from licheng.demo.desk import Desk, DeskSheet
from licheng.demo.dice import Dice
from licheng.demo.keyring import CERTIFICATION, DELEGATION, Keyring, utc_text
from licheng.demo.pen import Style
from licheng.demo.people import CAST_PERIOD, FORMER_TEACHER, Cast
from licheng.demo.values import Special
from licheng.demo.works import Handed, Work
from licheng.signing.canonical import Json, encode
from licheng.signing.demo_keys import DemoKey

K = TypeVar("K", str, tuple[str, date])

STATEMENT = "https://in-toto.io/Statement/v1"
RULEBOOK = "2018-05-30"
CURRENT = "115-1"

_LATE = date(2026, 5, 9)  # after the window of year 12 closed, and before selection
_BETWEEN = timedelta(seconds=30)

# The first and the last day of a teacher's two sittings, by term; year 12 leaves earlier.
_SITTINGS = {
    "114-1": ((date(2026, 1, 14), date(2026, 1, 20)), (date(2026, 1, 26), date(2026, 2, 6))),
    "114-2": ((date(2026, 6, 24), date(2026, 6, 30)), (date(2026, 7, 6), date(2026, 7, 17))),
    "115-1": ((date(2026, 11, 17), date(2026, 11, 18)), (date(2026, 11, 20), date(2026, 11, 20))),
}
_SITTINGS_12 = ((date(2026, 4, 28), date(2026, 4, 30)), (date(2026, 5, 4), date(2026, 5, 7)))

_REASONS = {
    "returned": ("wrong-file", "附上的檔案不是這件作品的檔案，請更正後重新送出。"),
    "revoked": ("not-own-work", "查證後，主要內容不是學生自己完成的。"),
}


@dataclass(frozen=True)
class _Story:
    """What happens to a special work.

    Attributes:
        name: What it is called.
        state: What the work is at the end.
        term: The term in which such a work is looked for; what was selected in 114 must stay as it is.
        decisions: One for each sitting.
        edit: What the student does with it after the first sitting.
        message: Of that commit.
    """

    name: str
    state: str
    term: str
    decisions: tuple[str, ...]
    edit: Callable[[Handed], Work] = lambda handed: handed.work
    message: str = ""


def _corrected(handed: Handed) -> Work:
    """Replace the first file, and say so."""
    work, files = handed.work, list(handed.work.files)
    if files:
        files[0] = media.make(files[0].name, files[0].role, handed.folder.replace("/", "-"), "corrected")
    return replace(work, files=tuple(files), body=f"{work.body}\n\n依老師的說明更正後，重新送出。")


_STORIES = (
    _Story("returned", "returned", CURRENT, ("returned",)),
    _Story(
        "stale",
        "stale",
        CURRENT,
        ("certified",),
        lambda handed: replace(handed.work, body=f"{handed.work.body}\n\n認證之後又補上一段：下次會先把步驟寫清楚。"),
        "Add to a work",
    ),
    _Story(
        "withdrawn",
        "draft",
        CURRENT,
        ("certified",),
        lambda handed: replace(handed.work, submitted=False),
        "Withdraw a work",
    ),
    _Story("revoked", "revoked", CURRENT, ("certified", "revoked")),
    _Story("resubmitted", "certified", "114-1", ("returned", "certified"), _corrected, "Correct a work"),
)


@dataclass(frozen=True)
class DraftDecision:
    """One decision of a teacher, not yet signed.

    Attributes:
        handed: The item.
        work: The item as it was then.
        name: ``certified``, ``returned`` or ``revoked``.
        on: The day.
        by: Who decides.
        capacity: In what capacity.
        acting_for: For whom a substitute decides; empty for anybody else.
    """

    handed: Handed
    work: Work
    name: str
    on: date
    by: str
    capacity: str
    acting_for: str = ""

    @property
    def sheet(self) -> DeskSheet:
        """The commit into which it goes."""
        return DeskSheet(self.on, self.by, "Certify course outputs")

    @property
    def course(self) -> tuple[str, str]:
        """The term and the id of the item's course."""
        return self.handed.stay.term.id, str(self.work.head["course"])


@dataclass(frozen=True)
class SignedDecision:
    """One decision as it was written."""

    path: str
    value: dict[str, Json]
    data: bytes
    decision: DraftDecision
    when: datetime
    key: DemoKey

    @property
    def digest(self) -> str:
        """What the next payload, or a key's end, calls it."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Ledger:
    """Everything that was signed, the keys, and the works with a story."""

    keyring: Keyring
    signed: dict[str, list[SignedDecision]] = field(default_factory=lambda: defaultdict(list))
    specials: list[Special] = field(default_factory=list)


@dataclass(frozen=True)
class _Absence:
    """A teacher who is away on one sitting, and who stands in."""

    teacher: str
    substitute: str
    on: date
    courses: tuple[tuple[str, str], ...]

    @property
    def sheet(self) -> DeskSheet:
        """The commit of the delegation, a few days before."""
        return DeskSheet(self.on - timedelta(days=5), self.teacher, "Delegate certification to a colleague")

    @property
    def path(self) -> str:
        """Where the delegation lies."""
        return f"content/delegations/{self.teacher}-{self.on}.json"


def write(desk: Desk, cast: Cast, style: Style, handed: Iterable[Handed], rulebook: bytes) -> Ledger:
    """Put certifications, delegations and the records of trust on the desk.

    Args:
        desk: Where they are put.
        cast: Everybody in the school.
        style: How the plan is written.
        handed: The course outputs that were handed in.
        rulebook: The bytes of the rulebook that is in force.
    """
    outputs = sorted(handed, key=lambda output: output.folder)
    stories = _stories(outputs, cast, style)
    decisions: list[DraftDecision] = []
    for output in outputs:
        story = stories.get(output.folder)
        decided = list(_decide(output, story, cast, style))
        decisions += decided
        if story and story.message:  # what the student does on the day after the first sitting
            tutor = cast.tutor(output.stay.class_, output.stay.term.year)
            author = tutor if style.by_class else output.student.id
            sheet = DeskSheet(decided[0].on + timedelta(days=1), author, story.message)
            for name, data in _files(story.edit(output)).items():
                desk.put(sheet, f"{output.folder}/{name}", data)
    earlier = (decision.by for decision in decisions if decision.handed.stay.term.id != CURRENT)
    # Whose key is renewed: the one who decided most often and is still there; nobody where nobody did.
    renewed = _commonest(person for person in earlier if person != FORMER_TEACHER) or ""
    keyring = Keyring(cast, style.seed, renewed)
    absence = _absence(decisions, cast, style, renewed)
    delegation = _delegate(desk, absence, keyring) if absence else ""
    ledger = Ledger(keyring)
    in_force: dict[str, Json] = {"id": RULEBOOK, "digest": sha256(rulebook).hexdigest()}
    _sign(desk, decisions, ledger, in_force, absence, delegation)
    keyring.write(desk, (signed.digest for signed in _of_retired_key(ledger)))
    ledger.specials.extend(_specials(ledger, stories))
    return ledger


def payload_path(handed: Handed, sequence: int, name: str) -> str:
    """Return the path of a decision on an item."""
    return f"{handed.folder.replace('/students/', '/certifications/')}/{sequence:04d}-{name}.json"


# What is decided


def _stories(outputs: list[Handed], cast: Cast, style: Style) -> dict[str, _Story]:
    """Give each story to a work of a student who has none yet, or of anyone if there is no such student."""
    stories: dict[str, _Story] = {}
    tellers: set[str] = set()  # the students' folders
    shuffled = Dice(style.seed, "stories").shuffled(outputs)
    for story in _STORIES * max(1, len(cast.students) // CAST_PERIOD):
        fits = [output for output in shuffled if output.stay.term.id == story.term and output.folder not in stories]
        fresh = [output for output in fits if output.student.folder not in tellers]
        for output in (fresh or fits)[:1]:
            stories[output.folder] = story
            tellers.add(output.student.folder)
    return stories


def _decide(handed: Handed, story: _Story | None, cast: Cast, style: Style) -> Iterator[DraftDecision]:
    """Yield the decisions on an item, the earliest first."""
    stay, work = handed.stay, handed.work
    course = next(course for course in courses.offered(stay.term) if course.id == work.head["course"])
    teacher = courses.teacher_of(cast, stay.term, course, stay.class_)
    dice = Dice(style.seed, "certify", handed.folder)
    advised = course.advised and dice.chance(1, 3)
    by, capacity = (cast.advising_teacher, "advising-teacher") if advised else (teacher, "course-teacher")
    # The two days on which a teacher sits down to the items of a term, or to those of year 12.
    sittings = _SITTINGS_12 if (stay.term.number, stay.level) == (2, 12) else _SITTINGS[stay.term.id]
    days = [Dice(style.seed, "sitting", by, first).day(first, last) for first, last in sittings]
    if story:
        for on, name, version in zip(days, story.decisions, (work, story.edit(handed)), strict=False):
            yield DraftDecision(handed, version, name, on, by, capacity)
    elif handed.late:
        yield DraftDecision(handed, work, "certified", _LATE, by, capacity)
    elif handed.selected or (stay.term.id == CURRENT and dice.chance(3, 5)):
        yield DraftDecision(handed, work, "certified", dice.pick(days), by, capacity)


def _files(work: Work) -> dict[str, bytes]:
    """Return all files of an item, by name."""
    return {"item.md": work.item(), **{file.name: file.data for file in work.files}}


# Who is away


def _commonest(keys: Iterable[K]) -> K | None:
    """Return what comes up most often, the first in order where several do; None where nothing does."""
    count = Counter(keys)
    return min(count, key=lambda key: (-count[key], key), default=None)


def _absence(decisions: list[DraftDecision], cast: Cast, style: Style, renewed: str) -> _Absence | None:
    """Let somebody be away on the day on which there is most to decide."""
    away = [each for each in decisions if each.course[0] == "114-2" and each.capacity == "course-teacher"]
    busiest = _commonest((each.by, each.on) for each in away if each.by not in {renewed, FORMER_TEACHER})
    if not busiest:
        return None
    teacher, on = busiest
    colleagues = [person for person in cast.teachers() if person not in {teacher, renewed}]
    taught = sorted({each.course for each in away if (each.by, each.on) == (teacher, on)})
    return _Absence(teacher, Dice(style.seed, "substitute").pick(colleagues), on, tuple(taught))


def _delegate(desk: Desk, absence: _Absence, keyring: Keyring) -> str:
    """Write the delegation that the teacher signs; return its digest."""
    issued = absence.sheet.when - _BETWEEN
    key = keyring.at(absence.teacher, issued)
    taught: list[Json] = [{"term": term, "course": course} for term, course in absence.courses]
    midnight = datetime.combine(absence.on, datetime.min.time(), TAIPEI)
    data = encode(
        {
            "_type": STATEMENT,
            "predicateType": "delegation/v1",
            "predicate": {
                "repository": keyring.repository,
                "principal": absence.teacher,
                "substitute": absence.substitute,
                "by": absence.teacher,
                "key_fingerprint": key.public.fingerprint,
                "courses": taught,
                "starts": utc_text(midnight - timedelta(days=2)),
                "ends": utc_text(midnight + timedelta(days=3)),
                "reason": "公假期間請同事代理認證。",
                "issued_at": utc_text(issued),
            },
        }
    )
    desk.put(absence.sheet, absence.path, data)
    desk.put(absence.sheet, f"{absence.path}.sig", key.sign(DELEGATION, data))
    return sha256(data).hexdigest()


# What is signed


def _sign(
    desk: Desk,
    decisions: list[DraftDecision],
    ledger: Ledger,
    rulebook: dict[str, Json],
    absence: _Absence | None,
    delegation: str,
) -> None:
    """Sign everything, sitting by sitting, the last signature half a minute before the commit; some by a substitute."""
    sittings: dict[DeskSheet, list[DraftDecision]] = defaultdict(list)
    for decision in decisions:
        on, by, course = decision.on, decision.by, decision.course
        if absence and (on, by) == (absence.on, absence.teacher) and course in absence.courses:
            decision = replace(decision, by=absence.substitute, capacity="substitute", acting_for=absence.teacher)
        sittings[decision.sheet].append(decision)
    for sheet in sorted(sittings):
        waiting = len(sittings[sheet])
        for place, decision in enumerate(sittings[sheet]):
            when = sheet.when - (waiting - place) * _BETWEEN
            before = ledger.signed[decision.handed.folder]
            signed = _payload(decision, when, before, ledger.keyring, rulebook, delegation)
            desk.put(sheet, signed.path, signed.data)
            desk.put(sheet, f"{signed.path}.sig", signed.key.sign(CERTIFICATION, signed.data))
            before.append(signed)


def _payload(
    decision: DraftDecision,
    when: datetime,
    before: list[SignedDecision],
    keyring: Keyring,
    rulebook: dict[str, Json],
    delegation: str,
) -> SignedDecision:
    handed, key = decision.handed, keyring.at(decision.by, when)
    term, course = decision.course
    certifier: dict[str, Json] = {
        "id": decision.by,
        "key_fingerprint": key.public.fingerprint,
        "capacity": decision.capacity,
    }
    if decision.acting_for:
        certifier |= {"acting_for": decision.acting_for, "delegation_digest": delegation}
    predicate: dict[str, Json] = {
        "repository": keyring.repository,
        "item": handed.work.folder,
        "student": handed.student.id,
        "kind": "course-output",
        "term": term,
        "course": course,
        "certifier": certifier,
        "decision": decision.name,
        "rulebook": {**rulebook},
        "sequence": len(before) + 1,
        "issued_at": utc_text(when),
        "statement": {"id": f"{decision.name}/v1", "language": "zh-TW"},
    }
    if before:
        predicate["previous"] = before[-1].digest
    if decision.name in _REASONS:
        code, text = _REASONS[decision.name]
        predicate["reason"] = {"code": code, "text": text}
    value: dict[str, Json] = {
        "_type": STATEMENT,
        "predicateType": "certification/v1",
        "subject": [
            {"name": name, "size": len(data), "digest": {"sha256": sha256(data).hexdigest()}}
            for name, data in sorted(_files(decision.work).items())
        ],
        "predicate": predicate,
    }
    return SignedDecision(
        payload_path(handed, len(before) + 1, decision.name), value, encode(value), decision, when, key
    )


# What came of it


def _of_retired_key(ledger: Ledger) -> Iterator[SignedDecision]:
    ring = ledger.keyring
    for signed in ledger.signed.values():
        yield from (each for each in signed if each.decision.by == ring.renewed and each.when < ring.renewed_at)


def _specials(ledger: Ledger, stories: dict[str, _Story]) -> Iterator[Special]:
    """Yield the works with a story, and those whose last decision is of a special kind."""
    for folder, story in stories.items():
        yield Special(story.name, folder, story.state)
    retired = {signed.path for signed in _of_retired_key(ledger)}
    for folder, signed in sorted(ledger.signed.items()):
        last = signed[-1]
        if folder in stories:
            continue
        if last.path in retired:
            yield Special("retired-key", folder, "certified")
        if last.decision.capacity != "course-teacher":
            yield Special(last.decision.capacity, folder, "certified")
        if last.decision.handed.late:
            yield Special("late", folder, "certified")
