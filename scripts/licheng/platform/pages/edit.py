"""A student's record in its form: saved as one types, with files, handed in through the spool, taken back.

Whatever a button does, what stands in the form is on the disk first. Pages that follow a button are asked for anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.core.dates import instant
from licheng.core.errors import UsageError
from licheng.core.report import LocatedFinding
from licheng.core.school import School
from licheng.core.student import Student
from licheng.outputs.catalog import catalog
from licheng.platform.drafts import DraftText, FormDraft, Typed
from licheng.platform.editing import (
    BASE,
    DETACH,
    UPLOAD,
    Composition,
    Opening,
    RecordPlace,
    composed,
    handed_in,
    judged,
    opened,
    place,
    withdrawn,
)
from licheng.platform.forms.judging import by_field
from licheng.platform.forms.view import ADD, REMOVE, changed_rows, texts_of, viewed
from licheng.platform.hand_in import Ticket, TicketState
from licheng.platform.pages.own_passkey import sent
from licheng.platform.pages.posted import OF_DRAFT, Fields, PostedForm, taken_out
from licheng.platform.parts import SEE_OTHER, Parts, Room, threaded
from licheng.platform.rendering import shown_minute
from licheng.platform.uploads import Upload

_TOO_LARGE = 413


@dataclass(frozen=True)
class OpenPage:
    """What an open page says of itself with each form.

    Attributes:
        key: its own, by which it is handed in once.
        tab: its name, under which a draft keeps what was typed in it.
        number: counts what it has sent.
        seen: the version of the draft that it was opened on; empty where there was none.
        digest: SHA-256 of the file, where a script computed it.
    """

    key: str
    tab: str
    number: int
    seen: str
    digest: str

    @classmethod
    def of(cls, form: FormData, now: datetime) -> OpenPage:
        """Of a form as it was posted."""
        key, number = str(form.get("_key", "")), str(form.get("_number", ""))
        return cls(
            key if key.isalnum() and key.isascii() and len(key) <= 40 else secrets.token_hex(12),
            str(form.get("_tab", "")) or f"form-{key[:24]}",
            # Without a script a page does not count; the clock does.
            int(number) if number.isascii() and number.isdigit() and len(number) < 16 else int(now.timestamp() * 1000),
            str(form.get("_seen", "")),
            str(form.get("_file_digest", "")),
        )

    def typed(self, fields: Fields) -> Typed:
        """What was typed, as a draft takes it."""
        return Typed.of({"tab": self.tab, "number": self.number, "seen": self.seen, "fields": fields})


# Its fields.
OF_OPEN_PAGE = frozenset({"_tab", "_number", "_seen", "_key"})


def own_student(parts: Parts, account: str) -> tuple[Student, School]:
    """The student who an account is, and the school.

    Raises:
        UsageError: APP340, it is no student's.
    """
    view = parts.school_view.now()
    student = view.student(account)
    if student is None:
        raise UsageError("APP340", case="kind")
    return student, view.school


class _RecordEditor:
    """What the handlers do, in a thread."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def edit(self, request: Request, account: str) -> Response:
        """A record in its form."""
        parts, opening = self._parts, self._opening(request, account)
        draft = parts.drafts.read(account, opening.place.draft)
        text = draft.texts[0] if draft.texts else None
        ticket = parts.spool.ticket(account, text.ticket) if text is not None and text.ticket else None
        if text is not None and ticket is not None and ticket.state is TicketState.LANDED:
            for upload in text.fields.get(UPLOAD, ()):
                parts.uploads.drop(account, upload)
            parts.drafts.remove(account, opening.place.draft, version=text.version)
            return RedirectResponse(_address(opening.place), SEE_OTHER)
        fields = {name: list(texts) for name, texts in text.fields.items()} if text is not None else opening.fields
        category, check = (request.query_params.get(name, "") for name in ("category", "check"))
        if category and text is None and opening.is_new:
            fields["category"] = [category]
        uploads = parts.uploads.present(account, fields.get(UPLOAD, ()))
        fields[UPLOAD] = [upload.id for upload in uploads]
        findings: Mapping[str, list[LocatedFinding]] = {}
        if check:
            composition = composed(opening, fields, parts.uploads, submitted=check == "submit")
            faults = self._faults(opening, composition)
            findings = by_field(faults, opening.place.path, composition.text, composition.filled.names)
        return self._page(request, opening, fields, findings, draft, ticket, uploads)

    def _page(
        self,
        request: Request,
        opening: Opening,
        fields: Fields,
        findings: Mapping[str, list[LocatedFinding]],
        draft: FormDraft,
        ticket: Ticket | None,
        uploads: list[Upload],
    ) -> Response:
        words = catalog(request.state.language)
        t = texts_of(words)
        kind, record = opening.place.home.kind, opening.record
        text = draft.texts[0] if draft.texts else None
        return self._parts.pages.page(
            request,
            "forms/edit.html",
            200 if not findings else 422,
            t=t,
            form=viewed(opening.form(fields), fields, findings, words, t),
            place=opening.place,
            here=_address(opening.place),
            account=opening.student.id,
            key=secrets.token_hex(12),
            seen=text.version if text is not None else "",
            base=(fields.get(BASE) or [""])[-1],
            digest=opening.digest,
            has_draft=text is not None,
            others=[(each, shown_minute(instant(each.saved_at)), each.words) for each in draft.texts[1:]],
            handed=kind.handed_in,
            submitted=record.data.get("submitted") is True,
            has_files=kind.files,
            types="、".join(sorted({ending for each in opening.types for ending in each.extensions})),
            listed=[(entry, entry["name"] in fields.get(DETACH, ())) for entry in record.data.get("attachments", ())],
            uploads=[(upload, taken_out(upload, words)) for upload in uploads],
            ticket=ticket,
            ticket_words=ticket.words.get(request.state.language, "") if ticket is not None else "",
            received=shown_minute(ticket.received_at) if ticket is not None else "",
        )

    def act(self, request: Request, account: str) -> Response:
        """Keep what was typed, then do what the button says."""
        opening, form = self._opening(request, account), request.state.form
        posted, page = PostedForm.of(form, OF_OPEN_PAGE), OpenPage.of(form, self._parts.clock())
        if posted.do == "withdraw":
            return sent(self._parts, withdrawn(opening, page.key, self._parts.clock()))
        if posted.do in OF_DRAFT:
            posted.settle(self._parts.drafts, account, opening.place.draft)
            return RedirectResponse("/me/new" if posted.do == "discard" else _address(opening.place), SEE_OTHER)
        fields = changed_rows(posted.with_uploads() if posted.do == "give-up" else posted.fields)
        if posted.do == "rebase":
            fields[BASE] = [opening.digest]
        text = self._parts.drafts.save(account, opening.place.draft, page.typed(fields)).text
        match posted.do:
            case "attach":
                return self._attach(request, account, opening, posted, page, fields)
            case "submit" | "put":
                return self._hand_in(account, opening, posted, page, fields, text)
            case "give-up":
                self._parts.uploads.drop(account, posted.about)
        response = RedirectResponse(_address(opening.place), SEE_OTHER)
        if posted.do == "save" and not posted.fields.keys() & {ADD, REMOVE}:
            self._parts.pages.flash(response, "flash_draft_saved")
        return response

    def _attach(
        self, request: Request, account: str, opening: Opening, posted: PostedForm, page: OpenPage, fields: Fields
    ) -> Response:
        try:
            upload = posted.upload(self._parts.uploads, account, opening.types, page.digest)
        except UsageError as error:  # the file is not taken; what was typed is on the disk
            message, hint = catalog(request.state.language).error(error)
            status = _TOO_LARGE if error.code in {"APP015", "APP343"} else 400
            return self._parts.pages.page(request, "error.html", status, code=error.code, message=message, hint=hint)
        more = {**fields, UPLOAD: [*fields.get(UPLOAD, ()), upload.id]}
        self._parts.drafts.attach(account, opening.place.draft, page.tab, more)
        return RedirectResponse(_address(opening.place), SEE_OTHER)

    def _hand_in(
        self, account: str, opening: Opening, posted: PostedForm, page: OpenPage, fields: Fields, text: DraftText
    ) -> Response:
        parts, is_submitted = self._parts, posted.do == "submit"
        composition = composed(opening, fields, parts.uploads, submitted=is_submitted)
        if self._faults(opening, composition):
            return RedirectResponse(f"{_address(opening.place)}?check={posted.do}#form-errors", SEE_OTHER)
        action = "submit" if is_submitted else "save"
        hand_in = handed_in(opening, composition, fields, action, page.key, parts.clock())
        return sent(parts, hand_in, (opening.place.draft, text.version))

    def _opening(self, request: Request, account: str) -> Opening:
        student, school = own_student(self._parts, account)
        return opened(place(account, request.path_params["below"]), student, school)

    def _faults(self, opening: Opening, composition: Composition) -> tuple[LocatedFinding, ...]:
        with self._parts.school_view.now().tree(opening.student.id) as tree:
            return judged(opening, composition, tree)


def _address(where: RecordPlace) -> str:
    return f"/me/edit/{where.below}"


def routes(parts: Parts) -> list[BaseRoute]:
    """`/me/edit/…`."""
    editor = _RecordEditor(parts)
    return [
        Route("/me/edit/{below:path}", threaded(editor.edit), methods=["GET"]),
        Route("/me/edit/{below:path}", threaded(editor.act), methods=["POST"]),
    ]


ROOM = Room(routes)
