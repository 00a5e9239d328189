"""A record that a unit keeps: its form, and the signature of each save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.day import standing_moment
from licheng.core.layout import CONTENT, home
from licheng.core.report import LocatedFinding
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.outputs.catalog import catalog
from licheng.platform.certifying import passkeys_of
from licheng.platform.editing import DETACH, UPLOAD
from licheng.platform.forms.judging import by_field
from licheng.platform.forms.view import ADD, REMOVE, changed_rows, texts_of, viewed
from licheng.platform.pages.looking import Look, loaded_school, shown
from licheng.platform.pages.posted import Fields, PostedForm, taken_out
from licheng.platform.pages.signing import SigningPages
from licheng.platform.parts import SEE_OTHER, Parts
from licheng.platform.record_change import Files, PreparedChange, prepare, prepared_at, signed
from licheng.platform.record_sheet import RecordSheet, composed, judged, opened
from licheng.platform.signing_desk import SigningDesk
from licheng.sources.tree import CommitTree

_BASE = "_base"
_CONFLICT, _INVALID = 409, 422


@dataclass(frozen=True)
class FormAgain:
    """The form once more.

    Attributes:
        fields: what stands in it.
        base: SHA-256 of what it was opened on; empty of a new record.
        findings: what is wrong, by field.
    """

    status: int
    fields: Fields
    base: str
    findings: Mapping[str, list[LocatedFinding]] = field(default_factory=dict)


def sheet_of(look: Look, path: str) -> RecordSheet | None:
    """The form of a record, for one of the staff who may write it; None of any other, or of no record."""
    where = home(path)
    if where is None or look.holder != "staff":
        return None
    student = look.view.student(where.identity["student"]) if where.kind.of_student else None
    return opened(path, look.account, student, look.school)


def has_passkey(parts: Parts, look: Look) -> bool:
    """Whether somebody has a passkey that may sign a change now."""
    with CommitTree(parts.repository, look.view.tip) as tree:
        now = standing_moment(tree) or look.at
    return bool(passkeys_of(look.account, look.school, now, CHANGE_NAMESPACE))


def change_desk(parts: Parts) -> SigningDesk:
    """Where changes wait for their signatures."""
    return SigningDesk(parts.settings.state / "recording")


class _RecordForms:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = change_desk(parts)

    async def edit(self, request: Request) -> Response:
        """A record in its form."""
        path = f"{CONTENT}/{request.path_params['below']}"

        def build(look: Look) -> dict[str, Any] | None:
            sheet = self._opened(look, path)
            if sheet is None:
                return None
            with CommitTree(self._parts.repository, look.view.tip) as tree:
                fields = sheet.fields(tree)
            return self._view(request, look, sheet, FormAgain(200, fields, sheet.digest))

        return self._parts.pages.page(request, "records/edit.html", **await shown(request, self._parts, build))

    async def act(self, request: Request) -> Response:
        """Add or take away a row; judge what was typed; or state it, to be signed."""
        path, form = f"{CONTENT}/{request.path_params['below']}", request.state.form
        posted, base = PostedForm.of(form, {_BASE}), str(form.get(_BASE, ""))

        def build(look: Look) -> PreparedChange | tuple[int, dict[str, Any]] | None:
            sheet = self._opened(look, path)
            if sheet is None:
                return None
            done = self._again(look, sheet, posted, base) or self._save(look, sheet, posted, base)
            return done if isinstance(done, PreparedChange) else (done.status, self._view(request, look, sheet, done))

        result: PreparedChange | tuple[int, dict[str, Any]] = await shown(request, self._parts, build)
        if isinstance(result, PreparedChange):
            return RedirectResponse(f"/records/sign/{result.id}", SEE_OTHER)
        status, values = result
        return self._parts.pages.page(request, "records/edit.html", status, **values)

    def _opened(self, look: Look, path: str) -> RecordSheet | None:
        """The form, which is shown: that is a look at the student's data."""
        sheet = sheet_of(look, path)
        if sheet is not None and sheet.student is not None:
            look.write_down([(sheet.student.id, sheet.place, sheet.why)])
        return sheet

    def _view(self, request: Request, look: Look, sheet: RecordSheet, again: FormAgain) -> dict[str, Any]:
        words, fields = catalog(request.state.language), again.fields
        t = texts_of(words)
        uploads = [self._parts.uploads.read(look.account, each) for each in dict.fromkeys(fields.get(UPLOAD, ()))]
        detached = fields.get(DETACH, ())
        return {
            "t": t,
            "form": viewed(sheet.form(fields), fields, again.findings, words, t),
            "path": sheet.path,
            "here": f"/records/edit/{sheet.path.removeprefix(f'{CONTENT}/')}",
            "kind": sheet.kind.name,
            "student": sheet.student.id if sheet.student is not None else "",
            "base": again.base,
            "moved": again.base != sheet.digest,
            "is_new": sheet.is_new,
            "may_go": sheet.may_go,
            "has_passkey": has_passkey(self._parts, look),
            "has_files": sheet.kind.files,
            "types": "、".join(sorted({ending for each in sheet.types for ending in each.extensions})),
            "listed": [(each, each["name"] in detached) for each in sheet.record.data.get("attachments", ())],
            "uploads": [(upload, taken_out(upload, words)) for upload in uploads],
        }

    def _again(self, look: Look, sheet: RecordSheet, posted: PostedForm, base: str) -> FormAgain | None:
        """The form once more, after a button that only changes it, or where main has changed; else None."""
        fields = posted.fields
        if fields.keys() & {ADD, REMOVE}:
            return FormAgain(200, changed_rows(fields), base)
        match posted.do:
            case "attach":
                upload = posted.upload(self._parts.uploads, look.account, sheet.types)
                return FormAgain(200, posted.with_uploads(upload.id), base)
            case "give-up":
                return FormAgain(200, posted.with_uploads(), base)
            case "rebase":
                return FormAgain(200, fields, sheet.digest)
        return FormAgain(_CONFLICT, fields, base) if base != sheet.digest else None

    def _save(self, look: Look, sheet: RecordSheet, posted: PostedForm, base: str) -> PreparedChange | FormAgain:
        if posted.do == "delete":
            sheet.check_right(None)
            return self._prepare(look, dict.fromkeys(sheet.digests), sheet.digests)
        writing = composed(sheet, posted.fields, self._parts.uploads)
        with CommitTree(self._parts.repository, look.view.tip) as tree:
            faults = judged(sheet, writing, tree)
        if faults:
            findings = by_field(faults, sheet.path, writing.record.text, writing.names)
            return FormAgain(_INVALID, posted.fields, base, findings)
        sheet.check_right(writing.record)
        return self._prepare(look, writing.files, writing.bases(base), posted.fields.get(UPLOAD, ()))

    def _prepare(
        self, look: Look, files: Files, bases: Mapping[str, str | None], uploads: Sequence[str] = ()
    ) -> PreparedChange:
        with loaded_school(self._parts, look) as (loaded, now):
            return prepare(self._desk, look.account, files, bases, loaded, now, look.at, uploads=tuple(uploads))

    def find(self, account: str, name: str, now: datetime) -> PreparedChange | None:
        """What somebody has prepared."""
        return prepared_at(self._desk, account, name, now)

    def hand_in(self, look: Look, prepared: PreparedChange, answer: bytes) -> str | None:
        """The ticket of a change that was signed; None of who is no longer one of the staff."""
        if look.holder != "staff":
            return None
        with loaded_school(self._parts, look) as (loaded, _):
            ticket = self._parts.spool.accept(signed(prepared, answer, loaded, look.at))
        for upload in prepared.uploads:  # the spool has them now
            self._parts.uploads.drop(look.account, upload)
        return ticket.id


def routes(parts: Parts) -> list[BaseRoute]:
    """`/records/edit/…`, `/records/sign/…`."""
    forms = _RecordForms(parts)
    signing = SigningPages(parts, "/records/sign", "records/sign.html", forms.find, forms.hand_in)
    return [
        Route("/records/edit/{below:path}", forms.edit, methods=["GET"]),
        Route("/records/edit/{below:path}", forms.act, methods=["POST"]),
        *signing.routes(),
    ]
