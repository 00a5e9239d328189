"""A student's own pages, which whoever else may see an item is shown as well: what is due, items, files, who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import quote

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.app.status import current_term
from licheng.core.layout import HANDED_IN, WITH_FILES
from licheng.outputs.catalog import Catalog
from licheng.outputs.naming import plain
from licheng.platform.forms.model import form_of
from licheng.platform.leaves import MOST_PAGES, Leaves
from licheng.platform.pages.items import ItemPage, ItemRow, SentFile, file_of, item_page, pdf_of, rows
from licheng.platform.pages.looking import Look, school_for, shown
from licheng.platform.pages.teacher import way_to_decide
from licheng.platform.parts import Link, Parts, Room
from licheng.platform.rendering import shown_minute
from licheng.platform.sessions import Session
from licheng.policy.deadlines import STUDENT, DeadlineKind, Owner, deadlines
from licheng.policy.enrolment import level_on
from licheng.policy.quota import submitted_tally

# What a file may do in whichever page shows it, or by itself: nothing.
# A browser makes a page of its own around a picture or a film, with a style within.
_FILE_POLICY = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_OWN = Owner("post", STUDENT)
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class DueRow:
    """What a student may or must do until a day.

    Attributes:
        opens: the first day, of what has not begun yet; None of what is open.
        days: until the last day, which is day 0.
    """

    what: str
    opens: date | None
    closes: date
    days: int


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """A quota as it is used."""

    what: str
    period: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What a student sees first."""

    due: tuple[DueRow, ...]
    quotas: tuple[QuotaRow, ...]
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class LookRow:
    """A look at the student's data, in the school's time; `owner` where it was the student's own."""

    at: str
    who: str
    what: str
    why: str
    owner: bool


def own_page(look: Look) -> OwnPage | None:
    """The page of a student's own things; None of anybody else, staff have none."""
    student = look.view.student(look.account) if look.holder == "student" else None
    if student is None:
        return None
    items = [item for item, _ in look.seen(student, *WITH_FILES)]
    look.write_down([(student.id, "portfolio", "owner")])
    level, today = level_on(student, look.on), look.on
    # The windows of the student's year level that are open or will be, the first to close first.
    due = tuple(
        DueRow(
            look.names.title(deadline),
            deadline.opens if deadline.opens is not None and deadline.opens > today else None,
            deadline.closes,
            (deadline.closes - today).days,
        )
        for deadline in deadlines(look.school)
        if deadline.kind is DeadlineKind.WINDOW and _OWN in deadline.owners and deadline.closes >= today
        if not deadline.levels or level in deadline.levels
    )
    words, quotas = look.names.words, list[QuotaRow]()
    for kind in HANDED_IN if look.school.calendars else ():
        tally = submitted_tally(student, look.school, kind, current_term(look.school, None))
        if tally is not None:
            period = plain(words.period(tally[0]))
            quotas.append(QuotaRow(words.codes.label("over", kind), period, tally[1], tally[2]))
    return OwnPage(due, tuple(quotas), rows(items, student, look))


def student_page(look: Look, student_id: str) -> tuple[str, tuple[ItemRow, ...]] | None:
    """The items of a student that somebody sees; None where there is none, or no such student."""
    student = look.student(student_id)
    seen = list(look.seen(student, *WITH_FILES)) if student is not None else []
    if student is None or not seen:
        return None
    look.write_down((student.id, "portfolio", why) for _, why in seen)
    return student.id, rows((item for item, _ in seen), student, look)


def decidable(look: Look, student_id: str, place: str, leaves: Leaves) -> tuple[ItemPage, str] | None:
    """An item as `item_page` has it, and where whoever looks decides on it."""
    page = item_page(look, student_id, place, leaves)
    return (page, way_to_decide(look, student_id, place)) if page is not None else None


def looks(look: Look) -> tuple[LookRow, ...] | None:
    """Who has looked at the student's own data, the last one first; None of who is no student."""
    if look.holder != "student":
        return None
    look.write_down([(look.account, "access-log", "owner")])
    accesses, names = reversed(look.log.of(look.account)), look.names
    listed = []
    for access in accesses:
        sort, _, name = access.why.rpartition(":")
        why = names.owner(Owner(sort, name)) if sort else plain(names.words.label("sight_relations", name))
        what = looked_at(access.what, names.words.codes)
        listed.append(LookRow(shown_minute(access.at), access.who, what, why, access.who == look.account))
    return tuple(listed)


def looked_at(what: str, words: Catalog) -> str:
    """What an entry of the access log says was looked at, in words; a record by its path."""
    page, _, which = what.partition(":")
    if page == "records":
        which = form_of(which).title[words.language[:2]]
    elif page != "chain":
        which = which[:_DIGITS]  # of a digest
    return f"{words.label('looked_at', page)} {which}".strip()


def sent(file: SentFile, *, download: bool) -> Response:
    """A file as an answer: a browser may show it, but it can do nothing and is never taken for anything else."""
    way = "inline" if file.framed and not download else "attachment"
    headers = {
        "content-security-policy": _FILE_POLICY,
        "content-disposition": f"{way}; filename*=UTF-8''{quote(file.name, safe='')}",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }
    return Response(file.data, media_type=file.media_type, headers=headers)


def routes(parts: Parts) -> list[BaseRoute]:
    """`/me`, `/log`, `/students/…`, `/files/…`."""
    drawing = CapacityLimiter(1)

    async def me(request: Request) -> Response:
        page = await shown(request, parts, own_page)
        return parts.pages.page(request, "pages/me.html", page=page)

    async def log(request: Request) -> Response:
        listed = await shown(request, parts, looks)
        return parts.pages.page(request, "pages/log.html", looks=listed)

    async def student(request: Request) -> Response:
        who, items = await shown(request, parts, lambda look: student_page(look, request.path_params["student"]))
        return parts.pages.page(request, "pages/student.html", student=who, items=items)

    async def item(request: Request) -> Response:
        student_id, place = request.path_params["student"], request.path_params["place"]
        build = partial(decidable, student_id=student_id, place=place, leaves=parts.leaves)
        page, decide = await shown(request, parts, build)
        return parts.pages.page(request, "pages/item.html", page=page, decide=decide)

    async def file(request: Request) -> Response:
        student_id, digest = request.path_params["student"], request.path_params["digest"]
        attached = await shown(request, parts, lambda look: file_of(look, student_id, digest))
        return sent(attached, download="download" in request.query_params)

    async def leaf(request: Request) -> Response:
        student_id, digest = request.path_params["student"], request.path_params["digest"]
        number: int = request.path_params["number"]
        data = await shown(request, parts, lambda look: pdf_of(look, student_id, digest, parts.leaves))
        # Those who wait for their turn take no thread from other pages.
        picture = await run_sync(parts.leaves.picture, data, number, limiter=drawing) if number <= MOST_PAGES else None
        if picture is None:
            raise HTTPException(404)
        return Response(picture, media_type="image/webp", headers={"cross-origin-resource-policy": "same-origin"})

    return [
        Route("/me", me, methods=["GET"]),
        Route("/log", log, methods=["GET"]),
        Route("/students/{student}", student, methods=["GET"]),
        Route("/students/{student}/{place:path}", item, methods=["GET"]),
        Route("/files/{student}/{digest}", file, methods=["GET"]),
        Route("/files/{student}/{digest}/{number:int}", leaf, methods=["GET"]),
    ]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """For students."""
    if school_for("student", parts, session) is None:
        return []
    return [Link("/me", "me_link"), Link("/log", "log_link")]


ROOM = Room(routes, links)
