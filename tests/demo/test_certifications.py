"""What the demo school certified: each special item is what it should be, and stock OpenSSH agrees with all of it."""

from __future__ import annotations

import json
import stat
import subprocess
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from licheng.app.demo import fixed_files, write_demo
from licheng.app.loading.load import load
from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.core.dates import TAIPEI
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import DELEGATION_NAMESPACE
from licheng.demo import PlannedCommit, keys, plan, special_items
from licheng.demo.emit import Value, yaml_record
from licheng.demo.write import final_tree
from licheng.policy.calendar import find_windows
from licheng.policy.certification import State, state
from licheng.policy.enrolment import level_and_class
from licheng.signing.public_key import parse_public_key
from licheng.signing.ssh_keygen import read_public_key, sign, verify_with_ssh_keygen
from licheng.sources import yaml
from tests.trees import MemoryTree

TODAY = date(2026, 11, 23)
SMALL, SEED = 30, 1
RULEBOOK = fixed_files()["content/rulebook/2018-05-30.yaml"]
SIGNERS = "content/trust/allowed_signers"
STORIES = {
    *("returned", "resubmitted", "revoked", "stale", "withdrawn"),
    *("substitute", "advising-teacher", "retired-key", "late"),
}


@pytest.fixture(scope="module")
def commits() -> list[PlannedCommit]:
    return list(plan(SMALL, SEED, rulebook=RULEBOOK))


@pytest.fixture(scope="module")
def tree(commits: list[PlannedCommit]) -> dict[str, bytes]:
    return {**fixed_files(), **final_tree(commits)}


def payloads(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    return {path: json.loads(data)["predicate"] for path, data in files.items()
            if path.startswith("content/certifications/") and path.endswith(".json")}  # fmt: skip


def item_of(path: str) -> str:
    return path.replace("/certifications/", "/students/").rpartition("/")[0]


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def in_window(student: Student, item: Record, when: datetime, school: School) -> bool:
    on, own = when.astimezone(TAIPEI).date(), student.one("student")
    assert item.term is not None
    assert own is not None
    enrolled = level_and_class(own, on)
    assert enrolled is not None
    windows = find_windows(school, item.term, "course-output", "certification", enrolled[0])
    return any(window.opens <= on <= window.closes for window in windows)


@pytest.mark.parametrize(("students", "seed"), [(SMALL, SEED), (40, 2), (12, 3)])
def test_every_special_item_is_what_it_should_be(students: int, seed: int) -> None:
    specials = special_items(seed, students, rulebook=RULEBOOK)
    files = {**fixed_files(), **final_tree(plan(students, seed, rulebook=RULEBOOK))}
    loaded = load(MemoryTree(files), TODAY)
    found = {
        item.folder: state(item, student, loaded.school).state.value
        for student in loaded.students()
        for item in student.of("course-output")
    }
    assert [found[special.item] for special in specials] == [special.state for special in specials]
    odd = {special.item for special in specials}
    assert {value for item, value in found.items() if item not in odd} == {"draft", "submitted", "certified"}
    if (students, seed) == (SMALL, SEED):
        assert {special.name for special in specials} == STORIES
        assert Counter(found.values())["certified"] > 40


def test_nothing_selected_lacks_a_certification(tree: dict[str, bytes]) -> None:
    loaded = load(MemoryTree(tree), TODAY)
    for student in loaded.students():
        selected = {item for record in student.of("selection") for item in record.data["outputs"]}
        states = {
            f"{item.term}/{item.identity['slug']}": state(item, student, loaded.school).state
            for item in student.of("course-output")
        }
        assert {states[reference] for reference in selected} <= {State.CERTIFIED}


def test_decisions_come_after_the_item_within_the_window_and_soon_into_git(
    commits: list[PlannedCommit], tree: dict[str, bytes]
) -> None:
    specials = {special.item: special.name for special in special_items(SEED, SMALL, rulebook=RULEBOOK)}
    loaded = load(MemoryTree(tree), TODAY)
    written: dict[str, datetime] = {}
    decided: dict[str, datetime] = {}
    edited = set()
    for commit in commits:
        for path, predicate in payloads(dict(commit.files)).items():
            item, issued = item_of(path), moment(predicate["issued_at"])
            assert commit.author_id == predicate["certifier"]["id"]
            assert written[item] < issued < commit.when <= issued + timedelta(days=14)
            assert decided.get(item, issued) <= issued
            decided[item] = issued
            assert in_window(*loaded.item(item), issued, loaded.school) is (specials.get(item) != "late")
        for path in commit.files:
            item = path.rpartition("/")[0]
            if "/outputs/" in path and path.startswith("content/students/"):
                written[item] = commit.when
                if item in decided:
                    edited.add(specials[item])
    assert edited == {"resubmitted", "stale", "withdrawn"}


def test_stock_openssh_agrees_with_every_signature(tree: dict[str, bytes]) -> None:
    signers = tree[SIGNERS].decode()
    decisions = payloads(tree)
    assert len(decisions) > 50
    for path, predicate in decisions.items():
        verdict = verify_with_ssh_keygen(
            tree[f"{path}.sig"],
            tree[path],
            allowed_signers=signers,
            principal=predicate["certifier"]["id"],
            namespace=CERTIFICATION_NAMESPACE,
            at=moment(predicate["issued_at"]),
        )
        assert verdict.accepted, f"{path}: {verdict.words}"
    [delegation] = (path for path in tree if path.startswith("content/delegations/") and path.endswith(".json"))
    delegated = json.loads(tree[delegation])["predicate"]
    verdict = verify_with_ssh_keygen(
        tree[f"{delegation}.sig"],
        tree[delegation],
        allowed_signers=signers,
        principal=delegated["by"],
        namespace=DELEGATION_NAMESPACE,
        at=moment(delegated["issued_at"]),
    )
    assert verdict.accepted, verdict.words


def test_a_signature_stands_in_yaml_as_it_is() -> None:
    armored = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n"
    for text in (armored, f" {armored}", f"{armored}\n", armored.rstrip("\n"), "一\n二\n"):
        fields: dict[str, Value] = {"kind": "x/v1", "list": [{"proof": text, "more": {"signature": text}}]}
        record = yaml_record("content/x/y.yaml", fields).decode()
        assert yaml.parse(record) == fields
        assert ("proof: |\n" in record) is (text == armored)


def test_without_a_rulebook_nothing_is_certified() -> None:
    tops = {path.split("/")[1] for path in final_tree(plan(12, SEED))}
    assert not tops & {"trust", "certifications", "delegations"}
    assert special_items(SEED, 12, rulebook=b"") == []


def test_the_private_keys_are_at_hand_and_out_of_git(tmp_path: Path) -> None:
    school = tmp_path / "school"
    write_demo(school, 12, 5)
    folder = school / ".licheng" / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    status = subprocess.run(["git", "status", "--porcelain", "--ignored"], cwd=school, capture_output=True, check=True)
    assert status.stdout == b"!! .licheng/\n"
    signers = (school / SIGNERS).read_text(encoding="utf-8")
    current = keys(5, 12, rulebook=RULEBOOK)
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".pub") == [key.staff for key in current]
    for key in current:
        assert stat.S_IMODE((folder / key.staff).stat().st_mode) == 0o600
        assert read_public_key(folder / key.staff) == parse_public_key(key.public.line)
        assert f" {key.public.line}\n" in signers
    first = current[0]
    made = sign(folder / first.staff, CERTIFICATION_NAMESPACE, b"{}\n", expected=first.public, ask=False)
    assert made == first.sign(CERTIFICATION_NAMESPACE, b"{}\n")
