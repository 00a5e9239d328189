"""What an intake account brings for staff: with their own signed word for each commit, and never otherwise."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from licheng.app.loading.load import Loaded, load
from licheng.app.trust.delegate import delegate
from licheng.app.trust.keys import Witness, end
from licheng.app.trust.state import signed_files, stated
from licheng.app.trust.waive import waive
from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.core.dates import written
from licheng.core.layout import ALLOWED_SIGNERS, BY_NAME
from licheng.core.trust import (
    CHANGE_NAMESPACE,
    KEY_NAMESPACE,
    PASSKEY_NAMESPACES,
    StatedChange,
)
from licheng.demo.school import INTAKE
from licheng.signing.canonical import encode
from licheng.sources.emit import document
from tests.certified import passkey_enrolment, passkey_terms
from tests.gate.corpus.registry import LATE, OWN, STAFF, Ask, accepted, edited, refused
from tests.gate.items import HOME, OTHER, OTHERS_HOME, STUDENT, consultation, output, position, sha256
from tests.gate.scene import ACTIVITIES, COUNSELLOR, DEAN, GUIDANCE, IT, NOW, REGISTRAR, Content, Scene
from tests.signing.passkeys import ORIGIN, SoftPasskey

_SINCE = NOW - timedelta(days=60)
TALK, OTHER_TALK = f"{HOME}/consultations/electives.yaml", f"{OTHERS_HOME}/consultations/electives.yaml"
DUTY = f"{HOME}/positions/hygiene.yaml"

Files = Mapping[str, bytes | None]


def enrolled(
    s: Scene,
    *staff: str,
    namespaces: frozenset[str] = PASSKEY_NAMESPACES,
    witness: str = DEAN,
    base: str | None = None,
    origin: str = ORIGIN,
) -> str:
    """Main on which some of the staff have a passkey, of the signing page at an origin."""
    host = origin.partition("//")[2].partition(":")[0]
    kind, trust = BY_NAME["staff-keys"], s.loaded.school.trust
    records = {record.identity["staff"]: record for record in s.loaded.school.of("staff-keys")}
    files: dict[str, Content] = {}
    for one in staff or (COUNSELLOR, ACTIVITIES):
        mine, since = SoftPasskey.of(one, host), written(_SINCE)
        terms = passkey_terms(host, origins=[origin], namespaces=sorted(namespaces))
        message = passkey_enrolment(trust.repository or "", one, mine.line, since, terms)
        entry = {
            "public_key": mine.line,
            "passkey": terms,
            "valid_from": since,
            "proof": mine.sign(KEY_NAMESPACE, message, origin).decode(),
            "witness": {"staff": witness, "signature": s.key(witness).sign(KEY_NAMESPACE, message).decode()},
        }
        kept = copy.deepcopy(records[one].data["keys"]) if one in records else []
        path = kind.path(staff=one)
        files[path] = document(kind, path, {"kind": "staff-keys/v1", "keys": [*kept, entry]})
    main = s.commit(files, IT, parent=base)
    with s.tree(main) as tree:
        expected = load(tree, NOW.date()).school.trust.allowed_signers_expected
    return s.commit({ALLOWED_SIGNERS: expected}, IT, parent=main)


@contextmanager
def _loaded(s: Scene, commit: str) -> Iterator[Loaded]:
    with s.tree(commit) as tree:
        yield load(tree, NOW.date())


def statement(s: Scene, parent: str, staff: str, files: Files, at: datetime | None = None) -> StatedChange:
    """What somebody signs of a change of a commit."""
    with _loaded(s, parent) as loaded:
        return stated(loaded, staff, files, at or s.clock)


def signed(change: StatedChange) -> dict[str, bytes]:
    """A statement and its author's signature, as they lie in the tree."""
    data = encode(change.payload())
    return {change.path: data, f"{change.path}.sig": SoftPasskey.of(change.account).sign(CHANGE_NAMESPACE, data)}


def word(s: Scene, parent: str, staff: str, files: Files, at: datetime | None = None) -> dict[str, bytes]:
    """A statement of a change of a commit, signed."""
    return signed(statement(s, parent, staff, files, at))


def told(s: Scene, parent: str, staff: str, files: Files) -> str:
    """The commit of a change, with its statement, as the platform makes it."""
    with _loaded(s, parent) as loaded:
        change = stated(loaded, staff, files, s.clock)
        signature = SoftPasskey.of(staff).sign(CHANGE_NAMESPACE, encode(change.payload()))
        beside = signed_files(change, signature, loaded)
    return s.commit({**files, **beside}, staff, parent=parent)


def brought(main: str, head: str, **options: object) -> Ask:
    return Ask(head, INTAKE, {"base": main, **options})


# What passes.


@accepted
def a_record_of_a_counsellor_with_its_statement(s: Scene) -> Ask:
    main = enrolled(s)
    return brought(main, told(s, main, COUNSELLOR, {TALK: consultation()}))


@accepted
def statements_of_two_people_and_the_work_of_a_student(s: Scene) -> Ask:
    main = enrolled(s)
    first = told(s, main, COUNSELLOR, {TALK: consultation(), OTHER_TALK: consultation()})
    second = told(s, first, ACTIVITIES, {DUTY: position()})
    return brought(main, s.commit(output("running"), STUDENT, parent=second))


@accepted
def two_changes_of_one_file_each_with_its_statement(s: Scene) -> Ask:
    main = enrolled(s)
    first = told(s, main, ACTIVITIES, {DUTY: position()})
    return brought(main, told(s, first, ACTIVITIES, {DUTY: position("2027-01-21")}))


@accepted
def a_record_that_goes_with_its_statement(s: Scene) -> Ask:
    main = s.commit({DUTY: position()}, ACTIVITIES, parent=enrolled(s))
    return brought(main, told(s, main, ACTIVITIES, {DUTY: None}))


@accepted
def a_certification_through_the_intake(s: Scene) -> Ask:
    """The teacher's signature is over every byte of it: no other word is needed."""
    item, teacher = s.waiting()
    return brought(s.base, s.commit(dict(s.certify(item, teacher)), teacher))


@accepted
def a_delegation_through_the_intake(s: Scene) -> Ask:
    return brought(s.base, s.commit(delegation(s), "t016"))


@accepted
def a_certification_with_a_record_and_a_statement_of_both(s: Scene) -> Ask:
    item, teacher = s.waiting()
    main = enrolled(s, teacher)
    return brought(main, told(s, main, teacher, s.certify(item, teacher)))


@accepted
def a_statement_that_its_author_brings(s: Scene) -> Ask:
    """Nobody needs one who pushes alone; it is as true."""
    main = enrolled(s)
    return Ask(told(s, main, COUNSELLOR, {TALK: consultation()}), COUNSELLOR, {"base": main})


def delegation(s: Scene) -> dict[str, Content]:
    key = s.key("t016")
    plan = delegate(
        s.loaded, "leave", principal="t016", substitute="t015", by="t016", fingerprint=key.public.fingerprint,
        courses=[_course(s, "t016")], starts=s.clock, ends=s.clock + timedelta(days=30), reason="公假。",
        now=s.clock, sign=key.sign,
    )  # fmt: skip
    return dict(plan.creates)


def _course(s: Scene, teacher: str) -> tuple[str, str]:
    """A course of this term that somebody teaches."""
    for term, offered in s.loaded.school.offerings.items():
        for course, offering in offered.items():
            if str(term) == "115-1" and any(teacher in section["teachers"] for section in offering["sections"]):
                return str(term), course
    raise AssertionError(teacher)


# Without a word, or not with one's own.


@refused("GAT037")
def a_counsellors_record_without_a_statement(s: Scene) -> Ask:
    main = enrolled(s)
    return brought(main, s.commit({TALK: consultation()}, COUNSELLOR, parent=main))


@refused("GAT037")
def a_commit_smuggled_beside_a_stated_one(s: Scene) -> Ask:
    """Somebody's statement speaks for that commit; the next one, in another's name, has none."""
    main = enrolled(s)
    first = told(s, main, COUNSELLOR, {TALK: consultation()})
    return brought(main, s.commit({DUTY: position()}, ACTIVITIES, parent=first))


@refused("GAT037")
def a_certification_with_a_record_beside_it(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return brought(s.base, s.commit({**s.certify(item, teacher), TALK: consultation()}, teacher))


@refused("GAT037")
def a_certification_of_another_teacher(s: Scene) -> Ask:
    item, teacher = s.waiting()
    other = "t015" if teacher != "t015" else "t016"
    return brought(s.base, s.commit(dict(s.certify(item, teacher)), other))


@refused("GAT037")
def a_certification_that_nobody_signed(s: Scene) -> Ask:
    """Its time is not kept either."""
    item, teacher = s.waiting()
    files = {path: data for path, data in s.certify(item, teacher).items() if not path.endswith(".sig")}
    return brought(s.base, s.commit(dict(files), teacher))


@refused("GAT037")
def a_certification_written_twice(s: Scene) -> Ask:
    """What is signed is what lies there in the end; what lay there before stays in history, in the teacher's name."""
    item, teacher = s.waiting()
    files = s.certify(item, teacher)
    first = s.commit({path: data.replace(b"course-output", b"course_output") for path, data in files.items()}, teacher)
    return brought(s.base, s.commit(dict(files), teacher, parent=first))


@refused("GAT037")
def a_waiver_without_a_statement(s: Scene) -> Ask:
    """Its signature is of what the record says, not of what else stands in the file."""
    plan = waive(
        s.loaded, OWN, stage="certification", until=LATE.date(), reason="公假。", by=DEAN, now=s.clock,
        sign=s.key(DEAN).sign,
    )  # fmt: skip
    [(path, data)] = plan.creates.items()
    return brought(s.base, s.commit({path: data + "# 這一句沒有人簽。\n".encode()}, DEAN))


@refused("GAT037")
def an_empty_commit_in_a_teachers_name(s: Scene) -> Ask:
    first = s.commit(output("running"), STUDENT)
    return brought(s.base, s.commit({}, "t016", parent=first))


@refused("GAT037")
def a_statement_used_again(s: Scene) -> Ask:
    """The record was changed back, and the statement is on main already: the same again has no word of its own."""
    main = enrolled(s)
    landed = told(s, main, COUNSELLOR, {TALK: consultation()})
    back = s.commit({TALK: None}, COUNSELLOR, parent=landed)
    return brought(back, s.commit({TALK: consultation()}, COUNSELLOR, parent=back))


@refused("GAT019")
def a_statement_taken_out_and_used_again(s: Scene) -> Ask:
    main = enrolled(s)
    landed = told(s, main, COUNSELLOR, {TALK: consultation()})
    back = s.commit({TALK: None}, COUNSELLOR, parent=landed)
    both = {path: s.read(path, landed) for path in s.paths("content/changes", landed)}
    without = s.commit(dict.fromkeys(both), COUNSELLOR, parent=back)
    return brought(back, s.commit({TALK: consultation(), **both}, COUNSELLOR, parent=without))


@refused("GAT004")
def a_statement_that_goes(s: Scene) -> Ask:
    landed = told(s, enrolled(s), COUNSELLOR, {TALK: consultation()})
    return Ask(
        s.commit(dict.fromkeys(s.paths("content/changes", landed)), COUNSELLOR, parent=landed),
        COUNSELLOR,
        {"base": landed},
    )


# Of something else.


@refused("GAT038")
def a_statement_of_less_than_its_commit(s: Scene) -> Ask:
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()})
    return brought(main, s.commit({TALK: consultation(), OTHER_TALK: consultation(), **said}, COUNSELLOR, parent=main))


@refused("GAT038")
def a_statement_of_more_than_its_commit(s: Scene) -> Ask:
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation(), OTHER_TALK: consultation()})
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main))


@refused("GAT038")
def a_statement_of_another_content(s: Scene) -> Ask:
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()})
    return brought(main, s.commit({TALK: consultation("2026-11-19"), **said}, COUNSELLOR, parent=main))


@refused("GAT038")
def a_statement_of_what_has_changed_since(s: Scene) -> Ask:
    """Signed over an empty place; meanwhile somebody has written there."""
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()})
    now = s.commit({TALK: consultation("2026-11-19")}, COUNSELLOR, parent=main)
    return brought(now, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=now))


@refused("GAT038")
def a_statement_of_a_file_that_is_moved(s: Scene) -> Ask:
    """A rename is a deletion and an addition, and both are stated or neither."""
    main = s.commit({DUTY: position()}, ACTIVITIES, parent=enrolled(s))
    moved = DUTY.replace("hygiene", "class-hygiene")
    said = word(s, main, ACTIVITIES, {moved: position()})
    return brought(main, s.commit({DUTY: None, moved: position(), **said}, ACTIVITIES, parent=main))


@refused("GAT005")
def a_statement_beside_an_executable(s: Scene) -> Ask:
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()})
    return brought(main, s.commit({TALK: ("100755", consultation()), **said}, COUNSELLOR, parent=main))


@refused("GAT038")
def a_statement_of_its_authors_push_that_is_not_true(s: Scene) -> Ask:
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()})
    head = s.commit({TALK: consultation("2026-11-19"), **said}, COUNSELLOR, parent=main)
    return Ask(head, COUNSELLOR, {"base": main})


# In another place than its own.


@refused("GAT039")
def a_statement_of_another_person(s: Scene) -> Ask:
    main = enrolled(s)
    said = word(s, main, ACTIVITIES, {TALK: consultation()})
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main))


@refused("GAT039")
def a_statement_in_a_students_commit(s: Scene) -> Ask:
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, output("running"))
    return brought(main, s.commit({**output("running"), **said}, STUDENT, parent=main))


@refused("GAT039")
def two_statements_in_one_commit(s: Scene) -> Ask:
    """Two for one file: which of them was meant?"""
    main = enrolled(s)
    files = {TALK: consultation()}
    both = word(s, main, COUNSELLOR, files) | word(s, main, COUNSELLOR, files, s.clock - timedelta(minutes=1))
    return brought(main, s.commit({**files, **both}, COUNSELLOR, parent=main))


@refused("GAT039")
def a_statement_whose_signature_comes_later(s: Scene) -> Ask:
    main = enrolled(s)
    [data, signature] = word(s, main, COUNSELLOR, {TALK: consultation()}).items()
    first = s.commit({TALK: consultation(), data[0]: data[1]}, COUNSELLOR, parent=main)
    return brought(main, s.commit(dict([signature]), COUNSELLOR, parent=first))


@refused("GAT037")
def a_statement_in_the_commit_before(s: Scene) -> Ask:
    main = enrolled(s)
    first = s.commit(dict(word(s, main, COUNSELLOR, {TALK: consultation()})), COUNSELLOR, parent=main)
    return brought(main, s.commit({TALK: consultation()}, COUNSELLOR, parent=first))


@refused("GAT039")
def a_merge_with_a_statement(s: Scene) -> Ask:
    """Against its first parent it does what was signed; of the other nobody signed anything."""
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()})
    side = s.commit({}, STUDENT, parent=main)
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main, also=(side,)))


# Signed as it must not be.


@refused("GAT003")
def a_statement_for_anothers_file(s: Scene) -> Ask:
    """A right signature gives no right: as if its author had pushed."""
    main = enrolled(s)
    return brought(main, told(s, main, COUNSELLOR, {DUTY: position()}))


@refused("GAT003")
def a_statement_for_a_students_work(s: Scene) -> Ask:
    main = enrolled(s)
    return brought(main, told(s, main, COUNSELLOR, output("running")))


@refused("GAT010")
def a_statement_of_three_weeks_ago(s: Scene) -> Ask:
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()}, s.clock - timedelta(days=21))
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main))


@refused("GAT010")
def a_statement_of_a_key_that_has_ended(s: Scene) -> Ask:
    """Signed while the key counted, and brought afterwards."""
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()}, s.clock - timedelta(days=2))
    with _loaded(s, main) as loaded:
        plan = end(
            loaded, COUNSELLOR, SoftPasskey.of(COUNSELLOR).public.fingerprint, "lost", s.clock - timedelta(days=1),
            Witness(DEAN, s.key(DEAN).sign),
        )  # fmt: skip
    after = s.commit({path: data for path, (_, data) in plan.replaces.items()}, IT, parent=main)
    return brought(after, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=after))


@refused("CHG001")
def a_statement_by_an_ordinary_key(s: Scene) -> Ask:
    """A key in a file can be copied with the computer; it is for nothing that an intake account brings."""
    change = statement(s, s.base, COUNSELLOR, {TALK: consultation()})
    data = encode(change.payload())
    said = {change.path: data, f"{change.path}.sig": s.key(REGISTRAR).sign(CHANGE_NAMESPACE, data)}
    return brought(s.base, s.commit({TALK: consultation(), **said}, COUNSELLOR))


@refused("CHG001")
def a_statement_by_ones_own_ordinary_key(s: Scene) -> Ask:
    files = {f"{HOME}/verifications/115-1/basic-data.yaml": b""}
    change = statement(s, s.base, REGISTRAR, files)
    data = encode(change.payload())
    said = {change.path: data, f"{change.path}.sig": s.key(REGISTRAR).sign(CHANGE_NAMESPACE, data)}
    return brought(s.base, s.commit({**files, **said}, REGISTRAR))


@refused("CHG001")
def a_statement_by_a_passkey_for_certifying_only(s: Scene) -> Ask:
    main = enrolled(s, COUNSELLOR, namespaces=frozenset({CERTIFICATION_NAMESPACE}))
    said = word(s, main, COUNSELLOR, {TALK: consultation()})
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main))


@refused("CHG001")
def a_statement_signed_as_a_certification(s: Scene) -> Ask:
    main = enrolled(s)
    change = statement(s, main, COUNSELLOR, {TALK: consultation()})
    data = encode(change.payload())
    said = {change.path: data, f"{change.path}.sig": SoftPasskey.of(COUNSELLOR).sign(CERTIFICATION_NAMESPACE, data)}
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main))


@refused("CHG001")
def a_statement_of_a_colleagues_passkey(s: Scene) -> Ask:
    main = enrolled(s)
    change = statement(s, main, COUNSELLOR, {TALK: consultation()})
    data = encode(change.payload())
    said = {change.path: data, f"{change.path}.sig": SoftPasskey.of(ACTIVITIES).sign(CHANGE_NAMESPACE, data)}
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main))


@refused("CHG001")
def a_statement_of_another_school(s: Scene) -> Ask:
    main = enrolled(s)
    change = statement(s, main, COUNSELLOR, {TALK: consultation()})._replace(repository="ab" * 32)
    return brought(main, s.commit({TALK: consultation(), **_placed(change)}, COUNSELLOR, parent=main))


@refused("CHG001")
def a_statement_under_another_name(s: Scene) -> Ask:
    """Where it could be laid down a second time."""
    main = enrolled(s)
    said = word(s, main, COUNSELLOR, {TALK: consultation()})
    elsewhere = {path.replace("/115/", "/114/"): data for path, data in said.items()}
    return brought(main, s.commit({TALK: consultation(), **elsewhere}, COUNSELLOR, parent=main))


@refused("CHG001")
def a_statement_that_is_none(s: Scene) -> Ask:
    main = enrolled(s)
    data = b'{"_type":"change/v1"}\n'
    path = _path(COUNSELLOR, data)
    said = {path: data, f"{path}.sig": SoftPasskey.of(COUNSELLOR).sign(CHANGE_NAMESPACE, data)}
    return brought(main, s.commit({TALK: consultation(), **said}, COUNSELLOR, parent=main))


def _placed(change: StatedChange) -> dict[str, bytes]:
    """A statement, signed, in its own place."""
    return signed(change._replace(path=_path(change.account, encode(change.payload()))))


def _path(staff: str, data: bytes) -> str:
    return BY_NAME["change"].path(year="115", staff=staff, digest=sha256(data))


# Control.


@refused("GAT040")
def control_through_the_intake_with_a_statement(s: Scene) -> Ask:
    main = enrolled(s, REGISTRAR)
    files = edited(s, STAFF, "from: 2025-08-01", "from: 2025-08-02")
    said = word(s, main, REGISTRAR, {DUTY: position()})
    return brought(main, s.commit({**files, **said}, REGISTRAR, parent=main))


@refused("GAT040")
def control_through_the_intake(s: Scene) -> Ask:
    return brought(s.base, s.commit(edited(s, STAFF, "from: 2025-08-01", "from: 2025-08-02"), REGISTRAR))


@refused("GAT009")
def a_commit_of_a_guest_through_the_intake(s: Scene) -> Ask:
    main = enrolled(s)
    return brought(main, s.commit({TALK: consultation()}, GUIDANCE, parent=main, address=f"{OTHER}@licheng.invalid"))


def _certified_by_passkey(s: Scene, hours: float) -> Ask:
    item, teacher = s.waiting()
    main = enrolled(s, teacher)
    files = s.certify(item, teacher, now=s.clock - timedelta(hours=hours), commit=main, signer=SoftPasskey.of(teacher))
    return brought(main, s.commit(files, teacher, parent=main))


@accepted
def a_certification_by_passkey_of_this_morning(s: Scene) -> Ask:
    return _certified_by_passkey(s, 11)


@refused("GAT010")
def a_certification_by_passkey_of_yesterday(s: Scene) -> Ask:
    """A page that lets its teacher sign another time takes nothing of the hours in which it can be taken back."""
    return _certified_by_passkey(s, 13)
