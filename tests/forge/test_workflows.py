"""What the workflows may do, read from the files themselves; a workflow that is spoilt must be seen to be."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.trees import ROOT

FOLDER = ROOT / ".github/workflows"
NAMES = ("gate.yml", "nightly.yml", "publish.yml", "test.yml", "watch.yml")
# The jobs whose success GitHub is told to require before a merge (operations/github.md).
REQUIRED = {"gate.yml": {"gate"}, "test.yml": {"check", "test", "preview"}}
# All that a job may ever have; everything else is refused.
PERMISSIONS: dict[tuple[str, str], dict[str, str]] = {
    ("publish.yml", "deploy"): {"pages": "write", "id-token": "write"},
    ("publish.yml", "alarm"): {"contents": "read", "issues": "write"},
    ("nightly.yml", "alarm"): {"contents": "read", "issues": "write"},
    ("watch.yml", "watch"): {"actions": "read", "contents": "read", "issues": "write"},
}
_PINNED = re.compile(r"[a-z-]+/[a-z-]+@[0-9a-f]{40}")
_VERSIONED = re.compile(r"uses: \S+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$")


def faults(name: str, text: str) -> list[str]:
    """Everything that is wrong with a workflow, as a sorted list of words."""
    workflow: dict[Any, Any] = yaml.safe_load(text)
    found = {"unversioned" for line in text.splitlines() if "uses:" in line and not _VERSIONED.search(line)}
    found |= {"top-permissions"} if workflow.get("permissions") != {} else set()
    for job_name, job in workflow["jobs"].items():
        found |= set(_job_faults(name, job_name, job))
        found |= {"shallow"} if _builds_without_history(job["steps"]) else set()
    return sorted(found | (set(_gate_faults(workflow)) if name == "gate.yml" else set()))


def _job_faults(name: str, job_name: str, job: dict[str, Any]) -> Iterator[str]:
    if job.get("permissions") != PERMISSIONS.get((name, job_name), {"contents": "read"}):
        yield "permissions"
    if job_name in REQUIRED.get(name, ()) and {"if", "needs", "strategy"} & set(job):
        yield "skippable"
    for step in job["steps"]:
        if "run" in step and "${{" in step["run"]:
            yield "interpolation"
        if "uses" in step and not _PINNED.fullmatch(step["uses"]):
            yield "unpinned"
        if step.get("uses", "").startswith("actions/checkout") and step["with"].get("persist-credentials") is not False:
            yield "credentials"
        if "cache" in step.get("uses", "") or "cache" in step.get("with", {}):
            yield "cache"


def _builds_without_history(steps: list[dict[str, Any]]) -> bool:
    whole = any(step.get("with", {}).get("fetch-depth") == 0 for step in steps)
    return any("make build" in step.get("run", "") for step in steps) and not whole


def _gate_faults(workflow: dict[Any, Any]) -> Iterator[str]:
    """The gate runs with main's rights: main's code only, nothing of the change taken out of git."""
    job = workflow["jobs"]["gate"]
    checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout")]
    if [step["with"].get("ref") for step in checkouts] != ["main"]:
        yield "checkout-of-the-change"
    commands = " ".join(step.get("run", "") for step in job["steps"])
    if re.search(r"git (?:checkout|switch|worktree|merge|pull|reset|restore|archive)", commands):
        yield "checkout-of-the-change"
    if "secrets" in yaml.safe_dump(job):
        yield "secrets"
    if "paths" in workflow[True]["pull_request_target"] or "paths-ignore" in workflow[True]["pull_request_target"]:
        yield "skippable"


def test_there_is_no_workflow_but_these() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_has_no_fault(name: str) -> None:
    assert faults(name, (FOLDER / name).read_text(encoding="utf-8")) == []


_CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
SPOILT = {
    "a tag instead of a digest": (_CHECKOUT, "actions/checkout@v6", ["unpinned", "unversioned"]),
    "a digest without its version": (_CHECKOUT, _CHECKOUT.partition(" ")[0], ["unversioned"]),
    "the change checked out": (
        "ref: main",
        "ref: ${{ github.event.pull_request.head.sha }}",
        ["checkout-of-the-change"],
    ),
    "the change switched to": ("run: make install", 'run: git checkout "$HEAD_SHA"', ["checkout-of-the-change"]),
    "write permission": ("contents: read", "contents: write", ["permissions"]),
    "permissions for all": ("permissions: {}", "permissions: write-all", ["top-permissions"]),
    "text of the change in a command": (
        '--head "$HEAD_SHA"',
        "--head ${{ github.event.pull_request.head.ref }}",
        ["interpolation"],
    ),
    "credentials left behind": ("persist-credentials: false", "persist-credentials: true", ["credentials"]),
    "a secret": ("${{ github.token }}", "${{ secrets.TOKEN }}", ["secrets"]),
    "a required job that can be skipped": ("    name: gate\n", "    name: gate\n    if: false\n", ["skippable"]),
    "a workflow that some changes skip": ("branches: [main]", "paths: [content/**]", ["skippable"]),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_gate_is_seen(what: str) -> None:
    text = (FOLDER / "gate.yml").read_text(encoding="utf-8")
    before, after, expected = SPOILT[what]
    assert before in text
    assert faults("gate.yml", text.replace(before, after)) == expected


def test_a_site_of_a_history_that_is_cut_off_is_seen() -> None:
    """It would have nothing to count of the week, and one date on every page."""
    text = (FOLDER / "publish.yml").read_text(encoding="utf-8")
    assert faults("publish.yml", text.replace("fetch-depth: 0", "fetch-depth: 1")) == ["shallow"]


@pytest.mark.parametrize(
    "what", ["a tag instead of a digest", "text of the change in a command", "permissions for all"]
)
def test_the_linter_of_make_check_sees_it_too(what: str, tmp_path: Path) -> None:
    before, after, _ = SPOILT[what]
    text = (FOLDER / "gate.yml").read_text(encoding="utf-8")
    (tmp_path / "gate.yml").write_text(text, encoding="utf-8")
    assert _zizmor(tmp_path) == 0
    (tmp_path / "gate.yml").write_text(text.replace(before, after), encoding="utf-8")
    assert _zizmor(tmp_path) > 0


def _zizmor(folder: Path) -> int:
    tool = Path(sys.executable).with_name("zizmor")
    command = [str(tool), "--offline", "--quiet", "--no-progress", "--persona=pedantic", str(folder / "gate.yml")]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_the_gate_takes_values_from_the_environment_and_the_pusher_from_the_event() -> None:
    job = yaml.safe_load((FOLDER / "gate.yml").read_text(encoding="utf-8"))["jobs"]["gate"]
    judging = job["steps"][-1]["run"]
    assert '--actor "github:$AUTHOR" --pushed-by "github:$PUSHER"' in judging
    assert job["env"]["PUSHER"] == "${{ github.event.sender.id }}"
    assert job["env"]["AUTHOR"] == "${{ github.event.pull_request.user.id }}"
    assert yaml.safe_load((FOLDER / "gate.yml").read_text(encoding="utf-8"))[True]["pull_request_target"]["types"] == [
        "opened",
        "synchronize",
    ]


def test_the_engine_is_installed_before_anything_of_the_change_is_there() -> None:
    steps = yaml.safe_load((FOLDER / "gate.yml").read_text(encoding="utf-8"))["jobs"]["gate"]["steps"]
    commands = [step.get("run", step.get("uses", "")) for step in steps]
    order = [
        next(i for i, text in enumerate(commands) if word in text)
        for word in ("checkout@", "make install", "fetch-change", "licheng gate")
    ]
    assert order == sorted(order) == [0, 1, 2, 3]
