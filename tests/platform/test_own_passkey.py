"""A student makes a passkey, the tutor witnesses it, what is handed in is signed first: the real gate takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from licheng.app.loading.load import load
from licheng.app.trust import student_keys
from licheng.core.trust import CHANGE_NAMESPACE, CONSENT_NAMESPACE, HAND_IN_NAMESPACE
from licheng.platform.hand_in import HandIn, TicketState, is_statement
from licheng.platform.notices import new_notices
from licheng.platform.record_change import prepare_hand_in
from licheng.platform.signing_desk import SigningDesk
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from licheng.sources.tree import CommitTree
from tests.certified import student_entry
from tests.gate.corpus.statements import enrolled, told
from tests.gate.items import HOME, OTHER, STUDENT, TUTOR
from tests.gate.scene import COUNSELLOR, NOW, REGISTRAR, Scene
from tests.gate.server import Server
from tests.platform.test_records import Keeper, signed_in
from tests.signing.passkeys import SoftPasskey

PHONE = SoftPasskey.of("the phone of a student")
WORK = {"name": "校刊封面設計", "summary": "為校刊設計封面與內頁版型。", "on": "2026-10-10", "_body": "第一行"}
SINCE = "2026-11-23T04:00:00Z"


@pytest.fixture
def scene(server: Server) -> Iterator[Scene]:
    made = Scene(server.root, server.main, server.folder)
    server.git("update-ref", "refs/heads/main", enrolled(made, TUTOR, REGISTRAR, COUNSELLOR))
    yield made
    made.close()


@pytest.fixture
def someone(scene: Scene, server: Server, tmp_path: Path) -> Iterator[Keeper]:
    with signed_in(STUDENT, server, tmp_path) as student:
        yield student


def answer(scene: Scene, student: str = STUDENT, passkey: SoftPasskey = PHONE) -> str:
    """What the signing page gives for an enrolment."""
    repository = scene.loaded.school.trust.repository or ""
    entry = student_entry(repository, student, passkey, SINCE)
    return json.dumps({"id": "1", "job": "enrol-student", "student": student, "repository": repository, "entry": entry})


def with_passkey(scene: Scene, server: Server) -> None:
    """Main on which the student's passkey is."""
    repository = scene.loaded.school.trust.repository or ""
    with CommitTree(scene.root, server.main) as tree:
        [student] = load(tree, NOW.date()).students(f"113/{STUDENT}")
    path, data = student_keys.with_entry(student, student_entry(repository, STUDENT, PHONE, SINCE))
    server.git("update-ref", "refs/heads/main", told(scene, server.main, TUTOR, {path: data}))


def signed(someone: Keeper, namespace: str, passkey: SoftPasskey = PHONE, **changes: str) -> dict[str, str]:
    """What the signing page gives back to a hand-in."""
    asked = json.loads(someone.client.get(f"{someone.url}/request").text)
    signature = passkey.sign(namespace, asked["payload"].encode()).decode()
    about = {name: asked[name] for name in ("id", "job")}
    return {**about, "credential": asked["keys"][0]["credential"], "signature": signature, **changes}


def written(someone: Keeper) -> str:
    """An activity in its form, handed in; where the browser is then."""
    someone.get("/me/new")
    someone.post("/me/new", {"csrf": someone.token, "kind": "activity", "year": "115", "category": "work"})
    return someone.press("submit", **WORK)


def test_a_student_enrols_the_tutor_witnesses_and_what_she_hands_in_ssh_keygen_verifies(
    someone: Keeper, scene: Scene
) -> None:
    first = someone.server.main
    asked = json.loads(someone.client.get("/me/passkey/new/request").text)
    assert (asked["job"], asked["student"]) == ("enrol-student", STUDENT)
    assert asked["namespaces"] == sorted([CONSENT_NAMESPACE, HAND_IN_NAMESPACE])
    someone.post("/me/passkey/new", {"csrf": someone.token, "answer": answer(scene)})
    short = re.findall(r'class="fingerprint"><code>([^<]+)<', someone.html)
    assert someone.url == "/me/passkey"
    someone.as_(TUTOR).get("/witness")
    assert re.findall(r'class="fingerprint"><code>([^<]+)<', someone.html) == short != []
    someone.post("/witness", {"csrf": someone.token, "student": STUDENT, "fingerprint": short[0]})
    assert f"{HOME}/keys.yaml" in someone.html
    someone.sign()
    assert someone.ticket is TicketState.LANDED
    assert "沒有等你見證" in someone.get("/witness")
    written(someone.as_(STUDENT))
    assert someone.url.startswith("/me/sign/")
    assert someone.parts.spool.waiting() == []  # nothing is taken in before it is signed
    someone.post(someone.url, {"csrf": someone.token, "answer": json.dumps(signed(someone, HAND_IN_NAMESPACE))})
    assert someone.ticket is TicketState.LANDED
    [path] = [path for path in someone.paths(f"{HOME}/hand-ins") if path.endswith(".json")]
    with CommitTree(someone.server.root, someone.server.main) as tree:
        signers = student_keys.signers(load(tree, NOW.date()), STUDENT)
    payload, signature = (f"{someone.show(each)}\n".encode() for each in (path, f"{path}.sig"))
    how: dict[str, Any] = {"allowed_signers": signers, "principal": STUDENT, "namespace": HAND_IN_NAMESPACE, "at": NOW}
    assert verify_with_ssh_keygen(signature, payload, **how).accepted
    assert not verify_with_ssh_keygen(signature, payload.replace(b"activities", b"activitiez"), **how).accepted
    told_of = {(notice.account, notice.word) for notice in new_notices(someone.server.root, first, someone.server.main)}
    assert told_of == {(TUTOR, "signed"), (STUDENT, "passkey"), (STUDENT, "handed_in")}
    someone.as_(TUTOR).get(f"/witness?student={STUDENT}")
    [whole] = re.findall(r'name="fingerprint" value="(SHA256:[^"]+)"', someone.html)
    someone.post("/witness", {"csrf": someone.token, "student": STUDENT, "fingerprint": whole, "reason": "lost"})
    someone.sign()
    assert someone.ticket is TicketState.LANDED
    written(someone.as_(STUDENT))
    assert someone.url.startswith("/me/tickets/")  # an ended passkey signs nothing
    assert "停用" in someone.get("/me/passkey")


def test_what_is_not_signed_is_handed_in_as_ever(someone: Keeper, scene: Scene) -> None:
    with_passkey(scene, someone.server)
    written(someone)
    assert someone.url.startswith("/me/sign/")
    page = someone.url
    someone.post(f"{page}/unsigned", {"csrf": someone.token, "_do": "unsigned"})
    [ticket] = someone.parts.spool.waiting()
    assert (ticket.action, [path for path in ticket.files if is_statement(path)]) == ("submit", [])
    someone.get(page)
    late = json.dumps(signed(someone, HAND_IN_NAMESPACE))
    someone.post(page, {"csrf": someone.token, "answer": late})
    assert someone.code == "APP333"  # one form is handed in once, signed or not


def test_a_consent_is_signed_as_one_and_what_changes_nothing_is_not_signed(
    scene: Scene, server: Server, tmp_path: Path
) -> None:
    with_passkey(scene, server)
    path, desk = f"{HOME}/release-consent/university.yaml", SigningDesk(tmp_path / "desk")
    with CommitTree(scene.root, server.main) as tree:
        school = load(tree, NOW.date())
        [student] = school.students(f"113/{STUDENT}")
        same = {record.path: record.text.encode() for record in student.of("student")}
        jobs = list[str | None]()
        for files in ({path: b"kind: release-consent/v1\n"}, {f"{HOME}/statement/item.md": b"x"}, same):
            hand_in = HandIn(STUDENT, NOW, "submit", "form", files, dict.fromkeys(files))
            prepared = prepare_hand_in(desk, hand_in, student, school, NOW, ("", ""))
            jobs.append(prepared.asked("", "zh-TW")["job"] if prepared is not None else None)
    assert jobs == ["consent", "hand-in", None]


@pytest.mark.hostile("signature of something else")
def test_a_signature_that_is_not_right_hands_in_nothing(someone: Keeper, scene: Scene) -> None:
    with_passkey(scene, someone.server)
    written(someone)
    page = someone.url
    for wrong, code in (
        (signed(someone, CONSENT_NAMESPACE), "APP042"),
        (signed(someone, CHANGE_NAMESPACE), "APP042"),
        (signed(someone, HAND_IN_NAMESPACE, SoftPasskey.of("another")), "APP042"),
        (signed(someone, HAND_IN_NAMESPACE, job="consent"), "APP373"),
        (signed(someone, HAND_IN_NAMESPACE, id="0" * 32), "APP373"),
    ):
        someone.post(page, {"csrf": someone.token, "answer": json.dumps(wrong)})
        assert someone.code == code
        someone.get(page)
    assert someone.parts.spool.waiting() == []


@pytest.mark.hostile("reach")
def test_nobody_witnesses_or_signs_for_another(someone: Keeper, scene: Scene) -> None:
    someone.post("/me/passkey/new", {"csrf": someone.token, "answer": answer(scene, OTHER)})
    assert someone.code == "APP371"
    someone.post("/me/passkey/new", {"csrf": someone.token, "answer": answer(scene)})
    [short] = re.findall(r'class="fingerprint"><code>([^<]+)<', someone.html)
    asked = {"student": STUDENT, "fingerprint": short}
    for account, status in ((STUDENT, 404), (OTHER, 404), (COUNSELLOR, 404), ("t013", 200)):
        assert short not in someone.as_(account).get("/witness")
        assert someone.status == status
        someone.post("/witness", {**asked, "csrf": someone.token})
        assert someone.status == 404
    assert short in someone.as_(REGISTRAR).get("/witness")
    someone.post("/witness", {**asked, "csrf": someone.token, "fingerprint": "AAAA AAAA AAAA AAAA"})
    assert someone.code == "APP486"
    for path in ("/me/passkey", "/me/passkey/new", "/me/passkey/new/request"):
        someone.get(path)
        assert someone.status == 404
    with_passkey(scene, someone.server)
    written(someone.as_(STUDENT))
    page = someone.url
    for account in (OTHER, TUTOR):
        someone.as_(account)
        for path in (page, f"{page}/request"):
            someone.get(path)
            assert someone.status == 404
        someone.post(f"{page}/unsigned", {"csrf": someone.token, "_do": "unsigned"})
        assert someone.status == 404
