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

from licheng.demo import courses, media
from licheng.demo.clock import TAIPEI
from licheng.demo.courses import Course
from licheng.demo.desk import Desk, Sheet
from licheng.demo.dice import Dice
from licheng.demo.keyring import CERTIFICATION, DELEGATION, Keyring, instant
from licheng.demo.pen import Style
from licheng.demo.people import CAST_PERIOD, FORMER_TEACHER, Cast
from licheng.demo.values import Special
from licheng.demo.works import Handed, Work
from licheng.signing.canonical import Json, encode
from licheng.signing.demo_keys import DemoKey

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


def _extended(handed: Handed) -> Work:
    return replace(handed.work, body=f"{handed.work.body}\n\n認證之後又補上一段：下次會先把步驟寫清楚。")


def _withdrawn(handed: Handed) -> Work:
    return replace(handed.work, submitted=False)


_STORIES = (
    _Story("returned", "returned", CURRENT, ("returned",)),
    _Story("stale", "stale", CURRENT, ("certified",), _extended, "Add to a work"),
    _Story("withdrawn", "draft", CURRENT, ("certified",), _withdrawn, "Withdraw a work"),
    _Story("revoked", "revoked", CURRENT, ("certified", "revoked")),
    _Story("resubmitted", "certified", "114-1", ("returned", "certified"), _corrected, "Correct a work"),
)


@dataclass(frozen=True)
class Decision:
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
    def sheet(self) -> Sheet:
        """The commit into which it goes."""
        return Sheet(self.on, self.by, "Certify course outputs")

    @property
    def course(self) -> tuple[str, str]:
        """The term and the id of the item's course."""
        return self.handed.stay.term.id, str(self.work.head["course"])


@dataclass(frozen=True)
class Signed:
    """One decision as it was written."""

    path: str
    value: dict[str, Json]
    data: bytes
    decision: Decision
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
    signed: dict[str, list[Signed]] = field(default_factory=lambda: defaultdict(list))
    specials: list[Special] = field(default_factory=list)


@dataclass(frozen=True)
class _Absence:
    """A teacher who is away on one sitting, and who stands in."""

    teacher: str
    substitute: str
    on: date
    courses: tuple[tuple[str, str], ...]

    @property
    def sheet(self) -> Sheet:
        """The commit of the delegation, a few days before."""
        return Sheet(self.on - timedelta(days=5), self.teacher, "Delegate certification to a colleague")

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
    outputs = sorted(handed, key=lambda one: one.folder)
    stories = _stories(outputs, cast, style)
    decisions = [decision for one in outputs for decision in _decide(one, stories.get(one.folder), cast, style)]
    renewed = _busiest(decision.by for decision in decisions if decision.handed.stay.term.id != CURRENT)
    keyring = Keyring(cast, style.seed, renewed)
    absence = _absence(decisions, cast, style, renewed)
    delegation = _delegate(desk, absence, keyring) if absence else ""
    stood_in = [_stand_in(decision, absence) for decision in decisions]
    ledger = Ledger(keyring)
    _sign(desk, stood_in, ledger, {"id": RULEBOOK, "digest": sha256(rulebook).hexdigest()}, delegation)
    for one in outputs:
        _edit(desk, one, stories.get(one.folder), cast, style)
    keyring.write(desk, (one.digest for one in _of_retired_key(ledger)))
    ledger.specials.extend(_specials(ledger, stories))
    return ledger


def payload_path(handed: Handed, sequence: int, name: str) -> str:
    """Return the path of a decision on an item."""
    return f"{handed.folder.replace('/students/', '/certifications/')}/{sequence:04d}-{name}.json"


# What is decided


def _stories(outputs: list[Handed], cast: Cast, style: Style) -> dict[str, _Story]:
    """Give each story to a work of a student who has none yet, or of anyone if there is no such student."""
    told: dict[str, _Story] = {}
    shuffled = Dice(style.seed, "stories").shuffled(outputs)
    for story in _STORIES * max(1, len(cast.students) // CAST_PERIOD):
        fits = [one for one in shuffled if one.stay.term.id == story.term and one.folder not in told]
        fresh = [one for one in fits if not any(folder.startswith(f"{one.student.folder}/") for folder in told)]
        for one in (fresh or fits)[:1]:
            told[one.folder] = story
    return told


def _decide(one: Handed, story: _Story | None, cast: Cast, style: Style) -> Iterator[Decision]:
    """Yield the decisions on an item, the earliest first."""
    course = _course(one)
    teacher = courses.teacher_of(cast, one.stay.term, course, one.stay.class_)
    dice = Dice(style.seed, "certify", one.folder)
    advised = course.advised and dice.chance(1, 3)
    by, capacity = (cast.advising_teacher, "advising-teacher") if advised else (teacher, "course-teacher")
    days = _sittings(one, by, style)
    if story:
        works = (one.work, story.edit(one))
        for on, name, work in zip(days, story.decisions, works, strict=False):
            yield Decision(one, work, name, on, by, capacity)
    elif one.late:
        yield Decision(one, one.work, "certified", _LATE, by, capacity)
    elif one.selected or (one.stay.term.id == CURRENT and dice.chance(3, 5)):
        yield Decision(one, one.work, "certified", dice.pick(days), by, capacity)


def _course(one: Handed) -> Course:
    return next(course for course in courses.offered(one.stay.term) if course.id == one.work.head["course"])


def _sittings(one: Handed, teacher: str, style: Style) -> tuple[date, ...]:
    """Return the two days on which a teacher sits down to the items of a term, or to those of year 12."""
    term, leaving = one.stay.term.id, (one.stay.term.number, one.stay.level) == (2, 12)
    spans = _SITTINGS_12 if leaving else _SITTINGS[term]
    return tuple(Dice(style.seed, "sitting", teacher, first).day(first, last) for first, last in spans)


def _edit(desk: Desk, one: Handed, story: _Story | None, cast: Cast, style: Style) -> None:
    """Write what the student does with a special work on the day after the first sitting."""
    if not story or not story.message:
        return
    first = next(iter(_decide(one, story, cast, style))).on
    tutor = cast.tutor(one.stay.class_, one.stay.term.year)
    sheet = Sheet(first + timedelta(days=1), tutor if style.by_class else one.student.id, story.message)
    for path, data in _files(one, story.edit(one)).items():
        desk.put(sheet, path, data)


def _files(one: Handed, work: Work) -> dict[str, bytes]:
    files = {"item.md": work.item(), **{file.name: file.data for file in work.files}}
    return {f"{one.folder}/{name}": data for name, data in files.items()}


# Who is away, and whose key is retired


def _busiest(people: Iterable[str]) -> str:
    """Return who comes up most often and is still there; empty if nobody does."""
    count = Counter(person for person in people if person != FORMER_TEACHER)
    return min(count, key=lambda person: (-count[person], person), default="")


def _absence(decisions: list[Decision], cast: Cast, style: Style, renewed: str) -> _Absence | None:
    """Let somebody be away on the day on which there is most to decide."""
    away = [one for one in decisions if one.course[0] == "114-2" and one.capacity == "course-teacher"]
    count = Counter((one.by, one.on) for one in away if one.by not in {renewed, FORMER_TEACHER})
    if not count:
        return None
    teacher, on = min(count, key=lambda key: (-count[key], key))
    substitute = Dice(style.seed, "substitute").pick([one for one in cast.teachers() if one not in {teacher, renewed}])
    taught = sorted({one.course for one in away if (one.by, one.on) == (teacher, on)})
    return _Absence(teacher, substitute, on, tuple(taught))


def _stand_in(decision: Decision, absence: _Absence | None) -> Decision:
    if (
        not absence
        or (decision.by, decision.on) != (absence.teacher, absence.on)
        or decision.course not in absence.courses
    ):
        return decision
    return replace(decision, by=absence.substitute, capacity="substitute", acting_for=absence.teacher)


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
                "starts": instant(midnight - timedelta(days=2)),
                "ends": instant(midnight + timedelta(days=3)),
                "reason": "公假期間請同事代理認證。",
                "issued_at": instant(issued),
            },
        }
    )
    desk.put(absence.sheet, absence.path, data)
    desk.put(absence.sheet, f"{absence.path}.sig", key.sign(DELEGATION, data))
    return sha256(data).hexdigest()


# What is signed


def _sign(desk: Desk, decisions: list[Decision], ledger: Ledger, rulebook: dict[str, Json], delegation: str) -> None:
    """Sign everything, sitting by sitting: the last signature half a minute before the commit."""
    sittings: dict[Sheet, list[Decision]] = defaultdict(list)
    for decision in decisions:
        sittings[decision.sheet].append(decision)
    for sheet in sorted(sittings):
        waiting = len(sittings[sheet])
        for place, decision in enumerate(sittings[sheet]):
            when = sheet.when - (waiting - place) * _BETWEEN
            before = ledger.signed[decision.handed.folder]
            one = _payload(decision, when, before, ledger.keyring, rulebook, delegation)
            desk.put(sheet, one.path, one.data)
            desk.put(sheet, f"{one.path}.sig", one.key.sign(CERTIFICATION, one.data))
            before.append(one)


def _payload(
    decision: Decision,
    when: datetime,
    before: list[Signed],
    keyring: Keyring,
    rulebook: dict[str, Json],
    delegation: str,
) -> Signed:
    one, key = decision.handed, keyring.at(decision.by, when)
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
        "item": one.work.folder,
        "student": one.student.id,
        "kind": "course-output",
        "term": term,
        "course": course,
        "certifier": certifier,
        "decision": decision.name,
        "rulebook": {**rulebook},
        "sequence": len(before) + 1,
        "issued_at": instant(when),
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
        "subject": _subject(one, decision.work),
        "predicate": predicate,
    }
    return Signed(payload_path(one, len(before) + 1, decision.name), value, encode(value), decision, when, key)


def _subject(one: Handed, work: Work) -> list[Json]:
    """Return all files of an item, in the order of their names."""
    files = {path.rpartition("/")[2]: data for path, data in _files(one, work).items()}
    return [
        {"name": name, "size": len(data), "digest": {"sha256": sha256(data).hexdigest()}}
        for name, data in sorted(files.items())
    ]


# What came of it


def _of_retired_key(ledger: Ledger) -> Iterator[Signed]:
    ring = ledger.keyring
    for signed in ledger.signed.values():
        yield from (one for one in signed if one.decision.by == ring.renewed and one.when < ring.renewed_at)


def _specials(ledger: Ledger, stories: dict[str, _Story]) -> Iterator[Special]:
    """Yield the works with a story, and those whose last decision is of a special kind."""
    for folder, story in stories.items():
        yield Special(story.name, folder, story.state)
    retired = {one.path for one in _of_retired_key(ledger)}
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
