"""Somebody who looks at the school: what they see, and that it is written down before it is shown.

A page is made in three steps, in a thread of its own: what may be seen is chosen by the sight table, every look at a
student's data is put into the access log, and only then does a value leave for its template. What may not be seen and
what is not there are refused in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from licheng.app.day import standing_moment
from licheng.app.loading.load import Loaded
from licheng.core.errors import LichengError
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.outputs.naming import Names, names_of
from licheng.outputs.words import words
from licheng.platform.access_log import Access, AccessLog
from licheng.platform.parts import Parts, session_of
from licheng.platform.school_view import MainView
from licheng.platform.sessions import Session
from licheng.policy.authority import holds, within
from licheng.policy.enrolment import is_here, level_and_class
from licheng.policy.sight import ground

T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    """One request of somebody who has signed in.

    Attributes:
        account: the id.
        view: of the school.
        at: the moment, for the access log.
        names: the school's, in the reader's language.
    """

    account: str
    view: MainView
    at: datetime
    names: Names
    log: AccessLog

    @property
    def school(self) -> School:
        """The school at main's tip."""
        return self.view.school

    @property
    def on(self) -> date:
        """The day."""
        return self.school.today

    @property
    def holder(self) -> str | None:
        """`student`, or `staff` of who holds a post today; None of any other account, and of one that is not open."""
        return holder_of(self.account, self.school)

    def student(self, student: str) -> Student | None:
        """A student of whom the account may see something; to another student, nothing of theirs is even read.

        So a refusal takes as long for somebody who has much as for nobody.
        """
        is_refused = self.holder is None or (self.holder == "student" and student != self.account)
        return self.view.student(student) if not is_refused else None

    def ground(self, student: Student, record: Record) -> str | None:
        """By what right the account sees a record of a student; None if it does not."""
        return ground(self.account, student, record.kind, self.school, self.on, record)

    def seen(self, student: Student, *kinds: str) -> Iterator[tuple[Record, str]]:
        """The records of a student, of some kinds, that the account sees, each with the right to it."""
        for record in student.of(*kinds):
            if (why := self.ground(student, record)) is not None:
                yield record, why

    def places(self) -> dict[str, tuple[int, str]]:
        """Year level and class of every student who is here, by id."""
        owned = ((student, member.own) for student, member in self.view.members().items())
        here = ((student, own) for student, own in owned if own is not None and is_here(own, self.on))
        placed = ((student, level_and_class(own, self.on)) for student, own in here)
        return {student: place for student, place in placed if place is not None}

    def write_down(self, looks: Iterable[tuple[str, str, str]]) -> None:
        """Put looks into the access log, each once: whose, what, by what right.

        Raises:
            LichengError: APP320, APP321; then nothing may be shown.
        """
        self.log.record_all(
            Access(self.account, whose, what, self.at, why) for whose, what, why in dict.fromkeys(looks)
        )


def holder_of(account: str, school: School) -> str | None:
    """See `Look.holder`."""
    entry = school.account_of.get(account)
    if entry is None or not within(entry, school.today):
        return None
    holder: str = entry["holder"]
    is_here = account in school.students if holder == "student" else holds(account, school, school.today)
    return holder if is_here and holder in {"student", "staff"} else None


def school_of(parts: Parts, session: Session | None) -> School | None:
    """The school for somebody who has signed in and is offered pages; None for a visitor, and where there is none."""
    try:
        return parts.school_view.now().school if session is not None else None
    except LichengError:
        return None  # the page that is asked for says why


def school_for(holder: str, parts: Parts, session: Session | None) -> School | None:
    """The school for a `student`, or one of the `staff`, who is offered pages; None for anybody else."""
    school = school_of(parts, session)
    is_theirs = session is not None and school is not None and holder_of(session.account, school) == holder
    return school if is_theirs else None


@contextmanager
def loaded_school(look: Look) -> Iterator[tuple[Loaded, datetime]]:
    """The school at the tip that is looked at, its students read when they are asked for; and its own moment, UTC."""
    with look.view.tree() as tree:
        loaded = Loaded(tree, look.school, look.view.shelf)
        yield loaded, standing_moment(tree) or look.at.replace(microsecond=0)


@lru_cache(maxsize=4)  # of main as it is
def named(school: School, language: str) -> Names:
    """The names that a school gives, in a language."""
    return names_of(school, words(language))


async def shown(request: Request, parts: Parts, build: Callable[[Look], T | None]) -> T:
    """What a handler's function makes of a look; None is refused as a page that is not there.

    Raises:
        SignInNeededError: nobody has signed in.
        HTTPException: 404.
    """
    account, language = session_of(request).account, request.state.language

    def make() -> T | None:
        view = request.state.view or parts.school_view.now()
        return build(Look(account, view, parts.clock(), named(view.school, language), parts.access_log))

    value = await run_in_threadpool(make)
    if value is None:
        raise HTTPException(404)
    return value
