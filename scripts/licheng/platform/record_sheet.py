"""A record that a unit keeps in its form: what it opens with, what it says, and what is wrong with it.

What is saved is judged as `licheng check` judges it; `record_rights` says whose it is to write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from licheng.app.loading.load import Loaded
from licheng.app.new import faults_of, known
from licheng.core.change import Operation
from licheng.core.errors import UsageError
from licheng.core.layout import Home, Kind, home, student_folder
from licheng.core.record import Record
from licheng.core.report import LocatedFinding
from licheng.core.school import School
from licheng.core.student import Student
from licheng.platform import receipt_forms
from licheng.platform.editing import DETACH, UPLOAD, copied
from licheng.platform.forms.filling import Posted, filled, posted_of
from licheng.platform.forms.judging import text_of
from licheng.platform.forms.model import BY_MACHINE, Option, RecordForm, bilingual, form_of
from licheng.platform.hand_in import is_kept_by_units
from licheng.platform.record_rights import ground_for_change, ground_for_new, may, owners
from licheng.platform.uploads import Uploads
from licheng.policy.attachments import FileType, allowed_types
from licheng.policy.codes import lists
from licheng.policy.periods import judged_term
from licheng.sources.shelf import Shelf
from licheng.sources.tree import Tree, With, Without


@dataclass(frozen=True)
class RecordSheet:
    """A record of the school or of a student in the form of whoever keeps it.

    Attributes:
        account: who writes.
        student: whose it is; None of a record of the school.
        record: as main has it; without text where it is new.
        digest: SHA-256 of its bytes; empty where it is new.
        why: by what right it is seen.
    """

    account: str
    path: str
    home: Home
    student: Student | None
    school: School
    record: Record
    digest: str
    why: str

    @property
    def is_new(self) -> bool:
        """Main does not have it."""
        return not self.record.text

    @property
    def kind(self) -> Kind:
        """Of the record."""
        return self.home.kind

    @property
    def place(self) -> str:
        """The record as the access log names it: its path below the student's folder."""
        return self.path.removeprefix(f"{student_folder(self.path)}/")

    @property
    def types(self) -> tuple[FileType, ...]:
        """What may be attached."""
        cohort = self.student.cohort if self.student is not None else None
        return allowed_types(self.school.agency, judged_term(self.record, self.school.today), cohort)

    @property
    def digests(self) -> dict[str, str | None]:
        """SHA-256 of the record and of all its attachments, as main has them, by path."""
        listed = self.record.data.get("attachments", ())
        return {self.path: self.digest} | {f"{self.record.folder}/{each['name']}": each["sha256"] for each in listed}

    @property
    def may_go(self) -> bool:
        """Whether its author may take it away."""
        return not self.is_new and self._may(Operation.DELETE, (self.record,))

    def _may(self, operation: Operation, versions: tuple[Record, ...]) -> bool:
        return may(self.account, operation, self.path, self.student, versions, self.school, self.school.today)

    def check_right(self, after: Record | None) -> None:
        """Refuse a change that its author has no right to.

        Args:
            after: the record as it would be; None where it goes.

        Raises:
            UsageError: APP380.
        """
        before = () if self.is_new else (self.record,)
        operation = Operation.ADD if self.is_new else Operation.CHANGE if after is not None else Operation.DELETE
        if not self._may(operation, (*before, after) if after is not None else before):
            raise UsageError("APP380", path=self.path)

    def form(self, fields: Posted) -> RecordForm:
        """The form, with what there is to choose from."""
        chosen = (fields.get("category") or [""])[-1]
        codes = lists(self.record, self.student, self.school)
        offered: dict[tuple[str, ...], tuple[Option, ...]] = {}
        if self.kind.name == "contest-result":
            mine = [each["contest"] for each in owners(self.kind.name, self.account, self.school, self.school.today)]
            names = {contest.slug: contest.data["name"] for contest in self.school.of("contest")}
            offered = {("contest",): tuple(Option(slug, bilingual(names[slug])) for slug in mine)}
        elif self.kind.name in receipt_forms.KINDS:
            offered = dict(self._choices)
        return form_of(self.kind.name, codes, chosen, BY_MACHINE | {"attachments"}, offered=offered)

    @property
    def _choices(self) -> receipt_forms.Offered:
        year = int(self.home.identity["year"])
        return receipt_forms.offered(self.kind.name, year, self.student, self.school)

    def fields(self, tree: Tree) -> dict[str, list[str]]:
        """What stands in the form before anybody types.

        Args:
            tree: main's tip, from which a new record knows its seats, courses, or what it checks.

        Raises:
            UsageError: of `licheng.app.new.known`.
        """
        data, body = self.record.data, self.record.body
        if self.is_new:
            own = owners(self.kind.name, self.account, self.school, self.school.today)[0]
            names = {field.key for field in self.form({}).fields}
            data = {name: value for name, value in own.items() if name in names}
            if self.kind.name in receipt_forms.KINDS:
                data |= receipt_forms.begun(self.kind.name, self.account, self._choices, self.school)
            data |= known(self.kind, tree, self.school.today, self.home.identity, None)
        return posted_of(self.form({"category": [str(data.get("category", ""))]}), data, body)


def opened(path: str, account: str, student: Student | None, school: School) -> RecordSheet | None:
    """The form of a record; None of what its account may neither add nor change, or does not see.

    Args:
        path: of the record, from the root.
        account: who writes.
        student: whose folder the path lies in, if there is such a student.
        school: at main's tip, on the day.

    Raises:
        UsageError: APP013, main has it, but it cannot be read.
    """
    where, on = home(path), school.today
    if where is None or not is_kept_by_units(where.kind, path):
        return None
    if student_folder(path) != (student.folder if student is not None else None):
        return None
    keeper = student if student is not None else school
    record = keeper.record_at(path)
    if record is None:
        record = Record(path, where.kind.name, where.identity, {}, "", 0)
        why = ground_for_new(account, student, where, school, on)
    else:
        why = ground_for_change(account, student, record, school, on)
    if why is None:
        return None
    if path in keeper.broken.get(where.kind.name, ()):
        raise UsageError("APP013", path=path)
    digest = hashlib.sha256(record.text.encode()).hexdigest() if record.text else ""
    return RecordSheet(account, path, where, student, school, record, digest, why)


@dataclass(frozen=True)
class WrittenRecord:
    """What a filled-in form says.

    Attributes:
        record: as it would be.
        names: the field of each place in it.
        attached: new attachments by path.
        gone: attachments that are taken away, by path, with the SHA-256 that main has of each.
    """

    record: Record
    names: Mapping[Any, str]
    attached: Mapping[str, bytes]
    gone: Mapping[str, str]

    @property
    def files(self) -> dict[str, bytes | None]:
        """What each file will hold."""
        own = {self.record.path: self.record.text.encode("utf-8", "surrogatepass")}
        return {**own, **self.attached, **dict.fromkeys(self.gone)}

    def bases(self, base: str) -> dict[str, str | None]:
        """What each file was opened on, the record on bytes of that SHA-256; empty of a new one."""
        return {self.record.path: base or None, **dict.fromkeys(self.attached), **self.gone}


def composed(sheet: RecordSheet, fields: Posted, uploads: Uploads) -> WrittenRecord:
    """The record by its form, with its files.

    Raises:
        UsageError: APP345, a new file is no longer there; APP018, there is one of its name.
    """
    folder, listed = sheet.record.folder, list(sheet.record.data.get("attachments", ()))
    detached = set(fields.get(DETACH, ()))
    gone = {f"{folder}/{entry['name']}": str(entry["sha256"]) for entry in listed if entry["name"] in detached}
    entries = [entry for entry in listed if entry["name"] not in detached]
    attached = dict[str, bytes]()
    for upload in dict.fromkeys(fields.get(UPLOAD, ())) if sheet.kind.files else ():
        copy = copied(uploads, sheet.account, upload, sheet.types, {each["name"] for each in (*listed, *entries)})
        entries.append(copy.entry | ({"role": "evidence"} if sheet.kind.registered else {}))
        attached[f"{folder}/{copy.name}"] = copy.data
    given = {"attachments": entries} if sheet.kind.files else {}
    says = filled(sheet.form(fields), fields, None if sheet.is_new else sheet.record, given)
    text = text_of(sheet.record, says)
    return WrittenRecord(sheet.record._replace(data=says.data, text=text), says.names, attached, gone)


def judged(sheet: RecordSheet, writing: WrittenRecord, tree: Tree) -> tuple[LocatedFinding, ...]:
    """All that `licheng check` would find wrong with it at main's tip."""
    files = {path: data for path, data in writing.files.items() if data is not None}
    for path in writing.gone:
        tree = Without(tree, path)
    is_students = sheet.student is not None
    within_school = Loaded(With(tree, files), sheet.school, Shelf()) if is_students else None
    return faults_of(tree, files, sheet.path, sheet.school.today, within_school, unsaid=frozenset())
