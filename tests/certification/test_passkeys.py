"""A teacher's passkey from the signing page to a certification that stock OpenSSH verifies."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from licheng.app.loading.load import load
from licheng.app.trust import passkeys
from licheng.app.trust.certify import DecisionRequest, draft, listed_plan
from licheng.app.trust.keys import Witness, end, witnessed
from licheng.core.certification import CERTIFICATION_NAMESPACE, Decision
from licheng.core.dates import instant
from licheng.core.errors import UsageError
from licheng.core.trust import KEY_NAMESPACE, PASSKEY_NAMESPACES
from licheng.policy.certification import State, new_event_fault
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
from tests.trees import ROOT, MemoryTree

NOW = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
FROM = "2026-11-18T03:59:00Z"
PAGE = ROOT / "content/handbook/verify.md"
MINE = SoftPasskey.of("tests t904 on the phone")


def answer(value: Mapping[str, Any], signer: Signer = MINE, namespace: str = KEY_NAMESPACE) -> dict[str, Any]:
    """What the signing page gives for a statement, read."""
    entry = {name: value[name] for name in ("public_key", "valid_from")}
    entry["passkey"] = {name: value[name] for name in passkey_terms(HOST)}
    entry["proof"] = signer.sign(namespace, canonical(value)).decode()
    about = {name: value[name] for name in ("staff", "repository")}
    return {"protocol": "licheng-signing/v1", "id": "1", "job": "enrol", **about, "entry": entry}


def statement(made: Certified, passkey: Signer = MINE, staff: str = "t904", since: str = FROM, **changes: Any) -> Any:
    """What is signed, read; changes are made before."""
    terms = passkey_terms(HOST) | changes
    return json.loads(passkey_enrolment(made.repository, staff, passkey.public.line, since, terms))


def handed_over(made: Certified, **changes: Any) -> bytes:
    """What the signing page gives; changes are made before it is signed."""
    return json.dumps(answer(statement(made, **changes)), indent=1).encode()


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
    """Files that are no enrolment here, with the code or, of APP371, the reason."""
    good, stated = answer(statement(made)), statement(made)
    another, ordinary = SoftPasskey.of("another"), key("t906")

    def file(value: Any) -> bytes:
        return json.dumps(value).encode()

    def of(**changes: Any) -> bytes:
        return file(good | {"entry": good["entry"] | changes})

    def about(**changes: Any) -> bytes:
        return of(passkey=good["entry"]["passkey"] | changes)

    return {
        "nothing": (b"", "APP370"),
        "not UTF-8": (b"\xff\xfe", "APP370"),
        "very deep": (b"[" * 50_000, "APP370"),
        "a list": (b"[]", "APP370"),
        "far too large": (file(good) + b" " * 70_000, "APP370"),
        "no entry": (file(_without(good, "entry")), "APP370"),
        "no proof": (file(good | {"entry": _without(good["entry"], "proof")}), "APP370"),
        "a proof of another type": (of(proof=["x"]), "APP370"),
        "a field less": (of(passkey=_without(good["entry"]["passkey"], "credential")), "APP370"),
        "a field more": (of(more="x"), "APP370"),
        "its own witness": (of(witness={"staff": "t902", "signature": "x"}), "APP370"),
        "no passkey": (file(good | {"entry": _without(good["entry"], "passkey")}), "APP370"),
        "a coordinator's namespace": (about(namespaces=[KEY_NAMESPACE]), "APP370"),
        "no page": (about(origins=[]), "APP370"),
        "a page as text": (about(origins=f"https://{HOST}"), "APP370"),
        "a number": (file(good | {"staff": 4}), "APP370"),
        "a list as staff": (file(good | {"staff": ["t904"]}), "APP370"),
        "a path as staff": (file(good | {"staff": "../../t904"}), "APP045"),
        "nobody here": (handed_over(made, staff="t999"), "APP045"),
        "an ordinary key": (file(answer(statement(made, ordinary), ordinary)), "passkey-terms"),
        "another school": (file(answer(stated | {"repository": "0" * 64})), "repository"),
        "an old one": (handed_over(made, since="2026-11-01T00:00:00Z"), "untimely"),
        "of tomorrow": (handed_over(made, since="2026-11-19T04:00:00Z"), "untimely"),
        "no day of the calendar": (handed_over(made, since="2026-02-30T00:00:00Z"), "no-such-time"),
        "changed afterwards": (about(credential="A" * 22), "other-challenge"),
        "another's name on it": (file(good | {"staff": "t905"}), "other-challenge"),
        "signed by another passkey": (file(answer(stated, another)), "other-key"),
        "signed for another thing": (file(answer(stated, namespace=CERTIFICATION_NAMESPACE)), "other-namespace"),
        "of another host": (handed_over(made, application="sign.other.example"), "passkey-terms"),
        "on a page that it does not list": (handed_over(made, origins=[f"https://{HOST}:8443"]), "passkey-terms"),
        "no armor": (of(proof="x"), "no-armor"),
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


def test_a_passkey_that_was_proved_on_a_page_that_is_not_its_own_is_no_key() -> None:
    made = Certified.school()
    made.keys.pop("t904")
    made.enrol("t904", MY_PASSKEY, passkey=passkey_terms(HOST), proved_at=f"https://{HOST}:8443", enrolled=False)
    made.output()
    made.decide(folder(), signer=MY_PASSKEY)
    assert codes(made.tree()) == ["CER009", "KEY001"]


def test_nobody_alone_makes_a_passkey_for_a_teacher() -> None:
    assert codes(cases.passkey_by_nobody().tree()) == ["KEY002"]


def test_a_page_or_a_use_added_to_an_enrolled_passkey_ends_it() -> None:
    made = cases.passkey_page_added()
    made.decide(folder(), signer=MY_PASSKEY)
    assert codes(made.tree()) == ["CER009", "KEY001"]


def test_no_coordinator_vouches_with_a_passkey() -> None:
    assert codes(cases.by_a_coordinators_passkey().tree()) == ["KEY002"]


@pytest.mark.parametrize(
    ("issued_at", "from_day"),
    [
        ("2026-11-20T15:59:59Z", "2026-11-22"),  # the last second of the 20th in Taipei
        ("2026-11-20T16:00:00Z", "2026-11-22"),  # its 24 hours have gone as the 22nd begins
        ("2026-11-20T16:00:01Z", "2026-11-23"),
    ],
)
def test_what_a_passkey_certified_takes_effect_on_the_first_day_that_begins_after_the_hours(
    issued_at: str, from_day: str
) -> None:
    made = with_passkey()
    made.decide(folder(), signer=MY_PASSKEY, issued_at=issued_at)
    effect = date.fromisoformat(from_day)
    before, then = (state_of(made.tree(), today=day) for day in (effect - timedelta(days=1), effect))
    assert (before.state, before.pending_until, before.settled) == (State.CERTIFIED, effect, False)
    assert (then.state, then.pending_until, then.settled) == (State.CERTIFIED, None, True)


def test_the_rulebook_says_how_many_hours_and_an_ordinary_key_waits_for_none() -> None:
    tree, book, now = with_passkey().tree(), "content/rulebook/2018-05-30.yaml", instant("2026-11-20T16:00:00Z")
    tree = tree.over({book: tree.files[book] + b"passkey_hours: {value: 25}\n"})
    loaded = load(tree, date(2026, 11, 21))
    student, item = loaded.item(folder())
    request = DecisionRequest("t904", MY_PASSKEY.public.fingerprint, Decision.CERTIFIED)
    plan = listed_plan([(draft(item, student, loaded.school, request, now), student)], loaded, now, MY_PASSKEY.sign)
    assert state_of(after(tree, plan), today=date(2026, 11, 22)).pending_until == date(2026, 11, 23)
    made = Certified.school()
    made.output()
    made.decide(folder(), issued_at="2026-11-20T16:00:00Z")
    assert state_of(made.tree(), today=date(2026, 11, 21)).settled


def test_a_revocation_by_passkey_counts_at_once() -> None:
    made = with_passkey()
    made.decide(folder(), signer=MY_PASSKEY, issued_at="2026-11-20T04:00:00Z")
    made.decide(folder(), "revoked", signer=MY_PASSKEY, issued_at="2026-11-20T05:00:00Z")
    revoked = state_of(made.tree(), today=date(2026, 11, 20))
    assert (revoked.state, revoked.pending_until) == (State.REVOKED, None)


@pytest.mark.parametrize(
    ("decision", "hours", "is_accepted"),
    [("certified", 12, True), ("certified", 12.001, False), ("returned", 13, True), ("returned", 14 * 24 + 1, False)],
)
def test_a_new_certification_by_passkey_comes_in_within_half_of_its_hours(
    decision: str, hours: float, is_accepted: bool
) -> None:
    made = with_passkey()
    made.decide(folder(), decision, signer=MY_PASSKEY, issued_at="2026-11-20T04:00:00Z")
    loaded = load(made.tree(), TODAY)
    [event] = loaded.item(folder())[0].events
    assert event.payload is not None
    now = event.payload.issued_at + timedelta(hours=hours)
    assert (new_event_fault(event, event.payload, loaded.school, now) is None) is is_accepted


def by_the_page(tree: MemoryTree, path: str, folder: Path) -> list[int]:
    """How the commands end by which the handbook lets anybody verify a certification of a list."""
    [block] = [
        block
        for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
        if "certification-list@" in block
    ]
    for ending in ("", ".list", ".list.sig"):
        (folder / f"0001-certified.json{ending}").write_bytes(tree.files[path + ending])
    (folder / "allowed_signers").write_bytes(tree.files[ALLOWED_SIGNERS])
    values = {"PAYLOAD": "0001-certified.json", "ALLOWED": "allowed_signers", "STAFF": "t904"}
    environment = {**os.environ, **values, "TIME": f"{NOW:%Y%m%d%H%M%SZ}"}
    return [
        subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, check=False).returncode
        for line in block.splitlines()
    ]


def test_one_touch_signs_many_and_stock_tools_verify_each(tmp_path: Path) -> None:
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
    assert by_the_page(whole, path, tmp_path) == [0, 0]
    assert by_the_page(whole.over({path: whole.files[path] + b" "}), path, tmp_path) == [0, 1]
    assert by_the_page(whole.over({f"{path}.list": named + named[:65]}), path, tmp_path) == [255, 0]


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


def test_what_was_not_signed_with_a_list_is_not_on_it() -> None:
    for made in (cases.list_lengthened(), cases.list_of_others()):
        assert codes(made.tree()) == ["CER003"]
    for made in (cases.list_not_sorted(), cases.list_of_101(), cases.signed_twice(), cases.signature_without_list()):
        assert codes(made.tree()) == ["CER002"]
    assert codes(cases.list_of_an_ordinary_key().tree()) == ["CER009"]
