"""A fleet: the schools of FLEET.yaml, and what is known of each afterwards. Counts only: no student, no text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema

from licheng.core.errors import UsageError
from licheng.sources import yaml

REMOTE = ("https://", "ssh://")


class FleetWork(StrEnum):
    """What is asked of every school."""

    CHECK = "check"
    STATUS = "status"
    EVALUATE = "evaluate"


class FleetSchool(NamedTuple):
    """A school of the list.

    Attributes:
        repository: an absolute folder, or an address.
        revision: a branch or a commit of it.
    """

    code: str
    name: str
    repository: str
    revision: str


class Fleet(NamedTuple):
    """The list; its schools by code."""

    name: str
    schools: tuple[FleetSchool, ...]


class FleetCount(NamedTuple):
    """One number of a school.

    Attributes:
        term: `115-1`, or a school year (`115`); empty where it is of none.
        level: the year level; 0 of what belongs to none.
        code: of a finding, or what a status or an evaluation counts.
        state: the severity of findings, or the state of what is counted.
    """

    term: str
    level: int
    code: str
    state: str
    number: int


@dataclass(frozen=True)
class FleetResult:
    """What a school answered.

    Attributes:
        school: its code.
        commit: what was read; empty where nothing was.
        day: as of when, ISO, Asia/Taipei.
        cell: below which nothing of it is published; 0 where no rulebook says so.
        counts: sorted, exact.
        figures: of an evaluation, as its record holds them.
        trouble: the code of the error that kept it from an answer; empty where there is one.
    """

    school: str
    commit: str = ""
    day: str = ""
    cell: int = 0
    counts: tuple[FleetCount, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    trouble: str = ""


def read_fleet(path: Path) -> Fleet:
    """The schools of a list, by their codes.

    Raises:
        UsageError: APP476, it cannot be read, is not of its schema, or has a school twice.
    """
    try:
        data = yaml.parse(path.read_bytes().decode())
    except OSError as error:
        raise UsageError("APP476", case="absent", path=str(path)) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError("APP476", case="unreadable", path=str(path), line=line) from error
    except yaml.OutsideSubsetError as error:
        raise UsageError("APP476", case="unreadable", path=str(path), line=error.line) from error
    schema = json.loads(Path(__file__).with_name("fleet.schema.json").read_text(encoding="utf-8"))
    for fault in jsonschema.Draft202012Validator(schema).iter_errors(data):
        key = ".".join(map(str, fault.absolute_path)) or "fleet/v1"
        raise UsageError("APP476", path=str(path), key=key)
    schools = sorted(
        FleetSchool(
            entry["code"],
            entry["name"],
            place if (place := entry["repository"]).startswith(REMOTE) else str(path.absolute().parent / place),
            entry.get("revision", "HEAD"),
        )
        for entry in data["schools"]
    )
    for before, after in pairwise(schools):
        if before.code == after.code:
            raise UsageError("APP476", case="twice", path=str(path), school=after.code)
    return Fleet(data["name"], tuple(schools))


def trouble_of(school: FleetSchool, result: FleetResult) -> UsageError:
    """What kept a school from an answer, for people."""
    own = result.trouble in {"APP477", "APP478", "APP479", "APP480"}
    code = result.trouble if own else "APP482"
    return UsageError(code, school=school.code, reason=result.trouble, revision=school.revision)


def exit_codes(results: Iterable[FleetResult]) -> int:
    """The worst: 3 where a school could not be decided, else 1 where one has errors."""
    worst = 0
    for result in results:
        errors = any(count.state == "error" for count in result.counts)
        worst = max(worst, 3 if result.trouble else int(errors))
    return worst
