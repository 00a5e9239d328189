"""What rules have said is remembered in a worker: cases of one school differ in a file or two.

The program judges every file of a check once, and so does not need it.

- `judged_once`: what a rule says of a text, or of a record whose owner and school it is given but does not use, follows
  from the path and the text of the file.
- `codes_shown_once`: what the site shows of a code follows from this repository's fixtures, which no test changes; what
  it shows of rules, kinds of records and commands from what is read of a view, which is noted.
- `schools_judged_once`: what all rules say of a student follows from that student, the school and the day: nothing else
  can be read there (`lint-imports`). Of the school that is what was read of it, which is noted; who differs in any of
  that, or in anything of their own, is judged anew, by all rules that read it. Of a school itself it follows from its
  records, and from its texts what the rules of texts say of each.
- `answered_once`: what a server's repository answers follows from the bytes of all its files, the commit and the day.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import cache, lru_cache, wraps
from hashlib import blake2b
from inspect import signature
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from licheng.app import check
from licheng.app.backup import answers, drill, make
from licheng.app.loading.load import load_student
from licheng.app.server.received import ReceiptLog
from licheng.app.shards import judge
from licheng.app.site import view
from licheng.core.layout import KINDS
from licheng.core.record import Record, Text
from licheng.core.rule import Outcome, Rule, Rules, Scope
from licheng.core.rulebook import AgencyLayer
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import Trust
from licheng.outputs import pages
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words
from licheng.policy import privacy
from licheng.rules import engine
from licheng.rules.engine import Outcomes
from licheng.rules.registry import ALL
from licheng.sources.shelf import Shelf
from licheng.sources.tree import Entry, Tree
from tests.trees import files_below

# Unused parameters have names that begin with an underscore; a record's text and path say all that is in it.
ALONE = {("this", "text", "_school"), ("this", "record", "_owner", "_school")}
LONGEST = 1 << 20
KIND_NAMES = frozenset(kind.name for kind in KINDS)
TRUSTED = frozenset(field.name for field in fields(Trust))


def _once(check: Callable[..., Iterator[Outcome]]) -> Callable[..., Iterator[Outcome]]:
    known: dict[tuple[str, str], tuple[Outcome, ...]] = {}

    @wraps(check)
    def remembered(this: Rule, judged: Any, *others: object) -> Iterator[Outcome]:
        key = (judged.path, judged.text)
        if key not in known:
            known[key] = tuple(check(this, judged, *others))
        return iter(known[key])

    return remembered


_CHECKS = {
    this.code: (this.check, _once(this.check)) for this in ALL if tuple(signature(this.check).parameters) in ALONE
}
_VIEWS = lru_cache(20_000)(privacy._views.__wrapped__)
_SHOWN = lru_cache(maxsize=None)(view._code)
_SHAPES = lru_cache(20_000)(privacy._of_short.__wrapped__)


@pytest.fixture(scope="module")
def judged_once() -> Iterator[None]:
    """For the tests of a module: a rule of a file alone says of the same file what it said before."""
    of_alone = [this for this in ALL if this.code in _CHECKS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(privacy, "_views", _VIEWS)
        patch.setattr(privacy, "_of_short", _SHAPES)
        patch.setattr(privacy, "_SHORT", LONGEST)
        for this in of_alone:
            object.__setattr__(this, "check", _CHECKS[this.code][1])
        yield
        for this in of_alone:
            object.__setattr__(this, "check", _CHECKS[this.code][0])


Section = Callable[[SiteView, Words], Iterable[pages.Page]]


class _NotingView:
    """What a site shows, which notes what was asked for."""

    def __init__(self, shown: SiteView) -> None:
        self._shown = shown
        self.noted: dict[str, object] = {}

    def __getattr__(self, name: str) -> object:
        self.noted[name] = getattr(self._shown, name)
        return self.noted[name]


def _equal(one: object, other: object) -> bool:
    """Also of what the agency sets, whose layers are what their records are."""
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(map(_equal, one, other))
    if isinstance(one, AgencyLayer) and isinstance(other, AgencyLayer):
        return one.record == other.record
    return one == other


def _shown_once(section: Section) -> Section:
    known: list[tuple[str, dict[str, object], tuple[pages.Page, ...]]] = []

    @wraps(section)
    def remembered(shown: SiteView, words: Words) -> Iterable[pages.Page]:
        for language, noted, made in known:
            if language == words.language and all(_equal(getattr(shown, name), value) for name, value in noted.items()):
                return made
        noting: Any = _NotingView(shown)
        made = tuple(section(noting, words))
        known.append((words.language, noting.noted, made))
        return made

    return remembered


_OF_THE_PROGRAM = (pages.rules.pages, pages.schemas.pages, pages.commands.pages)
_SECTIONS = tuple(_shown_once(one) if one in _OF_THE_PROGRAM else one for one in pages._SECTIONS)


@pytest.fixture(scope="module")
def codes_shown_once() -> Iterator[None]:
    """For the tests of a module that look at many schools' sites."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "_code", _SHOWN)
        patch.setattr(pages, "_SECTIONS", _SECTIONS)
        yield


_NUMBERS: dict[Hashable, int] = {}
_OF_STUDENTS: dict[Hashable, Outcomes] = {}
_OF_SCHOOLS: dict[Hashable, Outcomes] = {}
_READ: dict[Hashable, set[frozenset[str]]] = {}
ALL_TEXTS = "all texts"


def _number(key: Hashable) -> int:
    """A short name for all that a student or a school is."""
    return _NUMBERS.setdefault(key, len(_NUMBERS))


class _Noting(Mapping[str, tuple[Record, ...]]):
    """A school's records, which remember the kinds that were asked for; all of them, where somebody goes through them.

    What was computed of them earlier, and is kept, was asked for earlier, and is among them.
    """

    def __init__(self, records: Mapping[str, tuple[Record, ...]]) -> None:
        self.records = records
        self.read: set[str] = set()

    def __getitem__(self, kind: str) -> tuple[Record, ...]:
        self.read.add(kind)
        return self.records[kind]

    def __iter__(self) -> Iterator[str]:
        self.read.update(KIND_NAMES)
        return iter(self.records)

    def __len__(self) -> int:
        self.read.update(KIND_NAMES)
        return len(self.records)


class _NotingTexts(Sequence[Text]):
    """A school's texts, which note that they were asked for."""

    def __init__(self, texts: tuple[Text, ...], read: set[str]) -> None:
        self.texts = texts
        self.read = read

    def __getitem__(self, at: Any) -> Any:
        self.read.add(ALL_TEXTS)
        return self.texts[at]

    def __len__(self) -> int:
        self.read.add(ALL_TEXTS)
        return len(self.texts)


class _NotingTrust(Trust):
    """A school's root of trust, which notes which parts of it were asked for."""

    def __getattribute__(self, name: str) -> Any:
        if name in TRUSTED:
            object.__getattribute__(self, "read").add(f"trust {name}")
        return object.__getattribute__(self, name)

    @classmethod
    def of(cls, trust: Trust, read: set[str]) -> _NotingTrust:
        """The same, noted in a set."""
        own = cls(**{name: getattr(trust, name) for name in TRUSTED})
        object.__setattr__(own, "read", read)
        return own


class _Watched:
    """A school of which it is known what was read, and short names for its parts."""

    def __init__(self, school: School) -> None:
        self.whole = school
        self.records = _Noting(school.records)
        texts: Any = _NotingTexts(school.texts, self.records.read)
        trust = _NotingTrust.of(school.trust, self.records.read)
        self.school = replace(school, records=self.records, texts=texts, trust=trust)
        self.rest = _number((school.today, school.students, school.names, tuple(school.broken.items())))
        self.parts: dict[str, int] = {}

    def part(self, name: str) -> int:
        """Texts say what records are."""
        if name not in self.parts:
            field = name.removeprefix("trust ")
            records = self.whole.texts if name == ALL_TEXTS else self.whole.records.get(name, ())
            of_records = tuple((record.path, record.text) for record in records)
            self.parts[name] = _number(repr(getattr(self.whole.trust, field)) if field != name else of_records)
        return self.parts[name]

    def key(self, names: frozenset[str]) -> Hashable:
        """For all that was read, and its names."""
        return (self.rest, names, tuple(self.part(name) for name in sorted(names)))


@lru_cache(maxsize=16)  # asked for each student of a school
def _watched(school: School, _for: int) -> _Watched:
    """A school as some rules read it: what others asked of it is not among what they asked."""
    return _Watched(school)


def _student(student: Student) -> int:
    """Texts say what records are; of the decisions the digest and the signature do."""
    events = tuple((event.path, event.digest, event.fault, event.signature) for event in student.events)
    read = (tuple(student.files.items()), tuple(student.broken.items()))
    signed = (student.waivers, student.claims, student.keys, student.stated)
    return _number((student.folder, student.texts, *read, events, *signed))


_LOADED: dict[Hashable, tuple[Student, Shelf]] = {}


def _load_student(tree: Tree, folder: str, entries: list[Entry], trusted: Trust) -> tuple[Student, Shelf]:
    """What a student's files say follows from their blobs; where the school's store holds some, from that too."""
    key = (folder, tuple(entries), trusted.repository) if all(entry.blob for entry in entries) else None
    if key is None or key not in _LOADED:
        student, shelf = load_student(tree, folder, entries, trusted)
        if key is None or any(file.pointer for file in student.files.values()):
            return student, shelf
        _LOADED[key] = student, shelf
    return _LOADED[key]


# What staff are, hold and have signed is most of what differs in a school, and a quarter of the rules rest on it. One
# that rests on it and is not named here is judged with those that do not, more often than it would have to be.
_OF_STAFF = frozenset({"CHG", "CER", "KEY", "QUO", "WAI"})
_OTHERS_OF_STAFF = frozenset({"ENR012", "REF006", "REF019", "REF020"})


@cache
def _parts(rules: Rules) -> tuple[Rules, Rules]:
    """Rules that rest on staff, and the others."""
    of_staff = {this for this in rules if this.code[:3] in _OF_STAFF or this.code in _OTHERS_OF_STAFF}
    return Rules(of_staff), Rules(set(rules) - of_staff)


def _judge_student(student: Student, school: School, rules: Rules) -> Outcomes:
    """By all rules together the first time; of who was judged in another school, each part knows what it read there."""
    number = _student(student)
    own = number, id(rules)
    if own not in _READ:
        return _judged(number, student, school, rules)
    if (known := _known(own, _watched(school, id(rules)))) is not None:
        return known
    outcomes = Outcomes()
    for part in (_judged(number, student, school, part) for part in _parts(rules)):
        outcomes.findings += part.findings
        outcomes.skips += part.skips
        outcomes.ran.update(part.ran)
    return outcomes


def _judged(number: int, student: Student, school: School, rules: Rules) -> Outcomes:
    own, watched = (number, id(rules)), _watched(school, id(rules))
    if (known := _known(own, watched)) is not None:
        return known
    outcomes = engine.judge_student(student, watched.school, rules)
    names = frozenset(watched.records.read)
    _READ.setdefault(own, set()).add(names)
    _OF_STUDENTS[own, watched.key(names)] = outcomes
    return outcomes


def _known(own: Hashable, watched: _Watched) -> Outcomes | None:
    keys = ((own, watched.key(names)) for names in _READ.get(own, ()))
    return next((_OF_STUDENTS[key] for key in keys if key in _OF_STUDENTS), None)


@lru_cache(maxsize=8)
def _school(school: School) -> int:
    broken, records = tuple(school.broken.items()), chain.from_iterable(school.records.values())
    said = tuple((record.path, record.text) for record in records)
    paths = tuple(text.path for text in school.texts)
    return _number((school.today, school.students, school.names, said, paths, broken, repr(school.trust)))


@cache
def _by_texts(rules: Rules) -> tuple[Rules, Rules]:
    of_texts = Rules(rules.by_scope[Scope.TEXT])
    return of_texts, Rules(set(rules) - {*of_texts})


class _NamedText(NamedTuple):
    """A text of which rules of records and of the school learn the path; one that looked into it would fail."""

    path: str


def _judge_school(school: School, rules: Rules) -> Outcomes:
    """Each text by the rules of texts, which are remembered; what the others say rests on the texts' paths alone."""
    of_texts, others = _by_texts(rules)
    key = (_school(school), id(others))
    if key not in _OF_SCHOOLS:
        named: Any = tuple(_NamedText(text.path) for text in school.texts)
        _OF_SCHOOLS[key] = engine.judge_school(replace(school, texts=named), others)
    outcomes, known = engine.judge_school(school, of_texts), _OF_SCHOOLS[key]
    outcomes.findings += known.findings
    outcomes.skips += known.skips
    outcomes.ran.update(known.ran)
    return outcomes


_ANSWERED: dict[Hashable, dict[str, str]] = {}


def _answers(server: Path, commit: str, day: date, log: ReceiptLog) -> dict[str, str]:
    """Also of a copy of a server, of which every file is the same; what is restored lies otherwise, and is asked."""
    received = log.path.read_bytes() if log.path.exists() else None
    there = tuple((path, blake2b(data).digest()) for path, data in files_below(server).items())
    key = (commit, day, received, log.until, there)
    number = _number(key)
    if number not in _ANSWERED:
        _ANSWERED[number] = answers.answers(server, commit, day, log)
    return dict(_ANSWERED[number])


@pytest.fixture(scope="module")
def answered_once() -> Iterator[None]:
    """For the tests of a module that back up or restore one server in many ways."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (make, drill):
            patch.setattr(module, "answers", _answers)
        yield


@pytest.fixture(scope="module")
def schools_judged_once(judged_once: None) -> Iterator[None]:
    """For the tests of a module, whose commands run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "load_student", _load_student)
        patch.setattr(judge, "judge_student", _judge_student)
        patch.setattr(check, "judge_school", _judge_school)
        yield
