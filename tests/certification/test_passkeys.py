"""A teacher's passkey from the signing page to a certification that stock OpenSSH verifies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from licheng.app.loading.load import load
from licheng.app.trust import passkeys
from licheng.app.trust.certify import DecisionRequest, draft, listed_plan
from licheng.app.trust.keys import Witness, end, witnessed
from licheng.core.certification import CERTIFICATION_LIST_NAMESPACE, CERTIFICATION_NAMESPACE, Decision
from licheng.core.dates import instant
from licheng.core.errors import UsageError
from licheng.core.trust import KEY_NAMESPACE, PASSKEY_NAMESPACES
from licheng.policy.certification import State
from licheng.policy.keys import fault
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from licheng.sources import schemas
from licheng.storage.plan import Plan
from tests.certification import cases
from tests.certification.cases import MY_PASSKEY, with_passkey
from tests.certification.judged import TODAY, codes, is_certified, state_of
from tests.certified import (
    ALLOWED_SIGNERS,
    Certified,
    Signer,
    canonical,
    digest,
    folder,
    key,
    passkey_enrolment,
    passkey_terms,
)
from tests.signing.passkeys import HOST, SoftPasskey
from tests.trees import MemoryTree

NOW = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
FROM = "2026-11-18T03:59:00Z"
MINE = SoftPasskey.of("tests t904 on the phone")


def handed_over(made: Certified, passkey: SoftPasskey = MINE, staff: str = "t904", **changes: Any) -> bytes:
    """What the signing page gives; changes are made before it is signed."""
    terms = passkey_terms(HOST) | changes
    message = passkey_enrolment(made.repository, staff, passkey.line, FROM, terms)
    signature = passkey.sign(KEY_NAMESPACE, message).decode()
    return json.dumps({"statement": json.loads(message), "signature": signature}, indent=1).encode()


def enrolled(tree: MemoryTree, data: bytes) -> MemoryTree:
    return after(tree, passkeys.enrol(load(tree, TODAY), data, NOW, "enrolment.json"))


def after(tree: MemoryTree, plan: Plan) -> MemoryTree:
    return tree.over({**plan.creates, **{path: data for path, (_, data) in plan.replaces.items()}})


def fault_of(tree: MemoryTree) -> str | None:
    school = load(tree, TODAY).school
    [mine] = [each for each in school.trust.keys if each.fingerprint == MINE.public.fingerprint]
    return fault(mine, school)


def test_a_passkey_counts_from_the_second_persons_word_on_and_stock_openssh_verifies_what_it_signs() -> None:
    made = Certified.school()
    made.output()
    waiting = enrolled(made.tree(), handed_over(made))
    assert fault_of(waiting) == "KEY002"
    assert MINE.line not in waiting.files[ALLOWED_SIGNERS].decode()
    second = Witness("t903", key("t903").sign)
    whole = after(waiting, witnessed(load(waiting, TODAY), "t904", MINE.public.fingerprint, second))
    assert fault_of(whole) is None
    made.files |= {path: whole.files[path] for path in ("content/trust/keys/t904.yaml", ALLOWED_SIGNERS)}
    path = made.decide(folder(), signer=MINE)
    assert is_certified(made.tree())
    assert codes(made.tree()) == []
    verdict = verify_with_ssh_keygen(
        made.files[f"{path}.sig"],
        made.files[path],
        allowed_signers=made.files[ALLOWED_SIGNERS].decode(),
        principal="t904",
        namespace=CERTIFICATION_NAMESPACE,
        at=instant("2026-11-20T04:00:00Z"),
    )
    assert verdict.accepted, verdict.words


def test_without_a_witness_it_certifies_nothing() -> None:
    made = Certified.school()
    made.output()
    waiting = enrolled(made.tree(), handed_over(made))
    made.files |= {path: waiting.files[path] for path in ("content/trust/keys/t904.yaml", ALLOWED_SIGNERS)}
    made.decide(folder(), signer=MINE)
    assert state_of(made.tree()).state is State.SUBMITTED
    assert codes(made.tree()) == ["CER009", "KEY002"]


def test_an_ended_passkey_keeps_what_is_listed_and_nothing_later() -> None:
    made = with_passkey()
    made.decide(folder(), signer=MY_PASSKEY)
    tree, second = made.tree(), Witness("t902", key("t902").sign)
    at = instant("2026-11-21T00:00:00Z")
    ended = after(tree, end(load(tree, TODAY), "t904", MY_PASSKEY.public.fingerprint, "lost", at, second))
    assert is_certified(ended)
    made.files |= {path: ended.files[path] for path in ("content/trust/keys/t904.yaml", ALLOWED_SIGNERS)}
    made.decide(folder(), "returned", signer=MY_PASSKEY, issued_at="2026-11-20T05:00:00Z")
    assert "CER010" in codes(made.tree())


def _without(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: kept for other, kept in value.items() if other != name}


def offences(made: Certified) -> dict[str, tuple[bytes, str]]:
    """Files that are no enrolment here, with the code and, of APP371, the reason."""
    good = json.loads(handed_over(made))
    stated = good["statement"]
    another, ordinary = SoftPasskey.of("another"), key("t906")

    def of(**changes: Any) -> bytes:
        return json.dumps(good | {"statement": stated | changes}).encode()

    foreign = json.loads(passkey_enrolment("0" * 64, "t904", MINE.line, FROM, passkey_terms(HOST)))
    old = json.loads(passkey_enrolment(made.repository, "t904", MINE.line, "2026-11-01T00:00:00Z", passkey_terms(HOST)))
    unreal = stated | {"valid_from": "2026-02-30T00:00:00Z"}

    def signed(value: dict[str, Any], passkey: Signer = MINE, namespace: str = KEY_NAMESPACE) -> bytes:
        signature = passkey.sign(namespace, canonical(value)).decode()
        return json.dumps({"statement": value, "signature": signature}).encode()

    return {
        "nothing": (b"", "APP370"),
        "not UTF-8": (b"\xff\xfe", "APP370"),
        "very deep": (b"[" * 50_000, "APP370"),
        "a list": (b"[]", "APP370"),
        "far too large": (json.dumps(good).encode() + b" " * 70_000, "APP370"),
        "no signature": (json.dumps(_without(good, "signature")).encode(), "APP370"),
        "a signature of another type": (json.dumps(good | {"signature": ["x"]}).encode(), "APP370"),
        "a field less": (json.dumps(good | {"statement": _without(stated, "credential")}).encode(), "APP370"),
        "a field more": (of(more="x"), "APP370"),
        "another type": (of(_type="key-enrolment/v1"), "APP370"),
        "a coordinator's namespace": (of(namespaces=[KEY_NAMESPACE]), "APP370"),
        "no page": (of(origins=[]), "APP370"),
        "a page as text": (of(origins=f"https://{HOST}"), "APP370"),
        "a number": (of(staff=4), "APP370"),
        "a list as staff": (of(staff=["t904"]), "APP370"),
        "a path as staff": (of(staff="../../t904"), "APP045"),
        "nobody here": (handed_over(made, staff="t999"), "APP045"),
        "an ordinary key": (signed(stated | {"public_key": ordinary.public.line}, ordinary), "passkey-terms"),
        "another school": (signed(foreign), "repository"),
        "an old one": (signed(old), "untimely"),
        "no day of the calendar": (signed(unreal), "no-such-time"),
        "changed afterwards": (of(credential="A" * 22), "other-challenge"),
        "signed by another passkey": (signed(stated, another), "other-key"),
        "signed for another thing": (signed(stated, namespace=CERTIFICATION_NAMESPACE), "other-namespace"),
        "of another host": (handed_over(made, application="sign.other.example"), "passkey-terms"),
        "on a page that it does not list": (handed_over(made, origins=[f"https://{HOST}:8443"]), "passkey-terms"),
        "no armor": (json.dumps(good | {"signature": "x"}).encode(), "no-armor"),
    }


MADE = Certified.school()
OFFENCES = offences(MADE)


@pytest.mark.parametrize("name", OFFENCES)
def test_what_is_no_enrolment_here_is_refused_and_nothing_is_written(name: str) -> None:
    data, expected = OFFENCES[name]
    with pytest.raises(UsageError) as refused:
        passkeys.enrol(load(MADE.tree(), TODAY), data, NOW, "enrolment.json")
    if expected.startswith("APP"):
        assert refused.value.code == expected
    else:
        assert refused.value.code == "APP371"
        assert str(refused.value.values["reason"]).startswith(expected)


def test_the_same_passkey_is_enrolled_once() -> None:
    waiting = enrolled(MADE.tree(), handed_over(MADE))
    with pytest.raises(UsageError) as refused:
        enrolled(waiting, handed_over(MADE))
    assert refused.value.values["reason"] == "enrolled"


def test_the_schema_knows_exactly_what_passkeys_may_sign() -> None:
    entry = schemas.load()["staff-keys"]["properties"]["keys"]["items"]["properties"]
    listed = entry["passkey"]["properties"]["namespaces"]["items"]["enum"]
    assert set(listed) == PASSKEY_NAMESPACES


def test_what_a_passkey_signed_on_a_page_that_is_not_its_own_certifies_nothing() -> None:
    made = cases.passkey_on_another_page()
    assert codes(made.tree()) == ["CER009"]
    assert not is_certified(made.tree())


def test_nobody_alone_makes_a_passkey_for_a_teacher() -> None:
    assert codes(cases.passkey_by_nobody().tree()) == ["KEY002"]


def test_a_page_or_a_use_added_to_an_enrolled_passkey_ends_it() -> None:
    made = cases.passkey_page_added()
    made.decide(folder(), signer=MY_PASSKEY)
    assert codes(made.tree()) == ["CER009", "KEY001"]


def test_no_coordinator_vouches_with_a_passkey() -> None:
    assert codes(cases.by_a_coordinators_passkey().tree()) == ["KEY002"]


def test_one_touch_signs_many_and_stock_tools_verify_each() -> None:
    made = with_passkey()
    students = [f"s11399{number:02}" for number in range(1, 41)]
    for student in students[1:]:
        made.student(student)
        made.output(folder(student))
    loaded = load(made.tree(), TODAY)
    request = DecisionRequest("t904", MY_PASSKEY.public.fingerprint, Decision.CERTIFIED)
    found = [loaded.item(folder(student)) for student in students]
    drafts = [(draft(item, student, loaded.school, request, NOW), student) for student, item in found]
    touches: list[bytes] = []

    def touch(namespace: str, message: bytes) -> bytes:
        touches.append(message)
        return MY_PASSKEY.sign(namespace, message)

    plan = listed_plan(drafts, loaded, NOW, touch)
    assert len(touches) == 1
    whole = after(made.tree(), plan)
    assert all(is_certified(whole, folder(student)) for student in students)
    path = drafts[7][0].path
    named = whole.files[f"{path}.list"]
    assert digest(whole.files[path]) in named.decode().split()
    assert not any(student in named.decode() for student in students)
    verdict = verify_with_ssh_keygen(
        whole.files[f"{path}.list.sig"],
        named,
        allowed_signers=whole.files[ALLOWED_SIGNERS].decode(),
        principal="t904",
        namespace=CERTIFICATION_LIST_NAMESPACE,
        at=NOW,
    )
    assert verdict.accepted, verdict.words


def test_a_list_that_would_not_verify_is_not_written() -> None:
    made = with_passkey()
    loaded = load(made.tree(), TODAY)
    student, item = loaded.item(folder())
    request = DecisionRequest("t904", MY_PASSKEY.public.fingerprint, Decision.CERTIFIED)
    drafted = draft(item, student, loaded.school, request, NOW)
    for sign in (SoftPasskey.of("another").sign, lambda namespace, message: MY_PASSKEY.sign(namespace, message + b"x")):
        with pytest.raises(UsageError) as refused:
            listed_plan([(drafted, student)], loaded, NOW, sign)
        assert refused.value.code == "APP042"
    with pytest.raises(ValueError, match="no list"):
        listed_plan([], loaded, NOW, MY_PASSKEY.sign)


def test_what_was_signed_alone_and_left_behind_is_no_part_of_a_list() -> None:
    made = with_passkey()
    loaded = load(made.tree(), TODAY)
    student, item = loaded.item(folder())
    request = DecisionRequest("t904", MY_PASSKEY.public.fingerprint, Decision.CERTIFIED)
    drafted = draft(item, student, loaded.school, request, NOW)
    left = made.tree().over({f"{drafted.path}.sig": MY_PASSKEY.sign(CERTIFICATION_NAMESPACE, drafted.data)})
    with pytest.raises(UsageError) as refused:
        listed_plan([(drafted, student)], load(left, TODAY), NOW, MY_PASSKEY.sign)
    assert refused.value.code == "APP042"
