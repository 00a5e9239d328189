"""`licheng new`: a valid draft of a record at its path, with the schema line that editors read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licheng.app.attach import Care, Copy, added, copies
from licheng.app.check import check
from licheng.app.day import parse_day
from licheng.app.loading.load import Loaded
from licheng.app.taken import marks_to_fill, taken
from licheng.core.errors import LichengError, UsageError
from licheng.core.finding import Severity
from licheng.core.layout import BY_NAME, KINDS, PARTS, STUDENTS, Form, Home, Kind, home, student_folder
from licheng.core.record import TO_FILL, Record
from licheng.core.report import LocatedFinding, apart
from licheng.core.term import Term, year_on
from licheng.policy.offerings import copied
from licheng.sources import schemas, yaml
from licheng.sources.emit import document
from licheng.sources.reading import read_kinds, read_record, read_school
from licheng.sources.tree import Tree, With, WorkTree
from licheng.storage.plan import Plan

if TYPE_CHECKING:
    from licheng.app.registry.commitments import Rows

_ROUNDS = 5
# How a part of a path is written, where it is not plain to see.
_EXAMPLES = {
    "student": "s1139907",
    "cohort": "s1139907",
    "year": "115",
    "slug": "pendulum-lab",
    "date": "2026-09-11",
    "staff": "t012",
    "sequence": "0001",
    "decision": "certified",
    "subject": "basic-data",
    "batch": "regular",
}


def find_kind(name: str) -> Kind:
    """The kind of that name that can be written as a plain file.

    Raises:
        UsageError: APP008, there is none.
    """
    kind = BY_NAME.get(name)
    if kind is None:
        raise UsageError("APP008", kind=name, known=", ".join(known.name for known in KINDS))
    return kind


# What only a person can say, a draft may still lack: text, and that there was no absence.
TO_BE_SAID = frozenset({"TXT003", "DAT007"})


def scaffold(
    kind: Kind,
    tree: WorkTree,
    today: date,
    identity: Mapping[str, str],
    values: Mapping[str, str],
    files: Sequence[Path] = (),
    care: Care = Care.USUAL,
    body: str = "",
    rows: Rows | None = None,
) -> tuple[Plan, list[Copy]]:
    """The plan that writes a new draft, and the copies of files that it makes.

    Args:
        kind: what to write.
        tree: where it will stand; tells a student's cohort.
        today: fills dates, terms and school years that were not given.
        identity: what the path needs and the caller gave: student, term, slug, …
        values: fields that the caller gave, as text.
        files: what to copy beside it and to list.
        care: what the copies may leave out.
        body: the text of a record in Markdown; the word that stands for one where it is empty.
        rows: of the identity table, by which basic data are checked.

    Raises:
        UsageError: APP010, something is missing that cannot be guessed; APP116, something is given that the kind does
            not use; APP017, a value is not valid; APP011, APP012, APP014, APP015, APP018, APP060, APP065 to APP067, a
            file cannot be attached; APP230 to APP232, the identity table does not have what is checked.
    """
    path, where = _placed(kind, _identity(kind, tree, today, identity))
    facts, given = known(kind, tree, today, where.identity, rows), _given(values)
    draft = Record(path, kind.name, where.identity, given, "", 0)
    if files and not kind.files:
        raise UsageError("APP017", name="--attach", value=kind.name)
    attached = copies(tree.root, draft, files, today, care=care) if files else []
    given |= {"attachments": [copy.entry for copy in attached]} if attached else {}
    data = _filled(kind, {"kind": f"{kind.name}/v1", **facts, **given}, today)
    if body and kind.form is not Form.MARKDOWN:
        raise UsageError("APP116", kind=kind.name, name="--body-file", used="--set")
    left = marks_to_fill(tree, today, where.identity) if kind.name == "marks" else ""
    text = document(kind, path, data, f"\n{body.strip()}" if body else left)
    _, faults = read_record(path, where, text.encode())  # what this command writes, it can read
    if faults:
        raise UsageError("APP017", name=path, value=faults[0])
    # The record last: whenever it is there, so is all that it lists.
    writes = {**added(tree.root, draft, attached), path: text.encode()}
    before = dict[str, bytes]()
    if kind.name == "verification":
        from licheng.app.verification import replaced  # as in `known`

        before = replaced(tree, path, facts)
    plan = Plan.over(writes, before)
    must_be_right(tree, plan, path, today)
    return plan, attached


def _placed(kind: Kind, parts: Mapping[str, str]) -> tuple[str, Home]:
    """The path of a record of these parts, and what the path says of it.

    Raises:
        UsageError: APP017, a part is not of its form, told as the option that gives it.
    """
    path = kind.path(**parts)
    where = home(path)
    if where is not None and where.kind is kind:
        return path, where
    name = next((name for name, text in parts.items() if re.fullmatch(PARTS[name], text, re.ASCII) is None), "date")
    option = "--student" if name == "cohort" else f"--{name}"  # a new student's cohort is in its number
    value = parts["student"] if name == "cohort" else parts[name]
    if name == "term":
        raise UsageError("APP017", name=option, value=value, case="no-such-term")
    raise UsageError("APP017", name=option, value=value, example=_EXAMPLES.get(name, kind.template), case="form")


def _given(values: Mapping[str, str]) -> dict[str, Any]:
    """From the command line, read as our YAML: a number, true, text, or a list or mapping in brackets."""
    given: dict[str, Any] = dict(values)
    for name, text in values.items():
        with suppress(yaml.OutsideSubsetError):
            given[name] = yaml.parse(text) if text else text
    return given


def known(kind: Kind, tree: Tree, today: date, identity: Mapping[str, str], rows: Rows | None) -> dict[str, Any]:
    """What a draft knows before anybody writes: a meeting's seats, a term's edges, a check's files, courses.

    Raises:
        UsageError: APP230 to APP232, the identity table does not have what is checked.
    """
    match kind.name:  # each imports what no other kind needs
        case "meeting":
            from licheng.app.meeting import prefilled

            return prefilled(tree, today, identity)
        case "term-calendar":
            from licheng.app.calendar_draft import calendar_draft

            term = Term.parse(identity["term"])
            return calendar_draft(term, short=read_kinds(tree, today, ("genesis",)).is_before_start(term))
        case "verification":
            from licheng.app.verification import computed

            return computed(tree, identity, rows)
        case "signature":
            from licheng.app.signature import printed

            return printed(tree, identity)
        case "course-offerings":
            courses = copied(read_school(tree, today, students=frozenset())[0], Term.parse(identity["term"]))
            return {"courses": courses} if courses else {}
        case "course-records":
            return taken(tree, today, identity)
        case _:
            return {}


def _identity(kind: Kind, tree: Tree, today: date, given: Mapping[str, str]) -> dict[str, str]:
    """The parts of the path, given or guessed; what would do nothing is a mistake, as its author means something."""
    # A day may also say the term or the school year; the cohort follows from the student.
    dated = {"date"} if {"term", "year"} & set(kind.parameters) else set()
    unused = [name for name in given if name not in {*kind.parameters, *dated}]
    if unused:
        used = tuple(f"--{name}" for name in kind.parameters if name != "cohort") or ("--set",)
        raise UsageError("APP116", name=tuple(f"--{name}" for name in unused), kind=kind.name, used=used)
    on = parse_day(given["date"]) if "date" in given else today
    guessed = {"term": str(Term.on(on)), "year": str(year_on(on)), "date": today.isoformat()}
    identity = {name: given.get(name) or guessed.get(name) for name in kind.parameters}
    if "cohort" in identity and (student := identity.get("student")):
        cohorts = (cohort for cohort in tree.folders(STUDENTS) if student in tree.folders(f"{STUDENTS}/{cohort}"))
        identity["cohort"] = next(cohorts, student[1:4])  # a new student's number begins with it
    missing = next((name for name, value in identity.items() if value is None), None)
    if missing is not None:
        raise UsageError("APP010", name=f"--{missing}", kind=kind.name)
    return {name: str(value) for name, value in identity.items()}


def _filled(kind: Kind, data: dict[str, Any], today: date) -> dict[str, Any]:
    """The data with every required field, round by round: a category's fields are only required once it is there."""
    for _ in range(_ROUNDS):
        missing = [*schemas.missing(kind.name, data)]
        if not missing:
            break
        for pointer, name, part in missing:
            target: Any = reduce(getitem, pointer, data)  # type: ignore[arg-type]  # down from what is a mapping
            if name not in target:  # two conditions may ask for the same
                target[name] = _placeholder(kind, name, part, today)
    for fault in schemas.check(Record("", kind.name, {}, data, "", 0)):
        raise UsageError("APP017", name="--set", value=fault)
    # Fields in the schema's order, the rest behind them.
    order = [name for name in schemas.load()[kind.name].get("properties", {}) if name in data]
    return {name: data[name] for name in (*order, *data)}


def _placeholder(kind: Kind, name: str, schema: Any, today: date) -> Any:
    """A value that the schema accepts and that a person will see is still to be filled in.

    Raises:
        UsageError: APP010, the field names something that exists (a course, a person): the caller must say which.
    """
    schema = schemas.followed(kind.name, schema or schemas.load()[kind.name]["properties"][name])
    simple = {"boolean": False, "array": [], "object": {}}
    wanted = schema.get("type")
    if "const" in schema:
        return schema["const"]
    if wanted == "integer" or wanted == ["number", "string"]:
        return max(1, int(schema.get("minimum", 0)))
    if schema.get("format") == "date":
        return today.isoformat()
    if wanted in simple and not schema.get("minItems"):
        return simple[wanted]
    pattern = str(schema.get("pattern", ""))
    if wanted == "string" and not ({"enum", "format"} & schema.keys()) and re.search(pattern, TO_FILL):
        return TO_FILL
    if wanted == "object" or "enum" in schema or "pattern" in schema or "minItems" in schema:
        raise UsageError("APP010", name=f"--set {name}=…", kind=kind.name)
    raise LichengError("APP099", place=f"{kind.name}.schema.json", detail=name)


def must_be_right(tree: Tree, plan: Plan, path: str, today: date) -> None:
    """A draft stands the check in its place: what it names exists, and nothing beside it becomes wrong by it.

    Of one work too many, the finding is of the last by name, which need not be the new one.

    Raises:
        UsageError: APP023, something is wrong.
    """
    written = {**plan.creates, **{name: data for name, (_, data) in plan.replaces.items()}}
    for finding in faults_of(tree, written, path, today):
        raise UsageError("APP023", path=path, code=finding.code, fault=finding)


def faults_of(
    tree: Tree,
    written: Mapping[str, bytes],
    path: str,
    today: date,
    within: Loaded | None = None,
    unsaid: frozenset[str] = TO_BE_SAID,
) -> tuple[LocatedFinding, ...]:
    """What would be wrong with a draft, and with what lies beside it, by the draft.

    Args:
        tree: as it is.
        written: the files that the draft brings, by path.
        path: of the draft's record.
        today: the day of the check.
        within: the school as it was read, if the draft is a student's.
        unsaid: codes of what it may still lack.
    """
    folder = student_folder(path) or path
    wrong = _errors(With(tree, written), today, folder, within, unsaid)
    if any(finding.location.path != path for finding in wrong):
        wrong, _ = apart(wrong, _errors(tree, today, folder, within, unsaid))
    return wrong


def _errors(
    tree: Tree, today: date, folder: str, within: Loaded | None, unsaid: frozenset[str]
) -> tuple[LocatedFinding, ...]:
    """What is wrong below a path, if anything is there; what a person still has to say, a draft says so."""
    if next(tree.entries(folder), None) is None:
        return ()
    report = check(tree, today, paths=[folder], within=within)
    errors = (finding for finding in report.findings if finding.severity is Severity.ERROR)
    return tuple(finding for finding in errors if finding.code not in unsaid)
