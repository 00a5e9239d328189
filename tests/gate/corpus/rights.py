"""Rights: what gives somebody more than they had, what is done to the past, decisions on other files, and the glass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from licheng.app.loading.load import load
from licheng.app.trust.keys import Witness, add, appoint, end
from licheng.app.trust.override import override
from licheng.core.certification import STATEMENT_TYPE
from licheng.core.dates import written
from licheng.core.layout import BY_NAME
from licheng.core.statements import OverrideStatement
from licheng.core.trust import DELEGATION_NAMESPACE, DELEGATION_TYPE, OVERRIDE_NAMESPACE
from licheng.policy.gate import MOST_CHANGES
from licheng.policy.overrides import digest
from licheng.policy.rights import Right, gains
from licheng.policy.second_person import given_between
from licheng.signing.canonical import encode
from licheng.signing.demo_keys import DemoKey
from licheng.sources.emit import document
from licheng.sources.reading import record_of
from licheng.sources.span import Span
from tests.gate.corpus.registry import (
    ACCOUNTS,
    DUTIES,
    GENESIS,
    RULEBOOK,
    SIGNERS,
    STAFF,
    Ask,
    accepted,
    by,
    edited,
    refused,
)
from tests.gate.items import HOME, STUDENT, TERM, activity
from tests.gate.scene import COUNSELLOR, CURRICULUM, DEAN, GUIDANCE, IT, NOW, REGISTRAR, Content, Scene

SCHOOL, SEATS = "content/school/school.yaml", "content/working-group/seats.yaml"
COURSES = f"content/school/courses/{TERM}.yaml"
TODAY, TEACHER = "2026-11-23", "t016"

Files = Mapping[str, Content]


def login(name: str) -> DemoKey:
    """A key that somebody logs in with."""
    return DemoKey.of("tests", name, 1)


def post(s: Scene, staff: str, name: str, *, starts: str = TODAY, extra: str = "") -> Files:
    """The staff with one more post of somebody."""
    line = f"  - id: {staff}\n    posts:\n"
    return edited(s, STAFF, line, f"{line}      - post: {name}\n        from: {starts}\n{extra}")


def account(name: str, holder: str = "student", *, starts: str = TODAY, key: str = "") -> str:
    """An account's entry."""
    public = login(key or name).public
    return (
        f"  - id: {name}\n    holder: {holder}\n    identities:\n      - ssh:{public.fingerprint}\n"
        f"    login_keys:\n      - {public.line}\n    address: {name}@licheng.invalid\n    from: {starts}\n"
    )


def opened(s: Scene, *entries: str) -> Files:
    """The accounts with more of them."""
    return {ACCOUNTS: s.read(ACCOUNTS) + "".join(entries).encode()}


def identity(s: Scene, staff: str, line: str) -> Files:
    """An account with one more login."""
    text = s.read(ACCOUNTS).decode()
    start = text.index(f"  - id: {staff}\n")
    at = text.index("    identities:\n", start) + len("    identities:\n")
    return {ACCOUNTS: f"{text[:at]}      - {line}\n{text[at:]}".encode()}


def enrolled(s: Scene, *names: str) -> str:
    """A main on which some students are new."""
    text = s.read("content/students/115/s1150002/student.yaml")
    return s.commit({f"content/students/115/{name}/student.yaml": text for name in names}, REGISTRAR)


def new_teacher(s: Scene) -> Files:
    """A colleague who is new: the post, the account, and a course."""
    text = s.read(STAFF).decode()
    person = f"  - id: t031\n    posts:\n      - post: course-teacher\n        from: {TODAY}\n"
    return {STAFF: f"{text}{person}".encode(), **opened(s, account("t031", "staff"))}


def section(s: Scene) -> Files:
    """A section that another teacher takes over from today."""
    was = "          - t011\n"
    now = "          - staff: t011\n            to: 2026-11-22\n"
    now += f"          - staff: {TEACHER}\n            from: {TODAY}\n"
    return edited(s, COURSES, was, now)


def seconded(s: Scene, files: Files, actor: str, second: str, **changed: Any) -> Ask:
    """A change onto a main that holds somebody's override for it.

    Args:
        s: the scene.
        files: the change.
        actor: who brings it.
        second: who signs.
        changed: `grants` in place of what the change gives; `then` in place of what is brought; `now` of the gate.
    """
    wanted = s.commit(files, actor)
    with s.tree(wanted) as tree:
        given = given_between(s.loaded.school, load(tree, NOW.date()).school, NOW.date())
    assert given
    plan = override(
        s.loaded,
        "grant",
        change=digest(Span(s.objects, s.base, wanted).changes(MOST_CHANGES)),
        reason="新學期的異動。",
        by=second,
        now=s.clock,
        sign=s.key(second).sign,
        grants=changed.get("grants", given),
    )
    main = s.commit(dict(plan.creates), second)
    head = s.commit(changed.get("then", files), actor, parent=main, at=changed.get("now"))
    return Ask(head, actor, {"base": main, "now": changed.get("now", s.clock)})


# One person takes everything.


@refused("GAT021")
def the_registrar_makes_herself_dean(s: Scene) -> Ask:
    return by(s, REGISTRAR, dict(post(s, REGISTRAR, "academic-dean")))


@refused("GAT022")
def the_registrar_has_been_dean_for_years(s: Scene) -> Ask:
    return by(s, REGISTRAR, dict(post(s, REGISTRAR, "academic-dean", starts="2022-08-01")))


@refused("GAT021")
def a_post_that_begins_only_next_month(s: Scene) -> Ask:
    return by(s, REGISTRAR, dict(post(s, REGISTRAR, "academic-dean", starts="2026-12-24")))


@refused("GAT021")
def a_post_for_somebody_else(s: Scene) -> Ask:
    return by(s, REGISTRAR, dict(post(s, TEACHER, "registrar")))


@refused("GAT021")
def the_glass_is_broken_to_become_dean(s: Scene) -> Ask:
    return by(s, REGISTRAR, dict(post(s, REGISTRAR, "academic-dean")), glass="颱風停課")


@refused("GAT021")
def a_row_that_names_one_more_unit(s: Scene) -> Ask:
    return by(
        s,
        DEAN,
        edited(s, DUTIES, "by: [{as: owner}, {as: claimant}]", "by: [{as: owner}, {as: claimant}, {unit: registry}]"),
    )


@refused("GAT021")
def a_row_without_its_condition(s: Scene) -> Ask:
    return by(s, DEAN, edited(s, DUTIES, "by: [{as: tutor}]", "by: [{post: class-tutor}]"))


@refused("GAT021")
def a_row_that_lets_one_more_thing_be_done(s: Scene) -> Ask:
    old = "    records: [student, marks]\n    may: [add, change]"
    return by(s, DEAN, edited(s, DUTIES, old, old.replace("change]", "change, delete]")))


@refused("GAT021")
def a_row_of_paths_that_reaches_further(s: Scene) -> Ask:
    return by(s, DEAN, edited(s, DUTIES, "content/handbook/*", "content/h*"))


@refused("GAT021")
def a_post_that_moves_to_another_unit(s: Scene) -> Ask:
    text = s.read(SCHOOL).decode()
    start = text.index("  - id: class-tutor\n")
    end = text.index("  - id: course-teacher\n")
    moved = f"{text[start:end]}    unit: registry\n"
    return by(s, DEAN, {SCHOOL: f"{text[:start]}{moved}{text[end:]}".encode()})


@refused("GAT021")
def a_teacher_for_a_section(s: Scene) -> Ask:
    return by(s, CURRICULUM, edited(s, COURSES, "          - t011\n", f"          - t011\n          - {TEACHER}\n"))


@refused("GAT021")
def a_section_that_changes_hands(s: Scene) -> Ask:
    return by(s, CURRICULUM, dict(section(s)))


@refused("GAT021")
def an_account_of_a_new_student(s: Scene) -> Ask:
    main = enrolled(s, "s1150009")
    return Ask(s.commit(opened(s, account("s1150009")), IT, parent=main), IT, {"base": main})


@refused("GAT021")
def an_intake_account(s: Scene) -> Ask:
    return by(s, IT, dict(opened(s, account("t901", "intake"))))


@refused("GAT021")
def a_second_login_on_the_deans_account(s: Scene) -> Ask:
    return by(s, IT, dict(identity(s, DEAN, f"ssh:{login('it').public.fingerprint}")))


@refused("GAT021")
def a_login_key_in_place_of_the_deans(s: Scene) -> Ask:
    text, mine = s.read(ACCOUNTS).decode(), login("it").public
    start = text.index(f"  - id: {DEAN}\n")
    end = text.index("    address:", start)
    swapped = f"  - id: {DEAN}\n    holder: staff\n    identities:\n      - ssh:{mine.fingerprint}\n"
    return by(s, IT, {ACCOUNTS: f"{text[:start]}{swapped}    login_keys:\n      - {mine.line}\n{text[end:]}".encode()})


@refused("GAT021")
def a_post_that_lets_somebody_clone(s: Scene) -> Ask:
    """The one who has left has no post and sees nothing; any post at all would open the repository."""
    base = s.commit(edited(s, ACCOUNTS, "    to: 2026-07-31\n", ""), IT)
    head = s.commit(post(s, "t025", "parent-representative"), REGISTRAR, parent=base)
    return Ask(head, REGISTRAR, {"base": base})


@refused("GAT021")
def a_seat_in_the_working_group(s: Scene) -> Ask:
    return by(s, DEAN, {SEATS: s.read(SEATS) + f"  - seat: class-tutor\n    staff: t012\n    from: {TODAY}\n".encode()})


@refused("GAT021")
def a_key_that_its_bringer_witnessed(s: Scene) -> Ask:
    """One coordinator alone: makes the key, proves to hold it, vouches for it and brings it."""
    return by(s, REGISTRAR, _enrolled(s, "t023", REGISTRAR))


def _enrolled(s: Scene, staff: str, witness: str) -> dict[str, Content]:
    made = DemoKey.of("tests", staff, 1)
    plan = add(s.loaded, staff, made.public, s.clock, made.sign, Witness(witness, s.key(witness).sign))
    return {**plan.creates, **{path: after for path, (_, after) in plan.replaces.items()}}


# A second person who is none.


@refused("GAT021")
def signed_by_who_brings_it(s: Scene) -> Ask:
    files = post(s, TEACHER, "registrar")
    return seconded(s, files, REGISTRAR, REGISTRAR)


@refused("GAT021")
def signed_for_less_than_it_gives(s: Scene) -> Ask:
    return seconded(s, post(s, TEACHER, "registrar"), REGISTRAR, DEAN, grants=[Right(TEACHER, "change", "marks")])


@refused("GAT021")
def signed_for_another_change(s: Scene) -> Ask:
    """The same rights to the same person, but more beside them than was signed."""
    files = dict(post(s, TEACHER, "registrar"))
    [(path, text)] = files.items()
    assert isinstance(text, bytes)
    return seconded(s, files, REGISTRAR, DEAN, then={path: text + b"# and more\n"})


@refused("GAT021")
def signed_a_month_ago(s: Scene) -> Ask:
    files = post(s, TEACHER, "registrar", starts="2026-12-24")
    return seconded(s, files, REGISTRAR, DEAN, now=s.clock + timedelta(days=30))


@refused("GAT021")
def grants_that_were_added_after_signing(s: Scene) -> Ask:
    ask = seconded(s, post(s, TEACHER, "registrar"), REGISTRAR, DEAN, grants=[Right(TEACHER, "change", "marks")])
    [path] = s.paths("content/trust/overrides", ask.options["base"])
    text = s.read(path, ask.options["base"]).decode()
    more = "".join(f"  - {TEACHER} {deed} {kind}\n" for deed in ("add", "change") for kind in ("staff", "student"))
    main = s.commit({path: text.replace("grants:\n", f"grants:\n{more}")}, DEAN)
    return Ask(s.commit(post(s, TEACHER, "registrar"), REGISTRAR, parent=main), REGISTRAR, {"base": main})


@refused("GAT021")
def signed_by_a_teacher_who_has_no_such_right(s: Scene) -> Ask:
    """Neither a coordinator nor somebody who has it: the command would not write it, so it is forged."""
    files = post(s, TEACHER, "registrar")
    ask = seconded(s, files, REGISTRAR, DEAN)
    base = ask.options["base"]
    [path] = s.paths("content/trust/overrides", base)
    forged = _signed_by(s, s.read(path, base).decode(), "t012")
    main = s.commit({path: forged}, "t012")
    return Ask(s.commit(files, REGISTRAR, parent=main), REGISTRAR, {"base": main})


def _signed_by(s: Scene, text: str, staff: str) -> str:
    """An override as another person would have signed it."""
    path = "content/trust/overrides/grant.yaml"
    data = {**record_of(path, text).data, "by": staff}
    repository = s.loaded.school.trust.repository
    assert repository is not None
    statement = OverrideStatement.of(data, repository=repository)
    data["signature"] = s.key(staff).sign(OVERRIDE_NAMESPACE, encode(statement.payload())).decode()
    return document(BY_NAME["override"], path, data)


# The past.


@refused("GAT022")
def a_post_that_began_before_it_was_signed_for(s: Scene) -> Ask:
    """The second person was told of the post, not that it begins in the past."""
    files = post(s, TEACHER, "registrar", starts="2026-11-20")
    wanted = s.commit(files, REGISTRAR)
    with s.tree(wanted) as tree:
        told = gains(s.loaded.school, load(tree, NOW.date()).school, NOW.date())
    return seconded(s, files, REGISTRAR, DEAN, grants=told)


@refused("GAT022")
def a_post_that_began_last_month(s: Scene) -> Ask:
    return by(s, REGISTRAR, dict(post(s, TEACHER, "course-counsellor", starts="2026-10-01")))


@refused("GAT022")
def a_post_whose_beginning_moves_back(s: Scene) -> Ask:
    return by(s, REGISTRAR, edited(s, STAFF, "from: 2026-08-01", "from: 2026-07-01"))


@refused("GAT022")
def a_post_that_ended_last_month(s: Scene) -> Ask:
    line = f"  - id: {COUNSELLOR}\n    posts:\n"
    text = s.read(STAFF).decode()
    at = text.index("from: ", text.index(line))
    end = text.index("\n", at)
    return by(s, REGISTRAR, {STAFF: f"{text[:end]}\n        to: 2026-10-31{text[end:]}".encode()})


@refused("GAT022")
def a_post_that_never_was(s: Scene) -> Ask:
    text = s.read(STAFF).decode()
    start = text.index("      - ", text.index(f"  - id: {COUNSELLOR}\n"))
    end = text.index("  - id: ", start)
    return by(s, REGISTRAR, {STAFF: f"{text[:start].rstrip()} []\n{text[end:]}".encode()})


@refused("GAT022")
def the_glass_is_broken_over_a_staff_that_nobody_can_read(s: Scene) -> Ask:
    """Where nobody is anything any more, everything that was signed falls."""
    return by(s, DEAN, {STAFF: b"kind: staff/v1\nstaff: [}\n"}, glass="試試看")


@refused("GAT022")
def an_account_that_was_always_there(s: Scene) -> Ask:
    main = enrolled(s, "s1150009")
    return Ask(s.commit(opened(s, account("s1150009", starts="2026-09-01")), IT, parent=main), IT, {"base": main})


@refused("GAT022")
def an_account_that_had_ended_and_never_did(s: Scene) -> Ask:
    return by(s, IT, edited(s, ACCOUNTS, "    to: 2026-07-31\n", ""))


# One login for two accounts.


@refused("REF016")
def the_deans_login_on_another_account(s: Scene) -> Ask:
    text = s.read(ACCOUNTS).decode()
    start = text.index("ssh:SHA256:", text.index(f"  - id: {DEAN}\n"))
    return by(s, IT, dict(identity(s, "t001", text[start : text.index("\n", start)])))


@refused("REF016")
def the_deans_login_key_on_a_students_account(s: Scene) -> Ask:
    """The fingerprint is nowhere on the other account; the key itself is."""
    text = s.read(ACCOUNTS).decode()
    start = text.index("ssh-ed25519 ", text.index(f"  - id: {DEAN}\n"))
    line = text[start : text.index("\n", start)]
    entry = account("s1150009").replace(login("s1150009").public.line, line)
    main = enrolled(s, "s1150009")
    return Ask(s.commit(opened(s, entry), IT, parent=main), IT, {"base": main})


# Delegations that the command would not write.


def delegation(s: Scene, signer: str, **changes: Any) -> dict[str, bytes]:
    """A delegation of a teacher's civics, signed, whatever it says."""
    school = s.loaded.school
    predicate = {
        "repository": school.trust.repository,
        "principal": signer,
        "substitute": TEACHER,
        "by": signer,
        "key_fingerprint": s.key(signer).public.fingerprint,
        "courses": [{"course": "civics-5", "term": TERM}],
        "starts": "2026-11-23T05:00:00Z",
        "ends": "2026-12-31T15:59:59Z",
        "reason": "病假",
        "issued_at": written(s.clock),
    } | changes
    data = encode({"_type": STATEMENT_TYPE, "predicateType": DELEGATION_TYPE, "predicate": predicate})
    path = "content/delegations/sick-leave.json"
    return {path: data, f"{path}.sig": s.key(signer).sign(DELEGATION_NAMESPACE, data)}


@refused("DLG002")
def a_delegation_to_nobody(s: Scene) -> Ask:
    return by(s, "t015", delegation(s, "t015", substitute="t998"))


@refused("DLG003")
def a_delegation_of_anothers_course(s: Scene) -> Ask:
    return by(s, TEACHER, delegation(s, TEACHER, substitute="t011"))


@refused("DLG004")
def a_delegation_that_runs_backwards(s: Scene) -> Ask:
    return by(s, "t015", delegation(s, "t015", starts="2026-12-31T00:00:00Z", ends="2026-12-01T00:00:00Z"))


@refused("DLG005")
def a_delegation_for_a_century(s: Scene) -> Ask:
    return by(s, "t015", delegation(s, "t015", ends="2126-12-31T15:59:59Z"))


@refused("DLG006")
def a_delegation_that_is_passed_on(s: Scene) -> Ask:
    main = s.commit(delegation(s, "t015"), "t015")
    files = delegation(s, TEACHER, substitute="t011")
    files = {path.replace("sick-leave", "passed-on"): data for path, data in files.items()}
    return Ask(s.commit(files, TEACHER, parent=main), TEACHER, {"base": main})


@accepted
def a_delegation(s: Scene) -> Ask:
    """It gives somebody a right, for a while, by whom it belongs to: no second person is asked."""
    return by(s, "t015", delegation(s, "t015"))


# Decisions on other files.


@refused("GAT023")
def a_certification_of_an_older_version(s: Scene) -> Ask:
    """The item was edited on main after the teacher had signed."""
    item, teacher = s.waiting()
    files = s.certify(item, teacher)
    owner = item.split("/")[3]
    main = s.commit(edited(s, f"{item}/item.md", "summary: ", "summary: 再"), owner)
    return Ask(s.commit(files, teacher, parent=main), teacher, {"base": main})


@refused("GAT023")
def a_certification_with_the_item_edited_beside_it(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return by(s, teacher, {**s.certify(item, teacher), **edited(s, f"{item}/item.md", "summary: ", "summary: 再")})


@refused("GAT023")
def a_return_of_an_older_version(s: Scene) -> Ask:
    item, teacher = s.waiting()
    files = s.certify(item, teacher, "returned")
    main = s.commit(edited(s, f"{item}/item.md", "summary: ", "summary: 再"), item.split("/")[3])
    return Ask(s.commit(files, teacher, parent=main), teacher, {"base": main})


# The glass.


@refused("GAT024")
def the_glass_is_broken_over_the_genesis(s: Scene) -> Ask:
    return by(s, DEAN, {GENESIS: s.read(GENESIS) + b"# x\n"}, glass="試試看")


@refused("GAT024")
def the_glass_is_broken_to_take_a_key_away(s: Scene) -> Ask:
    return by(s, DEAN, {"content/trust/keys/t015.yaml": None}, glass="試試看")


@refused("GAT024")
def the_glass_is_broken_over_allowed_signers(s: Scene) -> Ask:
    return by(s, DEAN, {SIGNERS: b""}, glass="試試看")


@refused("GAT024")
def the_glass_is_broken_over_a_receipt_of_the_agency(s: Scene) -> Ask:
    [path, *_] = s.paths("content/submissions")
    return by(s, DEAN, {path: None}, glass="試試看")


@refused("GAT006")
def the_glass_is_broken_over_a_rulebook_in_force(s: Scene) -> Ask:
    return by(s, DEAN, edited(s, RULEBOOK, "limit: 3", "limit: 9"), glass="試試看")


@refused("GAT012")
def the_glass_is_broken_over_a_mass_deletion(s: Scene) -> Ask:
    [*paths] = [path for path in s.paths("content/students") if path.split("/")[4] in {"positions", "clubs", "service"}]
    return by(s, DEAN, dict.fromkeys(paths), glass="試試看")


# Ordinary work.


@accepted
def a_new_teacher_in_the_list_of_staff(s: Scene) -> Ask:
    """Who has no account and no section can do nothing yet."""
    return by(s, REGISTRAR, {STAFF: new_teacher(s)[STAFF]})


@accepted
def the_account_of_a_new_teacher_with_a_second_person(s: Scene) -> Ask:
    main = s.commit({STAFF: new_teacher(s)[STAFF]}, REGISTRAR)
    return _onto(s, main, {ACCOUNTS: new_teacher(s)[ACCOUNTS]})


@accepted
def accounts_of_a_new_class_with_one_signature(s: Scene) -> Ask:
    names = [f"s11500{n}" for n in range(10, 40)]
    return _onto(s, enrolled(s, *names), opened(s, *map(account, names)))


@accepted
def a_section_that_changes_hands_with_a_second_person(s: Scene) -> Ask:
    return seconded(s, section(s), CURRICULUM, DEAN)


@accepted
def a_section_given_on_by_its_teacher(s: Scene) -> Ask:
    """No coordinator: the teacher who has the section signs that another has it too."""
    files = edited(s, COURSES, "          - t011\n", f"          - t011\n          - {TEACHER}\n")
    return seconded(s, files, CURRICULUM, "t011")


@accepted
def a_seat_with_a_second_person(s: Scene) -> Ask:
    files = {SEATS: s.read(SEATS) + f"  - seat: class-tutor\n    staff: t012\n    from: {TODAY}\n".encode()}
    return seconded(s, files, DEAN, REGISTRAR)


@accepted
def a_seat_that_nobody_is_named_for(s: Scene) -> Ask:
    more = "  - seat: parent-representative\n    from: 2027-08-01\n    to: 2028-07-31\n"
    return by(s, DEAN, {SEATS: s.read(SEATS) + more.encode()})


@accepted
def another_login_with_a_second_person(s: Scene) -> Ask:
    return seconded(s, identity(s, "t012", f"ssh:{login('t012').public.fingerprint}"), IT, REGISTRAR)


@accepted
def a_post_that_was_signed_for_last_week(s: Scene) -> Ask:
    """It begins on the day of the signature; that it lands days later does not make that day the past."""
    return seconded(s, post(s, TEACHER, "registrar"), REGISTRAR, DEAN, now=s.clock + timedelta(days=9))


@accepted
def a_typing_error_of_the_past_with_a_second_person(s: Scene) -> Ask:
    return seconded(s, post(s, TEACHER, "course-counsellor", starts="2026-11-02"), REGISTRAR, DEAN)


@accepted
def a_row_with_one_more_unit_and_a_second_person(s: Scene) -> Ask:
    old = "    records: [attendance]\n    may: [add, change]\n    by: [{unit: discipline}"
    files = edited(s, DUTIES, f"{old}]", f"{old}, {{unit: guidance}}]")
    return seconded(s, files, DEAN, REGISTRAR)


@accepted
def a_detail_of_a_post(s: Scene) -> Ask:
    """Nothing is judged by the unit that stands beside a post; the post's own unit is in the school's settings."""
    text = s.read(STAFF).decode()
    start = text.index(f"  - id: {TEACHER}\n")
    return by(s, REGISTRAR, {STAFF: text[:start] + text[start:].replace("        unit: academic-affairs\n", "", 1)})


@accepted
def a_post_that_ends_today(s: Scene) -> Ask:
    """Losing rights needs nobody."""
    text = s.read(STAFF).decode()
    at = text.index("from: ", text.index(f"  - id: {GUIDANCE}\n"))
    end = text.index("\n", at)
    return by(s, REGISTRAR, {STAFF: f"{text[:end]}\n        to: {TODAY}{text[end:]}".encode()})


@accepted
def an_account_that_is_closed(s: Scene) -> Ask:
    text = s.read(ACCOUNTS).decode()
    at = text.index("    from: ", text.index("  - id: s1130003\n"))
    end = text.index("\n", at)
    return by(s, IT, {ACCOUNTS: f"{text[:end]}\n    to: 2026-11-22{text[end:]}".encode()})


@accepted
def a_row_that_names_one_unit_less(s: Scene) -> Ask:
    return by(s, DEAN, edited(s, DUTIES, ", {unit: student-activities}]", "]"))


@accepted
def a_key_that_another_coordinator_witnessed(s: Scene) -> Ask:
    return by(s, REGISTRAR, _enrolled(s, "t023", DEAN))


@accepted
def a_third_coordinator(s: Scene) -> Ask:
    """Two coordinators sign, so nobody else need."""
    two = [Witness(one, s.key(one).sign) for one in (DEAN, REGISTRAR)]
    plan = appoint(s.loaded, "t024", s.clock, None, s.clock, two)
    return by(s, REGISTRAR, {**plan.creates, **{path: after for path, (_, after) in plan.replaces.items()}})


@accepted
def a_key_that_is_retired(s: Scene) -> Ask:
    plan = end(s.loaded, "t012", s.key("t012").public.fingerprint, "retired", s.clock, Witness(DEAN, s.key(DEAN).sign))
    return by(s, REGISTRAR, {path: after for path, (_, after) in plan.replaces.items()})


@accepted
def an_account_under_a_new_id(s: Scene) -> Ask:
    """The same login goes on where the old account has ended: they are never open on the same day."""
    text = s.read(ACCOUNTS).decode()
    start = text.index("  - id: t023\n")
    end = text.index("  - id: t024\n")
    old = text[start:end]
    renamed = old.replace("t023", "t032")
    at = renamed.index("    from: ")
    files = {ACCOUNTS: f"{text[:start]}{old}    to: 2026-11-22\n{renamed[:at]}    from: {TODAY}\n{text[end:]}".encode()}
    staff = (
        s.read(STAFF).decode() + f"  - id: t032\n    posts:\n      - post: course-counsellor\n        from: {TODAY}\n"
    )
    main = s.commit({STAFF: staff}, REGISTRAR)
    return _onto(s, main, files)


def _onto(s: Scene, main: str, files: Files) -> Ask:
    wanted = s.commit(files, IT, parent=main)
    with s.tree(main) as before, s.tree(wanted) as after:
        loaded = load(before, NOW.date())
        given = given_between(loaded.school, load(after, NOW.date()).school, NOW.date())
        change = digest(Span(s.objects, main, wanted).changes(MOST_CHANGES))
        plan = override(
            loaded, "grant", change=change, reason="換代號。", by=DEAN, now=s.clock, sign=s.key(DEAN).sign, grants=given
        )
    base = s.commit(dict(plan.creates), DEAN, parent=main)
    return Ask(s.commit(files, IT, parent=base), IT, {"base": base})


@accepted
def an_activity_beside_all_this(s: Scene) -> Ask:
    return by(s, STUDENT, activity("birds", home=HOME))
