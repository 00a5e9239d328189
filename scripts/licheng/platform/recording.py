"""The records that the school's units keep (伍.五): who may write which today, in forms, each save signed by passkey.

Nothing here gives a right: the authority table says who may write, the sight table who sees, and the gate asks both
again. What is saved is judged as `licheng check` judges it, then stated, path by path, for its author to sign on the
signing page; it is handed in with the statement and its signature, and with nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from licheng.app.loading.load import Loaded
from licheng.app.new import faults_of, known
from licheng.app.trust.state import signed_files, stated
from licheng.core.change import Account, Operation
from licheng.core.dates import instant, written
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, KINDS, Home, Kind, home, samples, student_folder
from licheng.core.record import Record
from licheng.core.report import LocatedFinding
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.platform.certifying import SigningPasskey, passkeys_of
from licheng.platform.editing import DETACH, UPLOAD, copied
from licheng.platform.forms.filling import Posted, filled, posted_of
from licheng.platform.forms.judging import text_of
from licheng.platform.forms.model import BY_MACHINE, Option, RecordForm, form_of
from licheng.platform.hand_in import HandIn, is_kept_by_units, is_stored
from licheng.platform.signing_desk import SigningDesk, answered, drawn_id
from licheng.platform.uploads import Uploads
from licheng.policy import sight
from licheng.policy.attachments import FileType, allowed_types
from licheng.policy.authority import within
from licheng.policy.codes import lists
from licheng.policy.periods import judged_term
from licheng.policy.permission import AuthorityRow, Scene, denial, is_meant, rows_of
from licheng.policy.sight import SightRow, ground
from licheng.signing.canonical import encode
from licheng.sources.attachments import pointer_to
from licheng.sources.shelf import Shelf
from licheng.sources.tree import Tree, With, Without

JOB = "change"
_TUTOR = {"as": "tutor"}
Files = Mapping[str, bytes | None]


# Who may write what.


def owners(kind: str, account: str, school: School, on: date) -> tuple[Mapping[str, Any], ...]:
    """What a new record may say of whose it is, where that is somebody's own unit, contest or name.

    Rows that name an organiser or a recorder are about what the record says; before it is written, it may say these.
    """
    posts = [post["post"] for post in school.posts_of.get(account, ()) if within(post, on)]
    units = dict.fromkeys(unit for post in posts if (unit := school.unit_of_post.get(post)) is not None)
    if kind == "contest-result":
        return tuple({"contest": contest.slug} for contest in school.of("contest") if contest.data["unit"] in units)
    return tuple({"recorder": account, "organiser": unit, "unit": unit} for unit in units) or ({"recorder": account},)


def kinds_of(account: str, school: School, on: date) -> tuple[Kind, ...]:
    """The kinds of record that an account may write today, somewhere, in the order of the layout."""
    may = {
        kind
        for kind, path in samples()
        if is_kept_by_units(BY_NAME[kind], path)
        and any(_may_somewhere(account, path, kind, data, school, on) for data in owners(kind, account, school, on))
    }
    return tuple(kind for kind in KINDS if kind.name in may)


def _staff(account: str) -> Account:
    return Account(account, "staff", frozenset(), "")


def _may_somewhere(account: str, path: str, kind: str, data: Mapping[str, Any], school: School, on: date) -> bool:
    """Whether the rows about a record, of writing and of seeing, mean an account; of a tutor, of whichever class."""
    where = home(path)
    assert where is not None  # noqa: S101 - a sample
    scene = Scene(school, on, None, (Record(path, kind, where.identity, data, "", 0),))
    tables: list[tuple[AuthorityRow | SightRow, ...]] = [rows_of(path, school)]
    tables += [sight.rows_of(kind, school)] if where.kind.of_student else []
    is_tutor = any(post["post"] == "class-tutor" and within(post, on) for post in school.posts_of.get(account, ()))
    return all(
        len(about) == 1 and any(is_meant(who, account, scene) or (is_tutor and who == _TUTOR) for who in about[0].by)
        for about in tables
    )


def ground_for_new(account: str, student: Student | None, where: Home, school: School, on: date) -> str | None:
    """By what right an account adds a record of a kind to a student's (or the school's); None if it may not.

    Args:
        account: its id.
        student: whose the record would be; None of a record of the school.
        where: the kind, and the parts of its path.
        school: at main's tip.
        on: the day, Asia/Taipei.
    """
    path = where.kind.path(**where.identity)
    for data in owners(where.kind.name, account, school, on):
        record = Record(path, where.kind.name, where.identity, data, "", 0)
        if denial(_staff(account), Operation.ADD, path, Scene(school, on, student, (record,))) is None:
            why = ground(account, student, record.kind, school, on, record) if student is not None else "own"
            if why is not None:
                return why
    return None


def ground_for_change(account: str, student: Student | None, record: Record, school: School, on: date) -> str | None:
    """By what right an account changes a record that is there; None if it may not, or does not see it."""
    if _refused(account, Operation.CHANGE, record.path, student, (record,), school, on):
        return None
    return ground(account, student, record.kind, school, on, record) if student is not None else "own"


def _refused(
    account: str,
    operation: Operation,
    path: str,
    student: Student | None,
    versions: tuple[Record, ...],
    school: School,
    on: date,
) -> bool:
    return denial(_staff(account), operation, path, Scene(school, on, student, versions)) is not None


# The form.


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
    def may_go(self) -> bool:
        """Whether its author may take it away."""
        return not self.is_new and not self._refused(Operation.DELETE, (self.record,))

    def _refused(self, operation: Operation, versions: tuple[Record, ...]) -> bool:
        on = self.school.today
        return _refused(self.account, operation, self.path, self.student, versions, self.school, on)

    def check_right(self, after: Record | None) -> None:
        """Refuse a change that its author has no right to.

        Args:
            after: the record as it would be; None where it goes.

        Raises:
            UsageError: APP380.
        """
        before = () if self.is_new else (self.record,)
        operation = Operation.ADD if self.is_new else Operation.CHANGE if after is not None else Operation.DELETE
        if self._refused(operation, (*before, after) if after is not None else before):
            raise UsageError("APP380", path=self.path)

    def form(self, fields: Posted) -> RecordForm:
        """The form, with what there is to choose from."""
        chosen = (fields.get("category") or [""])[-1]
        codes = lists(self.record, self.student, self.school)
        without = BY_MACHINE | {"attachments"}
        return form_of(self.kind.name, codes, chosen, without, offered=self._offered())

    def _offered(self) -> dict[tuple[str, ...], tuple[Option, ...]]:
        if self.kind.name != "contest-result":
            return {}
        mine = [each["contest"] for each in owners(self.kind.name, self.account, self.school, self.school.today)]
        contests = {contest.slug: contest.data["name"] for contest in self.school.of("contest")}
        return {("contest",): tuple(Option(slug, _both(contests[slug])) for slug in mine)}

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
            data |= known(self.kind, tree, self.school.today, self.home.identity, None)
        return posted_of(self.form({"category": [str(data.get("category", ""))]}), data, body)


def _both(name: Any) -> Mapping[str, str]:
    return name if isinstance(name, Mapping) else {"zh": str(name), "en": str(name)}


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


# The statement.


@dataclass(frozen=True)
class PreparedChange:
    """A change that waits for its author's signature.

    Attributes:
        account: whose it is.
        at: when it was prepared, UTC, by the school's clock, as the statement says; `made` by the machine's.
        files: what each file will hold, by path; None where it goes.
        bases: SHA-256 of what each was opened on; None where there was nothing.
        payload: the text to be signed.
        passkeys: those by which it may be signed.
        words: what is said above the files, as the preview of an import.
        uploads: ids of those that are among the files.
    """

    id: str
    account: str
    at: datetime
    made: datetime
    files: Files
    bases: Mapping[str, str | None]
    payload: str
    passkeys: tuple[SigningPasskey, ...]
    words: str = ""
    uploads: tuple[str, ...] = ()

    def asked(self, repository: str, language: str) -> dict[str, Any]:
        """What the signing page is asked (decision 0017)."""
        keys = [{"credential": key.credential, "public_key": key.public_key} for key in self.passkeys]
        about = {"id": self.id, "job": JOB, "repository": repository, "language": language}
        return {**about, "keys": keys, "payload": self.payload}

    @property
    def shown(self) -> Iterator[tuple[str, str, str]]:
        """Of each file the path, what happens to it (`add`, `change`, `delete`), and what it will hold."""
        for path, data in sorted(self.files.items()):
            did = Operation.DELETE if data is None else Operation.CHANGE if self.bases[path] else Operation.ADD
            is_text = data is not None and home(path) is not None
            yield path, did.value, (data or b"").decode("utf-8", "replace") if is_text else ""


def lying(files: Files) -> Files:
    """Files as they will lie in git, large attachments as pointers."""
    return {
        path: pointer_to(hashlib.sha256(data).hexdigest(), len(data))
        if data is not None and is_stored(path, len(data))
        else data
        for path, data in files.items()
    }


def prepare(
    desk: SigningDesk,
    account: str,
    files: Files,
    bases: Mapping[str, str | None],
    loaded: Loaded,
    now: datetime,
    made: datetime,
    words: str = "",
    uploads: tuple[str, ...] = (),
) -> PreparedChange:
    """Write the statement of a change of main's tip, and keep both until it is signed.

    Args:
        desk: where it is kept.
        account: whose change it is.
        files: what each file will hold; those that stay as they are, are left out.
        bases: what the form was opened on.
        loaded: the school at main's tip.
        now: the school's clock, UTC.
        made: the machine's clock, UTC.
        words: see `PreparedChange`.
        uploads: likewise.

    Raises:
        UsageError: APP381, no passkey may sign it; as `stated`; APP382, main is no longer as the form was opened on.
    """
    passkeys = passkeys_of(account, loaded.school, now, CHANGE_NAMESPACE)
    if not passkeys:
        raise UsageError("APP381")
    change = stated(loaded, account, lying(files), now)
    for entry in change.entries:
        # Of an attachment that was there the record, which lists it, is enough: a pointer may lie in its place.
        is_listed = home(entry.path) is None and bases[entry.path] is not None and entry.before is not None
        if entry.before != bases[entry.path] and not is_listed:
            raise UsageError("APP382", path=entry.path)
    kept = {entry.path: files[entry.path] for entry in change.entries}
    based = {entry.path: bases[entry.path] for entry in change.entries}
    payload = encode(change.payload()).decode()
    prepared = PreparedChange(drawn_id(), account, now, made, kept, based, payload, passkeys, words, uploads)
    desk.put(account, prepared.id, _value(prepared))
    return prepared


def prepared_at(desk: SigningDesk, account: str, name: str, now: datetime) -> PreparedChange | None:
    """What somebody has prepared within the last hour; None of anything else, be it another's."""
    value = desk.get(account, name, now)
    return _prepared(value) if value is not None else None


def signed(prepared: PreparedChange, answer: bytes, loaded: Loaded, received_at: datetime) -> HandIn:
    """What is handed in of an answer of the signing page.

    Args:
        prepared: what was asked.
        answer: JSON, as the page gave it.
        loaded: the school at main.
        received_at: the machine's clock, UTC.

    Raises:
        UsageError: APP373, it is no answer to this; APP042, the statement would count for nothing; APP382, main has
            changed meanwhile.
    """
    signature = answered(answer, prepared.id, JOB)["signature"].encode()
    change = None
    with suppress(UsageError):  # nothing is left to state: somebody has done just this, or undone it
        change = stated(loaded, prepared.account, lying(prepared.files), prepared.at)
    if change is None or encode(change.payload()).decode() != prepared.payload:
        raise UsageError("APP382", path=next(iter(prepared.files)))
    beside = signed_files(change, signature, loaded)
    bases = {**prepared.bases, **dict.fromkeys(beside)}
    return HandIn(prepared.account, received_at, "record", prepared.id, {**prepared.files, **beside}, bases)


def _value(prepared: PreparedChange) -> dict[str, Any]:
    files = {
        path: base64.b64encode(data).decode() if data is not None else None for path, data in prepared.files.items()
    }
    return {
        "id": prepared.id,
        "account": prepared.account,
        "at": written(prepared.at),
        "made": written(prepared.made),
        "files": files,
        "bases": prepared.bases,
        "payload": prepared.payload,
        "passkeys": [[key.fingerprint, key.credential, key.public_key] for key in prepared.passkeys],
        "words": prepared.words,
        "uploads": prepared.uploads,
    }


def _prepared(value: Mapping[str, Any]) -> PreparedChange:
    files = {path: base64.b64decode(text) if text is not None else None for path, text in value["files"].items()}
    return PreparedChange(
        value["id"],
        value["account"],
        instant(value["at"]),
        instant(value["made"]),
        files,
        value["bases"],
        value["payload"],
        tuple(SigningPasskey(*each) for each in value["passkeys"]),
        value["words"],
        tuple(value["uploads"]),
    )
