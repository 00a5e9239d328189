"""A tutor's pages: the class as a table of counts, and its 歷程確認單 to print."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.app.status import current_term
from licheng.core.school import School
from licheng.outputs.naming import plain
from licheng.platform.pages.answers import ClassAnswers, class_answers
from licheng.platform.pages.looking import Look, holder_of, school_of, shown
from licheng.platform.parts import Link, Parts, Room
from licheng.platform.sessions import Session
from licheng.policy.authority import within
from licheng.policy.certification import State
from licheng.policy.classes import TUTOR
from licheng.policy.portfolio import Portfolio, portfolio
from licheng.policy.sight import sees

# As the class table of `licheng status --class` has them.
_COLUMNS = (State.SUBMITTED, State.CERTIFIED, State.CLAIMED, State.RETURNED, State.STALE)
_HEADS = ("waiting", "certified", "elsewhere", "returned", "stale", "selected", "activities", "missing")
# What the table and the sheet tell of; whoever does not see all of it gets neither.
_TOLD = ("student", "course-output", "activity", "selection")


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A student in numbers, and what the school still lacks, in words."""

    student: str
    path: str
    counts: tuple[int, ...]
    missing: str


@dataclass(frozen=True, slots=True)
class ClassPage:
    """A class in a term, and what it says to the agency's receipts."""

    id: str
    name: str
    term: str
    heads: tuple[str, ...]
    rows: tuple[ClassRow, ...]
    answers: ClassAnswers


@dataclass(frozen=True, slots=True)
class ConfirmationSheet:
    """One student's 歷程確認單: headings with their lines, and a table of outputs."""

    title: str
    about: str
    as_of: str
    heads: tuple[str, ...]
    outputs: tuple[tuple[str, ...], ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    ends: tuple[str, ...]


def classes_of(account: str, school: School) -> list[str]:
    """The classes whose tutor somebody is today."""
    posts = school.posts_of.get(account, ()) if holder_of(account, school) == "staff" else ()
    return sorted({post["class"] for post in posts if post["post"] == TUTOR and within(post, school.today)})


def _portfolios(look: Look, class_id: str, what: str) -> list[Portfolio] | None:
    """Of everybody in a class that is the account's own today, written down; None of another's class."""
    if class_id not in classes_of(look.account, look.school) or not look.school.calendars:
        return None
    term = current_term(look.school, None)
    ids = [student for student, (_, name) in look.places().items() if name == class_id]
    students = [
        student
        for student in look.view.students(ids)
        if all(sees(look.account, student, kind, look.school, look.on) for kind in _TOLD)
    ]
    listed = [each for student in students if (each := portfolio(student, look.school, term))]
    look.write_down((each.student, what, "tutor") for each in listed)
    # A draft is the student's own.
    return [replace(each, outputs=tuple(output for output in each.outputs if output.state is not State.DRAFT),
                    activities=tuple(activity for activity in each.activities if activity[1]))
            for each in listed]  # fmt: skip


def class_page(look: Look, class_id: str) -> ClassPage | None:
    """The class table; None of a class that is not the account's own, or not there."""
    listed = _portfolios(look, class_id, "class")
    if listed is None:
        return None
    words = look.names.words
    rows = tuple(
        ClassRow(
            each.student,
            f"/students/{each.student}",
            (*(each.states[state] for state in _COLUMNS), each.selected, len(each.activities)),
            plain(words.labels("missing", each.missing)),
        )
        for each in listed
    )
    heads = tuple(plain(words.say("overview", head)) for head in _HEADS)
    term = plain(words.period(str(current_term(look.school, None))))
    return ClassPage(class_id, look.names.school_class(class_id), term, heads, rows, class_answers(look, class_id))


def sheets(look: Look, class_id: str) -> tuple[ConfirmationSheet, ...] | None:
    """The 歷程確認單 of everybody in a class; None as `class_page`."""
    listed = _portfolios(look, class_id, "sheet")
    return tuple(_sheet(each, look) for each in listed) if listed is not None else None


def _sheet(each: Portfolio, look: Look) -> ConfirmationSheet:
    words = look.names.words

    def say(name: str, /, **values: object) -> str:
        return plain(words.say("sheet", name, **values))

    courses = look.school.offerings.get(each.term, {})
    outputs = tuple(
        (
            str(courses.get(output.course, {}).get("subject", output.course)),
            output.summary or output.slug,
            plain(words.label("output_states", output.state)),
            output.decided_on.isoformat() if output.decided_on is not None else "",
            say(("yes" if output.usable else "unusable") if output.selected else "no"),
        )
        for output in each.outputs
    )
    quotas = tuple(
        say("quota", of=words.label("categories", quota.of), stage=words.label("quota_stages", quota.stage),
            used=quota.used, limit=quota.limit, period=words.period(quota.period))
        for quota in each.quotas
    )  # fmt: skip
    stands = words.label("enrolment_events", each.standing.event)
    sections = (
        (say("enrolment"), (say("standing", event=stands, since=each.standing.since.isoformat()),)),
        (say("activities"), tuple(slug for slug, _ in each.activities) or (say("none"),)),
        (say("quotas"), quotas or (say("none"),)),
        (say("missing"), (plain(words.labels("missing", each.missing)) or say("complete"),)),
    )
    versions = [say("version", batch=words.label("batches", batch), digest=sha) for batch, sha in each.to_sign]
    parents = [say("sign_parents")] if versions else []
    return ConfirmationSheet(
        title=say("title"),
        about=say(
            "about",
            **{"class": look.names.school_class(each.class_)},
            student=each.student,
            term=words.period(str(each.term)),
        ),
        as_of=say("as_of", on=look.on.isoformat()),
        heads=tuple(say(head) for head in ("course", "item", "state", "decided", "selected")),
        outputs=outputs,
        sections=sections,
        ends=(say("voluntary"), *versions, say("sign"), *parents),
    )


def routes(parts: Parts) -> list[BaseRoute]:
    """`/class/…`."""

    async def show_class(request: Request) -> Response:
        page = await shown(request, parts, lambda look: class_page(look, request.path_params["class"]))
        return parts.pages.page(request, "pages/class.html", page=page)

    async def show_sheets(request: Request) -> Response:
        listed = await shown(request, parts, lambda look: sheets(look, request.path_params["class"]))
        return parts.pages.page(request, "pages/sheets.html", sheets=listed)

    return [
        Route("/class/{class}", show_class, methods=["GET"]),
        Route("/class/{class}/sheets", show_sheets, methods=["GET"]),
    ]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """The own classes of a tutor."""
    school = school_of(parts, session)
    if session is None or school is None:
        return []
    return [Link(f"/class/{each}", "class_link") for each in classes_of(session.account, school)]


ROOM = Room(routes, links)
