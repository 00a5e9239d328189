"""A student begins a record, or goes on with a draft."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.core.dates import TAIPEI
from licheng.core.rulebook import Act
from licheng.core.term import year_on
from licheng.outputs.catalog import catalog
from licheng.outputs.naming import names_of
from licheng.outputs.words import words as pages_words
from licheng.platform.editing import KINDS, below_of, place
from licheng.platform.forms.model import form_of
from licheng.platform.forms.view import texts_of
from licheng.platform.pages.beginning import drawn_slug, recent_terms
from licheng.platform.pages.edit import own_student
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, threaded
from licheng.platform.sessions import Session
from licheng.policy.batches import REGULAR
from licheng.policy.enrolment import level_on


def routes(parts: Parts) -> list[BaseRoute]:
    """`/me/new`."""

    def new(request: Request, account: str) -> Response:
        """What can be written, and drafts that wait."""
        today = parts.clock().astimezone(TAIPEI).date()
        student, school = own_student(parts, account)
        words, names = catalog(request.state.language), names_of(school, pages_words(request.state.language))
        short = words.language.partition("-")[0]
        level, year = level_on(student, today), year_on(today)
        # The batches of this school year in which the student may select; what goes in no batch is `regular`.
        batches = {
            window.batch or REGULAR
            for term, calendar in school.calendars.items()
            for window in calendar.windows
            if (term.year, window.stage) == (year, Act.SELECTION) and level in window.levels
        }
        activity = next(field for field in form_of("activity").fields if field.key == "category")
        return parts.pages.page(
            request,
            "forms/new.html",
            t=texts_of(words),
            titles={kind: form_of(kind).title[short] for kind in KINDS},
            terms=recent_terms(school, today),
            years=[str(year), str(year - 1)],
            batches=[(batch, names.words.label("batches", batch)) for batch in sorted(batches) or [REGULAR]],
            categories=[(option.value, option.label[short]) for option in activity.options],
            drafts=[below_of(key) for key in parts.drafts.keys(account)],
        )

    def begin(request: Request, account: str) -> Response:
        """To the form of a new record, under a name of its own."""
        form = request.state.form
        kind, term, year = (str(form.get(name, "")) for name in ("kind", "term", "year"))
        slug = drawn_slug()
        below = {
            "course-output": f"terms/{term}/outputs/{slug}/item.md",
            "activity": f"years/{year}/activities/{slug}/item.md",
            "statement": "statement/item.md",
            "selection": f"selection/{year}/{form.get('batch', '')}.yaml",
            "release-consent": f"release-consent/{slug}.yaml",
        }.get(kind, "")
        category = str(form.get("category", "")) if kind == "activity" else ""
        question = f"?{urlencode({'category': category})}" if category else ""
        return RedirectResponse(f"/me/edit/{place(account, below).below}{question}", SEE_OTHER)

    return [Route("/me/new", threaded(new), methods=["GET"]), Route("/me/new", threaded(begin), methods=["POST"])]


def links(_parts: Parts, session: Session | None) -> list[Link]:
    """For students."""
    is_student = session is not None and session.account.startswith("s")
    return [Link("/me/new", "form_new_title")] if is_student else []


ROOM = Room(routes, links)
