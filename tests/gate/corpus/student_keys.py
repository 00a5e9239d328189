"""What a student's passkey may sign, who enters it, and each use of it that must come to nothing (decision 0019)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from licheng.app.loading.load import load
from licheng.app.trust.student_keys import ended
from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.core.dates import written
from licheng.core.layout import ALLOWED_SIGNERS, BY_NAME
from licheng.core.statements import AppointmentStatement, EnrolmentStatement, WaiverStatement
from licheng.core.trust import (
    CHANGE_NAMESPACE,
    CONSENT_NAMESPACE,
    DELEGATION_NAMESPACE,
    HAND_IN_NAMESPACE,
    KEY_NAMESPACE,
    WAIVER_NAMESPACE,
    StatedChange,
    StatedPath,
)
from licheng.signing.canonical import encode
from licheng.sources.emit import document
from tests.certified import canonical, passkey_enrolment, passkey_terms, student_entry, student_record
from tests.gate.corpus.registry import OWN, Ask, accepted, refused
from tests.gate.corpus.statements import DUTY, TALK, brought, delegation, enrolled, statement, told
from tests.gate.items import HOME, OTHER, OTHERS_HOME, STUDENT, TUTOR, consultation, output, position, sha256
from tests.gate.scene import ACTIVITIES, COUNSELLOR, DEAN, IT, REGISTRAR, Content, Scene
from tests.signing.passkeys import SoftPasskey

MINE, THEIRS = SoftPasskey.of("the phone of a student"), SoftPasskey.of("the phone of another")
KEYS, OTHERS_KEYS = f"{HOME}/keys.yaml", f"{OTHERS_HOME}/keys.yaml"

Entry = dict[str, Any]


def entry(
    s: Scene, student: str = STUDENT, passkey: SoftPasskey = MINE, days: int = 1, **changes: Any
) -> dict[str, Any]:
    """A student's enrolment of some days ago."""
    since = written(s.clock - timedelta(days=days))
    return student_entry(s.loaded.school.trust.repository or "", student, passkey, since, **changes)


def witnessed(s: Scene, files: Mapping[str, bytes] | None = None, by: str = TUTOR, also: tuple[str, ...] = ()) -> str:
    """Main on which a student's passkey is, witnessed by the tutor."""
    return told(s, enrolled(s, by, *also), by, files or {KEYS: student_record(entry(s))})


def word(
    s: Scene,
    parent: str,
    files: Mapping[str, bytes],
    *,
    student: str = STUDENT,
    passkey: SoftPasskey = MINE,
    namespace: str = HAND_IN_NAMESPACE,
    at: datetime | None = None,
) -> dict[str, bytes]:
    """A student's statement of what is handed in, signed, spelt out once more."""
    there = {path: s.read(path, parent) for path in files if path in s.paths(HOME, parent)}
    entries = [
        StatedPath(path, sha256(there[path]) if path in there else None, sha256(data))
        for path, data in sorted(files.items())
    ]
    repository = s.loaded.school.trust.repository or ""
    change = StatedChange("", "", repository, student, at or s.clock, tuple(entries))
    data = encode(change.payload())
    path = f"content/students/113/{student}/hand-ins/{hashlib.sha256(data).hexdigest()}.json"
    return {path: data, f"{path}.sig": passkey.sign(namespace, data)}


def handed_in(s: Scene, main: str, **how: Any) -> Ask:
    """A work with its statement, as the platform brings both."""
    files = output("running")
    return brought(main, s.commit({**files, **word(s, main, files, **how)}, STUDENT, parent=main))


# What passes.


@accepted
def a_students_passkey_that_the_tutor_witnesses(s: Scene) -> Ask:
    main = enrolled(s, TUTOR)
    return brought(main, told(s, main, TUTOR, {KEYS: student_record(entry(s))}))


@accepted
def a_students_passkey_that_the_registrar_pushes(s: Scene) -> Ask:
    main = enrolled(s, REGISTRAR)
    return Ask(told(s, main, REGISTRAR, {KEYS: student_record(entry(s))}), REGISTRAR, {"base": main})


@accepted
def a_hand_in_with_its_students_statement(s: Scene) -> Ask:
    return handed_in(s, witnessed(s))


@accepted
def a_hand_in_without_a_statement_by_who_has_a_passkey(s: Scene) -> Ask:
    """Whoever has left the phone at home hands in as everybody does."""
    main = witnessed(s)
    return brought(main, s.commit(output("running"), STUDENT, parent=main))


@accepted
def a_signed_consent(s: Scene) -> Ask:
    main, files = witnessed(s), _consent()
    said = word(s, main, files, namespace=CONSENT_NAMESPACE)
    return brought(main, s.commit({**files, **said}, STUDENT, parent=main))


@accepted
def the_end_of_a_lost_phone(s: Scene) -> Ask:
    main = witnessed(s)
    return brought(main, told(s, main, TUTOR, _lost(s, main)))


@accepted
def a_statement_of_before_the_phone_was_lost(s: Scene) -> Ask:
    """What main has of it stays right, and a further hand-in needs none."""
    landed = handed_in(s, witnessed(s)).head
    main = told(s, landed, TUTOR, _lost(s, landed))
    return brought(main, s.commit(output("walking"), STUDENT, parent=main))


def _consent() -> dict[str, bytes]:
    text = "kind: release-consent/v1\ncommittee: 示範大學招生委員會\non: 2026-11-23\n"
    path = f"{HOME}/release-consent/university.yaml"
    return {path: f"{text}outputs: []\nactivities: []\nstatement: false\n".encode()}


def _lost(s: Scene, main: str) -> dict[str, bytes]:
    with s.tree(main) as tree:
        [student] = load(tree, s.clock.date()).students(f"113/{STUDENT}")
        path, data = ended(student, MINE.public.fingerprint, "lost", s.clock - timedelta(minutes=30))
    return {path: data}


# Without the witness.


@refused("KEY006")
def a_students_passkey_without_a_statement(s: Scene) -> Ask:
    """Whoever holds the intake account would enter one of their own for a student who never looks."""
    main = enrolled(s, TUTOR)
    return brought(main, s.commit({KEYS: student_record(entry(s))}, TUTOR, parent=main))


@refused("KEY006")
def a_students_passkey_that_its_tutor_pushes_unsigned(s: Scene) -> Ask:
    return Ask(s.commit({KEYS: student_record(entry(s))}, TUTOR), TUTOR)


@refused("GAT003")
def a_students_passkey_by_the_student(s: Scene) -> Ask:
    return brought(s.base, s.commit({KEYS: student_record(entry(s))}, STUDENT))


@refused("KEY006")
def a_second_passkey_on_the_word_of_the_first(s: Scene) -> Ask:
    """A student's statement is no witness, of another phone least of all."""
    main = witnessed(s)
    files = {KEYS: student_record(entry(s), entry(s, passkey=THEIRS))}
    return brought(main, s.commit({**files, **word(s, main, files)}, STUDENT, parent=main))


@refused("GAT003")
def a_students_passkey_by_the_tutor_of_another_class(s: Scene) -> Ask:
    main = enrolled(s, "t013")
    return brought(main, told(s, main, "t013", {KEYS: student_record(entry(s))}))


@refused("GAT038")
def another_passkey_than_the_tutor_witnessed(s: Scene) -> Ask:
    main = enrolled(s, TUTOR)
    landed = told(s, main, TUTOR, {KEYS: student_record(entry(s))})
    beside = {path: s.read(path, landed) for path in s.paths("content/changes", landed)}
    other = {KEYS: student_record(entry(s, passkey=THEIRS))}
    return brought(main, s.commit({**other, **beside}, TUTOR, parent=main))


@refused("GAT004")
def a_students_passkey_replaced_by_another(s: Scene) -> Ask:
    main = witnessed(s)
    return brought(main, told(s, main, TUTOR, {KEYS: student_record(entry(s, passkey=THEIRS))}))


@refused("GAT010")
def a_students_passkey_of_last_year(s: Scene) -> Ask:
    """It would make whatever was signed since then look right."""
    main = enrolled(s, TUTOR)
    old = entry(s, days=300)
    return brought(main, told(s, main, TUTOR, {KEYS: student_record(old)}))


# A passkey that is none of hers.


@refused("KEY005")
def a_passkey_proved_for_another_student(s: Scene) -> Ask:
    return _entered(s, entry(s, student=OTHER))


@refused("KEY005")
def a_passkey_proved_as_staff_prove_theirs(s: Scene) -> Ask:
    mine = entry(s)
    about = EnrolmentStatement(
        s.loaded.school.trust.repository or "", STUDENT, mine["public_key"], mine["valid_from"]
    ).payload()
    return _entered(s, mine | {"proof": MINE.sign(KEY_NAMESPACE, canonical(about)).decode()})


@refused("KEY005")
def a_passkey_of_staff_among_a_students(s: Scene) -> Ask:
    return _entered(s, entry(s, passkey=SoftPasskey.of(TUTOR)))


@refused("SCH004")
def a_students_passkey_that_may_certify(s: Scene) -> Ask:
    return _entered(s, entry(s), HAND_IN_NAMESPACE, CERTIFICATION_NAMESPACE)


def _entered(s: Scene, one: Mapping[str, Any], old: str = "", new: str = "") -> Ask:
    """Witnessed, with some text replaced as no form would."""
    main, written_so = enrolled(s, TUTOR), student_record(one).decode()
    assert old in written_so
    return brought(main, told(s, main, TUTOR, {KEYS: written_so.replace(old, new).encode()}))


# A statement that is there and is not right.


@refused("CHG002")
def a_hand_in_signed_by_another_student(s: Scene) -> Ask:
    both = {KEYS: student_record(entry(s)), OTHERS_KEYS: student_record(entry(s, OTHER, THEIRS))}
    return handed_in(s, witnessed(s, both), passkey=THEIRS)


@refused("CHG002")
def a_hand_in_signed_by_a_passkey_that_nobody_entered(s: Scene) -> Ask:
    return handed_in(s, witnessed(s), passkey=THEIRS)


@refused("CHG002")
def a_hand_in_signed_by_the_tutor(s: Scene) -> Ask:
    """Of the key's own staff record nothing is looked for where a student should have signed."""
    return handed_in(s, witnessed(s), passkey=SoftPasskey.of(TUTOR))


@refused("CHG002")
def a_hand_in_signed_as_a_consent(s: Scene) -> Ask:
    return handed_in(s, witnessed(s), namespace=CONSENT_NAMESPACE)


@refused("CHG002")
def a_consent_signed_as_a_hand_in(s: Scene) -> Ask:
    main, files = witnessed(s), _consent()
    return brought(main, s.commit({**files, **word(s, main, files)}, STUDENT, parent=main))


@refused("CHG002")
def a_hand_in_signed_as_staff_sign_changes(s: Scene) -> Ask:
    return handed_in(s, witnessed(s), namespace=CHANGE_NAMESPACE)


@refused("GAT038")
def a_hand_in_of_which_a_byte_was_changed_after_it_was_signed(s: Scene) -> Ask:
    main, files = witnessed(s), output("running")
    said = word(s, main, files)
    item = next(path for path in files if path.endswith("item.md"))
    files[item] = files[item].replace("兩種".encode(), "三種".encode())
    return brought(main, s.commit({**files, **said}, STUDENT, parent=main))


@refused("CHG002")
def a_statement_of_a_hand_in_without_its_signature(s: Scene) -> Ask:
    main, files = witnessed(s), output("running")
    said = {path: data for path, data in word(s, main, files).items() if path.endswith(".json")}
    return brought(main, s.commit({**files, **said}, STUDENT, parent=main))


@refused("GAT039")
def a_hand_in_signed_with_a_lost_phone(s: Scene) -> Ask:
    """Whoever has it signs for yesterday, when it still counted."""
    main = witnessed(s)
    main = told(s, main, TUTOR, _lost(s, main))
    return handed_in(s, main, at=s.clock - timedelta(hours=1))


@refused("GAT010")
def a_hand_in_signed_three_weeks_ago(s: Scene) -> Ask:
    main = witnessed(s, {KEYS: student_record(entry(s))})
    return handed_in(s, main, at=s.clock - timedelta(days=21))


@refused("GAT037")
def a_record_of_staff_on_a_students_word(s: Scene) -> Ask:
    """A student's statement beside it is none of its author's."""
    main, files = witnessed(s, also=(ACTIVITIES,)), {DUTY: position()}
    ask = brought(main, s.commit(files, ACTIVITIES, parent=main))
    said = word(s, main, files)
    return brought(main, s.commit(dict(said), STUDENT, parent=ask.head))


@refused("GAT039")
def a_students_statement_beside_a_record_of_staff(s: Scene) -> Ask:
    main, files = witnessed(s, also=(ACTIVITIES,)), {DUTY: position()}
    return brought(main, s.commit({**files, **word(s, main, files)}, ACTIVITIES, parent=main))


@refused("GAT003")
def a_statement_laid_into_another_students_folder(s: Scene) -> Ask:
    main, files = witnessed(s), output("running")
    said = {path.replace(STUDENT, OTHER): data for path, data in word(s, main, files).items()}
    return brought(main, s.commit({**files, **said}, STUDENT, parent=main))


# The two walls: what only staff sign is nothing with a student's passkey.


@refused("CER009")
def a_certification_signed_by_a_student(s: Scene) -> Ask:
    main = witnessed(s)
    item, teacher = s.waiting()
    [(path, data)] = [(path, data) for path, data in s.certify(item, teacher).items() if path.endswith(".json")]
    payload = json.loads(data)
    payload["predicate"]["certifier"]["key_fingerprint"] = MINE.public.fingerprint
    files = _resigned({path: canonical(payload)}, CERTIFICATION_NAMESPACE)
    return Ask(s.commit(files, teacher, parent=main), teacher, {"base": main})


@refused("CHG001")
def a_change_of_staff_signed_by_a_student(s: Scene) -> Ask:
    main = witnessed(s)
    change = statement(s, main, COUNSELLOR, {TALK: consultation()})
    data = encode(change.payload())
    said = {change.path: data, f"{change.path}.sig": MINE.sign(CHANGE_NAMESPACE, data)}
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main))


@refused("WAI001")
def a_waiver_signed_by_a_student(s: Scene) -> Ask:
    main, path = witnessed(s), f"{HOME}/waivers/late.yaml"
    item = OWN.removeprefix(f"{HOME}/")
    data = {"item": item, "stage": "certification", "reason": "公假。", "by": DEAN}
    data |= {"on": "2026-11-23", "until": "2027-02-20", "signed_at": written(s.clock)}
    repository = s.loaded.school.trust.repository or ""
    stated = WaiverStatement.of(data, repository=repository, student=STUDENT)
    data["signature"] = MINE.sign(WAIVER_NAMESPACE, encode(stated.payload())).decode()
    text = document(BY_NAME["waiver"], path, {"kind": "waiver/v1", **data})
    return Ask(s.commit({path: text.encode()}, DEAN, parent=main), DEAN, {"base": main})


@refused("DLG001")
def a_delegation_signed_by_a_student(s: Scene) -> Ask:
    main = witnessed(s)
    files = _resigned(delegation(s), DELEGATION_NAMESPACE)
    return Ask(s.commit(files, "t016", parent=main), "t016", {"base": main})


@refused("TRU003")
def a_coordinator_appointed_by_a_student(s: Scene) -> Ask:
    main, path = witnessed(s), "content/trust/coordinators/t024.yaml"
    data: dict[str, Any] = {"from": written(s.clock), "signed_at": written(s.clock)}
    stated = AppointmentStatement.of(data, repository=s.loaded.school.trust.repository or "", staff="t024")
    signature = MINE.sign(KEY_NAMESPACE, encode(stated.payload())).decode()
    data["signatures"] = [{"staff": staff, "signature": signature} for staff in (DEAN, REGISTRAR)]
    text = document(BY_NAME["coordinator"], path, {"kind": "coordinator/v1", **data})
    return Ask(s.commit({path: text.encode()}, IT, parent=main), IT, {"base": main})


@refused("KEY002")
def a_key_of_staff_witnessed_by_a_student(s: Scene) -> Ask:
    main, fresh = witnessed(s), SoftPasskey.of("a teacher's")
    own = BY_NAME["staff-keys"].path(staff="t016")
    terms, since = passkey_terms(fresh.application), written(s.clock - timedelta(days=1))
    message = passkey_enrolment(s.loaded.school.trust.repository or "", "t016", fresh.line, since, terms)
    [kept] = [each.data["keys"] for each in s.loaded.school.of("staff-keys") if each.path == own]
    fresh_entry = {
        "public_key": fresh.line,
        "passkey": terms,
        "valid_from": since,
        "proof": fresh.sign(KEY_NAMESPACE, message).decode(),
        "witness": {"staff": DEAN, "signature": MINE.sign(KEY_NAMESPACE, message).decode()},
    }
    text = document(BY_NAME["staff-keys"], own, {"kind": "staff-keys/v1", "keys": [*kept, fresh_entry]})
    return Ask(s.commit({own: text.encode()}, IT, parent=main), IT, {"base": main})


@refused("FIL001")
def a_students_keys_among_those_of_staff(s: Scene) -> Ask:
    return Ask(s.commit({f"content/trust/keys/{STUDENT}.yaml": student_record(entry(s))}, IT), IT)


@refused("KEY001")
def a_students_passkey_in_a_teachers_record(s: Scene) -> Ask:
    """Her proof is of another kind, and says that it is a student's."""
    own = BY_NAME["staff-keys"].path(staff="t016")
    [kept] = [each.data["keys"] for each in s.loaded.school.of("staff-keys") if each.path == own]
    mine = entry(s)
    terms = {**mine["passkey"], "namespaces": [CERTIFICATION_NAMESPACE], "sentence": passkey_terms("x")["sentence"]}
    keys = [*kept, mine | {"passkey": terms, "witness": kept[0]["witness"]}] if "witness" in kept[0] else [*kept, mine]
    text = document(BY_NAME["staff-keys"], own, {"kind": "staff-keys/v1", "keys": keys})
    return Ask(s.commit({own: text.encode()}, IT), IT)


@refused("TRU001")
def a_students_passkey_in_allowed_signers(s: Scene) -> Ask:
    line = f't016 namespaces="{CERTIFICATION_NAMESPACE}" {MINE.line}\n'
    return Ask(s.commit({ALLOWED_SIGNERS: s.read(ALLOWED_SIGNERS) + line.encode()}, IT), IT)


def _resigned(files: Mapping[str, Content], namespace: str) -> dict[str, Content]:
    """Payloads as somebody else wrote them, signed with a student's passkey."""
    payloads = {path: data for path, data in files.items() if path.endswith(".json") and isinstance(data, bytes)}
    return {**payloads, **{f"{path}.sig": MINE.sign(namespace, data) for path, data in payloads.items()}}


@refused("GAT004")
def a_statement_of_a_hand_in_that_goes(s: Scene) -> Ask:
    """She cannot unsay it, and nobody can take it from her."""
    landed = handed_in(s, witnessed(s)).head
    gone = [path for path in s.paths(HOME, landed) if "/hand-ins/" in path]
    return brought(landed, s.commit(dict.fromkeys(gone), STUDENT, parent=landed))
