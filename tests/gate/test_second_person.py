"""The second person's way through a real server: refused, signed by the command that the gate prints, and landed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from licheng.core.statements import OverrideStatement
from licheng.policy.gate import MOST_REASON, reason_fault
from licheng.signing.canonical import encode
from tests.gate.server import DEAN, Server, licheng

pytestmark = pytest.mark.usefixtures("schools_judged_once")

REGISTRAR, TEACHER = "t004", "t016"
IT = "t006"
STAFF, DUTIES, ACCOUNTS = (f"content/school/{name}.yaml" for name in ("staff", "duties", "accounts"))


def with_post(clone: Path, staff: str, post: str) -> dict[str, bytes]:
    text = (clone / STAFF).read_text(encoding="utf-8")
    line = f"  - id: {staff}\n    posts:\n"
    assert line in text
    return {STAFF: text.replace(line, f"{line}      - post: {post}\n        from: 2026-11-23\n").encode()}


def printed(push: subprocess.CompletedProcess[str]) -> list[str]:
    """The command that the gate tells the second person, with a reason, without the key."""
    found = re.search(r"licheng (override .*) --reason", push.stderr.replace("remote: ", ""))
    assert found is not None, push.stderr
    return [*shlex.split(found[1]), "--reason", "接任註冊組長。"]


def key_of(server: Server, staff: str) -> list[str]:
    return ["--key", str(server.folder / ".licheng" / "keys" / staff)]


def test_a_post_is_given_by_two_people(server: Server) -> None:
    mine, other = server.clone(REGISTRAR), server.clone(DEAN)
    files = with_post(mine, TEACHER, "registrar")
    server.commit(mine, files, REGISTRAR)
    refused = server.push(REGISTRAR, mine)
    assert refused.returncode == 1
    assert "GAT021" in refused.stderr
    told = printed(refused)

    shown = licheng(*told, *key_of(server, DEAN), "--dry-run", cwd=other)
    assert shown.returncode == 0, shown.stderr
    assert f"{TEACHER} 會可以：修改" in shown.stdout
    assert not (other / "content/trust/overrides").exists()
    signed = licheng(*told, *key_of(server, DEAN), cwd=other)
    assert signed.returncode == 0, signed.stderr
    server.commit(other, {}, DEAN)
    assert server.push(DEAN, other).returncode == 0

    assert server.run(REGISTRAR, mine, "pull", "-q", "--rebase", "origin", "main").returncode == 0
    landed = server.push(REGISTRAR, mine)
    assert landed.returncode == 0, landed.stderr


def test_who_brings_it_who_gains_it_and_who_has_nothing_cannot_sign(server: Server) -> None:
    mine = server.clone(REGISTRAR)
    server.commit(mine, with_post(mine, TEACHER, "registrar"), REGISTRAR)
    told = printed(server.push(REGISTRAR, mine))
    shutil.rmtree(mine)
    mine = server.clone(REGISTRAR)
    for staff in (TEACHER, "t012"):
        done = licheng(*told, *key_of(server, staff), cwd=mine)
        assert (done.returncode, done.stderr[:6]) == (2, "APP162"), done.stderr
    # The registrar is a coordinator and may sign; but then somebody else brings the change.
    assert licheng(*told, *key_of(server, REGISTRAR), cwd=mine).returncode == 0
    server.commit(mine, {}, REGISTRAR)
    assert server.push(REGISTRAR, mine).returncode == 0
    server.commit(mine, with_post(mine, TEACHER, "registrar"), REGISTRAR)
    assert "GAT021" in server.push(REGISTRAR, mine).stderr


def test_where_each_of_two_gains_each_signs_for_the_other(server: Server) -> None:
    """New logins of both coordinators, and a pattern of paths with a quote in it is one harmless word."""
    mine = server.clone(IT)
    text = (mine / ACCOUNTS).read_text(encoding="utf-8")
    for staff in (DEAN, REGISTRAR):
        at = text.index("    identities:\n", text.index(f"  - id: {staff}\n")) + len("    identities:\n")
        text = f"{text[:at]}      - github:{staff.removeprefix('t')}1\n{text[at:]}".replace("github:00", "github:9")
    server.commit(mine, {ACCOUNTS: text.encode()}, IT)
    said = server.push(IT, mine).stderr
    assert "GAT021" in said
    told = re.findall(r"下一步　(t\d+)：.*?licheng (override .*) --reason", said)
    assert sorted(who for who, _ in told) == [DEAN, REGISTRAR]
    for who, line in told:
        clone = server.clone(who)
        done = licheng(*shlex.split(line), "--reason", "換電腦。", *key_of(server, who), cwd=clone)
        assert done.returncode == 0, done.stderr
        server.commit(clone, {}, who)
        assert server.push(who, clone).returncode == 0
    assert server.run(IT, mine, "pull", "-q", "--rebase", "origin", "main").returncode == 0
    landed = server.push(IT, mine)
    assert landed.returncode == 0, landed.stderr


def test_what_the_second_person_is_told_to_run_is_one_harmless_line(server: Server) -> None:
    """A pattern of paths is anybody's text; pasted into a shell it stays one word."""
    mine = server.clone(DEAN)
    text = (mine / DUTIES).read_text(encoding="utf-8")
    path = "content/handbook/'; touch owned; '*"
    row = f'  - id: odd\n    paths: ["{path}"]\n    may: [add]\n    by: [{{unit: guidance}}]\n'
    server.commit(mine, {DUTIES: text.replace("authority:\n", f"authority:\n{row}", 1).encode()}, DEAN)
    refused = server.push(DEAN, mine)
    assert refused.returncode == 1
    assert f"t009 add /{path}" in printed(refused)


def test_a_commit_that_is_here_says_itself_what_it_gives(server: Server) -> None:
    mine = server.clone(REGISTRAR)
    server.commit(mine, with_post(mine, TEACHER, "registrar"), REGISTRAR)
    head = subprocess.run(["git", "-C", mine, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    change = printed(server.push(REGISTRAR, mine))[1]
    subprocess.run(["git", "-C", mine, "reset", "-q", "--hard", "HEAD~1"], check=True)
    rest = ["--head", head.strip(), "--slug", "grant", "--reason", "接任。", *key_of(server, DEAN), "--dry-run"]
    done = licheng("override", change, *rest, cwd=mine)
    assert done.returncode == 0, done.stderr
    assert f"{TEACHER} 會可以：修改" in done.stdout
    done = licheng("override", "0" * 64, *rest, cwd=mine)
    assert (done.returncode, done.stderr[:6]) == (2, "APP163")
    done = licheng("override", change, "--grant", "t016 rule the-world", *rest[2:], cwd=mine)
    assert (done.returncode, done.stderr[:6]) == (2, "APP161")


def test_what_somebody_may_do_is_what_the_gate_compares(server: Server) -> None:
    mine = server.clone(DEAN)
    said = licheng("who-may", "--of", DEAN, cwd=mine).stdout
    assert f"{DEAN} 可以：准許逾期補辦" in said
    assert "分工" in said
    assert "每一位教職員 可以（限自己簽署的）" in said
    assert "什麼都不能做" in licheng("who-may", "--of", "t999", cwd=mine).stdout
    assert licheng("who-may", cwd=mine).returncode == 2


def test_what_was_signed_before_there_were_grants_keeps_its_bytes() -> None:
    data = {"change": "0" * 64, "reason": "重編。", "by": "t004", "signed_at": "2026-11-23T04:00:00Z"}
    said = (
        '{"_type":"override/v1","by":"t004","change":"' + "0" * 64 + '","reason":"重編。",'
        '"repository":"r","signed_at":"2026-11-23T04:00:00Z"}\n'
    )
    assert encode(OverrideStatement.of(data, repository="r").payload()) == said.encode()
    given = OverrideStatement.of({**data, "grants": ["t016 see"]}, repository="r")
    assert b'"grants":["t016 see"]' in encode(given.payload())


REASONS = {
    "": "empty",
    "   ": "empty",
    "\udcff": "not-utf8",
    "颱風\udc80停課": "not-utf8",
    "a\tb": "control-character",
    "line\nline": "control-character",
    "\x1b[31m": "control-character",
    "\u202eesrever": "control-character",
    "zero\u200bwidth": "control-character",
    "cafe\u0301": "not-composed",
    "a" * (MOST_REASON + 1): "too-many-characters",
    "身分證 A123456789": "names-somebody",
    "請打 0912-345-678": "names-somebody",
    "颱風停課，先關閉": None,
    "a" * MOST_REASON: None,
}


@pytest.mark.parametrize("text", REASONS, ids=lambda text: ascii(text)[:30])
def test_a_reason_for_the_glass_is_text(text: str) -> None:
    assert reason_fault(text) == REASONS[text]


@pytest.mark.parametrize("option", [b"\xff", b"", b"a\tb", b"cafe\xcc\x81", b"A123456789", b"x" * 501])
def test_a_reason_that_is_no_text_is_refused_before_the_log(server: Server, option: bytes) -> None:
    clone = server.clone(DEAN)
    server.commit(clone, {DUTIES: (clone / DUTIES).read_bytes() + b"# x\n"}, DEAN)
    done = server.push(DEAN, clone, "-o", f"break-glass={option.decode('utf-8', 'surrogateescape')}")
    assert done.returncode == 1
    assert "APP160" in done.stderr
    assert "APP099" not in done.stderr
    assert [entry["codes"] for entry in server.log()] == [["APP160"]]


@pytest.mark.parametrize(
    ("code", "signer", "substitute", "course", "starts", "ends"),
    [
        ("DLG002", "t015", "t998", "115-1/civics-5", "2026-11-23T05:00:00Z", "2026-12-31T15:59:59Z"),
        ("DLG002", "t015", "t025", "115-1/civics-5", "2026-11-23T05:00:00Z", "2026-12-31T15:59:59Z"),
        ("DLG003", "t016", "t011", "115-1/civics-5", "2026-11-23T05:00:00Z", "2026-12-31T15:59:59Z"),
        ("DLG003", "t015", "t016", "119-1/civics-5", "2026-11-23T05:00:00Z", "2026-12-31T15:59:59Z"),
        ("DLG004", "t015", "t016", "115-1/civics-5", "2026-12-31T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("DLG004", "t015", "t016", "115-1/civics-5", "2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("DLG004", "t015", "t016", "115-1/civics-5", "2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z"),
        ("DLG005", "t015", "t016", "115-1/civics-5", "2026-11-23T05:00:00Z", "2126-12-31T15:59:59Z"),
        ("APP042", "t015", "t015", "115-1/civics-5", "2026-11-23T05:00:00Z", "2026-12-31T15:59:59Z"),
        ("APP042", "t015", "s1130003", "115-1/civics-5", "2026-11-23T05:00:00Z", "2026-12-31T15:59:59Z"),
    ],
)
def test_a_delegation_that_means_nothing_is_refused_with_its_own_code(
    written: Path, code: str, signer: str, substitute: str, course: str, starts: str, ends: str
) -> None:
    school = written / "school"
    arguments = ["--by", signer, "--from", signer, "--to", substitute, "--course", course, "--reason", "病假"]
    key = ["--key", str(school / ".licheng" / "keys" / signer), "--starts", starts, "--ends", ends]
    done = licheng("delegate", "sick-leave", *arguments, *key, cwd=school)
    assert (done.returncode, done.stderr[:6]) == (2, code), done.stderr
    assert not (school / "content/delegations/sick-leave.json").exists()
