"""What the verification let through before: each a way to a certification that nobody should have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from licheng.app.loading.load import load
from licheng.app.trust.certify import DecisionRequest, decide
from licheng.app.trust.verify import verdicts
from licheng.core.certification import Decision
from licheng.core.errors import UsageError
from licheng.policy.certification import State
from tests.certification import cases
from tests.certification.judged import TODAY, codes, state_of
from tests.certification.test_refused import refused, refused_after_return
from tests.certified import ALLOWED_SIGNERS, Certified, canonical, folder, key

AS_COORDINATOR: dict[str, Any] = {"by": "t903", "certifier": {"capacity": "coordinator"}}
LATER = "2026-11-21T04:00:00Z"


def test_a_coordinator_cannot_reaffirm_what_nobody_certified() -> None:
    made = Certified.school()
    made.output()
    made.decide(folder(), "reaffirmed", **AS_COORDINATOR)
    refused(made, "CER006")


def test_a_coordinator_cannot_reaffirm_what_was_returned() -> None:
    made = cases.returned()
    made.decide(folder(), "reaffirmed", issued_at=LATER, **AS_COORDINATOR)
    refused_after_return(made, "CER006")


def test_a_coordinator_cannot_reaffirm_other_files_than_were_certified() -> None:
    made = cases.edited()
    made.decide(folder(), "reaffirmed", issued_at=LATER, **AS_COORDINATOR)
    assert codes(made.tree()) == ["CER006"]
    assert state_of(made.tree()).state is State.SUBMITTED


def test_nothing_is_revoked_that_was_not_certified() -> None:
    made = cases.returned()
    made.decide(folder(), "revoked", issued_at=LATER)
    refused_after_return(made, "CER006")


def test_a_stale_certification_can_be_revoked() -> None:
    made = cases.edited()
    made.decide(folder(), "revoked", issued_at=LATER)
    assert codes(made.tree()) == []
    assert state_of(made.tree()).state is State.REVOKED


@pytest.mark.parametrize("code", ["excellent", "unverifiable"])
def test_a_certification_carries_no_reason(code: str) -> None:
    made = Certified.school()
    made.output()
    made.decide(folder(), reason={"code": code, "text": "寫得非常好，可得 95 分。"})
    refused(made, "CER015")


def test_a_signature_whose_payload_has_gone() -> None:
    made = Certified.one_item()
    del made.files[made.decisions(folder())[0]]
    refused(made, "CER001")


def test_a_delegation_s_signature_whose_payload_has_gone() -> None:
    made = Certified.school()
    made.staff()
    made.delegate()
    del made.files["content/delegations/sick-leave.json"]
    assert codes(made.tree()) == ["DLG001"]


@pytest.mark.parametrize("data", [b"", b"{}\n", b"null\n", b"\xff", b"{\r\n}"])
def test_what_is_no_delegation_at_all(data: bytes) -> None:
    made = Certified.school("t904", "t906")
    made.staff()
    digest = made.delegate()
    made.output()
    pair = {"capacity": "substitute", "acting_for": "t904", "delegation_digest": digest}
    made.decide(folder(), by="t906", certifier=pair)
    made.files["content/delegations/sick-leave.json"] = data
    assert [code for code in codes(made.tree()) if code not in {"FIL002", "FIL004"}] == ["CER013", "DLG001"]


@pytest.mark.parametrize("turn", [lambda files: files[::-1], lambda files: [*files, files[0]]], ids=["order", "twice"])
def test_a_list_of_files_that_is_not_sorted(turn: object) -> None:
    made = Certified.school()
    made.output()
    value = made.payload(folder())
    value["subject"] = turn(value["subject"])  # type: ignore[operator]
    made.put(folder(), 1, "certified", canonical(value))
    refused(made, "CER001")


def test_a_teacher_who_has_left_delegates_to_nobody() -> None:
    made = Certified.school("t904", "t906")
    made.staff()
    text = made.files["content/school/staff.yaml"].decode()
    left = "id: t904\n    posts:\n      - {post: course-teacher, from: 2024-08-01, to: 2026-08-01}"
    made.staff(text.replace("id: t904\n    posts:\n      - {post: course-teacher, from: 2024-08-01}", left))
    made.delegate()
    assert codes(made.tree()) == ["DLG001", "REF022"]  # nor has the section anybody who certifies


def test_the_executive_secretary_appoints_somebody_else() -> None:
    made = Certified.school("t902", "t906")
    made.staff(left="2026-08-30")
    made.delegate(by="t902", substitute="t902")
    assert "DLG001" in codes(made.tree())


def test_allowed_signers_holds_no_key_that_only_one_person_handled() -> None:
    made = Certified.school("t905")
    made.enrol("t904", witness=None, enrolled=False)
    assert codes(made.tree()) == ["KEY002"]
    assert key("t904").public.line.encode() not in made.files[ALLOWED_SIGNERS]


def test_nothing_decided_is_not_verified() -> None:
    made = Certified.school()
    made.output()
    [verdict] = verdicts(load(made.tree(), TODAY), [folder()])
    assert not verdict.holds


def test_nothing_is_said_of_what_a_broken_signature_hides() -> None:
    [verdict] = verdicts(load(cases.edited_payload().tree(), TODAY), [folder()])
    [(_, properties)] = verdict.decisions
    assert [(row.step.value, row.fault is None) for row in properties] == [("form", True), ("signature", False)]


def test_nothing_is_signed_that_would_never_count() -> None:
    """One decision that does not hold stops the chain; another one after it would be written for nothing."""
    mine = key("t904")
    request = DecisionRequest("t904", mine.public.fingerprint, Decision.CERTIFIED)
    now = datetime(2026, 11, 23, 4, tzinfo=UTC)
    with pytest.raises(UsageError) as caught:
        decide(load(cases.about_quality().tree(), TODAY), [folder()], request, now, mine.sign, lambda _: None)
    assert (caught.value.code, caught.value.values["code"]) == ("APP042", "CER015")
