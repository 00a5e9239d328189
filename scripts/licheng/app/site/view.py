"""The site's pages: what of the school they may show.

`view` is the one door between records and the site: of students it takes a rounded status and nothing else.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path

from licheng.app.codes import EVERY
from licheng.app.day import day_of
from licheng.app.site.group import evaluation_views, meeting_views, seat_views, training_views
from licheng.app.site.signing import addresses_of, signing_page
from licheng.app.status import read_school, weekly
from licheng.core.calendar import TermCalendar
from licheng.core.dates import TAIPEI
from licheng.core.finding import Code
from licheng.core.layout import KINDS, Kind
from licheng.core.moments import known_moment
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.exchange.rosters import homes
from licheng.outputs.naming import Label
from licheng.outputs.pages.ical import FeedStamp
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
    SigningPageView,
    SiteView,
    WindowView,
)
from licheng.outputs.signing_page import digests
from licheng.policy import sight
from licheng.policy.calendar import internal_deadline, phase_on, submission_floor
from licheng.policy.deadlines import deadlines, duty_dates, duty_rows, owners
from licheng.policy.reminders import reminder_days
from licheng.policy.roles import roles
from licheng.policy.status import public_day
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
    school = read_school(tree, day_of(tree, None))
    own, epoch = school.one("school"), _epoch()
    facts = own.data if own is not None else {}
    # A demo's clock stands still; else `SOURCE_DATE_EPOCH` fixes the build's moment, so that builds are reproducible.
    live = own is not None and "demo" not in facts
    school = replace(school, today=epoch.date()) if live and epoch is not None else school
    today, terms = school.today, school.calendars
    standing = datetime.combine(today, time.min, TAIPEI)
    moment = (epoch or last_commit(root) or standing) if live else standing
    return SiteView(
        today=today,
        demo="demo" in facts,
        name=facts.get("name", {}),
        units=_names(school, "units"),
        posts=_names(school, "posts"),
        practice={entry["of"]: entry["note"] for entry in facts.get("practice", ())},
        contacts=tuple((entry["label"], entry["value"]) for entry in facts.get("public_contacts", ())),
        rulebook=school.rulebooks.on(today),
        agency=school.agency.layers,
        calendars=tuple(_calendar(terms[term], school) for term in sorted(terms, reverse=True)),
        deadlines=deadlines(school),
        duties=tuple(
            DutyView(duty, owners(duty.row["responsible"]), phase_on(terms[duty.term].starts, duty.due, today))
            for duty in duty_dates(school)
        ),
        duty_items={row["id"]: row["item"] for row in duty_rows(school)},
        sight=sight.rows(school),
        roles=roles(school),
        stamp=FeedStamp(facts.get("code", "school"), moment, reminder_days(school)),
        status=weekly(tree, root, school) if school.rulebooks.on(today) is not None else None,
        status_as_of=public_day(today),
        codes=tuple(_code(code, root / "tests/fixtures") for code in EVERY),
        schemas=tuple(map(_schema, KINDS)),
        seats=seat_views(school),
        meetings=meeting_views(school),
        trainings=training_views(school),
        evaluations=evaluation_views(school),
        rulebooks=school.rulebooks.versions,
        commands=tuple(  # as `licheng docs` wrote of them
            CommandView(entry["name"], entry["usage"], entry["about"], tuple(entry["parameters"]), entry["example"])
            for entry in json.loads(files("licheng.outputs.pages").joinpath("commands.json").read_text("utf-8"))
        ),
        signing_page=_signing_page(school),
        homes=homes(),
    )


def _signing_page(school: School) -> SigningPageView | None:
    page, addresses = signing_page(school), addresses_of(school)
    if page is None or addresses is None:
        return None
    return SigningPageView(**addresses, digests=digests(page))


def _names(school: School, field: str) -> dict[str, Label]:
    return {entry["id"]: entry["name"] for record in school.of("school") for entry in record.data[field]}


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
    windows = []
    for window, data in zip(calendar.windows, calendar.record.data.get("windows", ()), strict=True):
        cited = data["resolution"]
        texts = (
            entry["text"]
            for record in school.of("meeting")
            if f"{record.identity['term']}/{record.identity['date']}" == cited["meeting"]
            for entry in record.data["resolutions"]
            if entry["number"] == cited["number"]
        )
        # By year level, the day until which the agency wants a submission open at least.
        levels = window.levels if window.stage == "submission" else ()
        floors = {(kind, level): submission_floor(kind, level, calendar, school)
                  for level in levels for kind in window.kinds}  # fmt: skip
        shown = WindowView(
            window,
            Resolution(cited["meeting"], cited["number"], next(texts, None)),
            {level: floor.closes for (_, level), floor in floors.items() if floor is not None},
            phase_on(window.opens, window.closes, school.today),
        )
        windows.append(shown)
    agency = zip(calendar.agency, calendar.record.data.get("agency", ()), strict=True)
    book = school.rulebooks.for_term(calendar.term)
    return CalendarView(
        calendar,
        tuple(windows),
        tuple(
            AgencyWindowView(
                window,
                data["notice"],
                internal_deadline(window, book) if book is not None else None,
                phase_on(window.opens, window.closes, school.today),
            )
            for window, data in agency
        ),
    )


def _code(code: Code, fixtures: Path) -> CodeView:
    bad = fixtures / code.code / "bad"
    cases = sorted(bad.iterdir()) if bad.is_dir() else []
    case, example = next((path for path in cases if (path / "expected.txt").is_file()), None), None
    if case is not None:
        removed, shown = case / ".removed", []
        for path in sorted(Path(folder, name) for folder, _, names in os.walk(case / "content") for name in names):
            data, text = path.read_bytes(), None
            if len(data) <= MAX_EXAMPLE_BYTES and b"\0" not in data:
                with suppress(UnicodeDecodeError):
                    text = data.decode("utf-8")
            shown.append(File(path.relative_to(case).as_posix(), text, len(data)))
        example = Example(
            files=tuple(shown),
            removed=tuple(removed.read_text(encoding="utf-8").split()) if removed.is_file() else (),
            expected=(case / "expected.txt").read_text(encoding="utf-8"),
        )
    return CodeView(code, code.kinds if isinstance(code, Rule) else None, example)


@cache  # of this program, whatever the school
def _schema(kind: Kind) -> SchemaView:
    schema = schemas.load()[kind.name]
    coded = {"/".join(filter(None, (field.category, field.name))): field.codes for field in kind.codes}
    return SchemaView(kind, schemas.followed(kind.name, schema), emit(schema["examples"][0]), coded)
