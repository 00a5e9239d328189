"""A large change takes work that grows with it, git processes that hardly grow at all, and is told short."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from licheng.app.check import check
from licheng.app.shards.scope import PathScope
from licheng.core.finding import Code
from licheng.core.languages import LANGUAGES
from licheng.core.location import Location
from licheng.core.report import LocatedFinding, Report
from licheng.core.verdict import NextStep, Verdict
from licheng.outputs import gate, github, shorten, text
from licheng.outputs import json as report_json
from licheng.outputs.catalog import catalog
from licheng.sources.shelf import Readings
from licheng.sources.tree import CommitTree
from tests.gate.items import HOME
from tests.gate.scene import IT, NOW, REGISTRAR, Scene, make

SUPPORT = """kind: support-request/v1
category: account
reported_on: 2026-11-10
state: open
unit: it
summary: 新生無法登入，等資訊組處理。
"""


class Large(Scene):
    """Writes the same bytes once, so that making a change takes less than judging it."""

    _blobs: dict[bytes, str]

    def _line(self, path: str, content: Any) -> bytes:
        self._blobs = self.__dict__.get("_blobs", {})
        if content not in self._blobs:
            self._blobs[content] = self.git("hash-object", "-w", "--stdin", given=content)
        return f"100644 {self._blobs[content]}\t{path}".encode() + b"\0"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    scene = make(tmp_path_factory.mktemp("large"))
    grown = Large(scene.root, scene.base, scene.scratch)
    yield grown
    for each in (grown, scene):
        each.close()


def broken_students(count: int) -> dict[str, bytes]:
    return {f"content/students/113/s9{number:06d}/student.yaml": b"kind: student/v1\n" for number in range(count)}


def strays(count: int) -> dict[str, bytes]:
    folder = f"{HOME}/terms/115-1/outputs/media-bias"
    return {f"{folder}/stray-{number}.txt": b"x" for number in range(count)}


def requests(count: int) -> dict[str, bytes]:
    return {f"content/support/request-{number}.yaml": SUPPORT.encode() for number in range(count)}


def broken_requests(count: int) -> dict[str, bytes]:
    return {f"content/support/request-{number}.yaml": b"kind: support-request/v1\n" for number in range(count)}


CASES = [
    (broken_students, REGISTRAR, 250),
    (strays, HOME.rpartition("/")[2], 1500),
    (requests, IT, 500),
    (broken_requests, IT, 250),
]
of_each = pytest.mark.parametrize(("files", "actor", "count"), CASES)
Files = Callable[[int], dict[str, bytes]]


@of_each
def test_twice_the_change_takes_little_more_than_twice_the_work(
    large: Large, files: Files, actor: str, count: int
) -> None:
    """Of calls, which no busy machine changes; a change of some files first fills what is remembered of main."""
    first, once, twice = (large.commit(dict(files(number)), actor) for number in (10, count, 2 * count))
    large.judge(first, actor)
    least, few, many = (_calls(large, head, actor) for head in (first, once, twice))
    assert count < few - least < many - least <= 2.4 * (few - least)


def _calls(large: Large, head: str, actor: str) -> int:
    """How many functions, of Python's own too, are called to judge a change."""
    calls = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}  # one for each item that a generator gives, too

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        large.judge(head, actor)
    finally:
        sys.setprofile(before)
    return calls


@of_each
def test_the_git_processes_do_not_grow_with_the_change(
    large: Large, files: Files, actor: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: Counter[str] = Counter()

    class Counted(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            if command[0] == "git":
                started[command[5]] += 1
            super().__init__(command, **options)

    heads = [large.commit(dict(files(number)), actor) for number in (10, 200)]
    monkeypatch.setattr("licheng.sources.git.subprocess.Popen", Counted)
    few, many = (_started(large, head, actor, started) for head in heads)
    assert 1 < few < 5
    assert many <= few + 5  # two hundred folders are asked of a process that is there


def _started(large: Large, head: str, actor: str, started: Counter[str]) -> int:
    started.clear()
    large.judge(head, actor, objects=None)
    return started.total()


def test_the_git_processes_do_not_grow_with_changed_files_either(large: Large, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that main has and the change breaks are looked up there as well."""
    base = large.commit(dict(requests(60)), IT)
    large.base, before = base, large.base
    try:
        head = large.commit(dict(broken_requests(60)), IT)
        started: list[Any] = []
        plain = subprocess.Popen

        def counted(*arguments: Any, **options: Any) -> Any:
            started.append(arguments)
            return plain(*arguments, **options)

        monkeypatch.setattr("licheng.sources.git.subprocess.Popen", counted)
        assert {found.code for found in large.judge(head, IT, objects=None).report.findings} == {"SCH001"}
    finally:
        large.base = before
    assert len(started) < 60


def test_what_is_asked_folder_by_folder_is_what_git_lists(large: Large) -> None:
    with CommitTree(large.root, large.base) as plain, CommitTree(large.root, large.base, Readings()) as folders:
        students = [f"content/students/113/{name}" for name in plain.folders("content/students/113")]
        inner = f"{students[0]}/terms"
        asked = ["content", *students, inner, f"{students[0]}/student.yaml", "content/students/113/s9999999"]
        wide = ("content/students", "content/certifications")  # of which all is known by then
        for folder in (*asked, f"{students[0]}/absent", "content/students/113", *wide, "README.md"):
            assert list(folders.entries(folder)) == list(plain.entries(folder))
        some = next(iter(plain.entries(inner))).path.split("/")
        without = frozenset({"/".join(some[: len(inner.split("/")) + 1])})
        assert list(folders.entries(inner, without)) == list(plain.entries(inner, without))


def test_a_scope_of_many_paths_is_asked_by_lookup() -> None:
    scope = PathScope.of(f"content/support/request-{number}.yaml" for number in range(20_000))
    assert all(scope.covers(f"content/support/request-{number}.yaml") for number in range(20_000))
    assert not any(scope.covers(f"content/support/other-{number}.yaml") for number in range(20_000))
    assert scope.touches("content/support")
    assert not scope.touches("content/school")
    assert PathScope.of(["content/students", "content/students/113"]).students() == ("",)


# What is told

SOME = Code("FIL001", "unknown-path")
OTHER = Code("FIL008", "not-a-regular-file")


def report(count: int, related: int = 0) -> Report:
    places = tuple(Location(f"content/b{number:03d}") for number in range(related))
    found = [_found(SOME, number, places) for number in range(count)] + [_found(OTHER, 0, ())]
    return Report.of(found, (), {}, checked=count, records=0)


def _found(code: Code, number: int, related: tuple[Location, ...]) -> LocatedFinding:
    return LocatedFinding(Location(f"content/a{number:04d}"), code.code, code.severity, {"mode": "120000"}, related)


def verdict(of: Report, *steps: NextStep) -> Verdict:
    return Verdict("a" * 40, "b" * 40, "t001", of, changes=1, steps=steps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_one_code_twenty_are_told_in_full_and_the_rest_is_counted(language: str) -> None:
    words, long = catalog(language), report(3_000)
    left = words.word("more", code="FIL001", count=2_980, total=3_000)
    for shown in (
        text.render(long, words),
        github.render(long, words),
        gate.render(verdict(long), words),
        gate.render_github(verdict(long), words),
        gate.render_summary(verdict(long), words),
    ):
        assert len(re.findall(r"a\d{4}", shown)) == 20 + 1  # and the one of the other code
        assert left in shown
        assert len(shown) < 10_000
    assert "::error" not in github.render(long, words).partition(left)[2]


def test_json_carries_how_many_are_left_out_and_counts_all() -> None:
    for document in (
        json.loads(report_json.render(report(3_000), catalog("en"))),
        json.loads(gate.render_json(verdict(report(3_000)), catalog("en")))["report"],
    ):
        assert len(document["findings"]) == 1_001
        assert document["more"] == [{"code": "FIL001", "count": 2_000, "total": 3_000}]
        assert document["summary"]["error"] == 3_001


def test_twenty_are_told_without_a_word_more() -> None:
    assert shorten.findings(report(20).findings)[1] == []
    assert json.loads(report_json.render(report(20), catalog("en")))["more"] == []
    assert [left.count for left in shorten.findings(report(21).findings)[1]] == [1]


def test_related_places_and_people_are_counted_likewise() -> None:
    words = catalog("en")
    assert words.word("more_related", count=80) in text.render(report(1, related=100), words)
    assert text.render(report(1, related=100), words).count("content/b") == 20
    steps = [NextStep(f"s{number:07d}", "resubmit", 1) for number in range(3_000)]
    shown = gate.render(verdict(report(0), *steps), words)
    assert words.word("more_people", count=2_980, total=3_000) in shown
    assert shown.count("s0000") == 20


def test_what_is_left_out_does_not_change_the_exit_code() -> None:
    assert report(3_000).exit_code == report(1).exit_code == 1


def test_many_stray_files_are_told_short_by_the_check(large: Large) -> None:
    head = large.commit(dict(strays(300)), HOME.rpartition("/")[2])
    with CommitTree(large.root, head) as tree:
        shown = text.render(check(tree, NOW.date()), catalog("en"))
    assert shown.count("stray-") < 60
