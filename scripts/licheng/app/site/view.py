"""The site's pages: what of the school they may show.

`view` is the one door between records and the site: of students it takes a rounded status and nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any

from licheng.app.codes import EVERY
from licheng.app.day import day_of
from licheng.app.site.group import evaluation_views, meeting_views, seat_views, training_views
from licheng.app.status import read_school, weekly
from licheng.core.calendar import AgencyWindow, TermCalendar, Window
from licheng.core.dates import TAIPEI
from licheng.core.finding import Code
from licheng.core.layout import KINDS, Kind
from licheng.core.moments import known_moment
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.outputs.naming import Label
from licheng.outputs.pages.ical import Stamp
from licheng.outputs.pages.view import (
    AgencyWindowView,
    CalendarView,
    CodeView,
    CommandView,
    DutyView,
    Example,
    File,
    Resolution,
    SchemaView,
    SiteView,
    WindowView,
)
from licheng.policy.calendar import internal_deadline, phase_on, submission_floor
from licheng.policy.deadlines import DutyDate, deadlines, duty_dates, duty_rows, owners
from licheng.policy.reminders import intervals
from licheng.policy.roles import roles
from licheng.policy.status import Table, public_day
from licheng.sources import schemas
from licheng.sources.emit import emit
from licheng.sources.history import last_commit
from licheng.sources.tree import Tree

MAX_EXAMPLE_BYTES = 100_000


def view(tree: Tree, root: Path) -> SiteView:
    """What the site may show of a school.

    Args:
        tree: the school's files.
        root: where `tests/fixtures` lies, if this repository holds the engine's tests as well.
    """
    school = _as_of_build(read_school(tree, day_of(tree, None)))
    return SiteView(
        today=school.today,
        demo=_is_demo(school),
        name=_labels(school, "name"),
        units=_names(school, "units"),
        posts=_names(school, "posts"),
        contacts=tuple(_contacts(school)),
        rulebook=school.rulebooks.on(school.today),
        agency=school.agency.layers,
        calendars=tuple(_calendar(school.calendars[term], school) for term in sorted(school.calendars, reverse=True)),
        deadlines=deadlines(school),
        duties=tuple(_duty(duty, school) for duty in duty_dates(school)),
        duty_items={row["id"]: row["item"] for row in duty_rows(school)},
        roles=roles(school),
        stamp=_stamp(school, root),
        status=_status(tree, root, school),
        status_as_of=public_day(school.today),
        codes=tuple(_code(code, root / "tests/fixtures") for code in EVERY),
        schemas=tuple(map(_schema, KINDS)),
        seats=seat_views(school),
        meetings=meeting_views(school),
        trainings=training_views(school),
        evaluations=evaluation_views(school),
        rulebooks=school.rulebooks.versions,
        commands=tuple(map(_command, _reference())),
    )


def _as_of_build(school: School) -> School:
    """The demo's clock, or the day of the build, which `SOURCE_DATE_EPOCH` fixes so that builds are reproducible."""
    epoch = _epoch()
    if epoch is None or school.one("school") is None or _is_demo(school):
        return school
    return replace(school, today=epoch.date())


def _is_demo(school: School) -> bool:
    own = school.one("school")
    return own is not None and "demo" in own.data


def _labels(school: School, field: str) -> Label:
    own = school.one("school")
    found: Label = own.data[field] if own is not None else {}
    return found


def _names(school: School, field: str) -> dict[str, Label]:
    return {entry["id"]: entry["name"] for record in school.of("school") for entry in record.data[field]}


def _contacts(school: School) -> Iterator[tuple[Label, str]]:
    for record in school.of("school"):
        yield from ((entry["label"], entry["value"]) for entry in record.data.get("public_contacts", ()))


def _status(tree: Tree, root: Path, school: School) -> Table | None:
    return weekly(tree, root, school) if school.rulebooks.on(school.today) is not None else None


def _duty(duty: DutyDate, school: School) -> DutyView:
    begins = school.calendars[duty.term].starts
    return DutyView(duty, owners(duty.row["responsible"]), phase_on(begins, duty.due, school.today))


def _stamp(school: School, root: Path) -> Stamp:
    """The build's own moment where it is fixed, else the last commit of the records; a demo's clock stands still."""
    own = school.one("school")
    standing = datetime.combine(school.today, time.min, TAIPEI)
    if own is None or "demo" in own.data:
        at = standing
    elif (epoch := _epoch()) is not None:
        at = epoch
    else:
        at = last_commit(root) or standing
    return Stamp(own.data["code"] if own is not None else "school", at, intervals(school))


def _epoch() -> datetime | None:
    """`SOURCE_DATE_EPOCH`, by which a build says when it is; one of an impossible time says nothing."""
    return known_moment(os.environ.get("SOURCE_DATE_EPOCH", ""), TAIPEI)


def drop_impossible_epoch() -> str | None:
    """Take a `SOURCE_DATE_EPOCH` of an impossible time away, as MkDocs itself would break on it; what it was.

    0 stays: it is what `make` says where there is no history.
    """
    impossible = _epoch() is None and os.environ.get("SOURCE_DATE_EPOCH") != "0"
    return os.environ.pop("SOURCE_DATE_EPOCH", None) if impossible else None


def _calendar(calendar: TermCalendar, school: School) -> CalendarView:
    windows = zip(calendar.windows, calendar.record.data["windows"], strict=True)
    agency = zip(calendar.agency, calendar.record.data["agency"], strict=True)
    return CalendarView(
        calendar,
        tuple(_window(window, data["resolution"], calendar, school) for window, data in windows),
        tuple(_agency(window, data["notice"], calendar, school) for window, data in agency),
    )


def _window(window: Window, cited: Mapping[str, Any], calendar: TermCalendar, school: School) -> WindowView:
    return WindowView(
        window,
        Resolution(cited["meeting"], cited["number"], _resolution_text(cited, school)),
        dict(_floors(window, calendar, school)),
        phase_on(window.opens, window.closes, school.today),
    )


def _floors(window: Window, calendar: TermCalendar, school: School) -> Iterator[tuple[int, date]]:
    """By year level, the day until which the agency wants a submission open at least."""
    for level in window.levels if window.stage == "submission" else ():
        floor = submission_floor(window.category, level, calendar, school)
        if floor is not None:
            yield level, floor.closes


def _resolution_text(cited: Mapping[str, Any], school: School) -> str | None:
    for record in school.of("meeting"):
        if f"{record.identity['term']}/{record.identity['date']}" == cited["meeting"]:
            found = (entry["text"] for entry in record.data["resolutions"] if entry["number"] == cited["number"])
            return next(found, None)
    return None


def _agency(window: AgencyWindow, notice: str, calendar: TermCalendar, school: School) -> AgencyWindowView:
    book = school.rulebooks.for_term(calendar.term)
    deadline = internal_deadline(window, book) if book is not None else None
    return AgencyWindowView(window, notice, deadline, phase_on(window.opens, window.closes, school.today))


def _code(code: Code, fixtures: Path) -> CodeView:
    cases = sorted(path for path in (fixtures / code.code / "bad").glob("*") if (path / "expected.txt").is_file())
    return CodeView(
        code,
        code.kinds if isinstance(code, Rule) else None,
        _example(cases[0]) if cases else None,
    )


def _example(case: Path) -> Example:
    removed = case / ".removed"
    return Example(
        files=tuple(_file(case, path) for path in sorted((case / "content").rglob("*")) if path.is_file()),
        removed=tuple(removed.read_text(encoding="utf-8").split()) if removed.is_file() else (),
        expected=(case / "expected.txt").read_text(encoding="utf-8"),
    )


def _file(case: Path, path: Path) -> File:
    data = path.read_bytes()
    return File(path.relative_to(case).as_posix(), _as_text(data), len(data))


def _as_text(data: bytes) -> str | None:
    if len(data) > MAX_EXAMPLE_BYTES or b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _schema(kind: Kind) -> SchemaView:
    schema = schemas.load()[kind.name]
    coded = {"/".join(filter(None, (field.category, field.name))): field.codes for field in kind.codes}
    return SchemaView(kind, schemas.followed(kind.name, schema), emit(schema["examples"][0]), coded)


def _reference() -> list[dict[str, Any]]:
    """What `licheng docs` wrote of the commands."""
    text = files("licheng.outputs.pages").joinpath("commands.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def _command(entry: Mapping[str, Any]) -> CommandView:
    return CommandView(entry["name"], entry["usage"], entry["about"], tuple(entry["parameters"]), entry["example"])
