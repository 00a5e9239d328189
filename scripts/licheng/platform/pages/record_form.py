"""A record that a unit keeps: its form, and the signature of each save."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.day import standing_moment
from licheng.core.dates import instant
from licheng.core.layout import CONTENT, home
from licheng.core.report import LocatedFinding
from licheng.core.trust import CHANGE_NAMESPACE
from licheng.outputs.catalog import catalog
from licheng.platform.certifying import passkeys_of
from licheng.platform.drafts import DraftText, FormDraft
from licheng.platform.editing import BASE, DETACH, UPLOAD
from licheng.platform.forms.judging import by_field
from licheng.platform.forms.view import ADD, REMOVE, changed_rows, texts_of, viewed
from licheng.platform.hand_in import TicketState
from licheng.platform.pages.edit import OF_OPEN_PAGE, OpenPage
from licheng.platform.pages.looking import Look, loaded_school, shown
from licheng.platform.pages.posted import OF_DRAFT, Fields, PostedForm, taken_out
from licheng.platform.pages.signing import SigningPages
from licheng.platform.parts import SEE_OTHER, Parts
from licheng.platform.record_change import Files, PreparedChange, prepare, prepared_at, signed
from licheng.platform.record_drafts import RecordDrafts, key_of
from licheng.platform.record_sheet import RecordSheet, composed, judged, opened
from licheng.platform.rendering import shown_minute
from licheng.platform.signing_desk import SigningDesk

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


def has_passkey(look: Look) -> bool:
    """Whether somebody has a passkey that may sign a change now."""
    with look.view.tree() as tree:
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
        self._drafts = RecordDrafts(parts.drafts, parts.spool)

    async def edit(self, request: Request) -> Response:
        """A record in its form, as it was left."""
        path = f"{CONTENT}/{request.path_params['below']}"

        def build(look: Look) -> dict[str, Any] | None:
            sheet = self._opened(look, path)
            if sheet is None:
                return None
            draft = self._drafts.of(look.account, path)
            if draft.texts:
                fields = {name: list(texts) for name, texts in draft.texts[0].fields.items()}
                uploads = self._parts.uploads.present(look.account, fields.get(UPLOAD, ()))
                fields[UPLOAD] = [upload.id for upload in uploads]
                again = FormAgain(200, fields, fields.pop(BASE, [""])[-1])
                return self._view(request, look, sheet, again, draft, draft.texts[0])
            with look.view.tree() as tree:
                fields = sheet.fields(tree)
            return self._view(request, look, sheet, FormAgain(200, fields, sheet.digest), draft, None)

        return self._parts.pages.page(request, "records/edit.html", **await shown(request, self._parts, build))

    async def act(self, request: Request) -> Response:
        """Keep what was typed; then add or take away a row, judge it, or state it, to be signed."""
        path, form = f"{CONTENT}/{request.path_params['below']}", request.state.form
        posted, base = PostedForm.of(form, {BASE, *OF_OPEN_PAGE}), str(form.get(BASE, ""))
        page = OpenPage.of(form, self._parts.clock())

        def build(look: Look) -> str | tuple[int, dict[str, Any]] | None:
            sheet = self._opened(look, path)
            if sheet is None:
                return None
            if posted.do in OF_DRAFT:
                posted.settle(self._parts.drafts, look.account, key_of(path))
                return "/records" if posted.do == "discard" else f"/records/edit/{path.removeprefix(f'{CONTENT}/')}"
            if posted.do == "delete" and base == sheet.digest:
                sheet.check_right(None)
                return self._signing(self._prepare(look, dict.fromkeys(sheet.digests), sheet.digests))
            return self._fill_in(request, look, sheet, posted, page, base)

        result: str | tuple[int, dict[str, Any]] = await shown(request, self._parts, build)
        if isinstance(result, str):
            return RedirectResponse(result, SEE_OTHER)
        status, values = result
        return self._parts.pages.page(request, "records/edit.html", status, **values)

    def _fill_in(
        self, request: Request, look: Look, sheet: RecordSheet, posted: PostedForm, page: OpenPage, base: str
    ) -> str | tuple[int, dict[str, Any]]:
        """The way to the signing page, or the form once more; in any case what was typed is on the disk."""
        fields = changed_rows(posted.with_uploads() if posted.do == "give-up" else posted.fields)
        base = sheet.digest if posted.do == "rebase" else base
        text = self._drafts.save(look.account, sheet.path, page.typed({**fields, BASE: [base]}))
        if posted.do == "attach":
            upload = posted.upload(self._parts.uploads, look.account, sheet.types)
            fields = {**fields, UPLOAD: [*fields.get(UPLOAD, ()), upload.id]}
            self._parts.drafts.attach(look.account, key_of(sheet.path), text.tab, {**fields, BASE: [base]})
        again = FormAgain(200 if base == sheet.digest else _CONFLICT, fields, base)
        if posted.do == "save" and not posted.fields.keys() & {ADD, REMOVE} and base == sheet.digest:
            writing = composed(sheet, fields, self._parts.uploads)
            with look.view.tree() as tree:
                faults = judged(sheet, writing, tree)
            if not faults:
                sheet.check_right(writing.record)
                draft, uploads = (key_of(sheet.path), text.version), fields.get(UPLOAD, ())
                return self._signing(self._prepare(look, writing.files, writing.bases(base), uploads, draft))
            by_name = by_field(faults, sheet.path, writing.record.text, writing.names)
            again = FormAgain(_INVALID, fields, base, by_name)
        # The draft as it is after a text of it was saved, and that text, which may have a new version.
        kept = self._drafts.of(look.account, sheet.path)
        own = next((each for each in kept.texts if each.tab == text.tab), text)
        return again.status, self._view(request, look, sheet, again, kept, own)

    def _signing(self, prepared: PreparedChange) -> str:
        return f"/records/sign/{prepared.id}"

    def _opened(self, look: Look, path: str) -> RecordSheet | None:
        """The form, which is shown: that is a look at the student's data."""
        sheet = sheet_of(look, path)
        if sheet is not None and sheet.student is not None:
            look.write_down([(sheet.student.id, sheet.place, sheet.why)])
        return sheet

    def _view(
        self,
        request: Request,
        look: Look,
        sheet: RecordSheet,
        again: FormAgain,
        draft: FormDraft,
        text: DraftText | None,
    ) -> dict[str, Any]:
        words, fields = catalog(request.state.language), again.fields
        ticket = self._parts.spool.ticket(look.account, text.ticket) if text is not None and text.ticket else None
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
            "has_passkey": has_passkey(look),
            "has_files": sheet.kind.files,
            "types": "、".join(sorted({ending for each in sheet.types for ending in each.extensions})),
            "listed": [(each, each["name"] in detached) for each in sheet.record.data.get("attachments", ())],
            "uploads": [(upload, taken_out(upload, words)) for upload in uploads],
            "account": look.account,
            "draft": draft.key,
            "key": secrets.token_hex(12),
            "seen": text.version if text is not None else "",
            "others": [
                (each, shown_minute(instant(each.saved_at)), each.words) for each in draft.texts if each is not text
            ],
            "waits": ticket is not None and ticket.state is TicketState.WAITING,
            "refused": ticket.words.get(words.language, "") if ticket is not None else "",
        }

    def _prepare(
        self,
        look: Look,
        files: Files,
        bases: Mapping[str, str | None],
        uploads: Sequence[str] = (),
        draft: tuple[str, str] = ("", ""),
    ) -> PreparedChange:
        with loaded_school(look) as (loaded, now):
            return prepare(
                self._desk, look.account, files, bases, loaded, now, look.at, uploads=tuple(uploads), draft=draft
            )

    def find(self, account: str, name: str, now: datetime) -> PreparedChange | None:
        """What somebody has prepared."""
        return prepared_at(self._desk, account, name, now)

    def hand_in(self, look: Look, prepared: PreparedChange, answer: bytes) -> str | None:
        """The ticket of a change that was signed; None of who is no longer one of the staff."""
        if look.holder != "staff":
            return None
        with loaded_school(look) as (loaded, _):
            ticket = self._parts.spool.accept(signed(prepared, answer, loaded, look.at))
        for upload in prepared.uploads:  # the spool has them now
            self._parts.uploads.drop(look.account, upload)
        if prepared.draft[0]:  # it stays until it has landed; earlier ones, which have, make room
            self._parts.drafts.note_ticket(look.account, *prepared.draft, ticket.id)
            self._drafts.unsent(look.account)
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
