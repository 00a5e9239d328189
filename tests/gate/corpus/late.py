"""Late work: the waiver lands first, then what it allows, in each of the three stages (肆.一, 伍.二)."""

from __future__ import annotations

from datetime import date, timedelta

from licheng.app.loading.load import load
from licheng.app.trust.waive import waive
from tests.gate.corpus.registry import LATE, OWN, Ask, accepted, refused
from tests.gate.items import HOME, OTHERS_HOME, STUDENT, TERM, activity, output
from tests.gate.scene import DEAN, Scene

RUNNING = f"{HOME}/terms/{TERM}/outputs/running"
SELECTION = f"{HOME}/selection/115/first"


def waived(s: Scene, item: str, stage: str, base: str = "", until: date | None = None) -> dict[str, bytes]:
    """The files of a waiver that the executive secretary signs."""
    with s.tree(base or s.base) as tree:
        plan = waive(
            load(tree, LATE.date()),
            item,
            stage=stage,
            until=until or LATE.date(),
            reason="公假。",
            by=DEAN,
            now=LATE,
            sign=s.key(DEAN).sign,
        )
    return dict(plan.creates)


def _then(s: Scene, item: str, stage: str, files: dict[str, bytes], actor: str = STUDENT) -> Ask:
    """A late change on the top of a main that has a waiver."""
    main = s.commit(dict(waived(s, item, stage)), DEAN, at=LATE)
    return Ask(s.commit(dict(files), actor, parent=main, at=LATE), actor, {"base": main, "now": LATE})


def selection(path: str = SELECTION) -> dict[str, bytes]:
    text = "kind: selection/v1\non: 2027-02-20\noutputs: []\nactivities:\n  - 114/campus-film\n"
    return {f"{path}.yaml": text.encode()}


@accepted
def a_waiver_for_work_that_is_not_there_yet(s: Scene) -> Ask:
    return Ask(s.commit(dict(waived(s, RUNNING, "submission")), DEAN, at=LATE), DEAN, {"now": LATE})


@accepted
def late_work_that_was_never_a_draft(s: Scene) -> Ask:
    return _then(s, RUNNING, "submission", output("running"))


@accepted
def a_late_activity_after_its_waiver(s: Scene) -> Ask:
    return _then(s, f"{HOME}/years/115/activities/birds", "submission", activity("birds"))


@accepted
def a_late_certification_after_its_waiver(s: Scene) -> Ask:
    item, teacher = s.waiting()
    return _then(s, item, "certification", s.certify(item, teacher, now=LATE), teacher)


@accepted
def late_work_and_then_its_late_certification(s: Scene) -> Ask:
    """Both stages of one piece: each waiver lands before what it allows."""
    item, teacher = s.waiting()
    page = {f"{item}/item.md": s.read(f"{item}/item.md") + "再補一段。\n".encode()}
    revised = _then(s, item, "submission", page, item.split("/")[3])
    main = s.commit(dict(waived(s, item, "certification", revised.head)), DEAN, parent=revised.head, at=LATE)
    files = s.certify(item, teacher, now=LATE, commit=main)
    return Ask(s.commit(dict(files), teacher, parent=main, at=LATE), teacher, {"base": main, "now": LATE})


@accepted
def a_waiver_for_one_students_selection(s: Scene) -> Ask:
    return Ask(s.commit(dict(waived(s, f"{SELECTION}.yaml", "selection")), DEAN, at=LATE), DEAN, {"now": LATE})


@accepted
def a_late_selection_after_its_waiver(s: Scene) -> Ask:
    return _then(s, SELECTION, "selection", selection())


@refused("GAT013")
def a_late_selection_without_a_waiver(s: Scene) -> Ask:
    return Ask(s.commit(dict(selection()), STUDENT, at=LATE), STUDENT, {"now": LATE})


@refused("GAT013")
def a_late_selection_after_the_waivers_end(s: Scene) -> Ask:
    ask = _then(s, SELECTION, "selection", selection())
    return Ask(ask.head, STUDENT, {**ask.options, "now": LATE + timedelta(days=1)})


@refused("GAT013")
def a_late_selection_by_the_waiver_of_another_batch(s: Scene) -> Ask:
    return _then(s, f"{HOME}/selection/115/second", "selection", selection())


@refused("GAT013")
def a_late_selection_by_the_waiver_of_a_classmate(s: Scene) -> Ask:
    return _then(s, f"{OTHERS_HOME}/selection/115/first", "selection", selection())


@refused("GAT013")
def late_work_by_the_waiver_of_its_certification(s: Scene) -> Ask:
    return _then(s, OWN, "certification", {f"{OWN}/item.md": s.read(f"{OWN}/item.md") + "再補一段。\n".encode()})


@refused("GAT013")
def late_work_of_another_name_than_the_waiver(s: Scene) -> Ask:
    return _then(s, RUNNING, "submission", output("runing"))


@refused("GAT003")
def a_waiver_that_the_student_brings(s: Scene) -> Ask:
    files = {**waived(s, RUNNING, "submission"), **output("running")}
    return Ask(s.commit(dict(files), STUDENT, at=LATE), STUDENT, {"now": LATE})


@refused("REF005")
def a_waiver_for_certifying_what_is_not_there(s: Scene) -> Ask:
    [(path, data)] = waived(s, OWN, "certification").items()
    return Ask(s.commit({path: data.replace(b"media-bias", b"running")}, DEAN, at=LATE), DEAN, {"now": LATE})


@refused("REF005")
def a_waiver_of_a_selection_for_handing_in(s: Scene) -> Ask:
    [(path, data)] = waived(s, SELECTION, "selection").items()
    return Ask(
        s.commit({path: data.replace(b"stage: selection", b"stage: submission")}, DEAN, at=LATE), DEAN, {"now": LATE}
    )


@refused("WIN010")
def a_waiver_of_a_selection_past_the_agency(s: Scene) -> Ask:
    files = waived(s, SELECTION, "selection", until=date(2027, 3, 13))
    return Ask(s.commit(dict(files), DEAN, at=LATE), DEAN, {"now": LATE})


@accepted
def a_second_waiver_for_the_same_after_the_first(s: Scene) -> Ask:
    main = s.commit(dict(waived(s, RUNNING, "submission")), DEAN, at=LATE)
    again = waived(s, RUNNING, "submission", main, LATE.date() + timedelta(days=3))
    return Ask(s.commit(dict(again), DEAN, parent=main, at=LATE), DEAN, {"base": main, "now": LATE})
