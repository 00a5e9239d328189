"""What the receipt log keeps the time of, and what is told apart under one mask."""

from __future__ import annotations

from typing import Any

from licheng.app.server.received import ReceiptLog
from tests.gate.corpus.registry import LATE, OWN, Ask, accepted, refused
from tests.gate.items import OTHER, STUDENT, TUTOR, output
from tests.gate.scene import NOW, Scene

# Two valid numbers of which a mask shows the same.
NUMBER, ANOTHER = "A123456789", "A123450009"
RUNNING = output("running")


def _late(s: Scene, sent: str, actor: str, **said: Any) -> Ask:
    """What somebody sent in time, and what came of it, then the student's own work after the window."""
    verdict = s.judge(sent, actor)
    log = ReceiptLog(s.scratch / sent / "receipts.jsonl")
    log.path.unlink(missing_ok=True)
    own, head = s.judge(s.commit(RUNNING, STUDENT), STUDENT), s.commit(RUNNING, STUDENT, at=LATE)
    line = {"outcome": "refused", "things": dict(own.things), "reserved": sorted(verdict.reserved)} | said
    kept = {name: value for name, value in line.items() if value is not None}
    log.append(NOW, "received", actor=verdict.actor, base=s.base, head=sent, **kept)
    return Ask(head, STUDENT, {"now": LATE, "log": log})


@refused("GAT013")
def a_time_kept_by_a_tutor_who_might_not_send(s: Scene) -> Ask:
    return _late(s, s.commit(RUNNING, TUTOR), TUTOR)


@refused("GAT013")
def a_time_kept_by_a_classmate(s: Scene) -> Ask:
    return _late(s, s.commit(RUNNING, OTHER), OTHER)


@refused("GAT013")
def a_time_kept_by_nobody_known(s: Scene) -> Ask:
    return _late(s, s.commit(RUNNING, STUDENT), "github:99")


@refused("GAT013")
def a_time_kept_under_a_borrowed_name(s: Scene) -> Ask:
    return _late(s, s.commit(RUNNING, "t021"), STUDENT)


@refused("GAT013")
def a_time_kept_beside_main(s: Scene) -> Ask:
    """A history that does not grow out of main."""
    return _late(s, s.commit(RUNNING, STUDENT, parent=s.git("rev-parse", f"{s.base}~2")), STUDENT)


@refused("GAT013")
def a_refusal_of_before_rights_were_written_down(s: Scene) -> Ask:
    return _late(s, s.commit(RUNNING, STUDENT), STUDENT, reserved=None)


@refused("GAT013")
def a_time_kept_for_other_content(s: Scene) -> Ask:
    other = s.judge(s.commit(output("running", body="還沒寫完。"), STUDENT), STUDENT)
    return _late(s, s.commit(RUNNING, STUDENT), STUDENT, things=dict(other.things))


@accepted
def what_was_refused_in_time_for_a_fault_beside_it(s: Scene) -> Ask:
    """The right person sent one output too many; what is sent again is the very same."""
    return _late(s, s.commit({**RUNNING, **output("jumping"), **output("throwing")}, STUDENT), STUDENT)


@accepted
def what_lost_a_race_in_time(s: Scene) -> Ask:
    return _late(s, s.commit(RUNNING, STUDENT), STUDENT, outcome="overtaken")


@accepted
def what_was_accepted_before_rights_were_written_down(s: Scene) -> Ask:
    return _late(s, s.commit(RUNNING, STUDENT), STUDENT, outcome="accepted", reserved=None)


def _with(s: Scene, text: str, then: str, *, old: str = "") -> Ask:
    """Main has a text already, past the gate; a change puts another one in its place."""
    path = f"{OWN}/item.md"
    base = s.commit({path: s.read(path) + f"\n{text}\n".encode()}, STUDENT)
    whole = s.read(path, base).decode()
    head = s.commit({path: whole.replace(old or text, then).encode()}, STUDENT, parent=base)
    return Ask(head, STUDENT, {"base": base})


@refused("PRI001")
def another_number_under_the_same_mask(s: Scene) -> Ask:
    return _with(s, NUMBER, ANOTHER)


@refused("PRI001")
def the_same_number_twice(s: Scene) -> Ask:
    return _with(s, NUMBER, f"{NUMBER}\n\n再一次：{NUMBER}")


@refused("PRI001")
def another_number_beside_the_old_one(s: Scene) -> Ask:
    return _with(s, NUMBER, f"{ANOTHER}\n{NUMBER}")


@refused("PRI002")
def another_telephone_under_the_same_mask(s: Scene) -> Ask:
    return _with(s, "0912-345-678", "0912-345-679")


@refused("PRI003")
def another_address_under_the_same_mask(s: Scene) -> Ask:
    return _with(s, "ming@example.com", "mei@example.com")


@refused("PRI001")
def a_number_that_moves_to_another_file(s: Scene) -> Ask:
    path = f"{OWN}/item.md"
    base = s.commit({path: s.read(path) + f"\n{NUMBER}\n".encode()}, STUDENT)
    moved = output("running", body=NUMBER)
    return Ask(s.commit({path: s.read(path), **moved}, STUDENT, parent=base), STUDENT, {"base": base})


@accepted
def a_number_of_main_on_another_line(s: Scene) -> Ask:
    return _with(s, NUMBER, f"前面多了兩行。\n\n{NUMBER} 後面也多了字。")


@accepted
def an_edit_beside_a_number_of_main(s: Scene) -> Ask:
    return _with(s, NUMBER, "summary: 再", old="summary: ")


@accepted
def a_number_of_main_taken_out(s: Scene) -> Ask:
    return _with(s, NUMBER, "（已移除）")


@accepted
def a_number_of_main_spaced_otherwise(s: Scene) -> Ask:
    return _with(s, NUMBER, "A1234 56789")
