"""`licheng transfer`: a student's records to another school's platform, and from one, as an exchange file (交換檔).

Who a student is comes from the identity table, at the edge; nothing of it goes into the repository.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from licheng.app.attach import Care, Copy, added, copies, with_attachments
from licheng.app.loading.load import Loaded
from licheng.core.dates import TAIPEI
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, HANDED_IN
from licheng.core.person import Person
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.exchange import transfer
from licheng.exchange.claims import ClaimedOutput, ClaimList
from licheng.exchange.packages import Package, packed
from licheng.exchange.transfer import Document, ExchangedItem, Identity
from licheng.policy.certification import state
from licheng.policy.enrolment import was_elsewhere
from licheng.policy.quota import is_submitted
from licheng.sources.emit import document
from licheng.sources.reading import record_of
from licheng.storage.plan import Plan

_FOLDERS = {"course-output": "課程學習成果", "activity": transfer.ACTIVITIES}
_MAPPING = "filename_mapping.json"
# An exchange file has no reflection; whoever reads the record is told so.
_BODY = "（由交換檔帶入；交換檔沒有學習反思。）"
# A file that may not come in as it is.
_HAS_FLAWS = "APP060"
_MOST_NAME = 120  # characters of a file's name


@dataclass(frozen=True)
class Outgoing:
    """A package for another school.

    Attributes:
        name: without an extension: the school's code and the time.
        data: the ZIP.
        items: how many rows, by kind.
        lost: how many things no column holds, by entries of `transfer.NOT_EXCHANGED`.
    """

    name: str
    data: bytes
    items: Mapping[str, int]
    lost: Mapping[str, int]


@dataclass
class Incoming:
    """What a package brings.

    Attributes:
        creates: the files to write, by path.
        added: how many records, by kind.
        same: how many are here already.
        claimed: outputs that the platform passed, for `licheng claim`.
    """

    creates: dict[str, bytes] = field(default_factory=dict)
    added: Counter[str] = field(default_factory=Counter)
    same: int = 0
    claimed: list[ClaimedOutput] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        """What is written."""
        return Plan(creates=self.creates)


def _here(who: str, loaded: Loaded) -> Student | None:
    """The student of an id, if the school has one: of all others nothing is read."""
    return next(loaded.students(f"{who[1:4]}/{who}"), None) if who in loaded.school.students else None


def outgoing(loaded: Loaded, root: Path, wanted: Sequence[str], people: Iterable[Person], now: datetime) -> Outgoing:
    """A package of some students' positions, and of their outputs and activities that are handed in.

    Raises:
        UsageError: APP267, a student is not here or has no row in the identity table; APP264, a file is not the one
            that its record lists.
    """
    known, own = {person.student: person for person in people}, loaded.school.one("school")
    code = str(own.data["code"]) if own is not None else ""
    entries, files, lost, counted = [], dict[str, bytes](), Counter[str](), Counter[str]()
    for who in dict.fromkeys(wanted):
        student, person = _here(who, loaded), known.get(who)
        if student is None or person is None:
            raise UsageError("APP267", student=who, case="no-student" if student is None else "no-row")
        shelf = _Shelf(person.id_number)
        items = [shelf.kept(item) for item in _items(student, loaded, root, lost)]
        identity = Identity(person.id_number, person.born, person.name)
        counted.update(item.kind for item in items)
        entries.append(transfer.rows_of(identity, code, items, shelf.link))
        files |= shelf.files()
    name = f"{code}_{now.astimezone(TAIPEI):%Y%m%d%H%M%S}"
    return Outgoing(name, packed(name, entries, files), counted, lost)


class _Shelf:
    """A student's files in the package: by folder, each under a number, with the names that they had."""

    def __init__(self, id_number: str) -> None:
        self._top = id_number
        self._links: dict[int, tuple[str, str, Document]] = {}

    def kept(self, item: ExchangedItem) -> ExchangedItem:
        """The item, whose files have their places."""
        folder = _FOLDERS.get(item.kind, "")
        for file in filter(None, item.files):
            extension = file.name.rpartition(".")[2]
            self._links[id(file)] = (folder, f"{len(self._links) + 1:04}.{extension}", file)
        return item

    def link(self, file: Document | None) -> str:
        """Under what name a file lies in its folder; empty for none."""
        return self._links[id(file)][1] if file is not None else ""

    def files(self) -> dict[str, bytes]:
        """By path below the package's folder, the mapping of names included."""
        files = {f"{self._top}/{folder}/{link}": file.data for folder, link, file in self._links.values()}
        for folder in _FOLDERS.values():
            names = {link: file.name for own, link, file in self._links.values() if own == folder}
            files[f"{self._top}/{folder}/{_MAPPING}"] = json.dumps(names, ensure_ascii=False, indent=1).encode()
        return files


def _items(student: Student, loaded: Loaded, root: Path, lost: Counter[str]) -> Iterator[ExchangedItem]:
    for record in student.of("position"):
        starts = Term.on(date.fromisoformat(record.data["starts"]))
        yield ExchangedItem("position", starts, {name: value for name, value in record.data.items() if name != "kind"})
    for record in student.of("course-output", "activity"):
        if not is_submitted(record):
            lost["drafts"] += 1
            continue
        fields = {
            name: value for name, value in record.data.items() if name not in {"kind", "submitted", "attachments"}
        }
        lost["reflection"] += bool(record.body.strip())
        lost["group-work"] += fields.pop("group_work", None) is not None
        files = _files(record, root, lost)
        if record.kind == "activity":
            lost["remark"] += fields.pop("remark", None) is not None
            yield ExchangedItem("activity", _term_of(record), fields, files)
            continue
        assert record.term is not None  # noqa: S101 - an output's path has a term
        lost["decisions"] += any(event.item == f"terms/{record.term}/outputs/{record.slug}" for event in student.events)
        now_is = state(record, student, loaded.school)
        pending = now_is.pending_until is not None
        passed = transfer.UNDECIDED if pending else transfer.STATUS.get(now_is.state, transfer.UNDECIDED)
        course = _course(record, student, loaded)
        yield ExchangedItem("course-output", record.term, fields, files, passed, course)
    lost["names-of-folders"] += sum(1 for record in student.of(*HANDED_IN) if is_submitted(record))


def _term_of(record: Record) -> Term:
    """The term that an activity's row names: its own, or that of its last day, within the school year of its path."""
    if "term" in record.data:
        return Term.parse(record.data["term"])
    days = [record.data[name] for name in ("ends", "announced_on", "obtained_on", "on") if name in record.data]
    assert record.year is not None  # noqa: S101 - an activity's path has a year
    own = Term.on(date.fromisoformat(days[0])) if days else Term(record.year, 1)
    return own if own.year == record.year else Term(record.year, 1)


def _course(record: Record, student: Student, loaded: Loaded) -> dict[str, Any]:
    """An output's course as the offerings and the student's own course records have it."""
    assert record.term is not None  # noqa: S101 - an output's path has a term
    offered = loaded.school.offerings.get(record.term, {}).get(record.data["course"], {})
    taken: Mapping[str, Any] = next(
        (
            entry
            for courses in student.of("course-records")
            if courses.term == record.term
            for entry in courses.data["courses"]
            if entry["course"] == record.data["course"]
        ),
        {},
    )
    course = {name: offered.get(name, "") for name in ("code", "subject", "level")}
    return course | {"credits": taken.get("credits", offered.get("credits", "")), "mode": taken.get("mode", "regular")}


def _files(record: Record, root: Path, lost: Counter[str]) -> tuple[Document | None, Document | None]:
    """The first document and the first audio or video: the format has one place for each."""
    listed = record.data["attachments"]
    media = [entry for entry in listed if entry["type"].partition("/")[0] in {"audio", "video"}]
    documents = [entry for entry in listed if entry not in media]
    lost["more-files"] += max(len(media) - 1, 0) + max(len(documents) - 1, 0)
    lost["titles"] += sum("title" in entry for entry in listed)
    first: list[Document | None] = [None, None]
    for place, entry in ((place, entries[0]) for place, entries in enumerate((documents, media)) if entries):
        path = root / record.folder / entry["name"]
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise UsageError("APP264", row=record.path, name=entry["name"], case="other-here")
        first[place] = Document(entry["name"], data)
    return first[0], first[1]


# Coming in.


def incoming(
    loaded: Loaded, root: Path, package: Package, people: Iterable[Person], today: date, *, claims: bool
) -> Incoming:
    """What a package brings to the school's students, as drafts but for what it says was handed in.

    Args:
        loaded: the school.
        root: its repository.
        package: opened.
        people: the identity table's rows.
        today: the day that judges attachments.
        claims: outputs of a term before the school began or the student came here that the file calls passed
            (認證狀態 1, by inference) come in as handed in, to be claimed; else they are drafts, as all others.

    Raises:
        UsageError: APP261, a row is not of the format; APP262, a student is not in the table, or not here; APP263, no
            course of the term has the code; APP264, a file is missing or not the one that was exported; of `copies`.
    """
    known = {(person.id_number, person.born): person.student for person in people}
    brought = Incoming()
    for number, entry in enumerate(package.entries, start=1):
        where = f"[{number}]"
        try:
            identity = transfer.identity_of(entry, where)
            who = known.get((identity.id_number, identity.born), "")
            student = _here(who, loaded)
            if student is None:
                raise UsageError("APP262", row=where, case="not-here" if who else "unknown", student=who)
            arrival = _Arrival(student, loaded, root, today, brought, claims=claims)
            for item in transfer.items_of(entry, _reader(package, identity.id_number)):
                arrival.bring(item)
        except transfer.BadRowError as error:
            shown = "" if error.column in {transfer.ID, transfer.BORN, transfer.NAME} else str(error.value)[:60]
            raise UsageError("APP261", row=f"{where} {error.row}", column=error.column, value=shown) from error
    return brought


def claim_list(brought: Incoming, data: bytes) -> ClaimList:
    """What `licheng claim` signs of a package: by inference, as what its code means is inferred."""
    return ClaimList(hashlib.sha256(data).hexdigest(), "inferred", tuple(brought.claimed))


def _reader(package: Package, top: str) -> Callable[[str, str, str, str], Document | None]:
    names: dict[str, Mapping[str, Any]] = {}

    def read(folder: str, link: str, md5: str, where: str) -> Document | None:
        if not link and md5.lower() == transfer.NO_FILE:
            return None
        data = package.read(f"{top}/{folder}/{link}") if link else None
        if data is None:
            raise UsageError("APP264", row=where, name=link[:_MOST_NAME], case="missing")
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5.lower():
            raise UsageError("APP264", row=where, name=link[:_MOST_NAME], case="digest")
        if folder not in names:
            try:
                value = json.loads(package.read(f"{top}/{folder}/{_MAPPING}") or b"{}")
            except (ValueError, RecursionError):
                value = {}
            names[folder] = value if isinstance(value, dict) else {}
        # The last part of the name that a platform kept, if a file may be called so for a moment; else its link's.
        name = unicodedata.normalize("NFC", str(names[folder].get(link, link)))
        last = name.replace("\\", "/").rpartition("/")[2][-_MOST_NAME:].lstrip(".")
        if not last.isprintable() or not 0 < len(last.encode()) < 250:
            last = "".join(char for char in f"file.{link.rpartition('.')[2].lower()}" if char.isalnum() or char == ".")
        return Document(last, data)

    return read


class _Arrival:
    """One student's items on their way in."""

    def __init__(
        self, student: Student, loaded: Loaded, root: Path, today: date, brought: Incoming, *, claims: bool
    ) -> None:
        self._student, self._school, self._root, self._today = student, loaded.school, root, today
        self._brought, self._claims = brought, claims
        self._taken = set(student.by_path)
        self._here = [_essence(record.kind, record.data, record) for record in student.of("position", *HANDED_IN)]

    def bring(self, item: ExchangedItem) -> None:
        """Add the item's record to what is written, unless it is here already."""
        course = {"course": self._course(item)} if item.kind == "course-output" else {}
        data: dict[str, Any] = {"kind": f"{item.kind}/v1", **course, **item.fields}
        if item.kind != "position":
            data |= {"submitted": item.kind == "activity" or self._is_claimed(item), "attachments": []}
        essence = _essence(item.kind, data, item.period)
        if essence in self._here:
            self._here.remove(essence)  # two alike there are two alike here
            self._brought.same += 1
            return
        kind = BY_NAME[item.kind]
        own = {"cohort": str(self._student.cohort), "student": self._student.id}
        own |= {"term": str(item.period), "year": str(item.period.year)}
        parts = {name: own[name] for name in kind.parameters if name != "slug"}
        # The next free place: the format keeps no names of folders.
        paths = (kind.path(**parts, slug=f"brought-{number:02}") for number in count(1))
        path = next(path for path in paths if path not in self._taken)
        self._taken.add(path)
        record = record_of(path, document(kind, path, data, _BODY if item.kind != "position" else ""))
        if item.kind == "position":
            self._brought.creates[path] = record.text.encode()
        else:
            self._attach(record, item)
        self._brought.added[item.kind] += 1

    def _course(self, item: ExchangedItem) -> str:
        offered = self._school.offerings.get(item.period, {})
        for course, entry in offered.items():
            if entry["code"] == item.course["code"]:
                return course
        raise UsageError("APP263", row=item.row, code=item.course["code"], term=str(item.period))

    def _is_claimed(self, item: ExchangedItem) -> bool:
        own = self._student.one("student")
        is_earlier = self._school.is_before_start(item.period) or (own is not None and was_elsewhere(own, item.period))
        return self._claims and item.passed == 1 and is_earlier

    def _attach(self, record: Record, item: ExchangedItem) -> None:
        """The item's text with its files: byte for byte where that may be, else cleaned as `licheng attach` does."""
        data = record.data
        work = "work" if item.kind == "course-output" or data.get("category") == "work" else "evidence"
        digests = {}
        for file, role in zip(item.files, (work, "media"), strict=True):
            if file is not None:
                copied = self._copied(record, file, item.row)
                entries = [*record.data["attachments"], copied.entry | {"role": role}]
                self._brought.creates |= added(self._root, record, [copied])
                digests[copied.name] = hashlib.sha256(file.data).hexdigest()
                record = record_of(record.path, with_attachments(record, entries))
        self._brought.creates[record.path] = record.text.encode()
        if item.kind == "course-output" and self._is_claimed(item):
            about = (self._student.id, str(item.period), str(record.slug))
            self._brought.claimed.append(ClaimedOutput(*about, "", digests))

    def _copied(self, record: Record, file: Document, row: str) -> Copy:
        """A file as it was exported, or where it has what must not come in, without that.

        Raises:
            UsageError: of `copies`, with the row in the file's place.
        """
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / file.name
            place.write_bytes(file.data)
            try:
                try:
                    [copied] = copies(self._root, record, [place], self._today, care=Care.AS_IS)
                except UsageError as error:
                    if error.code != _HAS_FLAWS:
                        raise
                    [copied] = copies(self._root, record, [place], self._today)
            except UsageError as error:
                raise UsageError(error.code, **{**error.values, "path": f"{row} {file.name}"}) from error
        return copied


def _essence(kind: str, data: Mapping[str, Any], where: Record | Term) -> tuple[Any, ...]:
    """By what an item is the same as another, wherever it lies: all that it says, but for files, state and remarks."""
    left_out = {"kind", "submitted", "attachments", "group_work", "remark"}
    fields = tuple(sorted((name, str(value)) for name, value in data.items() if name not in left_out))
    if isinstance(where, Term):
        period = str(where) if kind == "course-output" else str(where.year)
    else:
        period = str(where.term or where.year)
    return kind, period if kind != "position" else "", fields
