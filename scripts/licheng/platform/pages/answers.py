"""Which students of a class have confirmed what the agency received, reported a problem, or not answered yet.

For the tutor on the page of the class, and for whichever unit sees answers by the sight table on a page of its own;
never counted up for the public.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.core.school import School
from licheng.platform.forms.model import form_of
from licheng.platform.pages.looking import Look, school_for, shown
from licheng.platform.pages.receipts import about
from licheng.platform.parts import Link, Parts, Room
from licheng.platform.receipt_forms import KINDS
from licheng.platform.record_rights import kinds_of
from licheng.platform.sessions import Session
from licheng.policy.permission import Scene, is_meant
from licheng.policy.receiving.confirming import SETTLED, standings
from licheng.policy.receiving.versions import ReceiptId, id_of
from licheng.policy.sight import ground, rows_of

_KIND = "receipt-confirmation"


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A student, and in words what they say to each receipt; empty of one that they are not in."""

    student: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassAnswers:
    """What a class says to the latest version of each receipt.

    Attributes:
        about: each receipt: what it is of, and its school year.
        sums: of each, how many of its students have confirmed, by themselves or by silence, and how many there are.
    """

    about: tuple[tuple[str, int], ...] = ()
    sums: tuple[tuple[int, int], ...] = ()
    rows: tuple[AnswerRow, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """The classes of the school, and the answers of the one that was asked for.

    Attributes:
        forms: of the school's side that somebody may write, by kind and title.
    """

    classes: tuple[str, ...]
    chosen: str
    answers: ClassAnswers
    forms: tuple[tuple[str, str], ...]


def sees_all(account: str, school: School) -> bool:
    """Whether somebody sees the answers of every class today, by a unit or a post."""
    scene = Scene(school, school.today, None)
    entries = (who for row in rows_of(_KIND, school) for who in row.by)
    return any(is_meant(who, account, scene) for who in entries if "as" not in who)


def class_answers(look: Look, class_id: str) -> ClassAnswers:
    """Of those in a class whose answers somebody sees, written down; nothing of the others."""
    ids = [student for student, (_, name) in look.places().items() if name == class_id]
    given, receipts, looks = dict[str, dict[ReceiptId, str]](), dict[ReceiptId, tuple[str, int]](), []
    settled, all_ = Counter[ReceiptId](), Counter[ReceiptId]()
    for student in look.view.students(ids):
        why = ground(look.account, student, _KIND, look.school, look.on)
        for standing in standings(student, look.school) if why is not None else ():
            which = id_of(standing.receipt)
            receipts[which] = about(standing.receipt, look), which.year
            given.setdefault(student.id, {})[which] = look.names.words.codes.label("receipt_answer", standing.state)
            settled[which] += standing.state in SETTLED
            all_[which] += 1
            looks.append((student.id, "receipts", str(why)))
    look.write_down(looks)
    order = sorted(receipts)
    return ClassAnswers(
        tuple(receipts[which] for which in order),
        tuple((settled[which], all_[which]) for which in order),
        tuple(
            AnswerRow(student, tuple(answers.get(which, "") for which in order)) for student, answers in given.items()
        ),
    )


def answers_page(look: Look, class_id: str) -> AnswersPage | None:
    """The answers of a class; None of who does not see those of every class, and of a class that is none."""
    classes = tuple(sorted({name for _, name in look.places().values()}))
    is_theirs = look.holder == "staff" and sees_all(look.account, look.school)
    if not is_theirs or class_id not in {"", *classes}:
        return None
    short = look.names.words.language.partition("-")[0]
    mine = (kind.name for kind in kinds_of(look.account, look.school, look.on) if kind.name in KINDS)
    forms = tuple((name, form_of(name).title[short]) for name in mine)
    return AnswersPage(classes, class_id, class_answers(look, class_id) if class_id else ClassAnswers(), forms)


def routes(parts: Parts) -> list[BaseRoute]:
    """`/answers`."""

    async def show(request: Request) -> Response:
        class_id = request.query_params.get("class", "")
        page = await shown(request, parts, lambda look: answers_page(look, class_id))
        return parts.pages.page(request, "pages/answers.html", page=page)

    return [Route("/answers", show, methods=["GET"])]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """For whichever unit sees the answers."""
    school = school_for("staff", parts, session)
    is_theirs = school is not None and session is not None and sees_all(session.account, school)
    return [Link("/answers", "answers_link")] if is_theirs else []


ROOM = Room(routes, links)
