"""Who did what, when: by logins and signatures, never by what a commit says of itself (肆.三)."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from typing import Any

from licheng.app.server.received import ReceiptLog
from licheng.core.layout import STUDENTS
from licheng.demo.school import INTAKE
from licheng.policy.audit import Landing, bind
from licheng.sources.tree import CommitTree
from tests.gate.items import HOME, STUDENT, output
from tests.gate.scene import NOW
from tests.gate.server import DEAN, Server, licheng

ITEM = f"{HOME}/terms/115-1/outputs/running/item.md"


def audited(server: Server, *arguments: str) -> list[dict[str, Any]]:
    done = licheng("audit", *arguments, "--json", "--repo", str(server.root))
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["version"] == 1
    deeds: list[dict[str, Any]] = document["deeds"]
    parts = ("at", "path", "what", "who", "claims", "proof", "commit", "receipt", "detail")
    told = [tuple(str(deed[part]) for part in parts) for deed in deeds]
    assert told == sorted(told)
    return deeds


def test_the_actor_is_who_logged_in_and_the_author_is_a_claim(server: Server) -> None:
    clone = server.clone(INTAKE)
    server.commit(clone, output("running"), STUDENT)
    assert server.push(INTAKE, clone).returncode == 0
    [deed] = [deed for deed in audited(server, STUDENT) if deed["path"] == ITEM]
    assert (deed["what"], deed["who"], deed["proof"], deed["receipt"]) == ("add", INTAKE, "receipt", 1)
    assert (deed["claims"], deed["commit"]) == (f"{STUDENT} <{STUDENT}@licheng.invalid>", server.main)
    before = [deed for deed in audited(server, HOME) if deed["commit"] not in {None, server.main}]
    assert {(deed["who"], deed["proof"], deed["receipt"]) for deed in before} == {(None, "none", None)}


def test_a_commit_that_came_past_the_hook_is_shown_without_a_receipt(server: Server) -> None:
    clone = server.clone(INTAKE)
    server.commit(clone, output("running"), STUDENT)
    subprocess.run(["git", "-C", str(server.root), "fetch", "-q", str(clone), "+HEAD:main"], check=True)
    [deed] = audited(server, ITEM)
    assert (deed["who"], deed["proof"], deed["claims"][:8]) == (None, "none", STUDENT)


def test_what_was_refused_is_told_too(server: Server) -> None:
    clone = server.clone(INTAKE)
    server.commit(clone, output("running") | output("jumping") | output("throwing"), STUDENT)
    assert server.push(INTAKE, clone).returncode == 1
    deeds = [deed for deed in audited(server, STUDENT) if deed["what"] == "refused"]
    assert {deed["who"] for deed in deeds} == {INTAKE}
    assert {deed["detail"] for deed in deeds} == {"QUO001"}


def test_signatures_and_submissions_of_a_student(server: Server) -> None:
    deeds = audited(server, "s1140004")
    signed = [deed for deed in deeds if deed["proof"] == "signature"]
    assert {"certified"} <= {deed["what"] for deed in signed}
    decisions = [deed for deed in signed if deed["what"] == "certified"]
    assert all(deed["who"].startswith("t") and "/s1140004/" in deed["path"] for deed in decisions)
    submitted = [deed for deed in deeds if deed["what"] == "submitted"]
    assert {deed["claims"] for deed in submitted} == {"t004"}
    assert any(deed["what"] == "add" and deed["path"] == submitted[0]["path"] for deed in deeds)
    assert [deed for deed in deeds if deed["at"] >= "2026-09-01"] == audited(
        server, "s1140004", "--since", "2026-09-01"
    )


def test_what_is_told_of_all_students_has_one_order(server: Server) -> None:
    """Of one receipt something else is told of each, at one moment."""
    with CommitTree(server.root, server.main) as tree:
        students = [student for cohort in tree.folders(STUDENTS) for student in tree.folders(f"{STUDENTS}/{cohort}")]
    deeds = audited(server, *students)
    received = Counter(deed["path"] for deed in deeds if deed["what"] == "received")
    assert max(received.values()) > 1


def test_a_decision_that_does_not_verify_establishes_nobody(server: Server) -> None:
    clone = server.clone(INTAKE)
    [path, *_] = sorted(clone.glob("content/certifications/114/s1140004/**/*-certified.json.sig"))
    other = sorted(clone.glob("content/certifications/113/**/*-certified.json.sig"))[0]
    server.commit(clone, {path.relative_to(clone).as_posix(): other.read_bytes()}, "t001")
    subprocess.run(["git", "-C", str(server.root), "fetch", "-q", str(clone), "+HEAD:main"], check=True)
    payload = path.relative_to(clone).as_posix().removesuffix(".sig")
    [deed] = [deed for deed in audited(server, "s1140004") if (deed["path"], deed["what"]) == (payload, "certified")]
    assert (deed["who"], deed["proof"], deed["detail"]) == (None, "none", "CER003")
    assert deed["claims"].startswith("t")


def test_a_changed_log_decides_nothing_and_nobody_is_nobody(server: Server) -> None:
    log = ReceiptLog.of(server.root)
    log.append(NOW, "received", actor=DEAN, base="0" * 40, head="1" * 40, outcome="refused", things={})
    log.append(NOW, "landed", actor=DEAN, base="0" * 40, head="1" * 40)
    log.path.write_text(log.path.read_text().replace(DEAN, "t001", 1))
    done = licheng("audit", STUDENT, "--repo", str(server.root))
    assert (done.returncode, done.stderr[:6]) == (3, "APP093")
    log.path.unlink()
    done = licheng("audit", "s9999999", "--repo", str(server.root))
    assert (done.returncode, done.stderr[:6]) == (2, "APP152")


def test_the_table_in_a_work_tree_says_that_it_has_no_log(server: Server) -> None:
    clone = server.clone(INTAKE)
    for language, words in (("zh-TW", "自稱"), ("en", "claims")):
        done = licheng("audit", STUDENT, "--lang", language, cwd=clone)
        assert done.returncode == 0, done.stderr
        assert words in done.stdout
        assert "--receipts" in done.stdout


def test_a_push_brings_what_no_earlier_push_brought() -> None:
    """a is before the log; b and the merged s come with the first landing; c lies before a landing that is lost."""
    known = {"a": (), "s": ("a",), "b": ("a", "s"), "c": ("b",), "d": ("c",)}
    first, last = Landing(1, NOW, "t001", "a", "b"), Landing(9, NOW, "t002", "c", "d")
    assert bind(known, [first, last]) == {"b": first, "s": first, "d": last}
