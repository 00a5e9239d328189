"""A platform that shows one thing and sends another, against the gate as it runs on the server; or keeps silent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from licheng.core.errors import ExitCode
from licheng.demo.school import INTAKE
from licheng.platform.hand_in_receipts import HandInKey, is_genuine
from licheng.platform.spool import Spool
from licheng.policy.queue import waiting
from tests.gate.scene import Scene, make
from tests.platform.school import NOW, hand_in

Files = Mapping[str, bytes]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = make(tmp_path_factory.mktemp("two-faced"))
    yield made
    made.close()


def _two(s: Scene) -> tuple[str, str, str]:
    """Two works that wait for one teacher, and the teacher."""
    works: dict[str, list[str]] = {}
    for student in s.loaded.students():
        for item in waiting(student, s.loaded.school):
            if "/terms/115-1/" in item.item:
                for teacher in item.teachers:
                    works.setdefault(teacher, []).append(item.item)
    teacher, [shown, other, *_] = next(
        (teacher, works[teacher]) for teacher in sorted(works) if len(works[teacher]) > 1
    )
    return shown, other, teacher


def _parted(files: Files) -> tuple[str, bytes, bytes]:
    [path] = [path for path in files if path.endswith(".json")]
    return path, files[path], files[f"{path}.sig"]


def _another(s: Scene) -> tuple[Files, str]:
    """The payload of another work, with the signature of the one that was shown."""
    shown, other, teacher = _two(s)
    path, data, _ = _parted(s.certify(other, teacher))
    return {path: data, f"{path}.sig": _parted(s.certify(shown, teacher))[2]}, teacher


def _turned(s: Scene) -> tuple[Files, str]:
    """A return as it was signed, said to be a certification."""
    shown, _, teacher = _two(s)
    path, data, signature = _parted(s.certify(shown, teacher, "returned"))
    kind = path.replace("-returned", "-certified")
    return {kind: data.replace(b'"returned"', b'"certified"'), f"{kind}.sig": signature}, teacher


def _renamed(s: Scene) -> tuple[Files, str]:
    """A certification as it was signed, in the name of a return."""
    shown, _, teacher = _two(s)
    path, data, signature = _parted(s.certify(shown, teacher))
    kind = path.replace("-certified", "-returned")
    return {kind: data, f"{kind}.sig": signature}, teacher


def _elsewhere(s: Scene) -> tuple[Files, str]:
    """A certification as it was signed, laid beside another student's work."""
    shown, other, teacher = _two(s)
    path, data, signature = _parted(s.certify(shown, teacher))
    there = _parted(s.certify(other, teacher))[0]
    assert path != there
    return {there: data, f"{there}.sig": signature}, teacher


def _digest(s: Scene) -> tuple[Files, str]:
    """Another digest of a file than the one that was signed."""
    shown, _, teacher = _two(s)
    path, data, signature = _parted(s.certify(shown, teacher))
    [first, *_] = json.loads(data)["subject"]
    [digest] = first["digest"].values()
    return {path: data.replace(digest.encode(), b"0" * 64), f"{path}.sig": signature}, teacher


def _delayed(s: Scene) -> tuple[Files, str]:
    """A signature that the platform kept for three weeks."""
    shown, _, teacher = _two(s)
    return s.certify(shown, teacher, now=s.clock - timedelta(days=21)), teacher


def _edited(s: Scene) -> tuple[Files, str]:
    """What was signed, and the work changed in the same commit."""
    shown, _, teacher = _two(s)
    return {**s.certify(shown, teacher), f"{shown}/item.md": s.read(f"{shown}/item.md") + "換了。\n".encode()}, teacher


def _other_teacher(s: Scene) -> tuple[Files, str]:
    """A decision in the name of a colleague."""
    shown, _, teacher = _two(s)
    return s.certify(shown, teacher), "t021" if teacher != "t021" else "t020"


TURNS: dict[str, Callable[[Scene], tuple[Files, str]]] = {
    "another work than the one shown": _another,
    "a return turned into a certification": _turned,
    "a certification named a return": _renamed,
    "a certification laid beside another's work": _elsewhere,
    "another digest": _digest,
    "a signature kept for three weeks": _delayed,
    "the work changed beside its certification": _edited,
    "in the name of a colleague": _other_teacher,
}


@pytest.mark.hostile("two-faced platform")
@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_what_was_signed_and_turned_into_something_else_the_gate_refuses(
    scene: Scene, turn: Callable[[Scene], tuple[Files, str]]
) -> None:
    files, author = turn(scene)
    verdict = scene.judge(scene.commit(dict(files), author), INTAKE)
    assert verdict.exit_code is ExitCode.ERRORS


def test_what_was_signed_and_brought_as_it_is_the_gate_takes(scene: Scene) -> None:
    """Otherwise nothing was tried above."""
    shown, _, teacher = _two(scene)
    for decision in ("certified", "returned"):
        files: Files = scene.certify(shown, teacher, decision)
        assert scene.judge(scene.commit(dict(files), teacher), INTAKE).exit_code is ExitCode.CLEAN


@pytest.mark.hostile("two-faced platform")
def test_a_revocation_that_the_platform_keeps_to_itself_is_noticed_by_its_receipt(scene: Scene, tmp_path: Path) -> None:
    """The teacher holds, signed by the platform, that it was handed in; anybody sees that main has it not."""
    shown, _, teacher = _two(scene)
    certified = scene.commit(dict(scene.certify(shown, teacher)), teacher)
    revocation: Files = scene.certify(shown, teacher, "revoked", commit=certified)
    key = HandInKey(tmp_path / "key")
    key.make()
    given = replace(hand_in(revocation, account=teacher), action="certify")
    receipt = key.receipt(Spool(tmp_path / "spool").accept(given))
    assert is_genuine(receipt, key.public)
    said = json.loads(receipt.statement)
    assert said["files"].keys() == revocation.keys()
    assert said["received_at"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    lying = set(scene.paths("content/certifications", certified))
    assert not lying & said["files"].keys()


@pytest.mark.hostile("replay")
@pytest.mark.parametrize("what", ["account", "ticket", "item", "received_at", "files"])
def test_a_receipt_is_of_nothing_else_than_what_it_was_given_for(tmp_path: Path, what: str) -> None:
    key, spool = HandInKey(tmp_path / "key"), Spool(tmp_path / "spool")
    key.make()
    path = "content/students/113/s1130003/years/115/activities/one/item.md"
    mine = key.receipt(spool.accept(hand_in({path: b"one"})))
    other = path.replace("s1130003", "s1130002").replace("one", "two")
    later = replace(hand_in({other: b"two"}, account="s1130002", key="two"), received_at=NOW + timedelta(days=1))
    theirs = key.receipt(spool.accept(later))
    said = json.loads(mine.statement)
    said[what] = json.loads(theirs.statement)[what]
    bent = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert bent != mine.statement
    for statement in (bent, bent + b"\n", theirs.statement):
        assert not is_genuine(replace(mine, statement=statement), key.public)
