"""A student's passkey from the signing page to a statement that stock OpenSSH verifies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from licheng.app.loading.load import Loaded, load
from licheng.app.trust import student_keys
from licheng.app.trust.state import signed_files, stated
from licheng.app.trust.verify import statements
from licheng.core.certification import SignatureFact
from licheng.core.errors import UsageError
from licheng.core.trust import (
    CONSENT_NAMESPACE,
    HAND_IN_NAMESPACE,
    KEY_NAMESPACE,
    NAMESPACES,
    PASSKEY_NAMESPACES,
    STUDENT_KEY_NAMESPACE,
    STUDENT_NAMESPACES,
)
from licheng.platform.hand_in_receipts import NAMESPACE as RECEIPTS
from licheng.policy.audit import stated as stated_deeds
from licheng.policy.statements import fault_of_key
from licheng.signing.refusal import Refusal
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from licheng.signing.sshsig import parse, verify
from tests.certified import STUDENT, Certified, canonical, digest, student_entry
from tests.signing.passkeys import SoftPasskey
from tests.trees import MemoryTree

TODAY, NOW, SINCE = date(2026, 11, 20), datetime(2026, 11, 20, 4, tzinfo=UTC), "2026-11-20T03:59:00Z"
MINE = SoftPasskey.of("a phone")
KEYS = f"content/students/113/{STUDENT}/keys.yaml"
WORK = f"content/students/113/{STUDENT}/statement/item.md"


def loaded(made: Certified | MemoryTree) -> Loaded:
    return load(made.tree() if isinstance(made, Certified) else made, TODAY)


def answer(made: Certified, passkey: SoftPasskey = MINE, student: str = STUDENT, **changes: Any) -> bytes:
    """What the signing page gives."""
    entry = student_entry(made.repository, student, passkey, SINCE)
    about = {"student": student, "repository": made.repository, "entry": entry}
    return json.dumps(
        {"protocol": "licheng-signing/v1", "id": "1", "job": "enrol-student", **about, **changes}
    ).encode()


def enrolled(made: Certified) -> Certified:
    """With the record that the platform writes, witnessed by the tutor's statement."""
    school = loaded(made)
    [student] = school.students(f"113/{STUDENT}")
    path, data = student_keys.with_entry(
        student, student_keys.enrolment(student, school.school, answer(made), NOW, "answer")
    )
    made.files[path] = data
    made.enrol_passkey("t905")
    made.state("t905", (path, None, digest(data)))
    return made


def test_what_a_student_signed_stock_openssh_verifies_with_the_keys_that_a_command_prints() -> None:
    made = enrolled(Certified.school())
    [student] = loaded(made).students(f"113/{STUDENT}")
    change = stated(loaded(made), STUDENT, {WORK: b"a draft"}, NOW, student)
    message = canonical(change.payload())
    made.files |= signed_files(change, MINE.sign(HAND_IN_NAMESPACE, message), loaded(made), student)
    signers = student_keys.signers(loaded(made), STUDENT)
    assert signers.startswith("# content/changes/115/t905/")
    how: dict[str, Any] = {"allowed_signers": signers, "principal": STUDENT, "at": NOW}
    verdict = verify_with_ssh_keygen(made.files[f"{change.path}.sig"], message, namespace=HAND_IN_NAMESPACE, **how)
    assert verdict.accepted, verdict.words
    proof = made.files[KEYS]
    for namespace in (STUDENT_KEY_NAMESPACE, KEY_NAMESPACE):
        signature = MINE.sign(namespace, proof)
        assert not verify_with_ssh_keygen(signature, proof, namespace=namespace, **how).accepted, namespace


def test_verify_and_audit_know_what_a_student_signed() -> None:
    made = enrolled(Certified.school())
    path = made.hand_in(MINE, at=SINCE)
    for asked in ((path,), (f"{path}.sig",), (f"content/students/113/{STUDENT}/hand-ins",)):
        assert [(change.path, why) for change, why in statements(loaded(made), *asked)] == [(path, None)]
    assert {change.account for change, _ in statements(loaded(made))} == {"t905", STUDENT}
    [student] = loaded(made).students(f"113/{STUDENT}")
    [deed] = stated_deeds(student.stated, (f"content/students/113/{STUDENT}",), loaded(made).school, student)
    assert (deed.who, deed.what, deed.proof) == (STUDENT, "stated", "signature")
    del made.files[f"{path}.sig"]
    assert [why for _, why in statements(loaded(made), path)] == ["signature"]
    with pytest.raises(UsageError, match="APP011"):
        list(statements(loaded(made), path.replace("hand-ins/", "hand-ins/0")))


def test_both_verifiers_say_the_same_in_the_namespaces_of_students() -> None:
    made = enrolled(Certified.school())
    [student] = loaded(made).students(f"113/{STUDENT}")
    [key], signers = student.keys, student_keys.signers(loaded(made), STUDENT)
    right, other, first, second = b"as it is\n", SoftPasskey.of("another phone"), *sorted(STUDENT_NAMESPACES)
    cases = [(MINE, first, second, right), (MINE, first, first, b"as it was\n"), (other, first, first, right)]
    said = set[bool]()
    for signer, namespace, asked, message in [*cases, (MINE, first, first, right), (MINE, second, second, right)]:
        armored = signer.sign(namespace, right)
        parsed = parse(armored)
        assert not isinstance(parsed, Refusal)
        result = verify(parsed, message, asked)
        fact = None
        if not isinstance(result, Refusal):
            fact = SignatureFact(parsed.fingerprint, namespace=asked, origin=result.origin)
        theirs = verify_with_ssh_keygen(
            armored, message, allowed_signers=signers, principal=STUDENT, namespace=asked, at=NOW
        )
        assert key.made(fact) is theirs.accepted
        said.add(theirs.accepted)
    assert said == {True, False}


def test_the_namespaces_of_students_are_nobody_elses() -> None:
    assert {HAND_IN_NAMESPACE, CONSENT_NAMESPACE} == STUDENT_NAMESPACES
    assert STUDENT_NAMESPACES.isdisjoint(NAMESPACES | PASSKEY_NAMESPACES)
    assert STUDENT_KEY_NAMESPACE not in NAMESPACES | PASSKEY_NAMESPACES | STUDENT_NAMESPACES
    assert RECEIPTS not in STUDENT_NAMESPACES  # the platform's word that it received is not the student's that she sent


def test_what_is_read_of_the_school_has_no_key_of_a_student() -> None:
    made = enrolled(Certified.school())
    school = loaded(made).school
    assert MINE.public.fingerprint not in {key.fingerprint for key in school.trust.keys}
    assert MINE.line not in school.trust.allowed_signers_expected


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"repository": "ab" * 32}, "APP371", "repository"),
        ({"entry": {}}, "APP370", None),
        ({"entry": None}, "APP370", None),
    ],
)
def test_what_is_no_enrolment_of_this_student(changes: Mapping[str, Any], code: str, reason: str | None) -> None:
    made = Certified.school()
    _refused(made, answer(made, **changes), code, reason)


def test_an_enrolment_of_somebody_else() -> None:
    made = Certified.school()
    _refused(made, answer(made, student="s1139902"), "APP371", "other-student")
    renamed = json.loads(answer(made)) | {"student": "s1139902"}
    _refused(made, json.dumps(renamed).encode(), "APP371", "other-challenge")
    as_staff = student_entry(made.repository, STUDENT, MINE, SINCE)
    as_staff["proof"] = MINE.sign(KEY_NAMESPACE, b"").decode()
    _refused(made, answer(made, entry=as_staff), "APP371", "other-namespace")
    made.enrol_passkey("t905")
    _refused(made, answer(made, SoftPasskey.of("t905")), "APP371", "enrolled")


def _refused(made: Certified, data: bytes, code: str, reason: str | None) -> None:
    [student] = loaded(made).students(f"113/{STUDENT}")
    with pytest.raises(UsageError) as refused:
        student_keys.enrolment(student, loaded(made).school, data, NOW, "answer")
    assert (refused.value.code, refused.value.values.get("reason")) == (code, reason)


def test_an_ended_passkey_is_kept_with_its_end_and_ends_once() -> None:
    made = enrolled(Certified.school())
    [student] = loaded(made).students(f"113/{STUDENT}")
    path, data = student_keys.ended(student, MINE.public.fingerprint, "lost", NOW)
    made.files[path] = data
    made.state("t905", (path, digest(data), digest(data)))
    [student] = loaded(made).students(f"113/{STUDENT}")
    [key] = student.keys
    assert (key.ended_at, fault_of_key(key, student, loaded(made).school)) == (NOW, None)
    assert 'valid-before="20261120040000Z"' in student_keys.signers(loaded(made), STUDENT)
    with pytest.raises(UsageError, match="APP483"):
        student_keys.ended(student, MINE.public.fingerprint, "lost", NOW)


def test_without_a_witness_no_keys_are_printed() -> None:
    made = enrolled(Certified.school())
    made.files[KEYS] += b"# nobody signed this line\n"
    for student, code in ((STUDENT, "APP485"), ("s1139999", "APP484"), ("nobody", "APP484")):
        with pytest.raises(UsageError, match=code):
            student_keys.signers(loaded(made), student)
