"""The fixture cases of certifications, keys, delegations and trust: `CODE/good|bad/name` → how the tree is made.

A bad one differs from a whole school by exactly one offence.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.core.trust import CHANGE_NAMESPACE, CONSENT_NAMESPACE
from licheng.signing.wire import string
from tests.certified import (
    ALLOWED_SIGNERS,
    GENESIS,
    KEYS_FROM,
    SHA256,
    STUDENT,
    TERM,
    Certified,
    canonical,
    digest,
    folder,
    key,
    passkey_terms,
    student_entry,
)
from tests.signing.forge import Wire
from tests.signing.passkeys import BE, BS, HOST, UP, UV, SoftPasskey
from tests.trees import FIXTURES, base

Make = Callable[[], Certified]
CASES: dict[str, Make] = {}
OPTICS = folder(slug="optics")


def case(name: str) -> Callable[[Make], Make]:
    """Name a case."""

    def keep(make: Make) -> Make:
        CASES[name] = make
        return make

    return keep


def replaced(made: Certified, path: str, data: bytes) -> Certified:
    """The same with another file in a place."""
    assert made.files[path] != data, "an offence changes something"
    made.files[path] = data
    return made


def signature_of(made: Certified) -> str:
    """The path of the only signature."""
    return f"{made.decisions(folder())[0]}.sig"


# CER001: the form of a payload.


@case("CER001/good/as-signed")
def whole() -> Certified:
    return Certified.one_item()


@case("CER001/bad/re-spaced")
def re_spaced() -> Certified:
    made = Certified.school()
    made.output()
    data = json.dumps(made.payload(folder()), ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
    made.put(folder(), 1, "certified", data)
    return made


@case("CER001/bad/duplicate-key")
def duplicate_key() -> Certified:
    made = Certified.school()
    made.output()
    data = canonical(made.payload(folder())).replace(b'"kind":', b'"kind":"course-output","kind":', 1)
    made.put(folder(), 1, "certified", data)
    return made


@case("CER001/bad/without-course")
def without_course() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), course=None)
    return made


# CER002: the form of a signature.


@case("CER002/good/returned")
def returned() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), "returned")
    return made


@case("CER002/bad/two-blocks")
def two_blocks() -> Certified:
    made = Certified.one_item()
    path = signature_of(made)
    return replaced(made, path, made.files[path] * 2)


@case("CER002/bad/text-after-the-armor")
def text_after() -> Certified:
    made = Certified.one_item()
    path = signature_of(made)
    return replaced(made, path, made.files[path] + b"\n")


@case("CER002/bad/namespace-git")
def namespace_git() -> Certified:
    made = Certified.one_item()
    path = signature_of(made)
    return replaced(made, path, forged(made.files[path.removesuffix(".sig")], namespace=b"git"))


def forged(message: bytes, **fields: Any) -> bytes:
    """A signature by the teacher's key with fields that no tool of ours would write."""
    mine = key("t904")
    wire = replace(Wire(mine.public.blob, namespace=CERTIFICATION_NAMESPACE.encode()), **fields)
    private = Ed25519PrivateKey.from_private_bytes(mine.secret)
    return replace(wire, raw=private.sign(wire.to_sign(message))).armored


# CER003: the mathematics.


@case("CER003/good/certified-again")
def certified_again() -> Certified:
    made = Certified.one_item()
    made.output(text="擺角超過十度之後，週期開始變長。")
    made.decide(folder(), issued_at="2026-11-21T04:00:00Z")
    return made


@case("CER003/bad/edited-payload")
def edited_payload() -> Certified:
    made = Certified.one_item()
    [path] = made.decisions(folder())
    return replaced(made, path, made.files[path].replace(b"T04:00:00Z", b"T05:00:00Z"))


@case("CER003/bad/made-by-another-key")
def another_key() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), signer=key("t905"), fingerprint=key("t904").public.fingerprint)
    return made


# CER004: the repository.


@case("CER004/good/a-real-school")
def real_school() -> Certified:
    made = Certified()
    made.genesis(demo="false")
    made.enrol("t902", witness=None)
    made.enrol("t903", witness=None)
    made.enrol("t904", witness="t903")
    made.output()
    made.decide(folder())
    return made


@case("CER004/bad/another-school")
def another_school() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), repository=SHA256)
    return made


# CER005: the place.


@case("CER005/good/two-students-of-one-course")
def two_students() -> Certified:
    made = Certified.one_item()
    made.student("s1139902")
    made.output(folder("s1139902"))
    made.decide(folder("s1139902"))
    return made


@case("CER005/bad/another-student")
def another_student() -> Certified:
    made = Certified.one_item()
    made.student("s1139902")
    made.output(folder("s1139902"))
    _copied(made, folder("s1139902"))
    return made


@case("CER005/bad/another-term")
def another_term() -> Certified:
    made = Certified.one_item()
    made.output(folder(term="114-2"))
    _copied(made, folder(term="114-2"))
    return made


@case("CER005/bad/another-item")
def another_item() -> Certified:
    made = Certified.one_item()
    made.output(OPTICS)
    _copied(made, OPTICS)
    return made


@case("CER005/bad/another-course")
def another_course() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), course="chinese")
    return made


@case("CER005/bad/a-return-called-certified")
def called_certified() -> Certified:
    made = Certified.school()
    made.output()
    made.put(folder(), 1, "certified", canonical(made.payload(folder(), "returned")))
    return made


def _copied(made: Certified, where: str) -> None:
    [path] = made.decisions(folder())
    made.put(where, 1, "certified", made.files[path])


# CER006 and CER007: the chain.


@case("CER006/good/returned-then-certified")
def returned_then_certified() -> Certified:
    made = returned()
    made.output(text="已補上原始數據。")
    made.decide(folder(), issued_at="2026-11-21T04:00:00Z")
    return made


@case("CER006/bad/skipped-sequence")
def skipped_sequence() -> Certified:
    made = returned()
    made.decide(folder(), sequence=3)
    return made


@case("CER006/bad/begins-with-a-previous")
def begins_with_previous() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), previous=SHA256)
    return made


@case("CER006/bad/another-previous")
def another_previous() -> Certified:
    made = returned()
    made.decide(folder(), previous=SHA256)
    return made


@case("CER007/good/three-in-a-row")
def three_in_a_row() -> Certified:
    made = returned_then_certified()
    made.decide(folder(), "revoked", issued_at="2026-11-22T04:00:00Z")
    return made


@case("CER007/bad/two-first")
def two_first() -> Certified:
    made = Certified.one_item()
    made.decide(folder(), "returned", sequence=1, previous=None)
    return made


# CER008: the time.


@case("CER008/good/in-the-same-second")
def same_second() -> Certified:
    made = returned()
    made.decide(folder())
    return made


@case("CER008/bad/before-the-previous")
def before_the_previous() -> Certified:
    made = returned()
    made.decide(folder(), issued_at="2026-11-20T03:59:59Z")
    return made


@case("CER008/bad/tomorrow")
def tomorrow() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), issued_at="2026-11-23T16:00:00Z")
    return made


# CER009 and CER010: the key.


@case("CER009/good/a-second-key")
def second_key() -> Certified:
    made = Certified.school()
    made.enrol("t904", key("t904", 2), valid_from="2026-09-01T00:00:00Z")
    made.output()
    made.decide(folder(), signer=key("t904", 2))
    return made


@case("CER009/bad/not-enrolled")
def not_enrolled() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), signer=key("t904", 2))
    return made


@case("CER009/bad/before-it-counts")
def before_it_counts() -> Certified:
    made = Certified.school()
    made.enrol("t904", key("t904", 2), valid_from="2026-11-20T04:00:01Z")
    made.output()
    made.decide(folder(), signer=key("t904", 2))
    return made


@case("CER009/bad/after-its-interval")
def after_its_interval() -> Certified:
    made = Certified.school("t905")
    made.enrol("t904", valid_until="2026-11-20T03:59:59Z")
    made.output()
    made.decide(folder())
    return made


@case("CER010/good/retired-later")
def retired_later() -> Certified:
    made = Certified.one_item()
    [path] = made.decisions(folder())
    made.end("t904", "2026-11-21T00:00:00Z", [made.files[path]])
    return made


@case("CER010/bad/backdated")
def backdated() -> Certified:
    made = retired_later()
    made.output(OPTICS)
    made.decide(OPTICS, issued_at="2026-11-19T04:00:00Z")
    return made


# CER011 to CER013: the authority.


@case("CER011/good/advising-teacher")
def advising_teacher() -> Certified:
    made = Certified.school("t905")
    offered = made.tree().files[f"content/school/courses/{TERM}.yaml"].decode()
    advised = "{id: a, classes: [12a], teachers: [t904], advising_teachers: [t905]}"
    offered = offered.replace("{id: a, classes: [12a], teachers: [t904]}", advised)
    made.files[f"content/school/courses/{TERM}.yaml"] = offered.encode()
    made.output()
    made.decide(folder(), by="t905", certifier={"capacity": "advising-teacher"})
    return made


@case("CER011/good/revoked-by-a-coordinator")
def revoked_by_coordinator() -> Certified:
    made = Certified.one_item()
    made.decide(folder(), "revoked", by="t902", certifier={"capacity": "coordinator"})
    return made


@case("CER011/bad/not-the-course-teacher")
def not_the_course_teacher() -> Certified:
    made = Certified.school("t905")
    made.output()
    made.decide(folder(), by="t905")
    return made


@case("CER011/bad/certified-by-a-coordinator")
def certified_by_coordinator() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), by="t903", certifier={"capacity": "coordinator"})
    return made


@case("CER011/bad/after-the-post")
def after_the_post() -> Certified:
    made = Certified.one_item()
    made.staff(left="2026-11-19", sections=2)
    return made


def _handed_on(day: str) -> Certified:
    """A whole school in which t904 handed the section on to t906 after that day."""
    made = Certified.school("t904", "t906")
    made.staff()
    path = f"content/school/courses/{TERM}.yaml"
    text = base().files[path].decode()
    assert "teachers: [t904]" in text
    interval = f"teachers: [{{staff: t904, to: {day}}}, {{staff: t906, from: {day}}}]"
    made.files[path] = text.replace("teachers: [t904]", interval).encode()
    made.output()
    return made


@case("CER011/good/before-the-section-was-handed-on")
def before_handing_on() -> Certified:
    made = _handed_on("2026-11-20")
    made.decide(folder())
    return made


@case("CER011/bad/after-the-section-was-handed-on")
def after_handing_on() -> Certified:
    made = _handed_on("2026-11-19")
    made.decide(folder())
    return made


_ACCOUNTS = """kind: accounts/v1
accounts:
  - {{id: s1139901, holder: student, identities: ["ssh:{}"], address: s1139901@licheng.invalid, from: 2024-08-01}}
"""


@case("CER012/good/with-another-key-than-the-student")
def another_key_than_the_student() -> Certified:
    made = Certified.one_item()
    made.files["content/school/accounts.yaml"] = _ACCOUNTS.format(key("s1139901").public.fingerprint).encode()
    return made


@case("CER012/bad/with-the-student-key")
def with_the_student_key() -> Certified:
    made = Certified.one_item()
    made.files["content/school/accounts.yaml"] = _ACCOUNTS.format(key("t904").public.fingerprint).encode()
    return made


def substituted(issued_at: str, courses: tuple[tuple[str, str], ...] = ((TERM, "physics"),)) -> Certified:
    """An item certified by a substitute, whose delegation ends on 2026-11-18."""
    made = Certified.school("t904", "t906")
    made.staff()
    digest = made.delegate(ends="2026-11-18T15:59:59Z", courses=courses)
    made.output()
    capacity = {"capacity": "substitute", "acting_for": "t904", "delegation_digest": digest}
    made.decide(folder(), by="t906", certifier=capacity, issued_at=issued_at)
    return made


@case("CER013/good/in-the-last-second")
def in_the_last_second() -> Certified:
    return substituted("2026-11-18T15:59:59Z")


@case("CER013/bad/after-its-end")
def after_its_end() -> Certified:
    return substituted("2026-11-18T16:00:00Z")


@case("CER013/bad/for-another-course")
def for_another_course() -> Certified:
    return substituted("2026-11-18T15:59:59Z", ((TERM, "chinese"),))


# CER014 and CER015: rulebook and reason.


@case("CER014/good/the-rulebook-of-the-term")
def rulebook_of_the_term() -> Certified:
    made = Certified.school()
    made.output(folder(term="114-2"))
    made.decide(folder(term="114-2"))
    return made


@case("CER014/bad/changed-since")
def changed_since() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), rulebook={"id": "2018-05-30", "digest": SHA256})
    return made


@case("CER015/good/each-reason")
def each_reason() -> Certified:
    made = Certified.school()
    for number, code in enumerate(("not-own-work", "other-course", "unverifiable", "wrong-file")):
        where = made.output(folder(slug=f"work-{number}"))
        made.decide(where, "returned", reason={"code": code, "text": "請與我談談這件作品。"})
    return made


@case("CER015/bad/about-quality")
def about_quality() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), "returned", reason={"code": "poor-quality", "text": "寫得太簡單。"})
    return made


@case("CER015/bad/no-reason")
def no_reason() -> Certified:
    made = Certified.one_item()
    made.decide(folder(), "revoked", reason=None)
    return made


# CER016 to CER018: an item that has gone, a signature that never came, an edit.


@case("CER016/good/withdrawn")
def withdrawn() -> Certified:
    made = Certified.one_item()
    made.output(submitted="false")
    return made


@case("CER016/bad/deleted")
def deleted() -> Certified:
    made = Certified.one_item()
    for path in [path for path in made.files if path.startswith(folder())]:
        del made.files[path]
    return made


@case("CER017/good/signed")
def signed() -> Certified:
    return Certified.one_item()


@case("CER017/bad/unsigned")
def unsigned() -> Certified:
    made = Certified.one_item()
    del made.files[signature_of(made)]
    return made


@case("CER018/good/certified-again")
def recertified() -> Certified:
    made = edited()
    made.decide(folder(), issued_at="2026-11-21T04:00:00Z")
    return made


@case("CER018/bad/edited")
def edited() -> Certified:
    made = Certified.one_item()
    made.output(text="擺角超過十度之後，週期開始變長。")
    return made


@case("CER018/bad/attachment-added")
def attachment_added() -> Certified:
    made = Certified.one_item()
    made.output(attachments=("report.pdf", "data.pdf"))
    return made


@case("CER018/bad/attachment-removed")
def attachment_removed() -> Certified:
    made = Certified.one_item()
    made.output(attachments=("notes.pdf",))
    return made


# KEY001 to KEY003: enrolment.


@case("KEY001/good/proven")
def proven() -> Certified:
    made = Certified.school()
    made.enrol("t905")
    return made


@case("KEY001/bad/proven-with-another-key")
def proven_with_another_key() -> Certified:
    made = Certified.school()
    made.enrol("t905", prover=key("t901"), enrolled=False)
    return made


@case("KEY001/bad/time-changed-since")
def time_changed_since() -> Certified:
    made = Certified.school()
    made.enrol("t905")
    made.keys["t905"][0] |= {"valid_from": "2025-07-01T00:00:00Z", "enrolled": False}
    made.write_keys()
    return made


@case("KEY002/good/by-either-coordinator")
def by_either_coordinator() -> Certified:
    made = Certified.school()
    made.enrol("t905", witness="t903")
    made.enrol("t902", key("t902", 2), witness="t903")
    return made


@case("KEY002/bad/by-nobody")
def by_nobody() -> Certified:
    made = Certified.school()
    made.enrol("t905", witness=None, enrolled=False)
    return made


@case("KEY002/bad/by-oneself")
def by_oneself() -> Certified:
    made = Certified.school()
    made.enrol("t902", key("t902", 2), witness="t902", enrolled=False)
    return made


@case("KEY002/bad/by-a-teacher")
def by_a_teacher() -> Certified:
    made = Certified.school()
    made.enrol("t905", witness="t904", enrolled=False)
    return made


@case("KEY003/good/ed25519")
def ed25519() -> Certified:
    made = Certified.school("t905")
    made.enrol("t904", valid_until="2026-07-31T15:59:59Z")
    return made


@case("KEY003/bad/small-order")
def small_order() -> Certified:
    made = Certified.school()
    made.enrol("t905", line=_line("ssh-ed25519", b"\x01" + bytes(31)), usable=False)
    return made


@case("KEY003/bad/rsa-1024")
def rsa_1024() -> Certified:
    made = Certified.school()
    modulus = b"\0" + bytes([255]) * 128  # only its length is looked at
    made.enrol("t905", line=_line("ssh-rsa", b"\1\0\1", modulus), usable=False)
    return made


# Passkeys: enrolled by two people as any key, for some things and on some pages only.

MY_PASSKEY = SoftPasskey.of("tests t904")


def with_passkey(passkey: SoftPasskey = MY_PASSKEY, staff: str = "t904", **changes: Any) -> Certified:
    """The school in which a teacher has a passkey, and nothing else."""
    made = Certified.school()
    made.keys.pop("t904")
    made.enrol(staff, passkey, passkey=passkey_terms(passkey.application, **changes))
    made.output()
    return made


@case("KEY001/good/a-passkey")
def passkey_enrolled() -> Certified:
    return with_passkey()


@case("KEY001/bad/a-page-added-to-a-passkey")
def passkey_page_added() -> Certified:
    made = with_passkey()
    made.keys["t904"][0]["passkey"]["origins"].append(f"https://{HOST}:8443")
    made.keys["t904"][0]["enrolled"] = False
    made.write_keys()
    return made


@case("KEY002/bad/a-passkey-by-nobody")
def passkey_by_nobody() -> Certified:
    made = Certified.school()
    made.enrol("t905", MY_PASSKEY, passkey=passkey_terms(HOST), witness=None, enrolled=False)
    return made


@case("KEY002/bad/by-a-coordinators-passkey")
def by_a_coordinators_passkey() -> Certified:
    """Whose namespaces never hold a coordinator's own: a schema would refuse the record."""
    made = Certified.school()
    passkey = SoftPasskey.of("tests t902")
    made.enrol("t902", passkey, passkey=passkey_terms(HOST), witness="t903")
    made.enrol("t905", witness="t902", witness_key=passkey, enrolled=False)
    return made


@case("KEY003/bad/a-passkey-without-its-terms")
def passkey_without_terms() -> Certified:
    made = Certified.school()
    made.enrol("t905", MY_PASSKEY, usable=False)
    return made


@case("KEY003/bad/terms-of-another-key")
def terms_of_another_key() -> Certified:
    made = Certified.school()
    made.enrol("t905", passkey=passkey_terms(HOST), usable=False)
    return made


@case("KEY003/bad/a-passkey-of-another-host")
def passkey_of_another_host() -> Certified:
    made = Certified.school()
    made.enrol("t905", MY_PASSKEY, passkey=passkey_terms("sign.other.example"), usable=False)
    return made


@case("CER009/good/by-passkey")
def certified_by_passkey() -> Certified:
    made = with_passkey()
    made.decide(folder(), signer=MY_PASSKEY)
    return made


@case("CER028/good/a-synced-passkey")
def certified_by_synced_passkey() -> Certified:
    """Backed up now and not when it was enrolled: BS may change."""
    synced = replace(MY_PASSKEY, flags=UP | UV | BE)
    made = with_passkey(synced)
    made.decide(folder(), signer=replace(synced, flags=UP | UV | BE | BS))
    return made


@case("CER028/bad/a-device-that-may-be-copied")
def certified_by_changed_passkey() -> Certified:
    made = with_passkey()
    made.decide(folder(), signer=replace(MY_PASSKEY, flags=UP | UV | BE))
    return made


@case("CER009/bad/a-passkey-on-another-page")
def passkey_on_another_page() -> Certified:
    made = with_passkey(replace(MY_PASSKEY, port=":8443"), origins=[f"https://{HOST}:8443"])
    made.decide(folder(), signer=MY_PASSKEY)
    return made


@case("CER009/bad/a-passkey-for-other-things")
def passkey_for_other_things() -> Certified:
    made = with_passkey(namespaces=[CHANGE_NAMESPACE])
    made.decide(folder(), signer=MY_PASSKEY)
    return made


# Lists: many decisions signed at once, each with the list that names it.


def by_list(passkey: SoftPasskey = MY_PASSKEY) -> tuple[Certified, list[str]]:
    """Two students' outputs, certified by one touch."""
    made = with_passkey(passkey)
    made.student("s1139902")
    made.output(folder("s1139902"))
    paths = [made.decide(folder(student), signer=passkey) for student in ("s1139901", "s1139902")]
    made.list_of(*paths, signer=passkey)
    return made, paths


@case("CER009/good/by-a-list")
def certified_by_list() -> Certified:
    return by_list()[0]


@case("CER009/bad/a-list-by-a-key-that-may-sign-none")
def list_of_an_ordinary_key() -> Certified:
    made = Certified.one_item()
    made.list_of(*made.decisions(folder()), signer=key("t904"))
    return made


@case("CER002/bad/a-list-that-is-not-sorted")
def list_not_sorted() -> Certified:
    made, paths = by_list()
    lines = made.files[f"{paths[0]}.list"].splitlines(keepends=True)
    made.list_of(paths[0], signer=MY_PASSKEY, named=b"".join(reversed(lines)))
    return made


@case("CER002/bad/a-list-of-101")
def list_of_101() -> Certified:
    made, paths = by_list()
    more = sorted(f"{number:064x}\n".encode() for number in range(100))
    mine = digest(made.files[paths[0]]).encode() + b"\n"
    made.list_of(paths[0], signer=MY_PASSKEY, named=b"".join(sorted([*more, mine])))
    return made


@case("CER002/bad/signed-alone-and-in-a-list")
def signed_twice() -> Certified:
    made, paths = by_list()
    made.files[f"{paths[0]}.sig"] = MY_PASSKEY.sign(CERTIFICATION_NAMESPACE, made.files[paths[0]])
    return made


@case("CER002/bad/a-lists-signature-without-the-list")
def signature_without_list() -> Certified:
    made, paths = by_list()
    del made.files[f"{paths[0]}.list"]
    return made


@case("CER002/bad/a-list-signed-as-a-certification")
def list_signed_as_a_certification() -> Certified:
    made, paths = by_list()
    named = made.files[f"{paths[0]}.list"]
    made.files[f"{paths[0]}.list.sig"] = MY_PASSKEY.sign(CERTIFICATION_NAMESPACE, named)
    return made


@case("CER003/bad/a-list-that-names-others")
def list_of_others() -> Certified:
    made, paths = by_list()
    made.list_of(paths[0], signer=MY_PASSKEY, named=f"{SHA256}\n".encode())
    return made


@case("CER003/bad/a-list-lengthened-afterwards")
def list_lengthened() -> Certified:
    made, paths = by_list()
    named = made.files[f"{paths[0]}.list"]
    lines = sorted([*named.splitlines(keepends=True), f"{SHA256}\n".encode()])
    return replaced(made, f"{paths[0]}.list", b"".join(lines))


@case("CER002/bad/a-list-without-its-signature")
def list_without_signature() -> Certified:
    made, paths = by_list()
    del made.files[f"{paths[0]}.list.sig"]
    return made


@case("KEY004/good/signed-by-a-coordinator")
def ending_signed() -> Certified:
    made = Certified.school("t904", "t905")
    made.end("t905", "2026-08-01T00:00:00Z", [])
    return made


@case("KEY004/good/by-an-appointed-coordinator")
def ending_by_an_appointed_coordinator() -> Certified:
    made = Certified.school("t904", "t905")
    made.appoint("t904")
    made.end("t905", "2026-09-01T00:00:00Z", [], second="t904")
    return made


@case("KEY004/bad/signed-by-its-holder")
def ending_signed_by_its_holder() -> Certified:
    made = Certified.school("t904", "t905")
    made.end("t905", "2026-08-01T00:00:00Z", [], second="t905")
    made.keys["t905"][0]["enrolled"] = False
    made.write_keys()
    return made


@case("KEY004/bad/a-digest-added-later")
def ending_extended() -> Certified:
    made = Certified.school("t904", "t905")
    made.end("t905", "2026-08-01T00:00:00Z", [])
    made.keys["t905"][0]["ended"]["payloads"] = [SHA256]
    made.keys["t905"][0]["enrolled"] = False
    made.write_keys()
    return made


@case("TRU003/good/by-two-coordinators")
def appointed_by_two() -> Certified:
    made = Certified.school("t904", "t905")
    made.appoint("t904")
    made.enrol("t906", witness="t904", valid_from="2026-09-01T00:00:00Z")
    made.staff()
    return made


@case("TRU003/good/the-end-of-one-of-the-genesis")
def end_of_one_of_the_genesis() -> Certified:
    made = Certified.school("t904", "t905")
    made.appoint("t904")
    made.appoint(
        "t903", ("t902", "t904"), starts=KEYS_FROM, signed_at="2026-09-01T02:00:00Z", until="2026-09-01T02:00:00Z"
    )
    return made


@case("TRU003/bad/twice-the-same")
def appointed_by_one() -> Certified:
    made = Certified.school("t904", "t905")
    made.appoint("t905", ("t902", "t902"))
    return made


@case("TRU003/bad/by-itself")
def appointed_by_itself() -> Certified:
    made = Certified.school("t904", "t905")
    made.appoint("t905", ("t902", "t905"))
    return made


@case("TRU003/bad/with-another-key")
def appointed_with_another_key() -> Certified:
    made = Certified.school("t904", "t905")
    made.appoint("t905", signers=(key("t902"), key("t903", 2)))
    return made


@case("WAI001/good/by-the-executive-secretary")
def waived() -> Certified:
    made = Certified.one_item()
    made.waive(folder())
    return made


@case("WAI001/bad/by-the-registrar")
def waived_by_the_registrar() -> Certified:
    made = Certified.one_item()
    made.waive(folder(), by="t903")
    return made


@case("WAI001/bad/extended-afterwards")
def waived_longer() -> Certified:
    made = Certified.one_item()
    made.waive(folder(), until="2026-12-31")
    return made


@case("WAI001/bad/with-another-key")
def waived_with_another_key() -> Certified:
    made = Certified.one_item()
    made.waive(folder(), signer=key("t902", 2))
    return made


def _closed_early() -> Certified:
    """A school whose term has had its 休業式 but is not over: what is explained is no finding yet."""
    made = Certified.school("t901", "t904")
    calendar = (FIXTURES / "base/content/calendar/115-1.yaml").read_bytes()
    made.files["content/calendar/115-1.yaml"] = calendar.replace(b"closing: 2027-01-20", b"closing: 2026-11-10")
    return made


def _without(code: str, name: str) -> Certified:
    """The school of a case in which something was not held; a `.removed` beside the case takes the record away."""
    made = Certified.school("t901", "t904")
    bad = FIXTURES / code / "bad" / name / "content"
    made.files |= {f"content/{path.relative_to(bad)}": path.read_bytes() for path in bad.rglob("*") if path.is_file()}
    return made


@case("TRN010/bad/by-the-head-of-the-office")
def training_not_held_and_said() -> Certified:
    made = _without("TRN001", "no-parents-in-114-1")
    made.omit("114-1", "teachers", "t902")
    return made


@case("TRN011/good/by-the-head-of-the-office")
def omission_by_the_office() -> Certified:
    made = _closed_early()
    made.omit("115-1", "teachers", "t902", signed_at="2026-11-20T02:00:00Z")
    return made


@case("TRN011/bad/by-another-office")
def omission_by_another_office() -> Certified:
    made = Certified.school()
    made.omit("114-1", "teachers", "t903")
    return made


@case("TRN011/bad/by-the-principal")
def omission_by_the_principal() -> Certified:
    made = Certified.school("t901", "t904")
    made.omit("114-1", "teachers", "t901")
    return made


@case("TRN011/bad/before-the-closing-ceremony")
def omission_too_early() -> Certified:
    made = Certified.school()
    made.omit("114-1", "teachers", "t902", signed_at="2026-01-20T02:00:00Z")
    return made


@case("TRN011/bad/changed-afterwards")
def omission_changed() -> Certified:
    made = Certified.school()
    made.omit("114-1", "teachers", "t902", instead="已另外發給講義。")
    return made


@case("TRN011/bad/with-another-key")
def omission_with_another_key() -> Certified:
    made = Certified.school()
    made.omit("114-1", "teachers", "t902", signer=key("t902", 2))
    return made


@case("TRN012/bad/a-session-of-that-term")
def training_said_but_held() -> Certified:
    made = Certified.school()
    made.omit("114-1", "teachers", "t902")
    return made


@case("MTG010/bad/by-the-convenor")
def meeting_not_held_and_said() -> Certified:
    made = _without("MTG001", "no-minutes-of-114-2")
    made.omit("114-2", "meeting", "t901")
    return made


@case("MTG011/good/by-the-convenor")
def meeting_omission_by_the_convenor() -> Certified:
    made = _closed_early()
    made.omit("115-1", "meeting", "t901", signed_at="2026-11-20T02:00:00Z")
    return made


@case("MTG011/bad/by-the-secretary")
def meeting_omission_by_the_secretary() -> Certified:
    made = Certified.school()
    made.omit("114-2", "meeting", "t902")
    return made


@case("MTG012/bad/minutes-of-that-term")
def meeting_said_but_held() -> Certified:
    made = Certified.school("t901", "t904")
    made.omit("114-2", "meeting", "t901")
    return made


def _line(kind: str, *fields: bytes) -> str:
    blob = b"".join(map(string, (kind.encode(), *fields)))
    return f"{kind} {base64.b64encode(blob).decode()}"


# DLG001: delegations.


@case("DLG001/good/by-the-executive-secretary")
def by_the_secretary() -> Certified:
    made = Certified.school("t906")
    made.staff(left="2026-08-30")
    made.delegate(by="t902")
    return made


@case("DLG001/bad/by-the-executive-secretary-for-one-who-is-there")
def by_the_secretary_for_one_who_is_there() -> Certified:
    made = Certified.school("t906")
    made.staff()
    made.delegate(by="t902")
    return made


@case("DLG001/bad/by-somebody-else")
def by_somebody_else() -> Certified:
    made = Certified.school("t906")
    made.staff()
    made.delegate(by="t906")
    return made


@case("DLG001/bad/onto-oneself")
def onto_oneself() -> Certified:
    made = Certified.school()
    made.delegate(substitute="t904")
    return made


@case("DLG001/bad/edited")
def delegation_edited() -> Certified:
    made = Certified.school()
    made.staff()
    made.delegate()
    path = "content/delegations/sick-leave.json"
    return replaced(made, path, made.files[path].replace(b"2026-12-31", b"2027-12-31"))


@case("DLG001/bad/malformed")
def delegation_malformed() -> Certified:
    made = Certified.school()
    made.staff()
    made.delegate(starts="2026-02-30T00:00:00Z")
    return made


@case("DLG001/bad/unsigned")
def delegation_unsigned() -> Certified:
    made = Certified.school()
    made.staff()
    made.delegate()
    del made.files["content/delegations/sick-leave.json.sig"]
    return made


@case("DLG001/bad/another-school")
def delegation_of_another_school() -> Certified:
    made = Certified.school()
    made.staff()
    made.delegate(repository=SHA256)
    return made


@case("DLG001/bad/with-a-key-that-is-not-enrolled")
def delegation_with_unknown_key() -> Certified:
    made = Certified.school()
    made.staff()
    made.delegate(signer=key("t904", 2))
    return made


# CHG001: statements of changes.


def stated(*paths: tuple[str, str | None, str | None], **changes: Any) -> Certified:
    """A statement of the tutor's, signed with a passkey unless changed."""
    made = Certified.school()
    made.enrol_passkey("t905")
    made.state("t905", *paths, **changes)
    return made


def _statement(made: Certified) -> str:
    return next(path for path in made.files if path.startswith("content/changes/") and path.endswith(".json"))


@case("CHG001/good/by-a-passkey")
def stated_by_a_passkey() -> Certified:
    return stated()


@case("CHG001/good/of-an-ended-key-that-lists-it")
def stated_and_listed() -> Certified:
    made = Certified.school()
    made.enrol_passkey("t905")
    data = made.state("t905")
    made.end("t905", "2026-11-21T00:00:00Z", [data], "lost")
    return made


@case("CHG001/bad/of-an-ended-key")
def stated_and_not_listed() -> Certified:
    made = Certified.school()
    made.enrol_passkey("t905")
    made.state("t905")
    made.end("t905", "2026-11-21T00:00:00Z", [], "lost")
    return made


@case("CHG001/bad/by-an-ordinary-key")
def stated_by_an_ordinary_key() -> Certified:
    made = Certified.school()
    made.state("t904", signer=key("t904"))
    return made


@case("CHG001/bad/edited")
def stated_and_edited() -> Certified:
    made = stated()
    path = _statement(made)
    return replaced(made, path, made.files[path].replace(b"class-leader", b"class-keeper"))


@case("CHG001/bad/unsigned")
def stated_and_unsigned() -> Certified:
    made = stated()
    del made.files[f"{_statement(made)}.sig"]
    return made


@case("CHG001/bad/only-a-signature")
def stated_without_a_statement() -> Certified:
    made = stated()
    del made.files[_statement(made)]
    return made


@case("CHG001/bad/another-school")
def stated_in_another_school() -> Certified:
    return stated(repository=SHA256)


@case("CHG001/bad/elsewhere")
def stated_elsewhere() -> Certified:
    return stated(place=f"content/changes/115/t905/{SHA256}.json")


@case("CHG001/bad/of-next-week")
def stated_ahead() -> Certified:
    return stated(at="2026-11-30T04:00:00Z")


@case("CHG001/bad/out-of-order")
def stated_out_of_order() -> Certified:
    """One change has one statement: the same files in another order would be another."""
    return stated(("content/training/115-1/b.md", None, SHA256), ("content/training/115-1/a.md", None, SHA256))


@case("CHG001/bad/malformed")
def stated_of_nothing() -> Certified:
    return stated(paths=[])


# KEY005, CHG002: what students sign of themselves.

PHONE = SoftPasskey.of("a student's phone")


def phoned(passkey: SoftPasskey = PHONE, student: str = STUDENT, **changes: Any) -> Certified:
    """A student with a passkey, whose entry is changed after it was proved."""
    made = Certified.school()
    made.student_keys(student_entry(made.repository, student, passkey, "2026-11-19T04:00:00Z", **changes))
    return made


def handed_in(signer: SoftPasskey = PHONE, **changes: Any) -> Certified:
    """A student's statement of a hand-in, changed."""
    made = phoned()
    made.hand_in(signer, **changes)
    return made


@case("KEY005/good/of-the-student")
def of_the_student() -> Certified:
    return phoned()


@case("KEY005/bad/of-another-student")
def of_another_student() -> Certified:
    return phoned(student="s1139902")


@case("KEY005/bad/of-staff")
def of_staff() -> Certified:
    made = phoned(SoftPasskey.of("t905"))
    made.enrol_passkey("t905")
    return made


@case("KEY005/bad/twice")
def entered_twice() -> Certified:
    made = phoned()
    made.student_keys(*[student_entry(made.repository, STUDENT, PHONE, "2026-11-19T04:00:00Z")] * 2)
    return made


@case("KEY005/bad/begun-earlier-than-proved")
def begun_earlier() -> Certified:
    return phoned(valid_from="2026-01-01T00:00:00Z")


@case("CHG002/good/signed")
def handed_in_and_signed() -> Certified:
    return handed_in()


@case("CHG002/good/before-the-phone-was-lost")
def handed_in_before() -> Certified:
    made = phoned(ended={"at": "2026-11-21T04:00:00Z", "reason": "lost"})
    made.hand_in(PHONE)
    return made


@case("CHG002/bad/after-the-phone-was-lost")
def handed_in_after() -> Certified:
    made = phoned(ended={"at": "2026-11-21T04:00:00Z", "reason": "lost"})
    made.hand_in(PHONE, at="2026-11-22T04:00:00Z")
    return made


@case("CHG002/bad/by-an-ordinary-key")
def handed_in_by_an_ordinary_key() -> Certified:
    made = phoned()
    made.hand_in(key("t904"))
    return made


@case("CHG002/bad/as-a-consent")
def handed_in_as_a_consent() -> Certified:
    return handed_in(namespace=CONSENT_NAMESPACE)


@case("CHG002/bad/edited")
def handed_in_and_edited() -> Certified:
    made = phoned()
    path = made.hand_in(PHONE)
    return replaced(made, path, made.files[path].replace(b"item.md", b"itom.md"))


@case("CHG002/bad/unsigned")
def handed_in_and_unsigned() -> Certified:
    made = phoned()
    del made.files[f"{made.hand_in(PHONE)}.sig"]
    return made


@case("CHG002/bad/another-school")
def handed_in_in_another_school() -> Certified:
    return handed_in(repository=SHA256)


@case("CHG002/bad/of-another-student")
def handed_in_by_another() -> Certified:
    return handed_in(account="s1139902")


# DLG002 to DLG006: delegations that mean nothing.


def delegated(*signers: str, **changes: Any) -> Certified:
    """A delegation of t904's physics to t906, changed."""
    made = Certified.school(*(signers or ("t904",)))
    made.staff()
    made.delegate(**changes)
    return made


@case("DLG002/good/to-a-colleague")
def to_a_colleague() -> Certified:
    return delegated()


@case("DLG002/bad/to-nobody")
def to_nobody() -> Certified:
    return delegated(substitute="t998")


@case("DLG002/bad/to-one-who-has-left")
def to_one_who_has_left() -> Certified:
    made = delegated()
    text = made.files["content/school/staff.yaml"].decode()
    head, sign, tail = text.partition("  - id: t906\n")
    left = tail.replace("from: 2024-08-01}", "from: 2024-08-01, to: 2026-07-31}", 1)
    return replaced(made, "content/school/staff.yaml", f"{head}{sign}{left}".encode())


@case("DLG002/good/to-one-who-leaves-later")
def to_one_who_leaves_later() -> Certified:
    made = delegated()
    text = made.files["content/school/staff.yaml"].decode()
    head, sign, tail = text.partition("  - id: t906\n")
    left = tail.replace("from: 2024-08-01}", "from: 2024-08-01, to: 2026-10-31}", 1)
    return replaced(made, "content/school/staff.yaml", f"{head}{sign}{left}".encode())


@case("DLG003/good/two-courses")
def two_courses() -> Certified:
    return delegated(courses=((TERM, "physics"), (TERM, "chinese")))


@case("DLG003/bad/of-another-teacher")
def of_another_teacher() -> Certified:
    return delegated("t906", principal="t906", by="t906", substitute="t904")


@case("DLG003/bad/no-such-course")
def no_such_course() -> Certified:
    return delegated(courses=((TERM, "physics"), (TERM, "astrology")))


@case("DLG003/bad/of-a-term-without-courses")
def of_a_term_without_courses() -> Certified:
    return delegated(courses=(("116-1", "physics"),))


@case("DLG004/good/from-last-week")
def from_last_week() -> Certified:
    return delegated(starts="2026-08-24T00:00:00Z")


@case("DLG004/bad/backwards")
def backwards() -> Certified:
    return delegated(starts="2026-12-31T00:00:00Z", ends="2026-12-01T00:00:00Z")


@case("DLG004/bad/no-time-at-all")
def no_time_at_all() -> Certified:
    return delegated(starts="2026-12-01T00:00:00Z", ends="2026-12-01T00:00:00Z")


@case("DLG004/bad/over-when-it-was-signed")
def over_when_signed() -> Certified:
    return delegated(starts="2026-08-20T00:00:00Z", ends="2026-08-30T00:00:00Z")


@case("DLG004/bad/begun-long-ago")
def begun_long_ago() -> Certified:
    return delegated(starts="2026-07-01T00:00:00Z")


@case("DLG004/bad/of-the-far-future")
def of_the_far_future() -> Certified:
    return delegated(starts="2096-09-01T00:00:00Z", ends="2096-12-31T00:00:00Z")


@case("DLG005/good/a-school-year")
def a_school_year() -> Certified:
    return delegated(ends="2027-07-31T15:59:59Z")


@case("DLG005/bad/a-century")
def a_century() -> Certified:
    return delegated(ends="2126-12-31T15:59:59Z")


@case("DLG005/bad/a-day-more-than-a-year")
def a_day_more_than_a_year() -> Certified:
    return delegated(ends="2027-09-03T00:00:00Z")


@case("DLG005/bad/longer-than-the-rulebook-allows")
def longer_than_the_rulebook_allows() -> Certified:
    made = delegated()
    path = "content/rulebook/2018-05-30.yaml"
    made.files[path] = base().files[path] + b"delegation_days: {value: 30}\n"
    return made


@case("DLG006/good/both-by-the-teacher")
def both_by_the_teacher() -> Certified:
    made = delegated()
    made.delegate("parental-leave", substitute="t905")
    return made


@case("DLG006/bad/passed-on")
def passed_on() -> Certified:
    made = delegated("t904", "t906")
    made.delegate("passed-on", principal="t906", by="t906", substitute="t905")
    return made


# TRU001 and TRU002: the trust root.


@case("TRU001/good/an-ended-key")
def an_ended_key() -> Certified:
    return retired_later()


@case("TRU001/bad/a-line-too-many")
def a_line_too_many() -> Certified:
    made = Certified.school()
    line = f't905 namespaces="{CERTIFICATION_NAMESPACE}" {key("t905").public.line}\n'
    return replaced(made, ALLOWED_SIGNERS, made.files[ALLOWED_SIGNERS] + line.encode())


@case("TRU001/bad/missing")
def allowed_signers_missing() -> Certified:
    made = Certified.school()
    del made.files[ALLOWED_SIGNERS]
    return made


@case("TRU002/good/genesis-alone")
def genesis_alone() -> Certified:
    made = Certified()
    made.genesis()
    return made


@case("TRU002/bad/keys-without-genesis")
def keys_without_genesis() -> Certified:
    made = Certified.school()
    del made.files[GENESIS]
    return made


@case("TRU002/bad/delegation-without-genesis")
def delegation_without_genesis() -> Certified:
    made = Certified.school()
    made.staff()
    made.delegate()
    del made.files[GENESIS]
    return made


# REF019: what is selected or released.


def selecting(made: Certified, on: str = "2026-11-21", name: str = "pendulum") -> Certified:
    """The same with an output selected."""
    text = f"kind: selection/v1\non: {on}\noutputs: [{TERM}/{name}]\nactivities: []\n"
    made.files["content/students/113/s1139901/selection/115/regular.yaml"] = text.encode()
    return made


def releasing(made: Certified, **more: str) -> Certified:
    """The same with an output that the student agrees to release."""
    lines = [f"{name}: {value}\n" for name, value in more.items()]
    text = (
        f"kind: release-consent/v1\ncommittee: 測試大學\non: 2026-11-21\noutputs: [{TERM}/pendulum]\nactivities: []\n"
    )
    path = "content/students/113/s1139901/release-consent/university.yaml"
    made.files[path] = (text + "statement: false\n" + "".join(lines)).encode()
    return made


@case("REF019/good/certified")
def selected_as_certified() -> Certified:
    return releasing(selecting(Certified.one_item()))


@case("REF019/good/consent-revoked")
def consent_revoked() -> Certified:
    made = Certified.school()
    made.output()
    return releasing(made, revoked_on="2026-11-22")


@case("REF019/bad/selected-uncertified")
def selected_uncertified() -> Certified:
    made = Certified.school()
    made.output()
    return selecting(made)


@case("REF019/bad/released-uncertified")
def released_uncertified() -> Certified:
    made = Certified.school()
    made.output()
    return releasing(made)


@case("REF019/bad/selected-after-a-return")
def selected_after_a_return() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), "returned")
    return selecting(made)


@case("REF019/bad/revoked-after-it-was-selected")
def revoked_after_it_was_selected() -> Certified:
    made = Certified.one_item()
    made.decide(folder(), "revoked", issued_at="2026-11-22T04:00:00Z")
    return selecting(made)


# CER022 to CER027: what another platform certified before the school began here.
EARLIER = folder(term="113-2")


def claimed(**changes: Any) -> Certified:
    """A school with one claimed output of an earlier term."""
    made = Certified.school()
    made.earlier()
    made.output(EARLIER)
    made.claim(EARLIER, **changes)
    return made


@case("CER022/good/by-the-registrar")
def claimed_by_the_registrar() -> Certified:
    return claimed()


@case("CER022/bad/by-the-executive-secretary")
def claimed_by_the_secretary() -> Certified:
    return claimed(signed={"by": "t902"})


@case("CER022/bad/with-another-key")
def claimed_with_another_key() -> Certified:
    return claimed(signer=key("t904"))


@case("CER022/bad/for-another-work")
def claimed_for_another_work() -> Certified:
    """The same bytes under another name of the same student: the signature is of its own path."""
    made = claimed()
    other = made.output(folder(term="113-2", slug="optics"))
    made.claim(EARLIER, at=other)
    return made


@case("CER022/bad/of-a-later-day")
def claimed_of_a_later_day() -> Certified:
    return claimed(signed={"certified_on": "2026-11-21"})


@case("CER023/good/listed")
def claimed_of_a_listed_platform() -> Certified:
    made = claimed(signed={"platform": "older"})
    made.platforms("former", "older")
    return made


@case("CER023/bad/of-no-list")
def claimed_of_no_platform() -> Certified:
    return claimed(signed={"platform": "elsewhere"})


@case("CER024/good/the-term-before-the-first")
def claimed_of_the_term_before() -> Certified:
    return claimed()


@case("CER024/bad/of-the-first-term")
def claimed_of_the_first_term() -> Certified:
    made = Certified.school()
    made.platforms()
    where = made.output(folder(term="114-1"))
    made.claim(where)
    return made


@case("CER025/good/certified-here-later")
def claimed_and_certified_later() -> Certified:
    made = claimed()
    made.decide(EARLIER, issued_at="2026-11-21T04:00:00Z")
    return made


@case("CER025/bad/returned-before")
def claimed_after_a_return() -> Certified:
    made = claimed()
    made.decide(EARLIER, "returned", issued_at="2026-11-19T04:00:00Z")
    return made


@case("CER025/bad/returned-under-another-name")
def claimed_under_another_name() -> Certified:
    """What was returned here comes in again under another name, claimed: it is the same file."""
    made = Certified.school()
    made.earlier()
    where = made.output(folder(term="113-2", slug="optics"))
    made.decide(where, "returned", issued_at="2026-11-19T04:00:00Z")
    file = made.files[f"{where}/report.pdf"]
    page = made.files[f"{where}/item.md"]
    made.output(where, text="重新寫過。", attachments=("other.pdf",))
    made.files |= {f"{EARLIER}/item.md": page, f"{EARLIER}/report.pdf": file}
    made.claim(EARLIER)
    return made


@case("CER026/good/with-its-output")
def claimed_with_its_output() -> Certified:
    return claimed()


@case("CER026/bad/without-its-output")
def claimed_without_its_output() -> Certified:
    made = claimed()
    for path in [path for path in made.files if path.startswith(EARLIER)]:
        del made.files[path]
    return made


@case("CER027/good/as-it-was")
def claimed_as_it_was() -> Certified:
    return claimed()


@case("CER027/bad/one-word-changed")
def claimed_and_changed() -> Certified:
    made = claimed()
    page = made.files[f"{EARLIER}/item.md"]
    return replaced(made, f"{EARLIER}/item.md", page + "再補一句。\n".encode())


@case("SCH011/good/an-earlier-term")
def short_calendar_of_an_earlier_term() -> Certified:
    made = Certified.school()
    made.earlier()
    return made


@case("SCH011/bad/a-term-of-its-own")
def short_calendar_of_its_own() -> Certified:
    made = Certified.school()
    full = base().files["content/calendar/114-2.yaml"].decode()
    edges = [
        line for line in full.splitlines() if line.split(":")[0] in {"kind", "starts", "ends", "opening", "closing"}
    ]
    made.files["content/calendar/114-2.yaml"] = ("\n".join(edges) + "\n").encode()
    return made
