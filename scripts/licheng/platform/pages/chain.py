"""The way of one work on a page: hand-in, certification, export, receipt, release, each with its day and digest.

Whoever sees the work sees that it was handed in; of every later step only who sees, by the sight table, the records
that it rests on: where somebody applies, or what they selected, is no teacher's to know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.app.registry.chain import chain as steps_of
from licheng.core.layout import HANDED_IN
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.outputs.catalog import Catalog
from licheng.outputs.chain import said
from licheng.platform.hand_in import Ticket, TicketState
from licheng.platform.pages.items import place_of
from licheng.platform.pages.looking import Look, shown
from licheng.platform.parts import Parts, Room
from licheng.platform.rendering import shown_minute
from licheng.platform.spool import Spool
from licheng.policy.certification import subject_of
from licheng.policy.chain import ChainStep, ItemLink, LinkState, digest_of
from licheng.policy.sight import sees

# The kind of record without whose sight a step tells nothing; of all others it is the work itself.
_RESTS_ON = {
    ChainStep.CERTIFICATION: "certification",
    ChainStep.EXPORT: "selection",
    ChainStep.SUBMISSION: "selection",
    ChainStep.RECEIPT: "receipt-confirmation",
    ChainStep.RELEASE: "release",
    ChainStep.SEAL: "student",
}


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A step in words.

    Attributes:
        on: day or minute; empty of what has not happened.
        digest: of the files as the step has them; empty where it has none.
        ticket: of a hand-in, to its own student: the id under which the signed receipt is kept.
    """

    step: str
    said: str
    on: str
    digest: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class ChainPage:
    """A work and those of its steps that somebody may see.

    Attributes:
        place: below the student's folder.
        files: name and SHA-256 of each, as they are now.
        digest: one for all of them.
        holds: whether no step shown is about other files.
        is_whole: whether every step is shown.
    """

    student: str
    place: str
    title: str
    files: tuple[tuple[str, str], ...]
    digest: str
    rows: tuple[ChainRow, ...]
    holds: bool
    is_whole: bool


def begun(look: Look, student_id: str, place: str) -> tuple[Look, Student, Record] | None:
    """A work whose steps somebody may see, written down; None if it is not there, or not to be seen."""
    student = look.student(student_id)
    for item in student.of(*HANDED_IN) if student is not None else ():
        assert student is not None  # noqa: S101 - it has items
        if place_of(student, item) == place and (why := look.ground(student, item)) is not None:
            # Not as the work itself is named: who saw its steps has not seen it.
            look.write_down([(student.id, f"chain:{place}", why)])
            return look, student, item
    return None


def chain_page(look: Look, student: Student, item: Record, parts: Parts) -> ChainPage:
    """The steps of a work that somebody may see."""
    with look.view.tree(student.id) as tree:
        chain = steps_of(parts.repository, tree, look.on, item.folder, None)
    hidden = {
        step
        for step, kind in _RESTS_ON.items()
        if not sees(look.account, student, kind, look.school, look.on, item if kind == "certification" else None)
    }
    words = look.names.words.codes
    links = [link for link in chain.links if link.step not in hidden]
    handed_in = _handed_in(student, item, parts.spool) if links[0].state is LinkState.SAME else None
    rows = [_row(link, words) for link in links]
    if handed_in is not None:  # in the place of the step that says the same without a receipt
        links[0], ticket = handed_in
        at, id_ = shown_minute(ticket.received_at), ticket.id if look.account == student.id else ""
        rows[0] = replace(_row(links[0], words), on=at, ticket=id_)
    return ChainPage(
        student.id,
        place_of(student, item),
        str(item.data.get("summary") or item.data.get("name") or item.slug),
        tuple((file.name, file.sha256) for file in chain.files),
        digest_of(chain.files),
        tuple(rows),
        all(link.state is not LinkState.OTHER for link in links),
        not hidden,
    )


def _row(link: ItemLink, words: Catalog) -> ChainRow:
    on = link.on.isoformat() if link.on is not None else ""
    return ChainRow(words.label("chain_step", link.step), said(link, words), on, link.digest or "")


def _handed_in(student: Student, item: Record, spool: Spool) -> tuple[ItemLink, Ticket] | None:
    """The last hand-in of a work that landed, and how its files were after it; None of a work from elsewhere.

    A hand-in has what it changes alone: each file is as the last one left it that had it.
    """
    tickets = [
        ticket
        for ticket in sorted(spool.tickets_of(student.id), key=lambda ticket: ticket.number)
        if ticket.state is TicketState.LANDED and any(_is_of(item, path) for path in ticket.files)
    ]
    if not tickets:
        return None
    left = {path: digest for ticket in tickets for path, digest in ticket.files.items() if _is_of(item, path)}
    now = {f"{item.folder}/{file.name}": file.sha256 for file in subject_of(item, student)}
    changed = tuple(sorted(path.rpartition("/")[2] for path in left if left[path] != now.get(path)))
    state = LinkState.OTHER if changed else LinkState.SAME
    # A file that came otherwise is in none of them.
    digest = digest_of(subject_of(item, student)) if not changed and now.keys() <= left.keys() else None
    return ItemLink(ChainStep.UPLOAD, state, path=item.path, digest=digest, changed=changed), tickets[-1]


def _is_of(item: Record, path: str) -> bool:
    return path.rpartition("/")[0] == item.folder


def routes(parts: Parts) -> list[BaseRoute]:
    """`/chain/…`."""
    # A chain reads the school of every commit that was exported: those who wait take no thread from other pages.
    following = CapacityLimiter(1)

    async def show(request: Request) -> Response:
        student_id, place = request.path_params["student"], request.path_params["place"]
        look, student, item = await shown(request, parts, lambda look: begun(look, student_id, place))
        page = await run_sync(chain_page, look, student, item, parts, limiter=following)
        return parts.pages.page(request, "pages/chain.html", page=page)

    return [Route("/chain/{student}/{place:path}", show, methods=["GET"])]


ROOM = Room(routes)
