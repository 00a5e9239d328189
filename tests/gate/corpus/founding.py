"""A school that is being founded, and intake: many first keys at once, and students who have no account yet."""

from __future__ import annotations

from licheng.demo.school import INTAKE
from tests.gate.corpus.registry import ACCOUNTS, Ask, accepted, refused
from tests.gate.items import OTHER, STUDENT, output
from tests.gate.scene import DEAN, REGISTRAR, Scene


def _emptied(s: Scene, *also: str) -> str:
    """A main of the same school before it had students, and without the keys named as well."""
    gone = [path for top in ("students", "certifications") for path in s.paths(f"content/{top}")]
    return s.commit(dict.fromkeys([*gone, *also]), DEAN)


def _first_keys(s: Scene) -> list[str]:
    """The keys of everybody but the coordinators."""
    return [path for path in s.paths("content/trust/keys") if path[-9:-5] not in {DEAN, REGISTRAR}]


@accepted
def first_keys_of_many_before_there_are_students(s: Scene) -> Ask:
    """15 teachers' keys on day one, each with a coordinator's signature who does not bring them."""
    paths = _first_keys(s)
    assert len(paths) > 5
    signers = "content/trust/allowed_signers"
    lines = [line for line in s.read(signers).splitlines(keepends=True) if line.split()[0] in (b"t002", b"t004")]
    main = s.commit({**dict.fromkeys(paths), signers: b"".join(lines)}, DEAN, parent=_emptied(s))
    head = s.commit({path: s.read(path) for path in (*paths, signers)}, "t006", parent=main)
    return Ask(head, "t006", {"base": main})


@refused("GAT012")
def first_keys_of_many_where_there_are_students(s: Scene) -> Ask:
    paths = _first_keys(s)
    main = s.commit(dict.fromkeys(paths), DEAN)
    return Ask(s.commit({path: s.read(path) for path in paths}, "t006", parent=main), "t006", {"base": main})


@refused("GAT012")
def changed_keys_of_many_before_there_are_students(s: Scene) -> Ask:
    main = _emptied(s)
    head = s.commit({path: s.read(path) + b"# all at once\n" for path in _first_keys(s)}, "t006", parent=main)
    return Ask(head, "t006", {"base": main})


@refused("GAT031")
def work_of_a_student_without_an_account(s: Scene) -> Ask:
    text = s.read(ACCOUNTS).decode()
    before, after = text.split(f"  - id: {STUDENT}\n")
    rest = after.partition("  - id: ")
    main = s.commit({ACCOUNTS: f"{before}  - id: {rest[2]}".encode()}, "t006")
    return Ask(s.commit(dict(output("running")), STUDENT, parent=main), INTAKE, {"base": main})


@refused("GAT031")
def work_of_a_student_of_another_school(s: Scene) -> Ask:
    return Ask(s.commit(dict(output("running")), "s1139999"), INTAKE)


@accepted
def work_of_two_students_through_the_intake(s: Scene) -> Ask:
    first = s.commit(dict(output("running")), STUDENT)
    other = output("running", home=f"content/students/113/{OTHER}")
    return Ask(s.commit(dict(other), OTHER, parent=first), INTAKE)


@refused("GAT009")
def work_of_nobody_at_another_address(s: Scene) -> Ask:
    return Ask(s.commit(dict(output("running")), "s1139999", address="s1139999@example.org"), INTAKE)
