"""What another school with this software certified becomes a claim: by its keys, which two people enrolled here."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licheng.app.loading.load import load
from licheng.app.registry.release import AskedRelease, prepared, written
from licheng.app.trust.claim import claim
from licheng.app.trust.signed_elsewhere import claim_list
from licheng.core.errors import UsageError
from licheng.policy.certification import State
from licheng.storage.plan import Plan
from tests.certification.judged import TODAY, codes, state_of
from tests.certified import ALLOWED_SIGNERS, STUDENT, Certified, digest, folder, key
from tests.command import licheng
from tests.trees import ROOT, MemoryTree

TERM = "114-2"
WHERE = folder(term=TERM)
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
SCHOOL = "content/school/school.yaml"


def there() -> Certified:
    """The school that the student came from, where the work was certified."""
    made = Certified.school()
    made.output(WHERE)
    made.decide(WHERE, term=TERM, issued_at="2026-06-20T04:00:00Z")
    return made


def package(made: Certified, out: Path) -> Path:
    """The student's own copy, as that school gives it."""
    tree = made.tree()
    written(prepared(tree, TODAY, AskedRelease(STUDENT), "c0" * 20), tree, out)
    return out


def signers(made: Certified) -> bytes:
    return made.tree().files[ALLOWED_SIGNERS]


def here(enrolled: bytes | None, came: str = "2026-08-01", event: str = "transfer-in") -> Certified:
    """This school, to which the student came; the work was handed in with the same files and other words."""
    made = Certified.school("t906")
    made.output(WHERE, text="轉來之後，把同一份報告再送一次。")
    path = f"content/students/113/{STUDENT}/student.yaml"
    made.files[path] = (
        f"kind: student/v1\nprogramme: general\nevents:\n  - {{on: {came}, event: {event}, level: 12, class: 12a}}\n"
    ).encode()
    line = f"    allowed_signers: {digest(enrolled)}\n" if enrolled is not None else ""
    listed = f"platforms:\n  - id: neighbour\n    name: {{zh: 鄰校, en: Neighbour}}\n{line}"
    made.files[SCHOOL] = (ROOT / SCHOOL).read_bytes() + listed.encode()
    return made


def planned(made: Certified, out: Path, given: bytes) -> MemoryTree:
    loaded = load(made.tree(), TODAY)
    listed = claim_list(out, given, "neighbour", STUDENT, loaded)
    return made.tree().over(claim(loaded, listed, "neighbour", "t903", NOW, key("t903").sign).creates)


def test_what_teachers_there_signed_is_claimed_by_their_keys(tmp_path: Path) -> None:
    other = there()
    out, given = package(other, tmp_path / "bag"), signers(other)
    made = here(given)
    tree = planned(made, out, given)
    found = state_of(tree, WHERE)
    assert found.state is State.CLAIMED
    assert found.claim is not None
    assert (found.claim.is_signed, str(found.claim.certified_on)) == (True, "2026-06-20")
    assert found.claim.export == digest((out / "tagmanifest-sha256.txt").read_bytes())
    assert [code for code in codes(tree) if code.startswith("CER")] == []
    # One that is not signed is not of a term of this school's own, whoever came when.
    path = found.claim.path
    stated = tree.over({path: tree.files[path].replace(b"basis: signed", b"basis: stated")})
    assert {"CER022", "CER024"} <= {*codes(stated)}
    # Where the signers are taken out of the list again, it counts no more.
    without = tree.over({SCHOOL: here(None).files[SCHOOL]})
    assert "CER023" in codes(without)
    assert state_of(without, WHERE).state is not State.CLAIMED


@pytest.mark.parametrize("event", ["entry", "transfer-in"])
def test_who_was_here_in_the_term_has_it_certified_here(event: str, tmp_path: Path) -> None:
    other = there()
    given = signers(other)
    made = here(given, "2026-08-01" if event == "entry" else "2026-03-02", event)
    with pytest.raises(UsageError) as refused:
        planned(made, package(other, tmp_path / "bag"), given)
    assert refused.value.values["code"] == "CER024"


@pytest.mark.parametrize("what", ["not-enrolled", "other-signers", "another key", "a work", "a signature", "returned"])
def test_nothing_is_claimed_that_does_not_verify(what: str, tmp_path: Path) -> None:
    other = there()
    given = signers(other)
    if what == "returned":
        other.decide(WHERE, "returned", term=TERM, sequence=2, issued_at="2026-06-25T04:00:00Z")
    out = package(other, tmp_path / "bag")
    made, case = here(None if what == "not-enrolled" else given), "not-enrolled"
    if what == "other-signers":
        given += b"# another file\n"
    elif what == "another key":
        few = b"".join(line for line in given.splitlines(keepends=True) if not line.startswith(b"t904"))
        made, given, case = here(few), few, "other-keys"
    elif what == "a work":
        (out / f"data/{WHERE}/report.pdf").write_bytes(b"another")
        case = ""
    elif what == "a signature":
        [signature] = out.rglob("*.sig")
        signature.unlink()
        case = ""
    elif what == "returned":
        case = "nothing"
    with pytest.raises(UsageError) as refused:
        planned(made, out, given)
    assert (refused.value.code, refused.value.values["case"]) == ("APP498", case)


def test_the_command_verifies_the_package_and_signs(tmp_path: Path) -> None:
    other = there()
    out = package(other, tmp_path / "bag")
    (tmp_path / "signers").write_bytes(signers(other))
    Plan(creates=here(signers(other)).tree().files).apply(tmp_path / "school")
    mine = key("t903").write(tmp_path)
    command = ("claim", str(out), "--platform", "neighbour", "--key", str(mine), "--now", "2026-11-20T04:00:00Z")
    whose = ("--student", STUDENT, "--signers", str(tmp_path / "signers"))
    assert "APP499" in licheng(tmp_path / "school", *command, *whose[:2]).stderr
    done = licheng(tmp_path / "school", *command, *whose)
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / f"school/content/students/113/{STUDENT}/claims/{TERM}/pendulum.yaml").read_text()
    assert "basis: signed" in text
    shutil.rmtree(out / "data/content/trust")
    assert "APP498" in licheng(tmp_path / "school", *command, *whose).stderr
