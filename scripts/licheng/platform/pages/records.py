"""Units keep the records that they own (伍.五): a kind, a student, a form, and the signature of each save."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.attach import Care
from licheng.app.day import standing_moment
from licheng.app.loading.load import Loaded, load
from licheng.core.errors import UsageError
from licheng.core.layout import CONTENT, PARTS, Home, Kind, home, is_day
from licheng.core.record import Record
from licheng.core.report import LocatedFinding
from licheng.core.student import Student
from licheng.core.term import Term, year_on
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.outputs.catalog import Catalog, catalog
from licheng.platform.certifying import passkeys_of
from licheng.platform.editing import DETACH, UPLOAD
from licheng.platform.forms.judging import by_field
from licheng.platform.forms.model import form_of
from licheng.platform.forms.view import ADD, REMOVE, changed_rows, texts_of, viewed
from licheng.platform.importing import imports_of, read
from licheng.platform.pages.edit import taken_out
from licheng.platform.pages.looking import Look, holder_of, school_of, shown
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, session_of
from licheng.platform.recording import (
    Files,
    PreparedChange,
    RecordSheet,
    composed,
    ground_for_change,
    ground_for_new,
    judged,
    kinds_of,
    opened,
    prepare,
    prepared_at,
    signed,
)
from licheng.platform.sessions import Session
from licheng.platform.signing_desk import ANSWER_BYTES, SigningDesk
from licheng.platform.uploads import read_chunks
from licheng.policy.enrolment import is_here, level_and_class
from licheng.sources.tree import CommitTree

_LETTERS = "bcdfghjkmnpqrstvwxz"
_SLUG_LETTERS = 6
_OF_PAGE = frozenset({"csrf", "_do", "_base", "_file", "_file_digest", "_care"})
_CONFLICT, _INVALID = 409, 422
Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of record that somebody may write."""

    name: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A record that somebody may change: its page, and what it is called."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student to whose records somebody may add one of a kind, or change one."""

    student: str
    school_class: str
    may_add: bool
    records: tuple[KeptRow, ...]


@dataclass(frozen=True, slots=True)
class KindPage:
    """A kind: whom it can be written about, or which records of the school there are.

    Attributes:
        parts: what has to be said to begin a new one, by the parts of its path, with what there is to choose from.
        classes: of the school.
        students: that were asked for.
        records: of the school, of a kind that is about no student.
    """

    row: KindRow
    of_student: bool
    parts: Mapping[str, tuple[str, ...]]
    classes: tuple[str, ...]
    students: tuple[StudentRow, ...]
    records: tuple[KeptRow, ...]
    may_add: bool
    has_passkey: bool


def kind_rows(look: Look) -> tuple[KindRow, ...] | None:
    """What somebody may write today; None of who holds no post."""
    if look.holder != "staff":
        return None
    return tuple(_row(kind, look) for kind in kinds_of(look.account, look.school, look.on))


def _row(kind: Kind, look: Look) -> KindRow:
    form, short = form_of(kind.name), look.names.words.language.partition("-")[0]
    return KindRow(kind.name, form.title[short], form.hint[short])


def kind_of(look: Look, name: str) -> Kind | None:
    """The kind of a name, if somebody may write it today."""
    if look.holder != "staff":
        return None
    return next((kind for kind in kinds_of(look.account, look.school, look.on) if kind.name == name), None)


def kind_page(look: Look, kind: Kind, student: str, school_class: str, *, has_passkey: bool) -> KindPage:
    """A kind, with the students of a class or the one that was asked for; every look at one is written down."""
    rows = tuple(_student_rows(look, kind, student, school_class)) if kind.of_student else ()
    kept = () if kind.of_student else tuple(_kept(look, kind, None, look.school.of(kind.name)))
    return KindPage(
        _row(kind, look),
        kind.of_student,
        _to_say(kind, look),
        tuple(sorted({name for _, name in _places(look).values()})),
        rows,
        kept,
        not kind.of_student and _adds(look, kind, None) is not None,
        has_passkey,
    )


def _places(look: Look) -> dict[str, tuple[int, str]]:
    """Year level and class of every student who is here, by id."""
    owned = ((student, member.own) for student, member in look.view.members().items())
    here = ((student, own) for student, own in owned if own is not None and is_here(own, look.on))
    placed = ((student, level_and_class(own, look.on)) for student, own in here)
    return {student: place for student, place in placed if place is not None}


def _student_rows(look: Look, kind: Kind, asked: str, school_class: str) -> Iterator[StudentRow]:
    places = _places(look)
    ids = [asked] if asked else [each for each, (_, name) in places.items() if name == school_class]
    looks: list[tuple[str, str, str]] = []
    rows: list[StudentRow] = []
    for student in look.view.students(ids):
        why = _adds(look, kind, student)
        kept = tuple(_kept(look, kind, student, student.of(kind.name)))
        if why is None and not kept:
            continue
        looks.append((student.id, f"records:{kind.name}", why or "kept"))
        rows.append(StudentRow(student.id, places.get(student.id, (0, ""))[1], why is not None, kept))
    look.write_down(looks)
    yield from rows


def _adds(look: Look, kind: Kind, student: Student | None) -> str | None:
    """By what right somebody adds a record of a kind, under some name."""
    subjects = PARTS["subject"].split("|") if "subject" in kind.parameters else ("",)
    for subject in subjects:
        where = _sample(kind, student, {"subject": subject})
        if (why := ground_for_new(look.account, student, where, look.school, look.on)) is not None:
            return why
    return None


def _sample(kind: Kind, student: Student | None, said: Mapping[str, str]) -> Home:
    """A place of a kind as it could be."""
    values = {"slug": "new", "term": "115-1", "year": "115", "date": "2026-11-23", "batch": "regular", **said}
    if student is not None:
        values |= {"student": student.id, "cohort": str(student.cohort)}
    return Home(kind, {name: values[name] for name in kind.parameters})


def _kept(look: Look, kind: Kind, student: Student | None, records: Iterable[Record]) -> Iterator[KeptRow]:
    for record in records:
        if ground_for_change(look.account, student, record, look.school, look.on) is not None:
            path = record.path.removeprefix(f"{CONTENT}/")
            titles = (str(record.data[name]) for name in ("title", "name", "contest", "on") if record.data.get(name))
            said = [record.identity[name] for name in kind.parameters if name not in {"cohort", "student"}]
            yield KeptRow(f"/records/edit/{path}", " · ".join([*titles, *said]))


def _terms(look: Look) -> tuple[str, ...]:
    """This term and those before it, a few."""
    terms = {str(term) for term in look.school.offerings} | {str(Term.on(look.on))}
    return tuple(sorted(terms, reverse=True)[:4])


def _to_say(kind: Kind, look: Look) -> dict[str, tuple[str, ...]]:
    """The parts of a new record's path that somebody has to say; a name of its own is drawn."""
    known = {
        "term": _terms(look),
        "year": (str(year_on(look.on)), str(year_on(look.on) - 1)),
        "date": (look.on.isoformat(),),
        "subject": tuple(PARTS["subject"].split("|")),
        "batch": ("regular",),
    }
    # A day says its term.
    parts = [name for name in kind.parameters if name != "term" or "date" not in kind.parameters]
    return {name: known[name] for name in parts if name in known}


@dataclass(frozen=True)
class PostedSheet:
    """A form as it was posted.

    Attributes:
        fields: what was typed.
        do: the button, and what it is about.
        base: SHA-256 of what the form was opened on; empty of a new record.
        file: that is to be attached.
        care: what its copy may leave out.
    """

    fields: Fields
    do: str
    about: str
    base: str
    file: UploadFile | None
    care: Care

    @classmethod
    def of(cls, form: FormData) -> PostedSheet:
        """Of a form as it was posted."""
        fields: Fields = {}
        for name, value in form.multi_items():
            if isinstance(value, str) and name not in _OF_PAGE:
                fields.setdefault(name, []).append(value)
        do, _, about = str(form.get("_do", "save")).partition(" ")
        file = form.get("_file")
        chosen = file if isinstance(file, UploadFile) and file.filename else None
        care = Care.ALL if form.get("_care") else Care.USUAL
        return cls(fields, do, about, str(form.get("_base", "")), chosen, care)

    def with_uploads(self, *more: str) -> Fields:
        """The fields with more uploads, and without the one that the button is about."""
        kept = [each for each in self.fields.get(UPLOAD, ()) if each != self.about]
        return {**self.fields, UPLOAD: [*kept, *more]}


@dataclass(frozen=True)
class FormAgain:
    """The form once more.

    Attributes:
        fields: what stands in it.
        base: of what it was opened on.
        findings: what is wrong, by field.
    """

    status: int
    fields: Fields
    base: str
    findings: Mapping[str, list[LocatedFinding]] = field(default_factory=dict)


def _term_on(day: str) -> str:
    """The term of a day; nothing of what is no day."""
    return str(Term.on(date.fromisoformat(day))) if is_day(day) else ""


class _Records:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = SigningDesk(parts.settings.state / "recording")

    async def kinds(self, request: Request) -> Response:
        """What somebody may write today."""

        def build(look: Look) -> tuple[tuple[KindRow, ...], bool] | None:
            rows = kind_rows(look)
            return (rows, bool(imports_of(look))) if rows is not None else None

        rows, imports = await shown(request, self._parts, build)
        return self._parts.pages.page(request, "records/kinds.html", rows=rows, imports=imports)

    # A workbook.

    async def workbook(self, request: Request) -> Response:
        """What can be brought in from a workbook, and the form for one."""
        return await self._workbook(request, "")

    async def _workbook(self, request: Request, wrong: str, status: int = 200) -> Response:
        def build(look: Look) -> dict[str, Any] | None:
            kinds = imports_of(look) if look.holder == "staff" else ()
            rows = [(kind.name, _row(kind.layout, look).title) for kind in kinds]
            return {"kinds": rows, "terms": _terms(look), "has_passkey": self._has_passkey(look)} if rows else None

        values = await shown(request, self._parts, build)
        return self._parts.pages.page(request, "records/import.html", status, wrong=wrong, **values)

    async def upload(self, request: Request) -> Response:
        """Read a workbook, and state all that it would change; the file is not kept."""
        form, words = request.state.form, catalog(request.state.language)
        name, term, file = str(form.get("import", "")), str(form.get("term", "")), form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise UsageError("APP347")
        data, called = await file.read(), PurePath(file.filename.replace("\\", "/")).name

        def build(look: Look) -> PreparedChange | str | None:
            kind = next((each for each in imports_of(look) if each.name == name), None)
            if look.holder != "staff" or kind is None:
                return None
            with self._school(look) as (loaded, now):
                reading = read(look, kind, called, data, term, loaded.tree, words)
                if reading.wrong or not reading.files:
                    return reading.words
                files, bases = reading.files, reading.bases
                return prepare(self._desk, look.account, files, bases, loaded, now, look.at, reading.words)

        result: PreparedChange | str = await shown(request, self._parts, build)
        if isinstance(result, PreparedChange):
            return RedirectResponse(f"/records/sign/{result.id}", SEE_OTHER)
        return await self._workbook(request, result, _INVALID)

    async def kind(self, request: Request) -> Response:
        """Whom a kind is written about, or which of the school there are."""
        name, query = request.path_params["kind"], request.query_params
        asked, school_class = query.get("student", "").strip(), query.get("class", "")

        def build(look: Look) -> KindPage | None:
            kind = kind_of(look, name)
            if kind is None:
                return None
            return kind_page(look, kind, asked, school_class, has_passkey=self._has_passkey(look))

        page = await shown(request, self._parts, build)
        asks = bool(asked or school_class)
        return self._parts.pages.page(
            request, "records/kind.html", page=page, asked=asked, chosen=school_class, asks=asks
        )

    async def begin(self, request: Request) -> Response:
        """To the form of a new record, under a name of its own."""
        name, form = request.path_params["kind"], request.state.form
        said = {key: str(form.get(key, "")) for key in ("student", "term", "year", "date", "subject", "batch")}
        path = await shown(request, self._parts, lambda look: self._begin(look, name, said))
        return RedirectResponse(path, SEE_OTHER)

    def _begin(self, look: Look, name: str, said: dict[str, str]) -> str | None:
        kind = kind_of(look, name)
        student = look.view.student(said["student"]) if kind is not None and kind.of_student else None
        if kind is None or (kind.of_student and student is None):
            return None
        values = {**said, "slug": "".join(secrets.choice(_LETTERS) for _ in range(_SLUG_LETTERS))}
        if student is not None:
            values["cohort"] = str(student.cohort)
        if "date" in kind.parameters:
            values["term"] = _term_on(said["date"])
        path = kind.path(**{part: values.get(part, "") for part in kind.parameters})
        if home(path) is None or self._sheet(look, path) is None:
            return None
        return f"/records/edit/{path.removeprefix(f'{CONTENT}/')}"

    # The form.

    def _sheet(self, look: Look, path: str) -> RecordSheet | None:
        where = home(path)
        if where is None or look.holder != "staff":
            return None
        student = look.view.student(where.identity["student"]) if where.kind.of_student else None
        return opened(path, look.account, student, look.school)

    async def edit(self, request: Request) -> Response:
        """A record in its form."""
        path = f"{CONTENT}/{request.path_params['below']}"

        def build(look: Look) -> dict[str, Any] | None:
            sheet = self._sheet(look, path)
            if sheet is None:
                return None
            self._write_down(look, sheet)
            with self._tree(look) as tree:
                fields = sheet.fields(tree)
            return self._view(request, look, sheet, fields, {}, sheet.digest)

        return self._parts.pages.page(request, "records/edit.html", **await shown(request, self._parts, build))

    def _write_down(self, look: Look, sheet: RecordSheet) -> None:
        if sheet.student is not None:
            look.write_down([(sheet.student.id, sheet.place, sheet.why)])

    def _view(
        self,
        request: Request,
        look: Look,
        sheet: RecordSheet,
        fields: Fields,
        findings: Mapping[str, list[LocatedFinding]],
        base: str,
    ) -> dict[str, Any]:
        words = catalog(request.state.language)
        t = texts_of(words)
        return {
            "t": t,
            "form": viewed(sheet.form(fields), fields, findings, words, t),
            "path": sheet.path,
            "here": f"/records/edit/{sheet.path.removeprefix(f'{CONTENT}/')}",
            "kind": sheet.kind.name,
            "student": sheet.student.id if sheet.student is not None else "",
            "base": base,
            "moved": base != sheet.digest,
            "is_new": sheet.is_new,
            "may_go": sheet.may_go,
            "has_passkey": self._has_passkey(look),
            **self._files(look, sheet, fields, words),
        }

    def _files(self, look: Look, sheet: RecordSheet, fields: Fields, words: Catalog) -> dict[str, Any]:
        """What is shown of the files of a record."""
        uploads = [self._parts.uploads.read(look.account, each) for each in dict.fromkeys(fields.get(UPLOAD, ()))]
        detached = fields.get(DETACH, ())
        return {
            "has_files": sheet.kind.files,
            "types": "、".join(sorted({ending for each in sheet.types for ending in each.extensions})),
            "listed": [(each, each["name"] in detached) for each in sheet.record.data.get("attachments", ())],
            "uploads": [(upload, taken_out(upload, words)) for upload in uploads],
        }

    async def act(self, request: Request) -> Response:
        """Add or take away a row; judge what was typed; or state it, to be signed."""
        path, posted = f"{CONTENT}/{request.path_params['below']}", PostedSheet.of(request.state.form)

        def build(look: Look) -> PreparedChange | tuple[int, dict[str, Any]] | None:
            sheet = self._sheet(look, path)
            if sheet is None:
                return None
            self._write_down(look, sheet)
            done = self._again(look, sheet, posted) or self._save(look, sheet, posted)
            if isinstance(done, PreparedChange):
                return done
            return done.status, self._view(request, look, sheet, done.fields, done.findings, done.base)

        result: PreparedChange | tuple[int, dict[str, Any]] = await shown(request, self._parts, build)
        if isinstance(result, PreparedChange):
            return RedirectResponse(f"/records/sign/{result.id}", SEE_OTHER)
        status, values = result
        return self._parts.pages.page(request, "records/edit.html", status, **values)

    def _again(self, look: Look, sheet: RecordSheet, posted: PostedSheet) -> FormAgain | None:
        """The form once more, after a button that only changes it, or where main has changed; else None."""
        fields = posted.fields
        if fields.keys() & {ADD, REMOVE}:
            return FormAgain(200, changed_rows(fields), posted.base)
        match posted.do:
            case "attach":
                return FormAgain(200, posted.with_uploads(self._take(look, sheet, posted)), posted.base)
            case "give-up":
                return FormAgain(200, posted.with_uploads(), posted.base)
            case "rebase":
                return FormAgain(200, fields, sheet.digest)
        return FormAgain(_CONFLICT, fields, posted.base) if posted.base != sheet.digest else None

    def _save(self, look: Look, sheet: RecordSheet, posted: PostedSheet) -> PreparedChange | FormAgain:
        if posted.do == "delete":
            return self._remove(look, sheet)
        with self._tree(look) as tree:
            writing = composed(sheet, posted.fields, self._parts.uploads)
            found = judged(sheet, writing, tree)
        if found:
            findings = by_field(found, sheet.path, writing.record.text, writing.names)
            return FormAgain(_INVALID, posted.fields, posted.base, findings)
        sheet.check_right(writing.record)
        return self._prepare(look, writing.files, writing.bases(posted.base), posted.fields.get(UPLOAD, ()))

    def _take(self, look: Look, sheet: RecordSheet, posted: PostedSheet) -> str:
        if posted.file is None:
            raise UsageError("APP347")
        name, chunks = posted.file.filename or "", read_chunks(posted.file.file)
        return self._parts.uploads.take(look.account, name, chunks, sheet.types, "", posted.care).id

    def _remove(self, look: Look, sheet: RecordSheet) -> PreparedChange:
        sheet.check_right(None)
        gone: dict[str, str | None] = {sheet.path: sheet.digest}
        listed = sheet.record.data.get("attachments", ())
        gone |= {f"{sheet.record.folder}/{entry['name']}": entry["sha256"] for entry in listed}
        return self._prepare(look, dict.fromkeys(gone), gone)

    def _prepare(
        self, look: Look, files: Files, bases: Mapping[str, str | None], uploads: Sequence[str] = ()
    ) -> PreparedChange:
        with self._school(look) as (loaded, now):
            return prepare(self._desk, look.account, files, bases, loaded, now, look.at, uploads=tuple(uploads))

    # The signature.

    async def sign(self, request: Request) -> Response:
        """What changes, path by path, and the way to the signing page."""
        prepared = await self._mine(request)
        response = self._parts.pages.page(
            request,
            "records/sign.html",
            prepared=prepared,
            asked=json.dumps(await self._question(request, prepared)),
            signing_origin=self._parts.settings.signing_origin,
            request_path=f"/records/sign/{prepared.id}/request",
        )
        # With `same-origin` the signing page in its window could not speak to this one (decision 0017).
        response.headers["cross-origin-opener-policy"] = "same-origin-allow-popups"
        return response

    async def asked(self, request: Request) -> Response:
        """What the signing page is asked, as a file, where no window can be opened."""
        question = await self._question(request, await self._mine(request))
        headers = {"content-disposition": 'attachment; filename="licheng-request.json"'}
        return Response(json.dumps(question), media_type="application/json", headers=headers)

    async def _question(self, request: Request, prepared: PreparedChange) -> dict[str, Any]:
        repository = await shown(request, self._parts, lambda look: look.school.trust.repository)
        return prepared.asked(repository, request.state.language)

    async def accept(self, request: Request) -> Response:
        """Take the answer of the signing page: of the script, or as a file."""
        prepared, form = await self._mine(request), request.state.form
        file = form.get("file")
        answer = str(form.get("answer", "")).encode(errors="replace")
        if isinstance(file, UploadFile) and file.filename:
            answer = await file.read(ANSWER_BYTES + 1)
        ticket = await shown(request, self._parts, lambda look: self._accept(look, prepared, answer))
        return RedirectResponse(f"/me/tickets/{ticket}", SEE_OTHER)

    def _accept(self, look: Look, prepared: PreparedChange, answer: bytes) -> str | None:
        if look.holder != "staff":
            return None
        with self._school(look) as (loaded, _):
            ticket = self._parts.spool.accept(signed(prepared, answer, loaded, look.at))
        for upload in prepared.uploads:  # the spool has them now
            self._parts.uploads.drop(look.account, upload)
        return ticket.id

    async def _mine(self, request: Request) -> PreparedChange:
        account, name = session_of(request).account, request.path_params["prepared"]
        prepared = await run_in_threadpool(prepared_at, self._desk, account, name, self._parts.clock())
        if prepared is None:
            raise HTTPException(404)
        return prepared

    # Looking things up.

    def _has_passkey(self, look: Look) -> bool:
        with self._tree(look) as tree:
            now = standing_moment(tree) or look.at
        return bool(passkeys_of(look.account, look.school, now, CHANGE_NAMESPACE))

    @contextmanager
    def _tree(self, look: Look) -> Iterator[CommitTree]:
        with CommitTree(self._parts.repository, look.view.tip) as tree:
            yield tree

    @contextmanager
    def _school(self, look: Look) -> Iterator[tuple[Loaded, datetime]]:
        """The school at the tip that is looked at, and its own moment."""
        with self._tree(look) as tree:
            yield load(tree, look.on), standing_moment(tree) or look.at.replace(microsecond=0)


def _routes(parts: Parts) -> list[BaseRoute]:
    desk = _Records(parts)
    ways = [
        ("/records", desk.kinds, "GET"),
        ("/records/edit/{below:path}", desk.edit, "GET"),
        ("/records/edit/{below:path}", desk.act, "POST"),
        ("/records/sign/{prepared}", desk.sign, "GET"),
        ("/records/sign/{prepared}", desk.accept, "POST"),
        ("/records/sign/{prepared}/request", desk.asked, "GET"),
        ("/records/import", desk.workbook, "GET"),
        ("/records/import", desk.upload, "POST"),
        ("/records/{kind}", desk.kind, "GET"),
        ("/records/{kind}", desk.begin, "POST"),
    ]
    return [Route(path, handler, methods=[method]) for path, handler, method in ways]


def _links(parts: Parts, session: Session | None) -> list[Link]:
    school = school_of(parts, session)
    if session is None or school is None or holder_of(session.account, school) != "staff":
        return []
    return [Link("/records", "records_link")] if kinds_of(session.account, school, school.today) else []


ROOM = Room(_routes, _links)
