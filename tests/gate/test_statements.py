"""Statements of changes, from the signature to what is told of them: a real server, stock OpenSSH, audit, backup."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from licheng.app.backup.answers import answers
from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.app.trust.keys import Witness, end
from licheng.app.trust.state import signed_files, stated
from licheng.core.errors import UsageError
from licheng.core.layout import ALLOWED_SIGNERS, CHANGES
from licheng.core.trust import CHANGE_NAMESPACE, NAMESPACES, PASSKEY_NAMESPACES, StatedChange
from licheng.demo.school import INTAKE
from licheng.policy.gate import MOST_CHANGES
from licheng.policy.overrides import digest, signed_for
from licheng.policy.statements import MOST_STATED
from licheng.signing.canonical import encode
from licheng.sources.span import Span
from licheng.sources.tree import CommitTree
from tests.gate.corpus.first import _of_activities, _override
from tests.gate.corpus.statements import DUTY, TALK, enrolled, signed, told, word
from tests.gate.items import STUDENT, consultation, output, position, sha256
from tests.gate.scene import ACTIVITIES, COUNSELLOR, DEAN, NOW, REGISTRAR, Scene
from tests.gate.server import Server, licheng
from tests.signing.passkeys import SoftPasskey

DAY = NOW.date()


@pytest.fixture
def scene(server: Server) -> Iterator[Scene]:
    """The server's own repository, whose main has two people's passkeys."""
    made = Scene(server.root, server.main, server.folder)
    main = enrolled(made)
    server.git("update-ref", "refs/heads/main", main)
    made.close()
    now = Scene(server.root, main, server.folder)
    yield now
    now.close()


def _landed(scene: Scene, server: Server) -> str:
    """Main with a counsellor's statement; the statement's path."""
    server.git("update-ref", "refs/heads/main", told(scene, scene.base, COUNSELLOR, {TALK: consultation()}))
    [path] = [path for path in scene.paths(CHANGES, server.main) if path.endswith(".json")]
    return path


def test_an_intake_lands_what_staff_signed_and_nothing_else(server: Server, scene: Scene) -> None:
    clone = server.clone(INTAKE)
    talk = {TALK: consultation()}
    server.commit(clone, {**talk, **word(scene, scene.base, COUNSELLOR, talk)}, COUNSELLOR)
    server.commit(clone, output("running"), STUDENT)
    done = server.push(INTAKE, clone)
    assert done.returncode == 0, done.stderr
    received, landed = server.log()
    assert (received["outcome"], received["actor"], landed["actor"]) == ("accepted", INTAKE, INTAKE)
    main = server.main
    server.commit(clone, {TALK: consultation("2026-11-19")}, COUNSELLOR)
    done = server.push(INTAKE, clone)
    assert (done.returncode, server.main) == (1, main)
    assert "GAT037" in done.stderr


def test_who_signed_a_change_is_told_beside_who_brought_it(server: Server, scene: Scene) -> None:
    clone = server.clone(INTAKE)
    talk = {TALK: consultation()}
    server.commit(clone, {**talk, **word(scene, scene.base, COUNSELLOR, talk)}, COUNSELLOR)
    assert server.push(INTAKE, clone).returncode == 0
    done = licheng("audit", TALK, "--json", "--repo", str(server.root))
    deeds = json.loads(done.stdout)["deeds"]
    assert {(deed["what"], deed["who"], deed["proof"]) for deed in deeds} == {
        ("add", INTAKE, "receipt"),
        ("stated", COUNSELLOR, "signature"),
    }


def test_stock_openssh_verifies_a_statement(scene: Scene, server: Server, tmp_path: Path) -> None:
    path = _landed(scene, server)
    signers = tmp_path / "allowed_signers"
    signers.write_bytes(scene.read(ALLOWED_SIGNERS, server.main))
    signature = tmp_path / "statement.sig"
    signature.write_bytes(scene.read(f"{path}.sig", server.main))
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", COUNSELLOR, "-n", CHANGE_NAMESPACE]
    data = scene.read(path, server.main)
    for message, code in ((data, 0), (data.replace(b"electives", b"elective5"), 255)):
        done = subprocess.run([*command, "-s", str(signature)], input=message, capture_output=True, check=False)
        assert done.returncode == code, done.stderr


def test_verify_tells_who_signed_which_files(server: Server, scene: Scene) -> None:
    path = _landed(scene, server)
    clone = server.clone(DEAN)
    done = licheng("verify", path, cwd=clone)
    assert done.returncode == 0, done.stderr
    assert f"{path}: {COUNSELLOR} {SoftPasskey.of(COUNSELLOR).public.fingerprint} 2026-11-23T04:00:00Z" in done.stdout
    assert f"{sha256(consultation())}  {TALK}" in done.stdout
    assert path in licheng("verify", "--all", cwd=clone).stdout
    (clone / f"{path}.sig").unlink()
    done = licheng("verify", path, cwd=clone)
    assert (done.returncode, "CHG001" in done.stdout) == (1, True)
    assert "APP011" in licheng("verify", path.replace(COUNSELLOR, ACTIVITIES), cwd=clone).stderr


def test_a_check_finds_a_broken_statement_wherever_it_is_asked_for(scene: Scene, server: Server) -> None:
    path = _landed(scene, server)
    broken = scene.commit({f"{path}.sig": None}, COUNSELLOR, parent=server.main)
    stray = scene.commit({f"{CHANGES}/note.txt": b"x\n"}, COUNSELLOR, parent=broken)
    with CommitTree(scene.root, stray) as tree:
        for asked in ((), (CHANGES,), (path,), (path.rpartition("/")[0],)):
            codes = {finding.code for finding in check(tree, DAY, paths=asked).findings}
            assert "CHG001" in codes
            assert ("FIL001" in codes) == (asked in {(), (CHANGES,)})
        assert "CHG001" not in {finding.code for finding in check(tree, DAY, paths=["content/students"]).findings}


def test_what_is_read_of_a_school_holds_no_statement(scene: Scene, server: Server) -> None:
    """Pages, feeds and calendars are made of this; so nothing of a student's folder can get out by a statement."""
    path = _landed(scene, server)
    with CommitTree(scene.root, server.main) as tree:
        loaded = load(tree, DAY)
        assert [change.path for _, part in loaded.changes() for change in part] == [path]
        assert loaded.school.trust.changes == ()
        assert not [text.path for text in loaded.school.texts if text.path.startswith(CHANGES)]
        assert not [one for one in loaded.shelf.paths if one.startswith(CHANGES)]


def test_the_site_shows_nothing_of_a_statement(scene: Scene, server: Server, tmp_path: Path) -> None:
    path = _landed(scene, server)
    clone = server.clone(DEAN)
    done = licheng("site", "write", str(tmp_path / "pages"), cwd=clone)
    assert done.returncode == 0, done.stderr
    pages = [file.read_bytes() for file in (tmp_path / "pages").rglob("*") if file.is_file()]
    assert len(pages) > 50
    for told_by in (
        path.rpartition("/")[2].removesuffix(".json").encode(),
        TALK.encode(),
        sha256(consultation()).encode(),
    ):
        assert not [page for page in pages if told_by in page]


def test_a_key_that_ends_lists_what_it_stated(scene: Scene, server: Server) -> None:
    path = _landed(scene, server)
    with CommitTree(scene.root, server.main) as tree:
        second = Witness(DEAN, scene.key(DEAN).sign)
        fingerprint = SoftPasskey.of(COUNSELLOR).public.fingerprint
        plan = end(load(tree, DAY), COUNSELLOR, fingerprint, "lost", NOW, second)
    files = {one: data for one, (_, data) in plan.replaces.items()}
    assert path.rpartition("/")[2].removesuffix(".json").encode() in b"".join(files.values())
    after = scene.commit(files, "t006", parent=server.main)
    assert not [f.code for f in scene.judge(after, "t006", base=server.main).report.findings]


def test_a_backup_answers_otherwise_once_a_statement_is_harmed(scene: Scene, server: Server) -> None:
    path = _landed(scene, server)
    harmed = scene.commit({f"{path}.sig": scene.read(ALLOWED_SIGNERS)}, COUNSELLOR, parent=server.main)
    whole, other = (answers(server.root, commit, DAY, server.receipts) for commit in (server.main, harmed))
    assert whole["verify"] != other["verify"]
    assert whole["check"] != other["check"]


def test_nobody_is_the_second_person_of_a_change_that_another_brings_for_them(scene: Scene) -> None:
    """Otherwise one coordinator alone could let a mass change pass: signed by the author, brought by the intake."""
    gone = _of_activities(scene)
    changes = Span(scene.objects, scene.base, scene.commit(dict.fromkeys(gone), ACTIVITIES)).changes(MOST_CHANGES)
    with CommitTree(scene.root, scene.commit(_override(scene, digest(changes)), REGISTRAR)) as tree:
        school = load(tree, DAY).school
    [override] = signed_for(changes, {INTAKE, ACTIVITIES}, school, NOW)
    assert list(signed_for(changes, {INTAKE, ACTIVITIES, override.by.staff}, school, NOW)) == []


def test_a_change_by_a_coordinator_through_the_intake_is_not_overridden_by_the_same(scene: Scene) -> None:
    gone = _of_activities(scene)
    files = dict.fromkeys(gone)
    head = told(scene, scene.base, ACTIVITIES, files)
    changes = Span(scene.objects, scene.base, head).changes(MOST_CHANGES)
    main = scene.commit(_override(scene, digest(changes)), REGISTRAR)
    beside = {path: scene.read(path, head) for path in scene.paths(CHANGES, head)}
    for author, codes in ((ACTIVITIES, set()), (REGISTRAR, {"GAT012"})):
        again = scene.commit({**files, **beside}, author, parent=main)
        found = {finding.code for finding in scene.judge(again, INTAKE, base=main).report.findings}
        assert found & {"GAT012"} == codes


def test_an_intake_keeps_no_time_for_what_nobody_signed(scene: Scene) -> None:
    item, teacher = scene.waiting()
    files = scene.certify(item, teacher)
    [payload] = [path for path in files if path.endswith(".json")]
    alone = {payload: files[payload]}
    forged = {**alone, **word(scene, scene.base, teacher, alone)}  # a passkey that nobody enrolled
    for brought, reserved in ((files, {payload}), (alone, set()), (forged, set())):
        verdict = scene.judge(scene.commit(dict(brought), teacher), INTAKE)
        assert payload in verdict.things
        assert verdict.reserved & {payload} == reserved


def test_a_statement_is_judged_where_a_check_could_not(scene: Scene) -> None:
    """Where a colleague's keys cannot be read, the check of statements is skipped; the gate asks again by itself."""
    keys = "content/trust/keys/t012.yaml"
    main = scene.commit({keys: b"kind: staff-keys/v1\n"}, "t006")
    talk = {TALK: consultation()}
    said = word(scene, scene.base, COUNSELLOR, talk)
    for beside, codes in ((said, set()), (signed_by(ACTIVITIES, said), {"GAT010", "GAT039"})):
        verdict = scene.judge(scene.commit({**talk, **beside}, COUNSELLOR, parent=main), INTAKE, base=main)
        assert {finding.code for finding in verdict.report.findings} & {"CHG001", "GAT010", "GAT039"} == codes


def signed_by(staff: str, said: dict[str, bytes]) -> dict[str, bytes]:
    """The same statement with another person's signature."""
    [path] = [path for path in said if path.endswith(".json")]
    return {path: said[path], f"{path}.sig": SoftPasskey.of(staff).sign(CHANGE_NAMESPACE, said[path])}


def test_a_file_made_executable_for_a_while_is_not_what_was_signed(scene: Scene) -> None:
    said = word(scene, scene.base, COUNSELLOR, {TALK: consultation()})
    first = scene.commit({TALK: ("100755", consultation()), **said}, COUNSELLOR)
    head = scene.commit({TALK: consultation()}, COUNSELLOR, parent=first)
    assert {"GAT037", "GAT038"} <= {finding.code for finding in scene.judge(head, INTAKE).report.findings}


def test_no_ordinary_key_and_every_passkey_may_state() -> None:
    assert CHANGE_NAMESPACE not in NAMESPACES
    assert CHANGE_NAMESPACE in PASSKEY_NAMESPACES


# What a person is asked to sign.


def test_what_is_stated_is_the_change_and_its_way_back(scene: Scene) -> None:
    files = {DUTY: position(), TALK: consultation()}
    change = stated(scene.loaded, COUNSELLOR, files, NOW)
    assert [(entry.path, entry.before, entry.after) for entry in change.entries] == [
        (TALK, None, sha256(consultation())),
        (DUTY, None, sha256(position())),
    ]
    again = StatedChange.of(change.payload(), path=change.path, digest=change.digest, signature=None)
    assert again == change
    assert change.path == f"{CHANGES}/115/{COUNSELLOR}/{sha256(encode(change.payload()))}.json"


def test_what_nobody_could_bring_is_not_asked_to_be_signed(scene: Scene) -> None:
    path = scene.paths("content/students")[0]
    many = {f"{TALK[:-5]}-{number}.yaml": b"x\n" for number in range(MOST_STATED + 1)}
    cases: dict[str, dict[str, bytes | None]] = {
        "APP360": {path: scene.read(path), TALK: None},
        "APP361": {**many},
        "APP362": {"content/school/staff.yaml": b"x\n"},
    }
    for code, files in cases.items():
        with pytest.raises(UsageError, match=code):
            stated(scene.loaded, COUNSELLOR, files, NOW)
    with pytest.raises(UsageError, match="APP362"):
        stated(scene.loaded, COUNSELLOR, {"content/students/113/Ä.yaml": b"x\n"}, NOW)
    assert len(stated(scene.loaded, COUNSELLOR, dict(list(many.items())[1:]), NOW).entries) == MOST_STATED


def test_the_most_that_can_be_stated_can_be_read(scene: Scene) -> None:
    long = f"{TALK[:-5]}-" + "a" * (200 - len(TALK) - 6)
    files = {f"{long}{number:05}.yaml"[-200:]: b"x\n" for number in range(MOST_STATED)}
    change = stated(scene.loaded, COUNSELLOR, files, NOW)
    assert len(signed_files(change, next(iter(list(signed(change).values())[1:])), scene.loaded)) == 2


def test_a_signature_that_would_not_count_is_not_taken(scene: Scene) -> None:
    change = stated(scene.loaded, COUNSELLOR, {TALK: consultation()}, NOW)
    data = encode(change.payload())
    right = SoftPasskey.of(COUNSELLOR).sign(CHANGE_NAMESPACE, data)
    assert set(signed_files(change, right, scene.loaded)) == {change.path, f"{change.path}.sig"}
    for wrong in (
        SoftPasskey.of(ACTIVITIES).sign(CHANGE_NAMESPACE, data),
        scene.key(REGISTRAR).sign(CHANGE_NAMESPACE, data),
        b"",
    ):
        with pytest.raises(UsageError, match="APP042"):
            signed_files(change, wrong, scene.loaded)
