"""A student's own record in its form: what it opens with, what it says, what handing it in would change.

The form is opened on main's tip. What it says is judged there as `licheng check` judges it, and handed in as a change
of the files that the form was opened on: if somebody changed them since, whoever delivers it is told so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from licheng.app.attach import Copy, placed
from licheng.app.loading.load import Loaded
from licheng.app.new import faults_of
from licheng.core.errors import UsageError
from licheng.core.layout import EACH, STUDENTS, Home, home
from licheng.core.record import Record
from licheng.core.report import LocatedFinding
from licheng.core.school import School
from licheng.core.student import Student
from licheng.platform.forms.filling import Filled, Posted, filled, posted_of
from licheng.platform.forms.judging import text_of
from licheng.platform.forms.model import BY_MACHINE, Option, RecordForm, bilingual, form_of
from licheng.platform.hand_in import WRITTEN_BY_STUDENTS, HandIn
from licheng.platform.uploads import Uploads
from licheng.policy.attachments import FileType, allowed_types
from licheng.policy.certification import USABLE, state
from licheng.policy.codes import lists
from licheng.policy.periods import judged_term
from licheng.policy.quota import is_submitted, selection_quota
from licheng.sources.shelf import Shelf
from licheng.sources.tree import Tree, With, Without

# What students hand in, a page says by a button.
KINDS = WRITTEN_BY_STUDENTS
# What is selected and released, by field (肆.一, 肆.二).
_OF_SELECTION = {"outputs": "course-output", "activities": "activity"}
_BY_PAGE = BY_MACHINE | {"submitted", "attachments"}
# Fields of the page, beside those of the record.
BASE, UPLOAD, DETACH = "_base", "_upload", "_detach"


class RecordPlace(NamedTuple):
    """Where a student's own record lies, be it there or not.

    Attributes:
        path: from the repository's root.
        below: the part of it below the student's folder.
        home: the kind and the identity.
    """

    path: str
    below: str
    home: Home

    @property
    def draft(self) -> str:
        """The key of its draft."""
        return self.below.replace("/", ".")


def below_of(draft: str) -> str:
    """The part of a path that a draft's key was made of: folders and names have no dots."""
    stem, _, ending = draft.rpartition(".")
    return f"{stem.replace('.', '/')}.{ending}"


def place(account: str, below: str) -> RecordPlace:
    """Where the record of a student's own is.

    Raises:
        UsageError: APP340, no such record is written in a form.
    """
    path = f"{STUDENTS}/{account[1:4]}/{account}/{below}"
    where = home(path)
    if where is None or where.kind.name not in KINDS or where.identity.get("student") != account:
        raise UsageError("APP340", case="kind")
    return RecordPlace(path, below, where)


@dataclass(frozen=True)
class Opening:
    """A record's form, opened.

    Attributes:
        record: as main has it; without text where it is new.
        digest: SHA-256 of its bytes; empty where it is new.
    """

    place: RecordPlace
    student: Student
    school: School
    record: Record
    digest: str

    @property
    def is_new(self) -> bool:
        """Main does not have it."""
        return not self.record.text

    @property
    def types(self) -> tuple[FileType, ...]:
        """What may be attached."""
        return allowed_types(self.school.agency, judged_term(self.record, self.school.today), self.student.cohort)

    def form(self, fields: Posted) -> RecordForm:
        """The form, with the fields of what is chosen in it."""
        term = judged_term(self.record, self.school.today)
        summary = self.school.agency.section("summary", term, self.student.cohort)
        limits = {"summary": int(summary["max_characters"])} if summary is not None else {}
        if self.place.home.kind.name == "selection":
            year = int(self.record.identity["year"])
            for key, item in _OF_SELECTION.items():
                quota = selection_quota(self.school, item, year, self.student.cohort)
                limits |= {key: quota.limit} if quota is not None else {}
        chosen = (fields.get("category") or [""])[-1]
        codes = lists(self.record, self.student, self.school)
        kind = self.place.home.kind.name
        return form_of(kind, codes, chosen, _BY_PAGE, limits, _offered(self))

    @property
    def fields(self) -> dict[str, list[str]]:
        """What stands in the form before anybody types."""
        category = str(self.record.data.get("category", ""))
        shown = posted_of(self.form({"category": [category]}), self.record.data, self.record.body)
        return {**shown, BASE: [self.digest]}


def opened(place: RecordPlace, student: Student, school: School) -> Opening:
    """The form of a student's record.

    Raises:
        UsageError: APP013, main has it, but it cannot be read.
    """
    record = student.record_at(place.path)
    if record is None:
        if place.path in student.broken.get(place.home.kind.name, ()):
            raise UsageError("APP013", path=place.below)
        record = Record(place.path, place.home.kind.name, place.home.identity, {}, "", 0)
    digest = hashlib.sha256(record.text.encode()).hexdigest() if record.text else ""
    return Opening(place, student, school, record, digest)


def _offered(opening: Opening) -> dict[tuple[str, ...], tuple[Option, ...]]:
    """What there is to choose from: the courses taken in the term; what may be selected and released (肆.一, 肆.二)."""
    student, school, term = opening.student, opening.school, opening.record.term
    offered = dict[tuple[str, ...], tuple[Option, ...]]()
    for key, kind in _OF_SELECTION.items():
        named = {f"{item.term or item.year}/{item.slug}": item for item in student.of(kind)}
        chosen = opening.record.data.get(key, ())
        offered[(key, EACH)] = tuple(
            Option(ref, bilingual(item.data["summary"]))
            for ref, item in named.items()
            if ref in chosen
            or (state(item, student, school).state in USABLE if kind == "course-output" else is_submitted(item))
        )
    courses: tuple[Option, ...] = ()
    if term is not None:
        records = (record for record in student.of("course-records") if record.term == term)
        taken = sorted({entry["course"] for record in records for entry in record.data["courses"]})
        offers = school.offerings.get(term, {})
        courses = tuple(Option(course, bilingual(offers.get(course, {}).get("name", course))) for course in taken)
    return offered | ({("course",): courses} if courses else {})


@dataclass(frozen=True)
class Composition:
    """What a filled-in form would change.

    Attributes:
        filled: what it says.
        text: of the record.
        files: new attachments by path: where their bytes lie.
        gone: attachments that are taken away, by path, with the SHA-256 that main has of each.
        entries: of the attachments, as the record lists them.
        uploads: the ids of the new ones.
    """

    filled: Filled
    text: str
    files: Mapping[str, Path] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)
    entries: Sequence[Mapping[str, Any]] = ()
    uploads: Sequence[str] = ()


def composed(opening: Opening, fields: Posted, uploads: Uploads, *, submitted: bool) -> Composition:
    """The record by its form, with its files.

    Args:
        opening: what the form was opened on.
        fields: what stands in it.
        uploads: where new files lie.
        submitted: it is handed in, not only saved.

    Raises:
        UsageError: APP345, a new file is no longer there; APP018, there is one of its name.
    """
    record, kind = opening.record, opening.place.home.kind
    listed = list(record.data.get("attachments", ()))
    gone = {entry["name"] for entry in listed} & set(fields.get(DETACH, ()))
    entries = [entry for entry in listed if entry["name"] not in gone]
    files = dict[str, Path]()
    ids = list(dict.fromkeys(fields.get(UPLOAD, ()))) if kind.files else []
    for each in ids:
        names = {known["name"] for known in listed + entries}
        entry = copied(uploads, opening.student.id, each, opening.types, names).entry
        entries.append(entry)
        files[f"{record.folder}/{entry['name']}"] = uploads.file(opening.student.id, each)
    given: dict[str, Any] = {"submitted": submitted} if kind.handed_in else {}
    given |= {"attachments": entries} if kind.files else {}
    says = filled(opening.form(fields), fields, record if record.text else None, given)
    digests = {f"{record.folder}/{entry['name']}": str(entry["sha256"]) for entry in listed if entry["name"] in gone}
    return Composition(says, text_of(record, says), files, digests, entries, ids)


def copied(uploads: Uploads, account: str, each: str, types: Sequence[FileType], listed: set[str]) -> Copy:
    """An upload of an account as a record lists it, under a name that is free.

    Raises:
        UsageError: APP345, it is no longer there; APP018, there is one of its name.
    """
    upload = uploads.read(account, each)
    kind = next(kind for kind in types if kind.media_type == upload.media_type)
    data = uploads.file(account, each).read_bytes()
    return placed(Copy(Path(upload.original), upload.name, data, kind, upload.taken), listed, lambda _: False)


def judged(opening: Opening, composition: Composition, tree: Tree) -> tuple[LocatedFinding, ...]:
    """All that `licheng check` would find wrong with it at main's tip.

    Args:
        opening: of the form.
        composition: what it says.
        tree: main's tip.
    """
    files = {path: file.read_bytes() for path, file in composition.files.items()}
    files[opening.place.path] = composition.text.encode("utf-8", "surrogatepass")
    before = tree
    for path in composition.gone:
        before = Without(before, path)
    within = Loaded(With(before, files), opening.school, Shelf())
    return faults_of(before, files, opening.place.path, opening.school.today, within)


def handed_in(
    opening: Opening, composition: Composition, fields: Posted, action: str, key: str, now: datetime
) -> HandIn:
    """The change that handing it in makes.

    Args:
        opening: of the form.
        composition: what it says.
        fields: as posted, with the digest of what the form was opened on.
        action: what the person did.
        key: the form's own.
        now: when it was received, with its time zone.
    """
    path = opening.place.path
    base = (fields.get(BASE) or [""])[-1]
    changes: dict[str, bytes | None] = {path: composition.text.encode("utf-8", "surrogatepass")}
    changes |= dict.fromkeys(composition.gone)
    bases: dict[str, str | None] = {path: base or None, **composition.gone, **dict.fromkeys(composition.files)}
    return HandIn(opening.student.id, now, action, key, changes, bases, composition.files)


def withdrawn(opening: Opening, key: str, now: datetime) -> HandIn:
    """The change that takes a work back: a draft again, otherwise as main has it.

    Raises:
        UsageError: APP340, it is not handed in.
    """
    record = opening.record
    if record.data.get("submitted") is not True:
        raise UsageError("APP340", case="kind")
    says = Filled({**record.data, "submitted": False}, None, {})
    data = text_of(record, says).encode()
    return HandIn(opening.student.id, now, "withdraw", key, {record.path: data}, {record.path: opening.digest})
