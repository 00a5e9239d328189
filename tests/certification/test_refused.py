"""What must be refused, each with its own code, and what it must not make of an item."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA512

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.core.layout import MOST_BYTES
from licheng.policy.certification import State, new_event_fault
from tests.certification import cases
from tests.certification.judged import TODAY, codes, state_of
from tests.certified import TERM, Certified, canonical, digest, folder, key
from tests.signing.forge import Wire, ed25519_blob, line_of, rsa_blob

pytestmark = pytest.mark.usefixtures("schools_judged_once")

NOW = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)


def refused(made: Certified, code: str, where: str | None = None, *, also: str = "") -> None:
    """Exactly this code, and the item is not certified; `also`: codes of what is wrong with the file besides."""
    assert [each for each in codes(made.tree()) if not also or not each.startswith(also)] == [code]
    assert state_of(made.tree(), where).state is State.SUBMITTED


def test_nothing_is_wrong_with_what_the_others_start_from() -> None:
    tree = Certified.one_item().tree()
    assert codes(tree) == []
    assert state_of(tree).state is State.CERTIFIED


# Where it does not belong.


def test_another_student_s_path() -> None:
    made = cases.another_student()
    refused(made, "CER005", folder("s1139902"))
    assert state_of(made.tree()).state is State.CERTIFIED


def test_another_term() -> None:
    refused(cases.another_term(), "CER005", folder(term="114-2"))


def test_another_term_in_the_payload_alone() -> None:
    made = Certified.school()
    made.output()
    made.decide(folder(), term="114-2")
    refused(made, "CER005")


def test_another_school_s_repository() -> None:
    refused(cases.another_school(), "CER004")


def test_a_genesis_that_was_changed_names_another_repository() -> None:
    made = Certified.one_item()
    made.genesis(demo="false")
    found = codes(made.tree())
    assert "CER004" in found
    assert state_of(made.tree()).state is State.SUBMITTED


# Content that changed: not refused, but no longer certified.


@pytest.mark.parametrize(
    ("make", "changed"),
    [
        (cases.edited, ("item.md",)),
        (cases.attachment_added, ("data.pdf", "item.md")),
        (cases.attachment_removed, ("item.md", "notes.pdf", "report.pdf")),
    ],
)
def test_an_edit_makes_it_stale_and_says_what_changed(make: cases.Make, changed: tuple[str, ...]) -> None:
    tree = make().tree()
    assert codes(tree) == ["CER018"]
    found = state_of(tree)
    assert (found.state, found.changed) == (State.STALE, changed)


def test_a_file_that_nobody_listed_makes_it_stale_as_well() -> None:
    made = Certified.one_item()
    made.files[f"{folder()}/data.pdf"] = b"%PDF-1.4\n%%EOF\n"
    assert codes(made.tree()) == ["ATT002", "CER018"]
    assert state_of(made.tree()).changed == ("data.pdf",)


# The form of the payload.


def test_a_payload_that_was_re_spaced() -> None:
    refused(cases.re_spaced(), "CER001")


def test_a_payload_with_duplicate_keys() -> None:
    refused(cases.duplicate_key(), "CER001")


def test_a_payload_that_was_re_sorted() -> None:
    made = Certified.school()
    made.output()
    value = made.payload(folder())
    turned = dict(reversed(value.items()))
    made.put(folder(), 1, "certified", json.dumps(turned, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    refused(made, "CER001")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}\n", b"[]\n", b"null\n", b"\xff\n", b'{"a":1.0}\n', b'{"a":' * 30, b'"\\ud800"\n', b" " * 20_000],
    ids=["empty", "object", "list", "null", "not-utf8", "fraction", "deep", "surrogate", "large"],
)
def test_what_is_no_payload_at_all(data: bytes) -> None:
    made = Certified.school()
    made.output()
    made.put(folder(), 1, "certified", data)
    refused(made, "CER001", also="FIL002")


def test_a_payload_of_a_day_that_does_not_exist() -> None:
    made = Certified.school()
    made.output()
    made.decide(folder(), issued_at="2026-02-30T04:00:00Z")
    refused(made, "CER001")


def test_a_payload_with_a_field_too_many() -> None:
    made = Certified.school()
    made.output()
    made.decide(folder(), grade="A+")
    refused(made, "CER001")


def test_a_crlf_copy_of_the_payload() -> None:
    made = Certified.one_item()
    [path] = made.decisions(folder())
    refused(cases.replaced(made, path, made.files[path].replace(b"\n", b"\r\n")), "CER001", also="FIL004")


def test_a_file_larger_than_any_record() -> None:
    made = Certified.one_item()
    [path] = made.decisions(folder())
    made.files[path] += b" " * MOST_BYTES
    assert "FIL006" in codes(made.tree())
    assert state_of(made.tree()).state is State.SUBMITTED


# The form of the signature.


def test_trailing_bytes_after_the_armor() -> None:
    refused(cases.text_after(), "CER002")


def test_two_armor_blocks() -> None:
    refused(cases.two_blocks(), "CER002")


def test_a_crlf_copy_of_the_signature() -> None:
    made = Certified.one_item()
    path = cases.signature_of(made)
    refused(cases.replaced(made, path, made.files[path].replace(b"\n", b"\r\n")), "CER002")


@pytest.mark.parametrize("namespace", ["git", "file", "delegation@licheng.invalid", "certification@licheng.example"])
def test_another_namespace(namespace: str) -> None:
    made = Certified.one_item()
    path = cases.signature_of(made)
    message = made.files[path.removesuffix(".sig")]
    refused(cases.replaced(made, path, cases.forged(message, namespace=namespace.encode())), "CER002")


def test_sha_1() -> None:
    made = Certified.one_item()
    path = cases.signature_of(made)
    message = made.files[path.removesuffix(".sig")]
    refused(cases.replaced(made, path, cases.forged(message, hash=b"sha1")), "CER002")


def test_a_small_order_key() -> None:
    """`ssh-keygen` accepts this signature for whatever message: R and the key are neutral, and S is 0."""
    made = Certified.one_item()
    neutral = b"\x01" + bytes(31)
    wire = Wire(ed25519_blob(neutral), namespace=CERTIFICATION_NAMESPACE.encode(), raw=neutral + bytes(32))
    refused(cases.replaced(made, cases.signature_of(made), wire.armored), "CER002")


def test_a_small_order_key_cannot_be_enrolled() -> None:
    assert codes(cases.small_order().tree()) == ["KEY003"]


@cache
def rsa_1024() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505 - that it is breakable is the point


def rsa_1024_blob() -> bytes:
    numbers = rsa_1024().public_key().public_numbers()
    return rsa_blob(numbers.e, numbers.n)


def test_rsa_1024() -> None:
    made = Certified.one_item()
    path = cases.signature_of(made)
    wire = Wire(rsa_1024_blob(), namespace=CERTIFICATION_NAMESPACE.encode(), algorithm=b"rsa-sha2-512")
    signed = rsa_1024().sign(wire.to_sign(made.files[path.removesuffix(".sig")]), PKCS1v15(), SHA512())
    armored = Wire(wire.key, wire.namespace, algorithm=wire.algorithm, raw=signed).armored
    refused(cases.replaced(made, path, armored), "CER002")


def test_rsa_1024_cannot_be_enrolled() -> None:
    made = Certified.school()
    made.enrol("t905", line=line_of(rsa_1024_blob()), usable=False)
    assert codes(made.tree()) == ["KEY003"]


# What was signed.


def test_an_edited_payload() -> None:
    refused(cases.edited_payload(), "CER003")


def test_a_signature_of_another_certification() -> None:
    made = Certified.one_item()
    made.output(cases.OPTICS)
    other = made.decide(cases.OPTICS)
    refused(cases.replaced(made, cases.signature_of(made), made.files[f"{other}.sig"]), "CER003")


def test_a_signature_by_another_key_than_the_payload_names() -> None:
    refused(cases.another_key(), "CER003")


def test_no_signature() -> None:
    refused(cases.unsigned(), "CER017")


# The chain.


def test_a_skipped_sequence() -> None:
    refused_after_return(cases.skipped_sequence(), "CER006")


def test_a_second_payload_with_the_same_sequence() -> None:
    refused(cases.two_first(), "CER007")


def test_a_second_payload_with_the_same_sequence_later() -> None:
    made = cases.returned_then_certified()
    made.decide(folder(), "returned", sequence=2, previous=digest(made.files[made.decisions(folder())[0]]))
    refused_after_return(made, "CER007")


def test_a_first_decision_that_follows_another() -> None:
    refused(cases.begins_with_previous(), "CER006")


def test_a_decision_that_follows_what_was_never_there() -> None:
    refused_after_return(cases.another_previous(), "CER006")


def test_an_earlier_decision_cannot_be_taken_out() -> None:
    made = cases.returned_then_certified()
    first = made.decisions(folder())[0]
    del made.files[first], made.files[f"{first}.sig"]
    refused(made, "CER006")


def refused_after_return(made: Certified, code: str) -> None:
    """Exactly this code; where a decision is invalid none counts, so that a damaged one never hides behind another."""
    assert codes(made.tree()) == [code]
    assert state_of(made.tree()).state is State.SUBMITTED


# Time.


def test_from_the_future() -> None:
    refused(cases.tomorrow(), "CER008")


def test_before_the_decision_that_it_follows() -> None:
    refused_after_return(cases.before_the_previous(), "CER008")


@pytest.mark.parametrize(
    ("issued", "is_accepted"),
    [
        (NOW - timedelta(days=14, seconds=1), False),
        (NOW - timedelta(days=14), True),
        (NOW, True),
        (NOW + timedelta(minutes=5), True),
        (NOW + timedelta(minutes=5, seconds=1), False),
    ],
)
def test_a_new_event_is_at_most_14_days_old_and_5_minutes_ahead(issued: datetime, is_accepted: bool) -> None:
    made = Certified.school()
    made.output()
    made.decide(folder(), issued_at=issued.strftime("%Y-%m-%dT%H:%M:%SZ"))
    loaded = load(made.tree(), TODAY)
    [event] = loaded.item(folder())[0].events
    assert event.payload is not None
    fault = new_event_fault(event, event.payload, loaded.school, NOW)
    assert (fault is None) is is_accepted
    assert fault is None or fault.code == "CER008"


# Keys.


def test_a_retired_key_cannot_backdate() -> None:
    made = cases.backdated()
    refused(made, "CER010", cases.OPTICS)
    assert state_of(made.tree()).state is State.CERTIFIED


def test_a_key_that_is_not_enrolled() -> None:
    refused(cases.not_enrolled(), "CER009")


def test_a_key_of_somebody_else() -> None:
    made = Certified.school("t904", "t905")
    made.output()
    made.decide(folder(), signer=key("t905"))
    refused(made, "CER009")


def test_a_key_before_and_after_its_interval() -> None:
    refused(cases.before_it_counts(), "CER009")
    refused(cases.after_its_interval(), "CER009")


def test_a_key_enrolled_without_the_second_person() -> None:
    made = Certified.school("t905")
    made.enrol("t904", witness=None, enrolled=False)
    made.output()
    made.decide(folder())
    assert codes(made.tree()) == ["CER009", "KEY002"]
    assert state_of(made.tree()).state is State.SUBMITTED


@pytest.mark.parametrize("witness", ["t904", "t905"])
def test_a_key_vouched_for_by_oneself_or_by_no_coordinator(witness: str) -> None:
    made = Certified.school("t905")
    made.enrol("t904", witness=witness, enrolled=False)
    made.output()
    made.decide(folder())
    assert codes(made.tree()) == ["CER009", "KEY002"]


def test_a_key_whose_witness_is_named_but_did_not_sign() -> None:
    made = Certified.school("t905")
    made.enrol("t904", witness="t902", witness_key=key("t904"), enrolled=False)
    made.output()
    made.decide(folder())
    assert codes(made.tree()) == ["CER009", "KEY002"]


def test_a_key_without_proof_of_possession() -> None:
    made = Certified.school("t905")
    made.enrol("t904", prover=key("t905"), enrolled=False)
    made.output()
    made.decide(folder())
    assert codes(made.tree()) == ["CER009", "KEY001"]


def test_a_key_whose_witness_signed_with_a_key_that_counts_for_nothing() -> None:
    made = Certified.school("t905")
    made.enrol("t903", key("t903", 2), witness=None, enrolled=False)
    made.enrol("t904", witness="t903", witness_key=key("t903", 2), enrolled=False)
    made.output()
    made.decide(folder())
    assert codes(made.tree()) == ["CER009", "KEY002"]
    assert state_of(made.tree()).state is State.SUBMITTED


def test_two_keys_that_vouch_for_each_other() -> None:
    made = Certified.school()
    made.enrol("t902", key("t902", 2), witness="t903", witness_key=key("t903", 2), enrolled=False)
    made.enrol("t903", key("t903", 2), witness="t902", witness_key=key("t902", 2), enrolled=False)
    assert codes(made.tree()) == ["KEY002"]
    assert len(check(made.tree(), TODAY).findings) == 2


def test_a_retired_key_of_a_coordinator_vouches_for_nobody() -> None:
    made = Certified.school("t905")
    made.enrol("t902", key("t902", 2), witness="t903")
    made.end("t902", "2026-10-01T00:00:00Z", [], index=1)
    made.enrol("t904", witness="t902", witness_key=key("t902", 2), enrolled=False)
    made.output()
    made.decide(folder())
    assert codes(made.tree()) == ["CER009", "KEY002"]


def test_an_ended_key_does_not_sign_after_its_end_even_what_is_listed() -> None:
    made = Certified.one_item()
    made.end("t904", "2026-11-20T03:59:59Z", [made.files[made.decisions(folder())[0]]])
    refused(made, "CER010")


# Authority.


def test_an_unassigned_teacher() -> None:
    refused(cases.not_the_course_teacher(), "CER011")


def test_a_coordinator_does_not_certify() -> None:
    refused(cases.certified_by_coordinator(), "CER011")


def test_a_teacher_who_is_no_coordinator_does_not_decide_as_one() -> None:
    made = Certified.one_item()
    made.decide(folder(), "revoked", certifier={"capacity": "coordinator"})
    assert codes(made.tree()) == ["CER011"]


def test_a_teacher_after_the_post() -> None:
    refused(cases.after_the_post(), "CER011")


def test_the_teacher_of_another_section() -> None:
    made = Certified.one_item()
    offered = made.tree().files[f"content/school/courses/{TERM}.yaml"].decode()
    other = "{id: a, classes: [12a], teachers: [t905]}\n      - {id: b, classes: [12a], teachers: [t904]}"
    changed = offered.replace("{id: a, classes: [12a], teachers: [t904]}", other)
    made.files[f"content/school/courses/{TERM}.yaml"] = changed.encode()
    refused(made, "CER011")


def test_a_substitute_after_the_delegation_s_end() -> None:
    refused(cases.after_its_end(), "CER013")


def test_a_substitute_for_another_course() -> None:
    refused(cases.for_another_course(), "CER013")


def test_a_substitute_for_somebody_who_does_not_teach_it() -> None:
    made = Certified.school("t904", "t905", "t906")
    made.staff()
    pair = {
        "capacity": "substitute",
        "acting_for": "t905",
        "delegation_digest": made.delegate(principal="t905", by="t905"),
    }
    made.output()
    made.decide(folder(), by="t906", certifier=pair)
    refused(made, "CER013", also="DLG003")


def test_a_substitute_does_not_pass_it_on() -> None:
    made = Certified.school("t904", "t905", "t906")
    made.staff()
    made.delegate("first")
    second = made.delegate("second", principal="t906", by="t906", substitute="t905")
    made.output()
    made.decide(
        folder(),
        by="t905",
        certifier={"capacity": "substitute", "acting_for": "t906", "delegation_digest": second},
    )
    refused(made, "CER013", also="DLG006")


def test_a_retired_key_cannot_backdate_a_delegation() -> None:
    made = Certified.school("t904", "t906")
    made.staff()
    made.end("t904", "2026-10-01T00:00:00Z", [])
    pair = {"capacity": "substitute", "acting_for": "t904", "delegation_digest": made.delegate()}
    made.output()
    made.decide(folder(), by="t906", certifier=pair)
    assert codes(made.tree()) == ["CER013", "DLG001"]
    assert state_of(made.tree()).state is State.SUBMITTED


def test_a_delegation_by_a_key_that_was_not_enrolled() -> None:
    made = Certified.school("t906")
    made.staff()
    made.enrol("t904", witness=None, enrolled=False)
    pair = {"capacity": "substitute", "acting_for": "t904", "delegation_digest": made.delegate()}
    made.output()
    made.decide(folder(), by="t906", certifier=pair)
    assert codes(made.tree()) == ["CER013", "DLG001", "KEY002"]


def test_a_delegation_that_somebody_else_signed() -> None:
    made = Certified.school("t904", "t906")
    made.staff()
    pair = {"capacity": "substitute", "acting_for": "t904", "delegation_digest": made.delegate(by="t906")}
    made.output()
    made.decide(folder(), by="t906", certifier=pair)
    assert codes(made.tree()) == ["CER013", "DLG001"]
    assert state_of(made.tree()).state is State.SUBMITTED


# Rulebook and reason.


def test_another_rulebook() -> None:
    refused(cases.changed_since(), "CER014")


def test_a_reason_about_quality() -> None:
    refused(cases.about_quality(), "CER015")


def test_a_revocation_without_a_reason() -> None:
    assert codes(cases.no_reason().tree()) == ["CER015"]


def test_a_certification_of_what_is_not_there() -> None:
    assert codes(cases.deleted().tree()) == ["CER016"]


def test_the_armor_of_these_tests_is_what_the_demo_keys_make() -> None:
    """The forging here, with nothing forged, is accepted: what the tests above refuse is the forgery alone."""
    made = Certified.one_item()
    path = cases.signature_of(made)
    message = made.files[path.removesuffix(".sig")]
    assert cases.forged(message) == made.files[path]
    assert base64.b64decode(b"".join(made.files[path].splitlines()[1:-1])).startswith(b"SSHSIG")
    assert canonical(made.payload(folder(), sequence=1, previous=None)) == message
