"""From a tree's entries to students and a school: every file is a record, an attachment or a finding."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from licheng.core.errors import UsageError
from licheng.core.finding import Code, Finding
from licheng.core.layout import (
    ALLOWED_SIGNERS,
    BY_NAME,
    CERTIFICATIONS,
    CHANGES,
    CONTENT,
    DATE,
    HANDBOOK,
    MOST_BYTES,
    SEALS,
    STUDENTS,
    Form,
    Home,
    Part,
    Role,
    home,
    is_day,
    part_of,
    student_folder,
)
from licheng.core.location import Location
from licheng.core.record import Record, Text
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import privacy
from licheng.sources import attachments, markdown, schemas, slips, text, yaml
from licheng.sources.shelf import Shelf
from licheng.sources.tree import REGULAR, CommitTree, Entry, Tree

UNKNOWN_PATH = Code("FIL001", "unknown-path")
TOO_LARGE = Code("FIL006", "too-large")
UNSAFE_NAME = Code("FIL007", "unsafe-name")
NOT_A_REGULAR_FILE = Code("FIL008", "not-a-regular-file")
NOT_ENCRYPTED = Code("FIL009", "not-encrypted")
SEALED_IDENTITY = Code("FIL012", "sealed-identity")
TELLING_NAME = Code("PRI005", "telling-name")
CODES = tuple(
    sorted(
        (
            *(UNKNOWN_PATH, TOO_LARGE, UNSAFE_NAME, NOT_A_REGULAR_FILE),
            *(NOT_ENCRYPTED, SEALED_IDENTITY, TELLING_NAME),
            *(*text.CODES, *yaml.CODES, *markdown.CODES, *schemas.CODES),
        ),
        key=lambda code: code.code,
    )
)

# What the handbook may hold, by ending: whether it is text, which is read; pictures are not.
PUBLISHED = {"md": True, "svg": True, "png": False, "jpg": False, "pdf": False}
MAX_PATH = 200
# How a file that age encrypted begins, binary or armored.
_AGE = re.compile(rb"age-encryption\.org/v1\n-> |-----BEGIN AGE ENCRYPTED FILE-----\r?\n")
_SEALED = ".age"
_TERM_LIKE = re.compile(r"(?P<year>1[0-9]{2})-(?P<half>[0-9]{1,2})", re.ASCII)
_DAY_LIKE = re.compile(DATE, re.ASCII)
_SAFE = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.ASCII)


def _by_path(shelf: dict[str, list[Record]]) -> dict[str, tuple[Record, ...]]:
    """In the order of paths, whatever the order of reading, so that no verdict depends on it."""
    return {kind: tuple(sorted(shelf[kind], key=lambda record: record.path)) for kind in sorted(shelf)}


def _broken(shelf: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(sorted(shelf[kind])) for kind in sorted(shelf)}


def read_student(tree: Tree, folder: str, entries: Iterable[Entry]) -> tuple[Student, Shelf]:
    """A student from the entries of its folder; what was signed stays on the shelf, not yet verified."""
    entries = [*entries]
    if isinstance(tree, CommitTree):
        tree.read_ahead(entries)
    shelf = read(tree, entries)
    records, broken = _by_path(shelf.records), _broken(shelf.broken)
    return Student(folder, records, shelf.files, broken, tuple(shelf.texts)), shelf


def read_school(
    tree: Tree, today: date, *, students: frozenset[str], names: frozenset[str] = frozenset(), handbook: bool = True
) -> tuple[School, Shelf]:
    """The school from everything in `content/` but the students' folders, with the handbook or without.

    Nor what staff signed of their changes, which grows every day and which nothing of the school rests on.
    """
    without = {STUDENTS, CERTIFICATIONS, CHANGES} | (set() if handbook else {HANDBOOK})
    shelf = read(tree, tree.entries("content", without=frozenset(without)))
    return School(_by_path(shelf.records), today, students, _broken(shelf.broken), names, tuple(shelf.texts)), shelf


def read_kinds(tree: Tree, today: date, kinds: Iterable[str]) -> School:
    """Of the school only some kinds, for who asks for no more: with what lies beside those of many records.

    No kind's place lies below another's.
    """
    places = (BY_NAME[kind].template.partition("/{")[0] for kind in kinds)
    shelf = read(tree, (entry for place in places for entry in tree.entries(f"{CONTENT}/{place}")))
    return School(_by_path(shelf.records), today, broken=_broken(shelf.broken))


def student_ids(tree: Tree) -> frozenset[str]:
    """The ids of all students: the folder names."""
    return frozenset(student for cohort in tree.folders(STUDENTS) for student in tree.folders(f"{STUDENTS}/{cohort}"))


def sealed_ids(tree: Tree) -> frozenset[str]:
    """The ids of the students who were sealed: no id is given twice (肆.四)."""
    return frozenset(student for cohort in tree.folders(SEALS) for student in tree.folders(f"{SEALS}/{cohort}"))


def is_device(name: str) -> bool:
    """Whether Windows takes a name, in lower case, for a device (`con`, `lpt1.pdf`)."""
    return _DEVICES.fullmatch(name) is not None


def students(tree: Tree, below: str = "", without: frozenset[str] = frozenset()) -> Iterator[tuple[str, list[Entry]]]:
    """Entries of students and of their certifications, student by student; an empty name holds files of no student.

    Args:
        tree: both folders come in the order of their paths, so that one student is held at a time.
        below: a cohort (`113`) or a student (`113/s1139907`) to read alone.
        without: folders in either that are left out.
    """
    tops = [f"{top}/{below}".rstrip("/") for top in (STUDENTS, CERTIFICATIONS)]
    current = ""
    entries: list[Entry] = []
    # By the student's folder; a file of no student stands where its own path would.
    for entry in heapq.merge(
        *(tree.entries(top, without) for top in tops),
        key=lambda each: student_folder(each.path) or each.path.replace(CERTIFICATIONS, STUDENTS, 1),
    ):
        folder = student_folder(entry.path) or ""
        if folder != current:
            if entries:
                yield current, entries
            current, entries = folder, []
        entries.append(entry)
    if entries:
        yield current, entries


def read(tree: Tree, entries: Iterable[Entry]) -> Shelf:
    """Read every file once; what the tree's readings know already, not at all."""
    shelf = Shelf()
    for entry in entries:
        if tree.readings:
            shelf.add(tree.readings.of(entry, partial(_read_file, tree, Shelf())))
        else:
            _read_file(tree, shelf, entry)
    return shelf


def _read_file(tree: Tree, shelf: Shelf, entry: Entry) -> Shelf:
    """One file, onto a shelf."""
    shelf.paths.append(entry.path)
    folder, _, name = entry.path.rpartition("/")
    for masked in (*_named(folder).traces, *_named(name).traces):
        shelf.findings.append(TELLING_NAME.at(Location(entry.path), masked=masked))
    belongs = part_of(entry.path)
    where = belongs.home if belongs is not None and belongs.role is Role.RECORD else None
    if not _acceptable(entry, belongs, shelf):
        if where is not None:
            shelf.broken[where.kind.name].append(entry.path)
    elif entry.path == ALLOWED_SIGNERS or (belongs is not None and belongs.is_signed):
        shelf.signed[entry.path] = tree.read(entry)
        if entry.path.endswith(".json"):  # judged as it is signed; the words in it, as all words are
            decoded, faults = text.decode(entry.path, shelf.signed[entry.path])
            shelf.findings += faults
            shelf.texts += [Text(entry.path, decoded)] if decoded is not None else []
    elif where is not None:
        _read_record(tree, entry, where, shelf)
    elif belongs is not None:
        shelf.files[entry.path] = attachments.fact(tree, entry)
    else:
        _read_other(tree, entry, shelf)
    return shelf


class _Named(NamedTuple):
    """What is known of a file's name, or of the names of the folders around it.

    Attributes:
        traces: what they tell of a person, masked.
        unsafe: the first that no file may have, with the reason.
    """

    traces: tuple[str, ...]
    unsafe: tuple[str, str] | None


@lru_cache(maxsize=4096)  # a folder's files come one after the other, and most names recur in every student's paths
def _named(path: str) -> _Named:
    parts = path.split("/")
    traces = (trace.masked for part in parts for trace in privacy.traces(_printable(part)))
    return _Named(tuple(traces), next(((part, reason) for part in parts if (reason := _unsafe(part))), None))


def _read_other(tree: Tree, entry: Entry, shelf: Shelf) -> None:
    """A page or picture of the handbook, which has no schema, or a file where none belongs; what is text is kept."""
    suffix = entry.path.rpartition(".")[2]
    published = entry.path.startswith(HANDBOOK + "/") and suffix in PUBLISHED
    data = tree.read(entry)
    if not entry.path.startswith(HANDBOOK + "/"):  # there `licheng.sources.handbook` says it
        place = Location(entry.path)
        if _AGE.match(data):  # what age sealed names people
            shelf.findings.append(SEALED_IDENTITY.at(place))
        elif entry.path.endswith(_SEALED):  # what should be sealed may show them
            shelf.findings.append(NOT_ENCRYPTED.at(place))
        else:
            unknown = Finding(UNKNOWN_PATH.code, UNKNOWN_PATH.severity, place, _no_such_time(entry.path))
            shelf.findings.append(unknown)
    if not PUBLISHED.get(suffix, True):
        return
    decoded, faults = text.decode(entry.path, data)
    if published:
        shelf.findings += faults
    if decoded is not None:
        shelf.texts.append(Text(entry.path, decoded))


def _no_such_time(path: str) -> dict[str, str]:
    """Which part of a path looks like a term or a day and is none: the values of the finding that says it."""
    for part in path.removesuffix(".yaml").removesuffix(".md").split("/"):
        if (term := _TERM_LIKE.fullmatch(part)) is not None and term["half"] not in {"1", "2"}:
            return {"case": "no-such-term", "part": part, "example": f"{term['year']}-1"}
        if _DAY_LIKE.fullmatch(part) is not None and not is_day(part):
            return {"case": "no-such-day", "part": part}
    return {}


def _acceptable(entry: Entry, belongs: Part | None, shelf: Shelf) -> bool:
    """Whether the file may be read at all."""
    folder, _, name = entry.path.rpartition("/")
    if entry.mode != REGULAR:
        shelf.findings.append(NOT_A_REGULAR_FILE.at(_place(entry), mode=entry.mode))
    elif len(entry.path) > MAX_PATH:
        shelf.findings.append(UNSAFE_NAME.at(_place(entry), name=_printable(entry.path), reason="too-long"))
    elif (unsafe := _named(folder).unsafe or _named(name).unsafe) is not None:
        shelf.findings.append(UNSAFE_NAME.at(_place(entry), name=_printable(unsafe[0]), reason=unsafe[1]))
    elif entry.size > (limit := belongs.most_bytes if belongs else MOST_BYTES):
        shelf.findings.append(TOO_LARGE.at(_place(entry), size=entry.size, limit=limit))
    else:
        return True
    return False


def _unsafe(part: str) -> str | None:
    """Why no file may be called so; None where it may."""
    if is_device(part):
        return "device"
    return None if _SAFE.fullmatch(part) and not part.endswith(".") else "characters"


def _place(entry: Entry) -> Location:
    return Location(_printable(entry.path))


def _printable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _read_record(tree: Tree, entry: Entry, where: Home, shelf: Shelf) -> None:
    kind, data = where.kind.name, tree.read(entry)
    decoded, faults = text.decode(entry.path, data)
    record: Record | None = None
    if decoded is not None:
        shelf.texts.append(Text(entry.path, decoded))
        if not faults:
            record, faults = parse(entry.path, where, decoded)
    if record is not None:
        faults = list(schemas.check(record))
    shelf.findings += faults
    if record is None or faults:
        shelf.broken[kind].append(entry.path)
    else:
        shelf.records[kind].append(record)


def parse(path: str, where: Home, decoded: str) -> tuple[Record | None, list[Finding]]:
    """A record from a file's text, not yet held against its schema; None, with the fault, where it is unreadable."""
    source, lines_before, body_start = decoded, 0, len(decoded)
    if (conflict := slips.conflict_of(decoded)) is not None:
        return None, [yaml.finding(path, yaml.refused_as(conflict))]
    if where.kind.form is Form.MARKDOWN:
        parts = markdown.split(decoded)
        if parts is None:
            return None, [markdown.NO_FRONT_MATTER.at(Location(path))]
        source, body_start = parts
        lines_before = 1
    try:
        value = yaml.parse(source)
    except yaml.OutsideSubsetError as refused:
        return None, [yaml.finding(path, refused, lines_before)]
    if not isinstance(value, dict):
        return None, [yaml.NOT_A_MAPPING.at(Location(path, lines_before + 1))]
    return Record(path, where.kind.name, where.identity, value, decoded, body_start), []


def read_record(path: str, where: Home, data: bytes) -> tuple[Record | None, list[Finding]]:
    """One record from its bytes, held against its schema, with all that is wrong with it."""
    decoded, faults = text.decode(path, data)
    if decoded is None or faults:
        return None, faults
    record, faults = parse(path, where, decoded)
    return record, list(schemas.check(record)) if record is not None else faults


def record_of(path: str, text: str) -> Record:
    """What was written, as it will be read.

    Raises:
        UsageError: APP017, the path or a value is not of its form.
    """
    where = home(path)
    if where is None:
        raise UsageError("APP017", name="path", value=path)
    record, faults = read_record(path, where, text.encode())
    if record is None or faults:
        raise UsageError("APP017", name=path, value=faults[0])
    return record
