"""`licheng promote`: a plan of the turn of a school year, written, edited by the registrar, then carried out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheng.app.loading.enrolments import enrolments
from licheng.core.errors import UsageError, reason_of
from licheng.core.location import Place
from licheng.core.term import year_on
from licheng.policy.promotion import (
    NotAPlanError,
    PlanFault,
    Promotion,
    PromotionPlan,
    first_plan,
    plan_of,
    promotion,
)
from licheng.sources import yaml
from licheng.sources.editing import edited
from licheng.sources.emit import emit
from licheng.sources.markdown import yaml_span
from licheng.sources.tree import Tree
from licheng.storage.plan import Plan

_HEAD = """\
# 升級計畫：改好再執行 licheng promote {year} --plan 這個檔案。
# classes：去年的班級 → 新的班級；畢業寫 {{graduation: 日期}}。
# students：和全班不同的人，一人一行，寫學生代號：
#   留級  s1150001: {{level: 10, class: 10b}}    換班  s1150002: {{level: 11, class: 11b}}
#   轉出  s1150003: {{transfer-out: {year_before}-07-20}}
"""


class PlanFile(NamedTuple):
    """A plan as it was read.

    Attributes:
        path: what errors call it.
        text: of the file, in which places of errors are looked up.
        plan: what it says.
    """

    path: str
    text: str
    plan: PromotionPlan


class Promoted(NamedTuple):
    """What would be written, and what it does."""

    plan: Plan
    promotion: Promotion


def check_year(year: int, today: date) -> None:
    """Refuse a year that is neither this one nor the next: its classes are nobody's to give yet, or any more.

    Raises:
        UsageError: APP244.
    """
    this = year_on(today)
    if year not in {this, this + 1}:
        raise UsageError("APP244", year=year, this=this, next=this + 1)


def draft(tree: Tree, year: int, graduation: date | None) -> PlanFile:
    """A plan to begin with: everybody one year level up, in the class of the same letter.

    Args:
        tree: the school's files.
        year: the school year that begins.
        graduation: of whoever is still in the last year level.

    Raises:
        UsageError: APP240, nobody was at the school; APP242, some have not graduated and no day is given; APP270, a
            student's record cannot be read.
    """
    day = graduation.isoformat() if graduation is not None else ""
    data = first_plan(enrolments(tree), year, day)
    top = [name for name, way in data["classes"].items() if way == {"graduation": ""}]
    if top:
        raise UsageError("APP242", classes=tuple(top), year=year)
    if not data["classes"]:
        raise UsageError("APP240", year=year)
    text = _HEAD.format(year=year, year_before=year + 1911) + emit(data)
    return PlanFile("-", text, plan_of(data))


def read_plan(path: Path, year: int) -> PlanFile:
    """The registrar's plan.

    Raises:
        UsageError: APP024, it cannot be read; APP241, it is no plan, or of another year.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError("APP024", path=str(path), detail=reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise UsageError("APP241", path=str(path), line=1, case="not-utf8") from error
    try:
        plan = plan_of(yaml.parse(text))
    except yaml.OutsideSubsetError as error:
        detail = yaml.finding("", error)
        raise UsageError("APP241", path=str(path), line=error.line, case="yaml", detail=detail) from error
    except NotAPlanError as error:
        raise _refused(str(path), text, error.fault) from error
    if plan.year != year:
        raise _refused(str(path), text, PlanFault(("year",), "not-that-year", {"year": plan.year, "asked": year}))
    return PlanFile(str(path), text, plan)


def promoted(tree: Tree, file: PlanFile) -> Promoted:
    """What a plan would write: one event in the record of each student.

    Raises:
        UsageError: APP241, it contradicts the records; APP270, a student's record cannot be read; APP243, one cannot
            be added to in its place.
    """
    students = enrolments(tree)
    result = promotion(file.plan, students)
    if result.faults:
        raise _refused(file.path, file.text, result.faults[0], len(result.faults) - 1)
    replaces = {}
    for step in result.steps:
        record = students[step.student]
        events = record.data["events"]
        meant = {**record.data, "events": [*events, step.event]}
        text = edited(record.text, [(("events", len(events)), dict(step.event))], meant)
        if text is None:
            raise UsageError("APP243", path=record.path)
        replaces[record.path] = (record.text.encode(), text.encode())
    return Promoted(Plan(replaces=replaces), result)


def _refused(path: str, text: str, fault: PlanFault, more: int = 0) -> UsageError:
    where = yaml.locate(Place(path, text, fault.pointer, on_key=True), yaml_span)
    return UsageError("APP241", path=path, line=where.line, case=fault.case, more=more, **fault.values)
