"""What is signed, from value to payload and back: nothing is lost on the way, and what was signed keeps its bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licheng.app.status import read_school
from licheng.core.certification import Capacity, Certification, Decision, SubjectFile
from licheng.core.statements import (
    AppointmentStatement,
    EndingStatement,
    EnrolmentStatement,
    OmissionStatement,
    OverrideStatement,
    Statement,
    WaiverStatement,
)
from licheng.core.trust import Delegation, StatedChange, StatedPath
from licheng.signing.canonical import decode, encode
from licheng.sources import schemas
from tests.trees import FIXTURES, ROOT, MemoryTree
from tests.trees import load as files

STATEMENTS = (
    EnrolmentStatement,
    EndingStatement,
    AppointmentStatement,
    WaiverStatement,
    OmissionStatement,
    OverrideStatement,
)

NO_DAY = b"2026-02-30T"  # in the fixture of a delegation whose time is none

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2999, 12, 31)).map(  # noqa: DTZ001 - the bounds of Hypothesis are naive
    lambda when: when.replace(microsecond=0, tzinfo=UTC)
)
settled = settings(max_examples=60, derandomize=True, deadline=None, database=None)


@st.composite
def certifications(draw: st.DrawFn) -> Certification:
    """Any decision: with and without a reason, a delegation, one before it."""
    given_reason = draw(st.booleans())
    named = ("repository", "item", "student", "kind", "term", "course", "certifier", "key_fingerprint")
    return Certification(
        **{name: draw(texts) for name in named},
        capacity=draw(st.sampled_from(Capacity)),
        acting_for=draw(st.none() | texts),
        delegation_digest=draw(st.none() | digests),
        decision=draw(st.sampled_from(Decision)),
        reason_code=draw(texts) if given_reason else None,
        reason_text=draw(texts) if given_reason else None,
        rulebook=draw(texts),
        rulebook_digest=draw(digests),
        sequence=draw(st.integers(1, 9999)),
        previous=draw(st.none() | digests),
        issued_at=draw(moments),
        statement=draw(texts),
        language=draw(texts),
        subject=tuple(draw(st.lists(st.builds(SubjectFile, texts, st.integers(0, 2**40), digests), max_size=4))),
    )


delegations = st.builds(
    Delegation,
    **dict.fromkeys(("path", "repository", "principal", "substitute", "by", "key_fingerprint", "reason"), texts),
    digest=digests,
    courses=st.lists(st.tuples(texts, texts), max_size=4).map(tuple),
    starts=moments,
    ends=moments,
    issued_at=moments,
    fault=st.none(),
    signature=st.none(),
)


entries = st.builds(StatedPath, texts, st.none() | digests, st.none() | digests)
changes = st.builds(
    StatedChange,
    **dict.fromkeys(("path", "repository", "account"), texts),
    digest=digests,
    at=moments,
    entries=st.lists(entries, max_size=4).map(tuple),
    fault=st.none(),
    signature=st.none(),
)


def statements(kind: type[Statement]) -> st.SearchStrategy[Statement]:
    """Any value of a kind of statement, drawn by the types of its fields."""
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "str": texts,
        "str | None": st.none() | texts,
        "tuple[str, ...]": st.lists(texts, max_size=4).map(tuple),
        "tuple[str, ...] | None": st.none() | st.lists(texts, max_size=4).map(tuple),
    }
    return st.builds(kind, **{field.name: by_type[str(field.type)] for field in fields(kind)})


@settled
@given(certifications())
def test_a_certification_comes_back_from_its_payload(certification: Certification) -> None:
    payload = certification.payload()
    assert Certification.of(payload) == certification
    assert decode(encode(payload)) == payload


@settled
@given(delegations)
def test_a_delegation_comes_back_from_its_payload(delegation: Delegation) -> None:
    payload = delegation.payload()
    again = Delegation.of(payload, path=delegation.path, digest=delegation.digest, signature=None)
    assert again == delegation
    assert decode(encode(payload)) == payload


@settled
@given(changes)
def test_a_statement_of_a_change_comes_back_from_its_payload(change: StatedChange) -> None:
    payload = change.payload()
    assert StatedChange.of(payload, path=change.path, digest=change.digest, signature=None) == change
    assert decode(encode(payload)) == payload


@settled
@given(st.one_of(*map(statements, STATEMENTS)))
def test_a_statement_comes_back_from_its_payload(statement: Statement) -> None:
    kind = type(statement)
    assert kind.of(statement.payload()) == statement
    read = decode(encode(statement.payload()))
    assert isinstance(read, dict)
    assert kind.of(read) == statement


@pytest.mark.parametrize("kind", STATEMENTS)
def test_a_statement_of_one_kind_is_none_of_another(kind: type[Statement]) -> None:
    payload = {field.name.rstrip("_"): "x" for field in fields(kind)} | {"_type": "git"}
    with pytest.raises(ValueError, match="git is no"):
        kind.of(payload)


def signed(kind: str) -> list[Path]:
    """The payloads of a kind that were signed: by people of the demo school, and in the fixtures."""
    part = "certifications" if kind == "certification" else "delegations"
    paths = [*(ROOT / "content").rglob("*.json"), *FIXTURES.rglob("*.json")]
    return sorted(path for path in paths if part in path.parts)


def certification_again(payload: dict[str, Any]) -> dict[str, Any]:
    return Certification.of(payload).payload()


def delegation_again(payload: dict[str, Any]) -> dict[str, Any]:
    return Delegation.of(payload, path="", digest="", signature=None).payload()


@pytest.mark.parametrize(
    ("kind", "again"), [("certification", certification_again), ("delegation", delegation_again)]
)  # fmt: skip
def test_what_was_signed_keeps_its_bytes(kind: str, again: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    of_the_school = 0
    for path in signed(kind):
        data = path.read_bytes()
        value = decode(data)
        if not isinstance(value, dict) or not schemas.is_valid(kind, value) or NO_DAY in data:
            assert FIXTURES in path.parents, f"{path} is no payload"
            continue
        assert encode(again(value)) == data, path
        of_the_school += FIXTURES not in path.parents
    assert of_the_school


def test_what_the_demo_people_signed_of_keys_still_verifies() -> None:
    """A signature holds over exact bytes, so a statement made anew from its record is what they signed."""
    keys = read_school(MemoryTree(files(ROOT)), date(2026, 11, 23)).trust.keys
    assert keys
    assert {key.possession.fault for key in keys} == {None}
    assert {key.witness.signature.fault for key in keys if key.witness is not None} == {None}
    assert any(key.witness is not None for key in keys)


BY = {"by": {"staff": "t902", "signature": "x"}}
WAIVED = {"item": "i", "stage": "submission", "reason": "w", "by": "b", "on": "o", "until": "u", "signed_at": "s"}
APPOINTED = {"kind": "coordinator/v1", "from": "f", "signed_at": "s", "signatures": []}
ALLOWED = {"change": "c", "reason": "w", "by": "b", "signed_at": "s", "grants": ["y", "x"], "signature": "z"}
SCHOOL, KEY = {"repository": "r"}, {"repository": "r", "staff": "t1", "public_key": "k"}
EXACT: dict[bytes, Statement] = {
    b'{"_type":"key-enrolment/v1","public_key":"k","repository":"r","staff":"t1","valid_from":"f"}\n': (
        EnrolmentStatement("r", "t1", "k", "f")
    ),
    b'{"_type":"key-ending/v1","at":"a","payloads":["d"],"public_key":"k","reason":"lost","repository":"r",'
    b'"staff":"t1"}\n': EndingStatement.of({"at": "a", "reason": "lost", "payloads": ["d"], **BY}, **KEY),
    b'{"_type":"key-ending/v1","at":"a","payloads":[],"public_key":"k","reason":"compromised","repository":"r",'
    b'"since":"s","staff":"t1"}\n': (
        EndingStatement.of({"at": "a", "reason": "compromised", "since": "s", "payloads": []}, **KEY)
    ),
    b'{"_type":"coordinator-appointment/v1","from":"f","repository":"r","signed_at":"s","staff":"t1"}\n': (
        AppointmentStatement.of(APPOINTED, **SCHOOL, staff="t1")
    ),
    b'{"_type":"coordinator-appointment/v1","from":"f","repository":"r","signed_at":"s","staff":"t1","until":"u"}\n': (
        AppointmentStatement.of({**APPOINTED, "until": "u"}, **SCHOOL, staff="t1")
    ),
    b'{"_type":"waiver/v1","by":"b","item":"i","on":"o","reason":"w","repository":"r","signed_at":"s",'
    b'"stage":"submission","student":"p","until":"u"}\n': WaiverStatement.of(WAIVED, **SCHOOL, student="p"),
    b'{"_type":"omission/v1","by":"b","demand":"parents","instead":"i","instead_by":"d","repository":"r",'
    b'"signed_at":"s","term":"115-1","what_happened":"w"}\n': OmissionStatement.of(
        {"what_happened": "w", "instead": "i", "instead_by": "d", "by": "b", "signed_at": "s", "signature": "z"},
        **SCHOOL,
        term="115-1",
        demand="parents",
    ),
    b'{"_type":"override/v1","by":"b","change":"c","grants":["y","x"],"reason":"w","repository":"r",'
    b'"signed_at":"s"}\n': OverrideStatement.of(ALLOWED, **SCHOOL),
}  # fmt: skip


@pytest.mark.parametrize("exact", EXACT, ids=lambda data: re.split(rb'"', data)[3].decode())
def test_a_statement_has_its_exact_bytes(exact: bytes) -> None:
    assert encode(EXACT[exact].payload()) == exact
