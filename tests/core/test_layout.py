"""The table of kinds says all that is asked about them: no date of a schema is silently judged by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from licheng.core.layout import EACH, KINDS, Kind, Lasting, Role, home, part_of, samples
from licheng.sources import schemas

LOADED = schemas.load()
Pointer = tuple[str, ...]

# Dates that a kind's own `dates` leave out, each with the reason. A new date is named there or here.
_TO_AND_FROM = "somebody holds a post, a seat or a class from and to it, planned or past; DAT001 compares the two"
_PLANNED = "what the calendar plans: WIN001 to WIN010 and DAT001 judge it"
_VISIT = "a visit may be planned, and a visiting student's own school is another; DAT001 compares the two"
_LAST_USE = "the last day of a code that has ended: what COD003 judges records by"
_SEALED = "encrypted to the registrar: nobody here can read it"
EXCUSED: dict[tuple[str, str], str] = {
    ("accounts", "accounts/*/from"): _TO_AND_FROM,
    ("accounts", "accounts/*/to"): _TO_AND_FROM,
    ("agency-rules", "announced"): "the path says from when it holds, and announcements may be entered ahead",
    **{
        ("agency-rules", f"codes/{name}/values/*/until"): _LAST_USE
        for name in LOADED["agency-rules"]["properties"]["codes"]["properties"]
    },
    ("assembly", "resolutions/*/rulebook"): "names a rulebook by the day from which it holds",
    ("basic-data", "birth_date"): _SEALED,
    ("basic-data", "enrolment_changed_on"): _SEALED,
    ("basic-data", "indigenous_valid_until"): _SEALED,
    ("basic-data", "visiting/*/ends"): _SEALED,
    ("basic-data", "visiting/*/starts"): _SEALED,
    ("certification", "predicate/rulebook/id"): "names a rulebook by the day from which it holds; CER014 judges it",
    ("claim", "certified_on"): "CER022 judges it against the day of the signature",
    ("contest", "held_on"): "a contest is announced before it is held",
    ("course-offerings", "courses/*/sections/*/advising_teachers/*/from"): _TO_AND_FROM,
    ("course-offerings", "courses/*/sections/*/advising_teachers/*/to"): _TO_AND_FROM,
    ("course-offerings", "courses/*/sections/*/teachers/*/from"): _TO_AND_FROM,
    ("course-offerings", "courses/*/sections/*/teachers/*/to"): _TO_AND_FROM,
    ("evaluation", "figures/as_of"): "of figures that `licheng evaluate` writes",
    ("evaluation", "released"): "EVA004 judges it against `on` and today",
    ("genesis", "founded_on"): "added once, signed, never changed",
    ("meeting", "resolutions/*/due"): "a resolution is due later; MTG008 and MTG009 judge it",
    ("omission", "instead_by"): "what is made up for is done later, and in another term",
    ("rulebook", "passed/on"): "RBK004 and RBK009 judge it against the assembly and the day in force",
    ("school", "demo/today"): "the day on which a demo school's clock stands still",
    ("seat-holders", "terms/*/from"): _TO_AND_FROM,
    ("seat-holders", "terms/*/to"): _TO_AND_FROM,
    ("staff", "staff/*/posts/*/from"): _TO_AND_FROM,
    ("staff", "staff/*/posts/*/to"): _TO_AND_FROM,
    ("student", "events/*/on"): "makes the enrolment that other days are judged by; ENR002 judges its order",
    ("student", "visits/*/ends"): _VISIT,
    ("student", "visits/*/starts"): _VISIT,
    ("term-calendar", "agency/*/closes"): _PLANNED,
    ("term-calendar", "agency/*/opens"): _PLANNED,
    ("term-calendar", "amendments/*/closes"): _PLANNED,
    ("term-calendar", "amendments/*/on"): _PLANNED,
    ("term-calendar", "closing"): _PLANNED,
    ("term-calendar", "course_selection_closed"): _PLANNED,
    ("term-calendar", "days_off/*"): "days on which nobody works, past and to come: what working days are counted by",
    ("term-calendar", "ends"): _PLANNED,
    ("term-calendar", "make_up_days/*"): "days of work, past and to come: what working days are counted by",
    ("term-calendar", "meetings/*"): _PLANNED,
    ("term-calendar", "opening"): _PLANNED,
    ("term-calendar", "starts"): _PLANNED,
    ("term-calendar", "trainings/*/on"): _PLANNED,
    ("term-calendar", "windows/*/closes"): _PLANNED,
    ("term-calendar", "windows/*/opens"): _PLANNED,
    ("waiver", "until"): "until when a waiver lets something in; WIN010 judges it",
}

# Keywords below which a schema goes on, by how the pointer goes on with them.
_SAME = ("allOf", "anyOf", "oneOf", "prefixItems", "if", "then", "else", "not", "contains", "unevaluatedItems")
_ENTRIES = ("items", "additionalProperties", "unevaluatedProperties")


def _dates(schema: Any, document: Mapping[str, Any], pointer: Pointer = ()) -> Iterator[Pointer]:
    """The pointers of all fields whose format is a date, through every reference and branch of a schema."""
    for one in schema if isinstance(schema, list) else (schema,):
        if not isinstance(one, dict):
            continue
        if one.get("format") == "date":
            yield pointer
        if "$ref" in one:
            file, _, name = one["$ref"].partition("#/$defs/")
            target = LOADED["common"] if file else document
            yield from _dates(target["$defs"][name], target, pointer)
        for below, step in _below(one):
            yield from _dates(below, document, (*pointer, *step))


def _below(schema: Mapping[str, Any]) -> Iterator[tuple[Any, Pointer]]:
    """The schemas inside a schema, each with what they add to the pointer."""
    for name, field in schema.get("properties", {}).items():
        yield field, (name,)
    for keyword in _SAME:
        yield schema.get(keyword), ()
    for keyword in _ENTRIES:
        yield schema.get(keyword), (EACH,)
    yield list(schema.get("patternProperties", {}).values()), (EACH,)


def dates_of(kind: str) -> set[str]:
    """As `absences/*/on`."""
    return {"/".join(pointer) for pointer in _dates(LOADED[kind], LOADED[kind])}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_date_of_a_schema_is_judged_or_excused_by_name(kind: Kind) -> None:
    judged = {"/".join(field.pointer) for field in kind.dates if field.pointer}
    excused = {pointer for name, pointer in EXCUSED if name == kind.name}
    assert judged | excused == dates_of(kind.name), "name it in the kind's `dates`, or in EXCUSED with its reason"
    assert not judged & excused


def test_the_walk_sees_through_references_lists_and_branches() -> None:
    common = {"$ref": "common.schema.json#/$defs/date"}
    schema = {
        "$defs": {"own": {"properties": {"in": common}}},
        "properties": {"a": {"type": "array", "items": {"$ref": "#/$defs/own"}},
                       "b": {"oneOf": [{"type": "null"}, common]}},
        "if": {"properties": {"x": True}},
        "then": {"properties": {"c": common, "d": {"additionalProperties": common}}},
    }  # fmt: skip
    assert set(_dates(schema, schema)) == {("a", EACH, "in"), ("b",), ("c",), ("d", EACH)}


def test_the_day_in_a_path_is_named_only_where_there_is_one() -> None:
    assert all("date" in kind.parameters for kind in KINDS for field in kind.dates if not field.pointer)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.codes], ids=lambda kind: kind.name)
def test_every_field_of_codes_is_in_the_schema(kind: Kind) -> None:
    schema = schemas.followed(kind.name, LOADED[kind.name])
    branches = dict(_branches(schema))
    for field in kind.codes:
        fields = branches[field.category] if field.category else schema["properties"]
        assert _reached(fields, field.pointer), field


def _reached(fields: Mapping[str, Any], pointer: Pointer) -> bool:
    """Whether a pointer leads to a field of an object with these fields; references are followed already."""
    inner = fields.get(pointer[0])
    for name in pointer[1:]:
        inner = (inner["items"] if name == EACH else inner["properties"].get(name)) if inner is not None else None
    return inner is not None


def test_a_field_of_codes_that_is_not_there_is_told() -> None:
    fields = schemas.followed("course-records", LOADED["course-records"])["properties"]
    assert _reached(fields, ("courses", EACH, "retake_mode"))
    assert not _reached(fields, ("courses", EACH, "retaken_mode"))


def _branches(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Of a schema with categories: each with its fields."""
    for branch in schema.get("allOf", ()):
        category = branch.get("if", {}).get("properties", {}).get("category", {}).get("const")
        if category is not None:
            yield category, {**schema["properties"], **branch["then"].get("properties", {})}


def test_what_a_kind_says_of_itself_fits_its_path_and_its_schema() -> None:
    for kind in KINDS:
        properties = LOADED[kind.name]["properties"]
        assert kind.handed_in == ("submitted" in properties), kind.name
        assert kind.files == ("attachments" in properties), kind.name
        assert kind.of_period or not kind.periodic, kind.name
        assert kind.of_student or not (kind.periodic or kind.registered or kind.counted or kind.confidential), kind.name
        assert "date" in kind.parameters or kind.lasting is not Lasting.IN_FORCE, kind.name


def test_rows_of_the_status_are_numbered_once() -> None:
    rows = sorted(kind.counted for kind in KINDS if kind.counted)
    assert rows == list(range(1, len(rows) + 1))


def test_a_path_of_each_kind_names_it_and_no_other() -> None:
    for name, path in samples():
        where = home(path)
        assert where is not None
        assert where.kind.name == name
        assert [kind.name for kind in KINDS if kind.pattern.fullmatch(path)] == [name]


def test_the_authority_table_may_name_every_kind_and_nothing_else() -> None:
    assert sorted(LOADED["common"]["$defs"]["recordKind"]["enum"]) == sorted(kind.name for kind in KINDS)


ITEM = "content/students/113/s1139901/terms/115-1/outputs/pendulum"
DECISION = "content/certifications/113/s1139901/terms/115-1/outputs/pendulum/0001-certified.json"


@pytest.mark.parametrize(
    ("path", "role", "kind"),
    [
        (f"{ITEM}/item.md", Role.RECORD, "course-output"),
        (f"{ITEM}/report.pdf", Role.ATTACHMENT, "course-output"),
        (f"{ITEM}/report.pdf.sig", Role.ATTACHMENT, "course-output"),  # a file of the student's, whatever its name says
        (f"{ITEM}/item.md.sig", Role.ATTACHMENT, "course-output"),
        (DECISION, Role.RECORD, "certification"),
        (f"{DECISION}.sig", Role.SIGNATURE, "certification"),
        ("content/delegations/leave.json.sig", Role.SIGNATURE, "delegation"),
        ("content/students/113/s1139901/clubs/chess.yaml", Role.RECORD, "club"),
    ],
)
def test_the_part_that_a_file_has_in_a_record(path: str, role: Role, kind: str) -> None:
    part = part_of(path)
    assert part is not None
    assert (part.role, part.home.kind.name) == (role, kind)
    assert part.is_signed == (kind in {"certification", "delegation"})


@pytest.mark.parametrize(
    "path",
    [
        f"{ITEM}/deeper/report.pdf",
        f"{DECISION}.sig.sig",
        "content/students/113/s1139901/clubs/chess.yaml.sig",
        "content/students/113/s1139901/clubs/chess.pdf",
        "content/trust/allowed_signers",
        "README.md",
        "",
    ],
)
def test_a_file_of_no_record_has_no_part(path: str) -> None:
    assert part_of(path) is None
