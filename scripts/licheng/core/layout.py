"""Every kind of record: where it lives in `content/` (the path is the identity), and what the rules ask about it.

One table, `KINDS`; the checker, the gate, the scaffold, the schemas' pages and the editor settings all read it. Rules
name the kinds that they judge; what a kind is, is said here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from licheng.core.location import Pointer

CONTENT = "content"
STUDENTS = f"{CONTENT}/students"
CERTIFICATIONS = f"{CONTENT}/certifications"
CHANGES = f"{CONTENT}/changes"
SEALS = f"{CONTENT}/seals"
HANDBOOK = f"{CONTENT}/handbook"
ALLOWED_SIGNERS = f"{CONTENT}/trust/allowed_signers"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

PARTS = {
    "cohort": r"1[0-9]{2}",
    "student": r"s[0-9]{7}",
    "term": r"1[0-9]{2}-[12]",
    "year": r"1[0-9]{2}",
    "slug": r"[a-z0-9]+(?:-[a-z0-9]+)*",
    "date": DATE,
    "staff": r"t[0-9]{3,6}",
    "sequence": r"[0-9]{4}",
    "digest": r"[0-9a-f]{64}",
    "decision": r"certified|returned|revoked|reaffirmed",
    "subject": r"basic-data|course-records|statement|attendance|exploration|marks",  # kinds: a file a student and term
    "batch": r"[a-z0-9]+(?:-[a-z0-9]+)*",  # which there are the agency and the rulebook say (WIN014)
    "demand": r"[a-z0-9]+(?:-[a-z0-9]+)*",  # an audience of the rulebook, `meeting` or `notices`
}


class Form(StrEnum):
    """How a record is written."""

    YAML = "yaml"
    MARKDOWN = "markdown"
    SIGNED = "signed"


class Lasting(StrEnum):
    """What may become of a record once main holds it, whoever has the right to write it (GAT004, GAT006)."""

    EDITED = "edited"
    IN_FORCE = "in-force"  # edited until the day in its path, never after
    GROWS = "grows"  # keys, coordinators, consents: what they say stays, an ending may be added
    ADDED_ONLY = "added-only"
    NEVER = "never"  # not even added: a school is founded once


# What is demanded of each term besides the trainings of the rulebook's audiences; explained by `licheng not-held`.
MEETING, NOTICES = "meeting", "notices"

EACH = "*"
ANY = "any"


class DateField(NamedTuple):
    """A day that a record names.

    Attributes:
        pointer: keys to the field, `EACH` for every entry of a list; empty for the day in the path.
        within: it lies in the term or school year of the path (DAT003), and a student's in the time at the school
            (ENR001).
        past: it tells of what has happened, so it does not lie after today (DAT002).
    """

    pointer: tuple[str, ...]
    within: bool = True
    past: bool = True


class CodeField(NamedTuple):
    """A field that holds a code, or several, of one of the agency's lists (代碼表, COD001 to COD003).

    Attributes:
        pointer: keys to the field, `EACH` for every entry of a list.
        codes: the list's name in `rulebook/agency/`.
        category: of the record, where only records of one category have the field.
    """

    pointer: tuple[str, ...]
    codes: str
    category: str = ""

    @property
    def name(self) -> str:
        """As a schema's page writes it: `courses[].retake_mode`; a list of codes by the list's own name."""
        return ".".join(self.pointer).removesuffix(f".{EACH}").replace(f".{EACH}", "[]")


def values_at(data: Any, names: tuple[str, ...], pointer: Pointer = ()) -> Iterator[tuple[Any, Pointer]]:
    """Every value of a record's data at keys that may say `EACH`, with its pointer, in the record's order."""
    for depth, name in enumerate(names):
        if name == EACH:
            for index, entry in enumerate(data):
                yield from values_at(entry, names[depth + 1 :], (*pointer, *names[:depth], index))
            return
        if name not in data:
            return
        data = data[name]
    yield data, (*pointer, *names)


# What a record may be long; of the list of everybody's accounts, 20,000 entries.
MOST_BYTES, MOST_BYTES_OF_ALL, UNBOUNDED = 1 << 20, 8 << 20, 1 << 62


@dataclass(frozen=True)
class Kind:
    """A kind of record: all that is known of it but for its schema, which has its name.

    Attributes:
        name: as in the record's `kind` and in the schema's file name.
        template: the path below `content/`, with `{student}` and the like.
        files: the record may have attachments beside it.
        dates: the days that it names; where its path has no term, a student's is judged by the first of them. A test
            excuses by name every other date of its schema.
        codes: its fields of codes.
        periodic: the student was at the school in the term or school year of its path (ENR001).
        handed_in: the student writes it as a draft and hands it in (`submitted`).
        registered: the school or an outside body registers it; a rulebook may exempt its folder from quotas (肆.一).
        counted: its row among what the status counts of students' records; 0 is not counted.
        lasting: what may become of it on main.
        needed: every school has one (RBK007).
        confidential: plain text that must not leave the school (DOC050).
        beside: the kind with whose category its records go where a rulebook does not name the kinds of its categories.
        timed: the stage of which every term's calendar has a window for its category, `ANY` for whichever; a rulebook
            may ask for others.
        rosters: those of the agency that carry it.
        most_bytes: the largest file of a record (FIL006).
        of_student: it lies in a student's folder.
    """

    name: str
    template: str
    files: bool = False
    _: KW_ONLY
    dates: tuple[DateField, ...] = ()
    codes: tuple[CodeField, ...] = ()
    periodic: bool = False
    handed_in: bool = False
    registered: bool = False
    counted: int = 0
    lasting: Lasting = Lasting.EDITED
    needed: bool = False
    confidential: bool = False
    beside: str = ""
    timed: str = ""
    rosters: tuple[str, ...] = ()
    most_bytes: int = MOST_BYTES
    of_student: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "of_student", self.template.startswith("students/"))

    @cached_property
    def form(self) -> Form:
        """Told by the file name."""
        suffix = self.template.rpartition(".")[2]
        return {"yaml": Form.YAML, "md": Form.MARKDOWN, "json": Form.SIGNED}[suffix]

    @property
    def folder(self) -> str:
        """The folder below the student's (`positions`) or below `content/` that holds all of the kind."""
        return self.template.split("/")[3 if self.of_student else 0]

    @property
    def of_period(self) -> bool:
        """The path names a term or a school year."""
        return not {"term", "year"}.isdisjoint(self.parameters)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names that the path gives a value to."""
        return tuple(re.findall(r"{(\w+)}", self.template))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the whole path from the repository's root."""
        parts = re.split(r"{(\w+)}", self.template)
        literals = [re.escape(part) for part in parts[::2]]
        groups = [f"(?P<{name}>{PARTS[name]})" for name in parts[1::2]]
        woven = "".join(a + b for a, b in zip(literals, [*groups, ""], strict=True))
        return re.compile(f"{CONTENT}/{woven}")

    def path(self, **identity: str) -> str:
        """The path of the record of that identity, from the repository's root."""
        return f"{CONTENT}/{self.template.format(**identity)}"


_STUDENT = "students/{cohort}/{student}"
_SEALED = "seals/{cohort}/{student}"
_ON = DateField(("on",))
# It begins and ends while the student is here, and may be planned.
_SPAN = (DateField(("starts",), past=False), DateField(("ends",), past=False))
_RECORDED_ON = DateField(("recorded_on",))


def _done(*names: str) -> tuple[DateField, ...]:
    """Days on which somebody did something about a student or the school, which may be after the time it is about."""
    return tuple(DateField((name,), within=False) for name in names)


KINDS: tuple[Kind, ...] = (
    Kind(
        "school",
        "school/school.yaml",
        codes=(
            CodeField(("programmes", EACH, "cluster"), "clusters_of_programmes"),
            CodeField(("programmes", EACH, "division"), "divisions"),
            CodeField(("programmes", EACH, "class_type"), "class_types"),
            CodeField(("special_classes", EACH, "division"), "divisions"),
            CodeField(("special_classes", EACH, "class_type"), "class_types"),
        ),
        needed=True,
    ),
    Kind("staff", "school/staff.yaml", needed=True),
    Kind("accounts", "school/accounts.yaml", needed=True, most_bytes=MOST_BYTES_OF_ALL),
    Kind("duties", "school/duties.yaml", needed=True),
    Kind("course-offerings", "school/courses/{term}.yaml"),
    Kind("contest", "school/contests/{slug}.yaml", codes=(CodeField(("level",), "contest_levels"),)),
    Kind("assembly", "school/assembly/{date}.md", dates=(DateField((), within=False),)),
    Kind("term-calendar", "calendar/{term}.yaml", needed=True),
    Kind("rulebook", "rulebook/{date}.yaml", lasting=Lasting.IN_FORCE, needed=True),
    Kind("agency-rules", "rulebook/agency/{date}.yaml", lasting=Lasting.IN_FORCE, needed=True),
    Kind("seat-holders", "working-group/seats.yaml"),
    Kind("meeting", "working-group/{term}/{date}.md", dates=(DateField(()),)),
    Kind("training", "training/{term}/{slug}.md", dates=(DateField(("on",), past=False),)),
    Kind("omission", "training/{term}/omissions/{demand}.yaml", lasting=Lasting.ADDED_ONLY),
    Kind("notice", "notices/{term}/{slug}.yaml", dates=(_ON,)),
    Kind("evaluation", "evaluation/{year}.md", dates=_done("on")),
    Kind("support-request", "support/{slug}.yaml", dates=_done("reported_on", "closed_on")),
    Kind(
        "agency-submission",
        "submissions/{year}/{slug}.yaml",
        dates=_done("submitted_on"),
        lasting=Lasting.ADDED_ONLY,
    ),
    Kind(
        "roster-export",
        "exports/{year}/{slug}.yaml",
        dates=_done("exported_on"),
        lasting=Lasting.ADDED_ONLY,
    ),
    # The path says which version: a later receipt of the same roster stands beside the earlier one.
    Kind(
        "receipt",
        "receipts/{year}/{slug}/{sequence}.yaml",
        dates=_done("received_on"),
        lasting=Lasting.ADDED_ONLY,
    ),
    Kind("receipt-notice", "receipt-notices/{year}/{slug}.yaml", dates=_done("on"), lasting=Lasting.ADDED_ONLY),
    Kind("genesis", "trust/genesis.yaml", lasting=Lasting.NEVER),
    Kind("staff-keys", "trust/keys/{staff}.yaml", lasting=Lasting.GROWS),
    Kind("coordinator", "trust/coordinators/{staff}.yaml", lasting=Lasting.GROWS),
    Kind("override", "trust/overrides/{slug}.yaml", lasting=Lasting.ADDED_ONLY),
    Kind("delegation", "delegations/{slug}.json", lasting=Lasting.ADDED_ONLY),
    # Its place is the SHA-256 of its bytes: what main holds cannot be added, and so not be used, again.
    Kind("change", "changes/{year}/{staff}/{digest}.json", lasting=Lasting.ADDED_ONLY),
    Kind(
        "certification",
        "certifications/{cohort}/{student}/terms/{term}/outputs/{slug}/{sequence}-{decision}.json",
        lasting=Lasting.ADDED_ONLY,
    ),
    Kind(
        "student",
        f"{_STUDENT}/student.yaml",
        codes=(
            CodeField(("visits", EACH, "cluster"), "clusters_of_programmes"),
            CodeField(("visits", EACH, "mode"), "visiting_modes"),
        ),
        beside="basic-data",
        timed=ANY,
        rosters=("students",),
    ),
    Kind(
        "consultation",
        f"{_STUDENT}/consultations/{{slug}}.yaml",
        dates=(_ON,),
        codes=(CodeField(("mode",), "consultation_modes"),),
        counted=1,
        confidential=True,
    ),
    Kind(
        "position",
        f"{_STUDENT}/positions/{{slug}}.yaml",
        dates=_SPAN,
        codes=(CodeField(("level",), "position_levels"),),
        registered=True,
        counted=3,
        beside="basic-data",
        rosters=("positions",),
    ),
    Kind("club", f"{_STUDENT}/clubs/{{slug}}.yaml", dates=_SPAN, registered=True, counted=4),
    Kind("community-service", f"{_STUDENT}/service/{{slug}}.yaml", dates=_SPAN, registered=True, counted=5),
    Kind(
        "contest-result",
        f"{_STUDENT}/contests/{{slug}}/item.md",
        files=True,
        dates=(_ON,),
        codes=(CodeField(("team",), "team"),),
        registered=True,
        counted=6,
    ),
    Kind(
        "external-record",
        f"{_STUDENT}/external/{{slug}}/item.md",
        files=True,
        dates=(_ON,),
        registered=True,
        counted=7,
    ),
    Kind(
        "attendance",
        f"{_STUDENT}/attendance/{{term}}.yaml",
        dates=(DateField(("absences", EACH, "on")),),
        periodic=True,
        confidential=True,
    ),
    Kind("verification", f"{_STUDENT}/verifications/{{term}}/{{subject}}.yaml", dates=_done("on", "first_on")),
    Kind(
        "exploration",
        f"{_STUDENT}/terms/{{term}}/exploration.yaml",
        dates=(_RECORDED_ON,),
        codes=(CodeField(("clusters", EACH), "clusters"),),
        periodic=True,
        counted=2,
        confidential=True,
    ),
    Kind(
        "course-records",
        f"{_STUDENT}/terms/{{term}}/courses.yaml",
        codes=(
            CodeField(("courses", EACH, "retake_mode"), "retake_modes"),
            CodeField(("courses", EACH, "transfer_status"), "transfer_status"),
        ),
        periodic=True,
        timed=ANY,
    ),
    Kind(
        "marks",
        f"{_STUDENT}/terms/{{term}}/marks.yaml",
        codes=(CodeField(("marks", EACH, "repeat_note"), "repeat_notes"),),
        periodic=True,
        beside="course-records",
        rosters=("marks", "retakes", "continuing-marks"),
    ),
    Kind(
        "course-output",
        f"{_STUDENT}/terms/{{term}}/outputs/{{slug}}/item.md",
        files=True,
        periodic=True,
        handed_in=True,
        timed="submission",
        rosters=("course-outputs", "continuing-course-outputs"),
    ),
    Kind(
        "activity",
        f"{_STUDENT}/years/{{year}}/activities/{{slug}}/item.md",
        files=True,
        dates=(*_SPAN, DateField(("announced_on",)), DateField(("obtained_on",)), _ON),
        codes=(
            CodeField(("level",), "position_levels", category="position"),
            CodeField(("level",), "contest_levels", category="contest"),
            CodeField(("team",), "team", category="contest"),
            CodeField(("certificate_code",), "certificate_codes", category="certificate"),
            CodeField(("type",), "flexible_types", category="flexible-learning"),
            CodeField(("type",), "group_activity_types", category="group-activity"),
            CodeField(("type",), "workplace_types", category="workplace-learning"),
        ),
        periodic=True,
        handed_in=True,
        timed=ANY,
        rosters=("activities",),
    ),
    Kind("statement", f"{_STUDENT}/statement/item.md", files=True, handed_in=True),
    Kind("other", f"{_STUDENT}/others/{{slug}}/item.md", files=True, dates=(_RECORDED_ON,)),
    Kind("selection", f"{_STUDENT}/selection/{{year}}/{{batch}}.yaml", dates=_done("on")),
    Kind("signature", f"{_STUDENT}/signatures/{{year}}/{{batch}}.yaml", dates=_done("on")),
    Kind(
        "release-consent",
        f"{_STUDENT}/release-consent/{{slug}}.yaml",
        dates=_done("on", "revoked_on"),
        lasting=Lasting.GROWS,
    ),
    Kind("release", f"{_STUDENT}/releases/{{slug}}.yaml", dates=_done("on"), lasting=Lasting.ADDED_ONLY),
    *(
        Kind(name, f"{_STUDENT}/{name}s/{{year}}/{{slug}}.yaml", dates=_done("on"), lasting=Lasting.ADDED_ONLY)
        for name in ("receipt-confirmation", "receipt-sheet", "receipt-answer")
    ),
    Kind("waiver", f"{_STUDENT}/waivers/{{slug}}.yaml", dates=_done("on"), lasting=Lasting.ADDED_ONLY),
    # As the output that it is about: terms/113-2/outputs/<slug>.
    Kind("claim", f"{_STUDENT}/claims/{{term}}/{{slug}}.yaml", dates=_done("on"), lasting=Lasting.ADDED_ONLY),
    # What the student's own passkeys are and sign; it goes with the folder, and staff's keys are looked for elsewhere.
    Kind("student-keys", f"{_STUDENT}/keys.yaml", lasting=Lasting.GROWS),
    Kind("hand-in", f"{_STUDENT}/hand-ins/{{digest}}.json", lasting=Lasting.ADDED_ONLY),
    # Outside the student's folder, which is gone then (肆.四).
    Kind("seal", f"{_SEALED}/seal.yaml", dates=_done("on", "applied_on"), lasting=Lasting.ADDED_ONLY),
    Kind("unsealing", f"{_SEALED}/unsealings/{{slug}}.yaml", dates=_done("on"), lasting=Lasting.ADDED_ONLY),
    Kind("forgetting", f"{_SEALED}/forgetting.yaml", dates=_done("on"), lasting=Lasting.ADDED_ONLY),
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
WITH_FILES: tuple[str, ...] = tuple(kind.name for kind in KINDS if kind.files)
HANDED_IN: tuple[str, ...] = tuple(kind.name for kind in KINDS if kind.handed_in)
CARRIED: dict[str, str] = {roster: kind.name for kind in KINDS for roster in kind.rosters}

_OF_STUDENT = re.compile(rf"(?:{STUDENTS}|{CERTIFICATIONS})/({PARTS['cohort']}/{PARTS['student']})/")
# Which kinds can live below a top folder, or below a folder of a student: a short list each.
_BY_HEAD: dict[tuple[bool, str], list[Kind]] = {}
for _kind in KINDS:
    _BY_HEAD.setdefault((_kind.of_student, _kind.folder), []).append(_kind)


_SAMPLES = {
    "cohort": "113",
    "student": "s1139901",
    "term": "115-1",
    "year": "115",
    "slug": "example",
    "date": "2026-11-23",
    "staff": "t901",
    "sequence": "0001",
    "digest": "5d" * 32,
    "decision": "certified",
    "batch": "regular",
    "demand": "students",
}


@cache
def samples() -> tuple[tuple[str, str], ...]:
    """A path of each kind of record, and of each subject of a verification: (kind, path)."""
    return tuple(
        (kind.name, kind.path(**{name: (_SAMPLES | {"subject": subject})[name] for name in kind.parameters}))
        for kind in KINDS
        for subject in (PARTS["subject"].split("|") if "subject" in kind.parameters else ("",))
    )


class Home(NamedTuple):
    """What a path names: a kind and its identity; read only."""

    kind: Kind
    identity: Mapping[str, str]


@lru_cache(maxsize=256)  # a payload's path is asked for with its signature's, and again when it is verified
def home(path: str) -> Home | None:
    """What the record at a path (from the repository's root) is, or None where no record lives."""
    parts = path.split("/")
    of_student = path.startswith(STUDENTS + "/")
    head = parts[4:5] if of_student else parts[1:2]
    for kind in _BY_HEAD.get((of_student, "".join(head)), ()):
        match = kind.pattern.fullmatch(path)
        if match is not None and is_day(match.groupdict().get("date")):
            return Home(kind, match.groupdict())
    return None


class Role(StrEnum):
    """What a file is to the record that it belongs to."""

    RECORD = "record"
    SIGNATURE = "signature"  # beside a payload, with the list that names it where it was signed with others
    ATTACHMENT = "attachment"  # beside an item


class Part(NamedTuple):
    """A file of a record: what it is there, and the record's own home."""

    role: Role
    home: Home

    @property
    def is_signed(self) -> bool:
        """A payload, or the signature beside one."""
        return self.home.kind.form is Form.SIGNED

    @property
    def most_bytes(self) -> int:
        """The largest that the file may be (FIL006); of an attachment, rules of its own say it."""
        return UNBOUNDED if self.role is Role.ATTACHMENT else self.home.kind.most_bytes


# What may lie beside a payload: the signature of a list, the list that names the payload, the payload's own signature.
BESIDE = (".list.sig", ".list", ".sig")


def payload_of(path: str) -> str:
    """The path of the payload that a file signs, or the path itself: `…/0001-certified.json` of `….json.list.sig`."""
    return next((path.removesuffix(end) for end in BESIDE if path.endswith(end)), path)


def part_of(path: str) -> Part | None:
    """What a file at a path (from the repository's root) is, and to which record; None where it belongs to none."""
    if (own := home(path)) is not None:
        return Part(Role.RECORD, own)
    payload = home(signed) if (signed := payload_of(path)) != path else None
    if payload is not None and payload.kind.form is Form.SIGNED:
        # Certifications alone are signed many at once.
        is_listed = path.removeprefix(signed) != ".sig"
        return Part(Role.SIGNATURE, payload) if payload.kind.name == "certification" or not is_listed else None
    item = home(f"{path.rpartition('/')[0]}/item.md")
    return Part(Role.ATTACHMENT, item) if item is not None and item.kind.files else None


def is_day(text: str | None) -> bool:
    """Whether a path's date, if it has one, is a day of the calendar."""
    try:
        return text is None or date.fromisoformat(text).year > 1911
    except ValueError:
        return False


def student_folder(path: str) -> str | None:
    """`content/students/113/s1139907` of a path below it, or below the student's certifications; else None."""
    match = _OF_STUDENT.match(path)
    return f"{STUDENTS}/{match[1]}" if match is not None else None


def folders_of(path: str) -> list[str]:
    """All folders around a path, the outermost first: `content` and `content/students` of `content/students/113`."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
