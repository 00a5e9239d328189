"""Where each kind of record lives in `content/`: the path is the identity.

One table; the checker, the scaffold, the schemas' pages and the editor settings all read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache

CONTENT = "content"
STUDENTS = f"{CONTENT}/students"
CERTIFICATIONS = f"{CONTENT}/certifications"
HANDBOOK = f"{CONTENT}/handbook"
ALLOWED_SIGNERS = f"{CONTENT}/trust/allowed_signers"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

_PARTS = {
    "cohort": r"1[0-9]{2}",
    "student": r"s[0-9]{7}",
    "term": r"1[0-9]{2}-[12]",
    "year": r"1[0-9]{2}",
    "slug": r"[a-z0-9]+(?:-[a-z0-9]+)*",
    "date": DATE,
    "staff": r"t[0-9]{3,6}",
    "sequence": r"[0-9]{4}",
    "decision": r"certified|returned|revoked|reaffirmed",
    "subject": r"basic-data|course-records|statement",
    "batch": r"regular|first|second",
}


class Form(StrEnum):
    """How a record is written."""

    YAML = "yaml"
    MARKDOWN = "markdown"
    ENCRYPTED = "encrypted"
    SIGNED = "signed"


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    Attributes:
        name: as in the record's `kind` and in the schema's file name.
        template: the path below `content/`, with `{student}` and the like.
        files: the record may have attachments beside it.
    """

    name: str
    template: str
    files: bool = False
    of_student: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "of_student", self.template.startswith("students/"))

    @cached_property
    def form(self) -> Form:
        """Told by the file name."""
        suffix = self.template.rpartition(".")[2]
        return {"yaml": Form.YAML, "md": Form.MARKDOWN, "age": Form.ENCRYPTED, "json": Form.SIGNED}[suffix]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names that the path gives a value to."""
        return tuple(re.findall(r"{(\w+)}", self.template))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the whole path from the repository's root."""
        parts = re.split(r"{(\w+)}", self.template)
        literals = [re.escape(part) for part in parts[::2]]
        groups = [f"(?P<{name}>{_PARTS[name]})" for name in parts[1::2]]
        woven = "".join(a + b for a, b in zip(literals, [*groups, ""], strict=True))
        return re.compile(f"{CONTENT}/{woven}")

    def path(self, **identity: str) -> str:
        """The path of the record of that identity, from the repository's root."""
        return f"{CONTENT}/{self.template.format(**identity)}"


_STUDENT = "students/{cohort}/{student}"

KINDS: tuple[Kind, ...] = (
    Kind("school", "school/school.yaml"),
    Kind("staff", "school/staff.yaml"),
    Kind("accounts", "school/accounts.yaml"),
    Kind("duties", "school/duties.yaml"),
    Kind("course-offerings", "school/courses/{term}.yaml"),
    Kind("contest", "school/contests/{slug}.yaml"),
    Kind("assembly", "school/assembly/{date}.md"),
    Kind("term-calendar", "calendar/{term}.yaml"),
    Kind("rulebook", "rulebook/{date}.yaml"),
    Kind("agency-rules", "rulebook/agency/{date}.yaml"),
    Kind("seat-holders", "working-group/seats.yaml"),
    Kind("meeting", "working-group/{term}/{date}.md"),
    Kind("training", "training/{term}/{slug}.md"),
    Kind("evaluation", "evaluation/{year}.md"),
    Kind("support-request", "support/{slug}.yaml"),
    Kind("agency-submission", "submissions/{year}/{slug}.yaml"),
    Kind("genesis", "trust/genesis.yaml"),
    Kind("staff-keys", "trust/keys/{staff}.yaml"),
    Kind("coordinator", "trust/coordinators/{staff}.yaml"),
    Kind("override", "trust/overrides/{slug}.yaml"),
    Kind("delegation", "delegations/{slug}.json"),
    Kind(
        "certification",
        "certifications/{cohort}/{student}/terms/{term}/outputs/{slug}/{sequence}-{decision}.json",
    ),
    Kind("student", f"{_STUDENT}/student.yaml"),
    Kind("basic-data", f"{_STUDENT}/basic.yaml.age"),
    Kind("consultation", f"{_STUDENT}/consultations/{{slug}}.yaml"),
    Kind("position", f"{_STUDENT}/positions/{{slug}}.yaml"),
    Kind("club", f"{_STUDENT}/clubs/{{slug}}.yaml"),
    Kind("community-service", f"{_STUDENT}/service/{{slug}}.yaml"),
    Kind("contest-result", f"{_STUDENT}/contests/{{slug}}/item.md", files=True),
    Kind("external-record", f"{_STUDENT}/external/{{slug}}/item.md", files=True),
    Kind("attendance", f"{_STUDENT}/attendance/{{term}}.yaml"),
    Kind("verification", f"{_STUDENT}/verifications/{{term}}/{{subject}}.yaml"),
    Kind("exploration", f"{_STUDENT}/terms/{{term}}/exploration.yaml"),
    Kind("course-records", f"{_STUDENT}/terms/{{term}}/courses.yaml"),
    Kind("marks", f"{_STUDENT}/terms/{{term}}/marks.yaml"),
    Kind("course-output", f"{_STUDENT}/terms/{{term}}/outputs/{{slug}}/item.md", files=True),
    Kind("activity", f"{_STUDENT}/years/{{year}}/activities/{{slug}}/item.md", files=True),
    Kind("statement", f"{_STUDENT}/statement/item.md", files=True),
    Kind("other", f"{_STUDENT}/others/{{slug}}/item.md", files=True),
    Kind("selection", f"{_STUDENT}/selection/{{year}}/{{batch}}.yaml"),
    Kind("release-consent", f"{_STUDENT}/release-consent/{{slug}}.yaml"),
    Kind("waiver", f"{_STUDENT}/waivers/{{slug}}.yaml"),
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
WITH_FILES: tuple[str, ...] = tuple(kind.name for kind in KINDS if kind.files)

_OF_STUDENT = re.compile(rf"(?:{STUDENTS}|{CERTIFICATIONS})/({_PARTS['cohort']}/{_PARTS['student']})/")
# Which kinds can live below a top folder, or below a folder of a student: a short list each.
_BY_HEAD: dict[tuple[bool, str], list[Kind]] = {}
for _kind in KINDS:
    _head = _kind.template.split("/")[3 if _kind.of_student else 0]
    _BY_HEAD.setdefault((_kind.of_student, _head), []).append(_kind)


_SAMPLES = {
    "cohort": "113",
    "student": "s1139901",
    "term": "115-1",
    "year": "115",
    "slug": "example",
    "date": "2026-11-23",
    "staff": "t901",
    "sequence": "0001",
    "decision": "certified",
    "batch": "regular",
}


def samples() -> Iterator[tuple[str, str]]:
    """A path of each kind of record, and of each subject of a verification: (kind, path)."""
    for kind in KINDS:
        for subject in _PARTS["subject"].split("|") if "subject" in kind.parameters else ("",):
            values = _SAMPLES | {"subject": subject}
            yield kind.name, kind.path(**{name: values[name] for name in kind.parameters})


@dataclass(frozen=True, slots=True)
class Home:
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
        if match is not None and _is_day(match.groupdict().get("date")):
            return Home(kind, match.groupdict())
    return None


def _is_day(text: str | None) -> bool:
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
