"""What the agency has received of a student (收訖明細): the student looks, and says that it is right or what is wrong.

An answer is a record of the student's own, and goes through the spool as everything that students hand in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.new import must_be_right
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, CARRIED
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.outputs.naming import plain
from licheng.platform.hand_in import HandIn
from licheng.platform.pages.edit import own_student
from licheng.platform.pages.looking import Look, school_for, shown
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, threaded
from licheng.platform.sessions import Session
from licheng.policy.batches import REGULAR
from licheng.policy.receiving.confirming import SETTLED, ReceiptStanding, problems, standings
from licheng.policy.receiving.versions import export_of, id_of
from licheng.policy.release import place_of
from licheng.sources.emit import document
from licheng.storage.plan import Plan

_KIND = BY_NAME["receipt-confirmation"]
FAULTS = ("missing", "extra", "wrong", "file", "other")
_FIELDS = {"course-output": "outputs", "activity": "activities"}  # of a selection
_MOST_ABOUT = 200


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """What of the student's differs from what was sent."""

    item: str
    why: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt in which the student is.

    Attributes:
        about: the roster in words.
        year: the school year.
        named: folder and version, as records write it.
        closes: the last day to answer; empty where the calendar has no window.
        replied: the day of the student's last answer, if any.
        due: until when the school answers the problem that it reported, if it did.
        answered: when the school did.
        items: what a problem can be about, below the student's folder.
    """

    about: str
    year: int
    named: str
    state: str
    came: str
    closes: str
    replied: str
    due: str
    answered: str
    differences: tuple[DifferenceRow, ...]
    items: tuple[str, ...]
    is_settled: bool


def receipt_rows(look: Look) -> tuple[ReceiptRow, ...] | None:
    """The student's own receipts; None of anybody else."""
    student = look.view.student(look.account) if look.holder == "student" else None
    if student is None:
        return None
    look.write_down([(student.id, "receipts", "owner")])
    return tuple(_row(standing, student, look) for standing in standings(student, look.school))


def about(receipt: Record, look: Look) -> str:
    """The roster that a receipt is of, in words."""
    export = export_of(receipt, look.school)
    return plain(look.names.words.label("rosters", export.data["roster"] if export is not None else receipt.slug))


def _row(standing: ReceiptStanding, student: Student, look: Look) -> ReceiptRow:
    which, record, words = id_of(standing.receipt), standing.receipt, look.names.words
    export = export_of(record, look.school)
    roster = export.data["roster"] if export is not None else which.slug
    # What the student selected for the roster that the receipt answers.
    batch = (export.year, export.data.get("batch", REGULAR)) if export is not None else None
    sent = [
        place_of(item)
        for selection in student.of("selection")
        if (selection.year, selection.identity["batch"]) == batch
        for item in selection.data.get(_FIELDS.get(CARRIED.get(roster, ""), ""), ())
    ]
    mine = [each for each in record.data["differences"] if each.get("student") == student.id]
    problem = next((each for each in problems(student, look.school) if each.report.path == standing.path), None)
    return ReceiptRow(
        about=about(record, look),
        year=which.year,
        named=str(which),
        state=words.codes.label("receipt_answer", standing.state),
        came=record.data["received_on"],
        closes=standing.window.closes.isoformat() if standing.window is not None else "",
        replied=standing.on.isoformat() if standing.on is not None else "",
        due=problem.due.isoformat() if problem is not None else "",
        answered=problem.answer.data["on"] if problem is not None and problem.answer is not None else "",
        differences=tuple(
            DifferenceRow(each.get("item", each["sheet"]), words.codes.label("receipt_fault", each["fault"]))
            for each in mine
        ),
        items=tuple(dict.fromkeys([*(each["item"] for each in mine if "item" in each), *sent])),
        is_settled=standing.state in SETTLED,
    )


def _answer(request: Request, student: Student, school: School) -> tuple[str, dict[str, Any]]:
    """Path and data of the confirmation that a form makes.

    Raises:
        UsageError: APP340, the receipt is not the student's, or not the latest; or there is no answer.
    """
    form = {name: str(text) for name, text in request.state.form.items()}
    key = form.get("_key", "")
    known = {f"{id_of(each.receipt).year}/{id_of(each.receipt)}": each for each in standings(student, school)}
    standing = known.get(f"{form.get('year', '')}/{form.get('receipt', '')}")
    if standing is None or not (key.isalnum() and key.isascii() and 12 <= len(key) <= 40):
        raise UsageError("APP340", case="form")
    which = id_of(standing.receipt)
    data: dict[str, Any] = {"kind": f"{_KIND.name}/v1", "receipt": str(which), "on": school.today.isoformat()}
    if form.get("answer") == "problem":
        problem = {"item": form.get("item", ""), "fault": form.get("fault", ""), "about": form.get("about", "").strip()}
        filled = {name: text[:_MOST_ABOUT] for name, text in problem.items() if text}
        data |= {"answer": "problem", "problems": [filled]}
    elif form.get("answer") == "agrees":
        data |= {"answer": "agrees"}
    else:  # who said nothing has agreed to nothing
        raise UsageError("APP340", case="form")
    slug = f"{which.slug}-{which.version}-{key[:12].lower()}"
    return _KIND.path(cohort=str(student.cohort), student=student.id, year=str(which.year), slug=slug), data


def routes(parts: Parts) -> list[BaseRoute]:
    """`/me/receipts`."""

    async def look(request: Request) -> Response:
        rows = await shown(request, parts, receipt_rows)
        keys = [secrets.token_hex(12) for _ in rows]
        listed = list(zip(rows, keys, strict=True))
        return parts.pages.page(request, "pages/receipts.html", rows=listed, faults=FAULTS)

    def answer(request: Request, account: str) -> Response:
        student, school = own_student(parts, account)
        path, data = _answer(request, student, school)
        text = document(_KIND, path, data).encode()
        with parts.school_view.now().tree() as tree:
            must_be_right(tree, Plan(creates={path: text}), path, school.today)
        key, now = str(request.state.form["_key"]), parts.clock()
        hand_in = HandIn(account, now, "confirm", key, {path: text}, {path: None})
        return RedirectResponse(f"/me/tickets/{parts.spool.accept(hand_in).id}", SEE_OTHER)

    return [
        Route("/me/receipts", look, methods=["GET"]),
        Route("/me/receipts", threaded(answer), methods=["POST"]),
    ]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """For students."""
    return [Link("/me/receipts", "receipts_link")] if school_for("student", parts, session) is not None else []


ROOM = Room(routes, links)
