"""Units keep the records that they own (伍.五): what somebody may write, and whom or what there is of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.core.layout import CONTENT, PARTS, Home, Kind, is_day
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.core.term import Term, year_on
from licheng.platform import receipt_forms
from licheng.platform.forms.model import form_of
from licheng.platform.importing import imports_of
from licheng.platform.pages import record_form, record_import
from licheng.platform.pages.beginning import drawn_slug, recent_terms
from licheng.platform.pages.looking import Look, school_for, shown
from licheng.platform.pages.record_form import has_passkey, sheet_of
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room
from licheng.platform.record_drafts import RecordDrafts
from licheng.platform.record_rights import ground_for_change, ground_for_new, kinds_of
from licheng.platform.sessions import Session

# What tells a record from others of its kind.
_TITLES = ("title", "name", "contest", "receipt", "confirmation", "on")


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of record that somebody may write."""

    name: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A record that somebody keeps: its page, empty where it may no longer be changed, and what it is called."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student to whose records somebody may add one of a kind, or change one."""

    student: str
    school_class: str
    may_add: bool
    records: tuple[KeptRow, ...]


@dataclass(frozen=True, slots=True)
class KindPage:
    """A kind: whom it can be written about, or which records of the school there are.

    Attributes:
        parts: what has to be said to begin a new one, by the parts of its path, with what there is to choose from.
        classes: of the school.
        students: that were asked for.
        records: of the school, of a kind that is about no student.
        only_added: the kind is the school's side of a receipt.
    """

    row: KindRow
    of_student: bool
    parts: Mapping[str, tuple[str, ...]]
    classes: tuple[str, ...]
    students: tuple[StudentRow, ...]
    records: tuple[KeptRow, ...]
    may_add: bool
    only_added: bool
    has_passkey: bool


def kind_rows(look: Look) -> tuple[KindRow, ...] | None:
    """What somebody may write today; None of who holds no post."""
    if look.holder != "staff":
        return None
    return tuple(_row(kind, look) for kind in kinds_of(look.account, look.school, look.on))


def _row(kind: Kind, look: Look) -> KindRow:
    form, short = form_of(kind.name), look.names.words.language.partition("-")[0]
    return KindRow(kind.name, form.title[short], form.hint[short])


def kind_of(look: Look, name: str) -> Kind | None:
    """The kind of a name, if somebody may write it today."""
    if look.holder != "staff":
        return None
    return next((kind for kind in kinds_of(look.account, look.school, look.on) if kind.name == name), None)


def kind_page(look: Look, kind: Kind, student: str, school_class: str, *, has_passkey: bool) -> KindPage:
    """A kind, with the students of a class or the one that was asked for; every look at one is written down."""
    places = look.places()
    in_class = [each for each, (_, name) in places.items() if name == school_class]
    students: list[StudentRow] = []
    looks: list[tuple[str, str, str]] = []
    years = set(receipt_forms.years(kind.name, None, look.school))
    for each in look.view.students([student] if student else in_class) if kind.of_student else ():
        why, kept = _adds(look, kind, each), tuple(_kept(look, kind, each, each.of(kind.name)))
        if why is not None or kept:
            looks.append((each.id, f"records:{kind.name}", why or "kept"))
            years.update(receipt_forms.years(kind.name, each, look.school))
            students.append(StudentRow(each.id, places.get(each.id, (0, ""))[1], why is not None, kept))
    look.write_down(looks)
    # The parts of a new record's path that somebody has to say; a name of its own is drawn, and a day says its term.
    known = {
        "term": recent_terms(look.school, look.on),
        "year": (str(year_on(look.on)), str(year_on(look.on) - 1)),
        "date": (look.on.isoformat(),),
        "subject": tuple(PARTS["subject"].split("|")),
        "batch": ("regular",),
    }
    if kind.name in receipt_forms.KINDS:
        known["year"] = tuple(sorted(years, reverse=True))
    parts = [name for name in kind.parameters if name != "term" or "date" not in kind.parameters]
    return KindPage(
        _row(kind, look),
        kind.of_student,
        {name: known[name] for name in parts if name in known},
        tuple(sorted({name for _, name in places.values()})),
        tuple(students),
        () if kind.of_student else tuple(_kept(look, kind, None, look.school.of(kind.name))),
        not kind.of_student and _adds(look, kind, None) is not None,
        kind.name in receipt_forms.KINDS,
        has_passkey,
    )


def _adds(look: Look, kind: Kind, student: Student | None) -> str | None:
    """By what right somebody adds a record of a kind, under some name."""
    if kind.name in receipt_forms.KINDS and not receipt_forms.years(kind.name, student, look.school):
        return None  # nobody has to be told, to confirm or to be answered
    # What no row of the tables asks about may be anything.
    values = {"slug": "new", "term": "115-1", "year": "115", "date": "2026-11-23", "batch": "regular"}
    if student is not None:
        values |= {"student": student.id, "cohort": str(student.cohort)}
    for subject in PARTS["subject"].split("|") if "subject" in kind.parameters else ("",):
        parts = values | {"subject": subject}
        where = Home(kind, {name: parts[name] for name in kind.parameters})
        if (why := ground_for_new(look.account, student, where, look.school, look.on)) is not None:
            return why
    return None


def _kept(look: Look, kind: Kind, student: Student | None, records: Iterable[Record]) -> Iterator[KeptRow]:
    for record in records:
        may_change = ground_for_change(look.account, student, record, look.school, look.on) is not None
        is_added = kind.name in receipt_forms.KINDS and (student is None or look.ground(student, record) is not None)
        if may_change or is_added:
            path = record.path.removeprefix(f"{CONTENT}/")
            titles = (str(record.data[name]) for name in _TITLES if record.data.get(name))
            parts = [record.identity[name] for name in kind.parameters if name not in {"cohort", "student"}]
            name = " · ".join([*titles, *parts]) or _row(kind, look).title
            yield KeptRow(f"/records/edit/{path}" if may_change else "", name)


def new_path(look: Look, kind: Kind, parts: Mapping[str, str]) -> str | None:
    """Where a new record would lie, under a name of its own; None where it is not somebody's to write.

    Args:
        look: whose request it is.
        kind: of the record.
        parts: of its path, as somebody says them.
    """
    values = {**parts, "slug": drawn_slug()}
    if kind.of_student:
        student = look.view.student(parts["student"])
        if student is None:
            return None
        values["cohort"] = str(student.cohort)
    if "date" in kind.parameters:
        values["term"] = str(Term.on(date.fromisoformat(parts["date"]))) if is_day(parts["date"]) else ""
    path = kind.path(**{name: values.get(name, "") for name in kind.parameters})
    return path if sheet_of(look, path) is not None else None


class _Kinds:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def kinds(self, request: Request) -> Response:
        """What somebody may write today."""
        drafts = RecordDrafts(self._parts.drafts, self._parts.spool)

        def build(look: Look) -> tuple[tuple[KindRow, ...], bool, list[str]] | None:
            rows = kind_rows(look)
            return (rows, bool(imports_of(look)), drafts.unsent(look.account)) if rows is not None else None

        rows, imports, unsent = await shown(request, self._parts, build)
        below = [path.removeprefix(f"{CONTENT}/") for path in unsent]
        return self._parts.pages.page(request, "records/kinds.html", rows=rows, imports=imports, drafts=below)

    async def kind(self, request: Request) -> Response:
        """Whom a kind is written about, or which of the school there are."""
        name, query = request.path_params["kind"], request.query_params
        asked, school_class = query.get("student", "").strip(), query.get("class", "")

        def build(look: Look) -> KindPage | None:
            kind = kind_of(look, name)
            if kind is None:
                return None
            return kind_page(look, kind, asked, school_class, has_passkey=has_passkey(look))

        page = await shown(request, self._parts, build)
        asks = bool(asked or school_class)
        return self._parts.pages.page(
            request, "records/kind.html", page=page, asked=asked, chosen=school_class, asks=asks
        )

    async def begin(self, request: Request) -> Response:
        """To the form of a new record."""
        name, form = request.path_params["kind"], request.state.form
        parts = {key: str(form.get(key, "")) for key in ("student", "term", "year", "date", "subject", "batch")}

        def build(look: Look) -> str | None:
            kind = kind_of(look, name)
            return new_path(look, kind, parts) if kind is not None else None

        path = await shown(request, self._parts, build)
        return RedirectResponse(f"/records/edit/{path.removeprefix(f'{CONTENT}/')}", SEE_OTHER)


def routes(parts: Parts) -> list[BaseRoute]:
    """`/records/…`."""
    kinds = _Kinds(parts)
    return [
        Route("/records", kinds.kinds, methods=["GET"]),
        *record_form.routes(parts),
        *record_import.routes(parts),
        Route("/records/{kind}", kinds.kind, methods=["GET"]),
        Route("/records/{kind}", kinds.begin, methods=["POST"]),
    ]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """For those of the staff who may write anything today."""
    school = school_for("staff", parts, session)
    may_write = session is not None and school is not None and kinds_of(session.account, school, school.today)
    return [Link("/records", "records_link")] if may_write else []


ROOM = Room(routes, links)
