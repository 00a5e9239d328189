"""A student writes: a new record or one of main's, saved as one types, with files, handed in through the spool.

Whatever a button does, what stands in the form is on the disk first. Pages that follow a button are asked for anew.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.attach import Care
from licheng.core.dates import TAIPEI, instant
from licheng.core.errors import ExitCode, LichengError, UsageError
from licheng.core.report import LocatedFinding
from licheng.core.term import Term, year_on
from licheng.outputs.catalog import Catalog, catalog
from licheng.platform.drafts import DraftText, FormDraft, Typed
from licheng.platform.editing import (
    BASE,
    DETACH,
    KINDS,
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
from licheng.platform.forms.model import form_of
from licheng.platform.forms.view import ADD, REMOVE, changed_rows, texts_of, viewed
from licheng.platform.hand_in import Ticket, TicketState
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, session_of
from licheng.platform.sessions import Session
from licheng.platform.uploads import Upload, read_chunks
from licheng.sources.tree import CommitTree

# Fields of the page that are no part of what was typed.
_OF_PAGE = frozenset({"csrf", "_do", "_tab", "_number", "_seen", "_key", "_file", "_file_digest", "_care"})
_LETTERS = "bcdfghjkmnpqrstvwxz"
_SLUG_LETTERS = 6
_TOO_LARGE = 413
_WITHOUT_TEXT = frozenset({"withdraw", "choose", "drop", "discard"})
Fields = dict[str, list[str]]


def _links(_parts: Parts, session: Session | None) -> list[Link]:
    is_student = session is not None and session.account.startswith("s")
    return [Link("/me/new", "form_new_title")] if is_student else []


def routes(parts: Parts) -> list[BaseRoute]:
    """`/me/new`, `/me/edit/…`, `/me/tickets/…`, `/drafts/…`."""
    desk = _Desk(parts)

    def threaded(handler: Callable[[Request, str], Response]) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            return await run_in_threadpool(handler, request, session_of(request).account)

        return handle

    async def keep(request: Request) -> Response:
        """What a page sends while somebody types; a script reads the answer."""
        session: Session | None = request.state.session
        try:
            if session is None:
                raise UsageError("APP340", case="signed-out")
            typed = Typed.of(json.loads(await request.body()))
            saved = await run_in_threadpool(parts.drafts.save, session.account, request.path_params["key"], typed)
        except (ValueError, RecursionError):
            return _told(request, UsageError("APP340", case="form"))
        except LichengError as error:
            return _told(request, error)
        return JSONResponse({"version": saved.text.version, "changed": saved.changed, "others": saved.others})

    return [
        Route("/me/new", threaded(desk.new), methods=["GET"]),
        Route("/me/new", threaded(desk.begin), methods=["POST"]),
        Route("/me/edit/{below:path}", threaded(desk.edit), methods=["GET"]),
        Route("/me/edit/{below:path}", threaded(desk.act), methods=["POST"]),
        Route("/me/tickets/{ticket}", threaded(desk.ticket), methods=["GET"]),
        Route("/drafts/{key}", keep, methods=["PUT"]),
    ]


ROOM = Room(routes, _links)


def _told(request: Request, error: LichengError) -> Response:
    """An error for a script: its words, and whether what was sent can be kept if it is sent again."""
    message, hint = catalog(request.state.language).error(error)
    status = 422 if error.exit_code is ExitCode.WRONG_USE else 503
    return JSONResponse({"code": error.code, "message": f"{message} {hint}"}, status)


@dataclass(frozen=True)
class _Posted:
    """A form as it was posted.

    Attributes:
        fields: what was typed.
        do: the button, and what it is about.
        key: the page's own, by which it is handed in once.
        typed: as a draft takes it.
    """

    fields: Fields
    do: str
    about: str
    key: str
    tab: str
    number: int
    seen: str
    file: UploadFile | None
    digest: str
    care: Care

    @classmethod
    def of(cls, request: Request, now: datetime) -> _Posted:
        form = request.state.form
        fields: Fields = {}
        for name, value in form.multi_items():
            if isinstance(value, str) and name not in _OF_PAGE:
                fields.setdefault(name, []).append(value)
        do, _, about = str(form.get("_do", "save")).partition(" ")
        key, number = str(form.get("_key", "")), str(form.get("_number", ""))
        file = form.get("_file")
        return cls(
            fields,
            do,
            about,
            key if key.isalnum() and key.isascii() and len(key) <= 40 else secrets.token_hex(12),
            str(form.get("_tab", "")) or f"form-{key[:24]}",
            # Without a script a page does not count; the clock does.
            int(number) if number.isascii() and number.isdigit() and len(number) < 16 else int(now.timestamp() * 1000),
            str(form.get("_seen", "")),
            file if isinstance(file, UploadFile) and file.filename else None,
            str(form.get("_file_digest", "")),
            Care.ALL if form.get("_care") else Care.USUAL,
        )

    def typed(self, fields: Fields) -> Typed:
        """As a draft takes it."""
        return Typed.of({"tab": self.tab, "number": self.number, "seen": self.seen, "fields": fields})


class _Desk:
    """What the handlers do, in a thread."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    # Beginning.

    def new(self, request: Request, account: str) -> Response:
        """What can be written, and drafts that wait."""
        today = self._parts.clock().astimezone(TAIPEI).date()
        _, school = self._student(account)
        words = catalog(request.state.language)
        short = words.language.partition("-")[0]
        terms = sorted({str(term) for term in school.offerings} | {str(Term.on(today))}, reverse=True)[:4]
        activity = next(field for field in form_of("activity").fields if field.key == "category")
        return self._parts.pages.page(
            request,
            "forms/new.html",
            t=texts_of(words),
            titles={kind: form_of(kind).title[short] for kind in KINDS},
            terms=terms,
            years=[str(year_on(today)), str(year_on(today) - 1)],
            categories=[(option.value, option.label[short]) for option in activity.options],
            drafts=[_below(key) for key in self._parts.drafts.keys(account)],
        )

    def begin(self, request: Request, account: str) -> Response:
        """To the form of a new record, under a name of its own."""
        form = request.state.form
        kind, term, year = (str(form.get(name, "")) for name in ("kind", "term", "year"))
        slug = "".join(secrets.choice(_LETTERS) for _ in range(_SLUG_LETTERS))
        below = {
            "course-output": f"terms/{term}/outputs/{slug}/item.md",
            "activity": f"years/{year}/activities/{slug}/item.md",
            "statement": "statement/item.md",
            "selection": f"selection/{year}/regular.yaml",
            "release-consent": f"release-consent/{slug}.yaml",
        }.get(kind, "")
        category = str(form.get("category", "")) if kind == "activity" else ""
        question = f"?{urlencode({'category': category})}" if category else ""
        return RedirectResponse(f"/me/edit/{place(account, below).below}{question}", SEE_OTHER)

    # The form.

    def edit(self, request: Request, account: str) -> Response:
        """A record in its form."""
        opening = self._opening(request, account)
        draft = self._parts.drafts.read(account, opening.place.draft)
        text = draft.texts[0] if draft.texts else None
        ticket = self._parts.spool.ticket(account, text.ticket) if text is not None and text.ticket else None
        if text is not None and ticket is not None and ticket.state is TicketState.LANDED:
            self._landed(account, opening.place, text)
            return RedirectResponse(_address(opening.place), SEE_OTHER)
        fields = _fields(opening, text, str(request.query_params.get("category", "")))
        check = request.query_params.get("check", "")
        findings: Mapping[str, list[LocatedFinding]] = {}
        uploads = self._uploads(account, fields)
        fields[UPLOAD] = [upload.id for upload in uploads]
        if check:
            composition = composed(opening, fields, self._parts.uploads, submitted=check == "submit")
            found = self._found(opening, composition)
            findings = by_field(found, opening.place.path, composition.text, composition.filled.names)
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
        form = opening.form(fields)
        kind = opening.place.home.kind
        text = draft.texts[0] if draft.texts else None
        record = opening.record
        return self._parts.pages.page(
            request,
            "forms/edit.html",
            200 if not findings else 422,
            t=t,
            form=viewed(form, fields, findings, words, t),
            place=opening.place,
            here=_address(opening.place),
            account=opening.student.id,
            key=secrets.token_hex(12),
            seen=text.version if text is not None else "",
            base=(fields.get(BASE) or [""])[-1],
            digest=opening.digest,
            has_draft=text is not None,
            others=[(each, _shown(each.saved_at), _words_of(each)) for each in draft.texts[1:]],
            handed=kind.handed_in,
            submitted=record.data.get("submitted") is True,
            has_files=kind.files,
            types="、".join(sorted({ending for each in opening.types for ending in each.extensions})),
            listed=[(entry, entry["name"] in fields.get(DETACH, ())) for entry in record.data.get("attachments", ())],
            uploads=[(upload, taken_out(upload, words)) for upload in uploads],
            ticket=ticket,
            ticket_words=_reason(ticket, request.state.language),
            received=_shown_moment(ticket.received_at) if ticket is not None else "",
        )

    # The buttons.

    def act(self, request: Request, account: str) -> Response:
        """Keep what was typed, then do what the button says."""
        opening = self._opening(request, account)
        posted = _Posted.of(request, self._parts.clock())
        if posted.do in _WITHOUT_TEXT:
            return self._without_text(account, opening, posted)
        fields = _changed(opening, posted)
        text = self._parts.drafts.save(account, opening.place.draft, posted.typed(fields)).text
        match posted.do:
            case "attach":
                return self._attach(request, account, opening, posted, fields)
            case "submit" | "put":
                return self._hand_in(account, opening, posted, fields, text)
            case "give-up":
                self._parts.uploads.drop(account, posted.about)
        response = RedirectResponse(_address(opening.place), SEE_OTHER)
        if posted.do == "save" and not posted.fields.keys() & {ADD, REMOVE}:
            self._parts.pages.flash(response, "flash_draft_saved")
        return response

    def _without_text(self, account: str, opening: Opening, posted: _Posted) -> Response:
        """Buttons that have nothing to do with what stands in the form."""
        drafts, key = self._parts.drafts, opening.place.draft
        if posted.do == "withdraw":
            ticket = self._parts.spool.accept(withdrawn(opening, posted.key, self._parts.clock()))
            return RedirectResponse(f"/me/tickets/{ticket.id}", SEE_OTHER)
        if posted.do == "choose":
            drafts.choose(account, key, posted.about)
        else:
            drafts.remove(account, key, version=posted.about)
        return RedirectResponse("/me/new" if posted.do == "discard" else _address(opening.place), SEE_OTHER)

    def _refused(self, request: Request, error: UsageError) -> Response:
        """A file that is not taken; what was typed is on the disk."""
        message, hint = catalog(request.state.language).error(error)
        status = _TOO_LARGE if error.code in {"APP015", "APP343"} else 400
        return self._parts.pages.page(request, "error.html", status, code=error.code, message=message, hint=hint)

    def _attach(self, request: Request, account: str, opening: Opening, posted: _Posted, fields: Fields) -> Response:
        try:
            if posted.file is None:
                raise UsageError("APP347")
            name, chunks = posted.file.filename or "", read_chunks(posted.file.file)
            upload = self._parts.uploads.take(account, name, chunks, opening.types, posted.digest, posted.care)
        except UsageError as error:
            return self._refused(request, error)
        more = {**fields, UPLOAD: [*fields.get(UPLOAD, ()), upload.id]}
        self._parts.drafts.attach(account, opening.place.draft, posted.tab, more)
        return RedirectResponse(_address(opening.place), SEE_OTHER)

    def _hand_in(self, account: str, opening: Opening, posted: _Posted, fields: Fields, text: DraftText) -> Response:
        parts, is_submitted = self._parts, posted.do == "submit"
        composition = composed(opening, fields, parts.uploads, submitted=is_submitted)
        if self._found(opening, composition):
            return RedirectResponse(f"{_address(opening.place)}?check={posted.do}#form-errors", SEE_OTHER)
        action = "submit" if is_submitted else "save"
        change = handed_in(opening, composition, fields, action, posted.key, parts.clock())
        ticket = parts.spool.accept(change)
        parts.drafts.note_ticket(account, opening.place.draft, text.version, ticket.id)
        return RedirectResponse(f"/me/tickets/{ticket.id}", SEE_OTHER)

    # What became of it.

    def ticket(self, request: Request, account: str) -> Response:
        """What was received, and what has become of it."""
        ticket = self._parts.spool.ticket(account, request.path_params["ticket"])
        if ticket is None:
            raise UsageError("APP340", case="ticket")
        record = next((path for path in sorted(ticket.files) if path.endswith(("item.md", ".yaml"))), "")
        return self._parts.pages.page(
            request,
            "forms/ticket.html",
            t=texts_of(catalog(request.state.language)),
            ticket=ticket,
            words=_reason(ticket, request.state.language),
            received=_shown_moment(ticket.received_at),
            back="/".join(record.split("/")[4:]) if account.startswith("s") else "",
        )

    def _landed(self, account: str, where: RecordPlace, text: DraftText) -> None:
        for upload in text.fields.get(UPLOAD, ()):
            self._parts.uploads.drop(account, upload)
        self._parts.drafts.remove(account, where.draft, version=text.version)

    # Looking things up.

    def _student(self, account: str) -> tuple[Any, Any]:
        view = self._parts.school_view.now()
        student = view.student(account)
        if student is None:
            raise UsageError("APP340", case="kind")
        return student, view.school

    def _opening(self, request: Request, account: str) -> Opening:
        student, school = self._student(account)
        return opened(place(account, request.path_params["below"]), student, school)

    def _found(self, opening: Opening, composition: Composition) -> tuple[LocatedFinding, ...]:
        with CommitTree(self._parts.repository, self._parts.school_view.now().tip) as tree:
            return judged(opening, composition, tree)

    def _uploads(self, account: str, fields: Fields) -> list[Upload]:
        """Those that are still there."""
        uploads = []
        for each in dict.fromkeys(fields.get(UPLOAD, ())):
            try:
                uploads.append(self._parts.uploads.read(account, each))
            except UsageError:
                continue
        return uploads


def _fields(opening: Opening, text: DraftText | None, category: str) -> Fields:
    """What stands in the form: the draft, or what main has."""
    if text is not None:
        return {name: list(texts) for name, texts in text.fields.items()}
    fields = opening.fields
    if category and opening.is_new:
        fields["category"] = [category]
    return fields


def _changed(opening: Opening, posted: _Posted) -> Fields:
    """What stands in the form after the button that changes it."""
    fields = changed_rows(posted.fields)
    if posted.do == "rebase":
        fields[BASE] = [opening.digest]
    if posted.do == "give-up":
        fields[UPLOAD] = [each for each in fields.get(UPLOAD, ()) if each != posted.about]
    return fields


def _address(where: RecordPlace) -> str:
    return f"/me/edit/{where.below}"


def _below(key: str) -> str:
    """The path that a draft's key was made of: folders and names have no dots."""
    stem, _, ending = key.rpartition(".")
    return f"{stem.replace('.', '/')}.{ending}"


def _shown(at: str) -> str:
    return _shown_moment(instant(at))


def _shown_moment(moment: datetime) -> str:
    return moment.astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M")


def _words_of(text: DraftText) -> str:
    """What somebody typed, to be told from another text."""
    typed = [
        each for name, texts in text.fields.items() if not name.startswith("_") or name == "_body" for each in texts
    ]
    return "\n".join(each for each in typed if each)


def taken_out(upload: Upload, words: Catalog) -> str:
    """What was taken out of an upload, in words."""
    return words.word("separator").join(words.label("inside", reason) for reason in upload.taken)


def _reason(ticket: Ticket | None, language: str) -> str:
    return ticket.words.get(language, "") if ticket is not None else ""
