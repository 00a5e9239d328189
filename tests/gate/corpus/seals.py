"""Seals that take a student's files away, and what is no seal of theirs (肆.四)."""

from __future__ import annotations

import hashlib

from licheng.app.trust.override import override
from licheng.policy.gate import MOST_CHANGES
from licheng.policy.overrides import digest
from licheng.sources.span import Span
from tests.gate.corpus.registry import Ask, accepted, refused
from tests.gate.corpus.statements import brought
from tests.gate.scene import DEAN, IT, REGISTRAR, Content, Scene

GONE = "s1090001"  # applied on 2021-11-22, so due on 2026-11-23
HOME = f"content/students/109/{GONE}"
DECISIONS = f"content/certifications/109/{GONE}"
SEALS = f"content/seals/109/{GONE}"
STUDENT = """kind: student/v1
programme: general
events:
  - {on: 2020-08-01, event: entry, level: 10, class: 10a}
  - {on: 2021-08-01, event: class-change, level: 11, class: 11a}
  - {on: 2021-11-22, event: application}
  - {on: 2022-01-20, event: transfer-out}
"""
RELEASE = (
    "kind: release/v1\ncommittee: 測試大學\non: 2021-12-01\n"
    f"by: {REGISTRAR}\ncommit: {'c0' * 20}\nconsents: [university]\n"
    f"items:\n  - item: statement\n    files: [{{name: item.md, size: 5, sha256: {'ab' * 32}}}]\n"
    f"manifest: {'cd' * 32}\n"
)
MAIN = "c0" * 20  # stands for the commit that the seal was made of
HELD: dict[str, str] = {
    f"{HOME}/student.yaml": STUDENT,
    f"{HOME}/releases/university.yaml": RELEASE,
    f"{DECISIONS}/terms/110-1/outputs/pendulum/0001-certified.json": "{}\n",
}


def seal(held: dict[str, str] | None = None, **changes: str) -> str:
    """What a seal of these files says, spelt out."""
    lines = (
        f"{hashlib.sha256(text.encode()).hexdigest()}  data/{path}\n" for path, text in sorted((held or HELD).items())
    )
    manifest = hashlib.sha256("".join(lines).encode()).hexdigest()
    says = {
        "on": "2026-11-23",
        "by": REGISTRAR,
        "applied_on": "2021-11-22",
        "commit": MAIN,
        "files": str(len(held or HELD)),
        "bytes": str(sum(len(text.encode()) for text in (held or HELD).values())),
        "manifest": manifest,
    } | changes
    head = "".join(f"{name}: {value}\n" for name, value in says.items())
    return f"kind: seal/v1\n{head}sealed: {{size: 2000, sha256: {'ef' * 32}}}\n"


def sealing(
    s: Scene,
    text: str = "",
    *,
    held: dict[str, str] | None = None,
    but: tuple[str, ...] = (),
    who: str = REGISTRAR,
    also: dict[str, Content] | None = None,
) -> Ask:
    """Everything that main holds of the student goes, and a seal comes."""
    held = held or HELD
    main = s.commit(dict(held), REGISTRAR)
    files: dict[str, Content] = {path: None for path in held if path not in but}
    files[f"{SEALS}/seal.yaml"] = (text or seal(held)).replace(MAIN, main)
    return Ask(s.commit(files | (also or {}), who, parent=main), who, {"base": main})


def sealed(s: Scene, files: dict[str, Content], who: str = REGISTRAR) -> Ask:
    """A change of a main that holds the seal."""
    main = s.commit({f"{SEALS}/seal.yaml": seal()}, REGISTRAR)
    return Ask(s.commit(files, who, parent=main), who, {"base": main})


def seconded(s: Scene, ask: Ask, files: dict[str, Content], who: str = DEAN) -> Ask:
    """The same once more, of a main on which somebody has signed for just this change."""
    change = digest(Span(s.objects, ask.options["base"], ask.head).changes(MOST_CHANGES))
    plan = override(s.loaded, "seal", change=change, reason="核對過了。", by=who, now=s.clock, sign=s.key(who).sign)
    main = s.commit(dict(plan.creates), who, parent=ask.options["base"])
    return Ask(s.commit(files, ask.actor, parent=main), ask.actor, {"base": main})


def whole(ask: Ask, s: Scene, held: dict[str, str] | None = None) -> dict[str, Content]:
    """What a seal does, as it did it."""
    return {**dict.fromkeys(held or HELD), f"{SEALS}/seal.yaml": s.read(f"{SEALS}/seal.yaml", ask.head)}


@accepted
def a_student_is_sealed_for_whom_a_coordinator_signed(s: Scene) -> Ask:
    ask = sealing(s)
    return seconded(s, ask, whole(ask, s))


@refused("GAT042")
def a_seal_of_three_files_by_one_person(s: Scene) -> Ask:
    return sealing(s)


@refused("GAT042")
def a_seal_after_an_application_that_one_person_dated_back(s: Scene) -> Ask:
    """First the day that starts the five years, then, when that has landed, the seal."""
    later = STUDENT.replace("2021-11-22", "2025-11-22")
    main = s.commit(HELD | {f"{HOME}/student.yaml": later}, REGISTRAR)
    dated = s.commit({f"{HOME}/student.yaml": STUDENT}, REGISTRAR, parent=main)
    files: dict[str, Content] = dict.fromkeys(HELD)
    files[f"{SEALS}/seal.yaml"] = seal().replace(MAIN, dated)
    return Ask(s.commit(files, REGISTRAR, parent=dated), REGISTRAR, {"base": dated})


@refused("GAT042")
def a_seal_that_was_signed_for_with_other_files(s: Scene) -> Ask:
    """The signature is for the change before one more file of the student came in."""
    ask = sealing(s)
    files = whole(ask, s)
    more = seconded(s, ask, files)
    added = HELD | {f"{HOME}/others/large/large.txt": "text\n"}
    main = s.commit(dict(added), REGISTRAR, parent=more.options["base"])
    files = dict.fromkeys(added) | {f"{SEALS}/seal.yaml": seal(added).replace(MAIN, main)}
    return Ask(s.commit(files, REGISTRAR, parent=main), REGISTRAR, {"base": main})


@accepted
def a_student_is_sealed_with_own_passkeys_and_all_that_they_signed(s: Scene) -> Ask:
    """What states who handed in which file goes with the files."""
    said = f"{HOME}/hand-ins/{'5d' * 32}.json"
    also = {f"{HOME}/hand-ins/{'5e' * 32}.json": "{}\n", f"{HOME}/keys.yaml": "kind: student-keys/v1\n"}
    held = HELD | also | {said: "{}\n", f"{said}.sig": "x\n"}
    ask = sealing(s, held=held)
    return seconded(s, ask, whole(ask, s, held))


@accepted
def an_unsealing_is_recorded(s: Scene) -> Ask:
    text = f"kind: unsealing/v1\non: 2026-11-23\nby: {REGISTRAR}\nreason: request\nsealed: {'ef' * 32}\n"
    return sealed(s, {f"{SEALS}/unsealings/2026-11-23-request.yaml": text})


FORGOTTEN: dict[str, Content] = {
    f"{SEALS}/forgetting.yaml": f"kind: forgetting/v1\non: 2026-11-23\nby: {REGISTRAR}\nreason: ended\n"
}


@accepted
def a_forgetting_is_recorded_for_which_a_coordinator_signed(s: Scene) -> Ask:
    return seconded(s, sealed(s, FORGOTTEN), FORGOTTEN)


@refused("GAT042")
def a_key_destroyed_by_one_person(s: Scene) -> Ask:
    return sealed(s, FORGOTTEN)


@refused("GAT041")
def a_seal_a_day_too_early(s: Scene) -> Ask:
    held = HELD | {f"{HOME}/student.yaml": STUDENT.replace("2021-11-22", "2021-11-23")}
    return sealing(s, held=held)


@refused("GAT041")
def a_seal_of_who_applied_once_more(s: Scene) -> Ask:
    later = STUDENT + "  - {on: 2023-04-20, event: application}\n"
    return sealing(s, held=HELD | {f"{HOME}/student.yaml": later})


@refused("GAT041")
def a_seal_of_who_is_still_here(s: Scene) -> Ask:
    here = STUDENT.replace("  - {on: 2022-01-20, event: transfer-out}\n", "")
    return sealing(s, held=HELD | {f"{HOME}/student.yaml": here})


@refused("GAT041")
def a_seal_that_leaves_a_file(s: Scene) -> Ask:
    return sealing(s, but=(f"{HOME}/student.yaml",))


@refused("GAT041")
def a_seal_that_leaves_a_decision(s: Scene) -> Ask:
    return sealing(s, but=(f"{DECISIONS}/terms/110-1/outputs/pendulum/0001-certified.json",))


@refused("GAT041")
def a_seal_that_leaves_an_attachment(s: Scene) -> Ask:
    held = HELD | {f"{HOME}/others/large/large.txt": "text\n"}
    return sealing(s, held=held, but=(f"{HOME}/others/large/large.txt",))


@refused("GAT041")
def a_seal_that_brings_a_file_of_the_student(s: Scene) -> Ask:
    """What went comes back under another name."""
    return sealing(s, also={f"{DECISIONS}/terms/110-1/outputs/pendulum/0002-certified.json": "{}\n"})


@refused("GAT041")
def a_seal_of_other_files(s: Scene) -> Ask:
    return sealing(s, seal(manifest="cd" * 32))


@refused("GAT041")
def a_seal_that_miscounts_its_files(s: Scene) -> Ask:
    return sealing(s, seal(files="2"))


@refused("GAT041")
def a_seal_that_miscounts_its_bytes(s: Scene) -> Ask:
    return sealing(s, seal(bytes="700"))


@refused("GAT041")
def a_seal_of_a_commit_that_is_not_here(s: Scene) -> Ask:
    return sealing(s, seal(commit="c1" * 20))


@refused("GAT041")
def a_seal_of_a_commit_of_another_history(s: Scene) -> Ask:
    """It has the very same files."""
    return sealing(s, seal(commit=s.commit(HELD | {"content/notes.md": "a\n"}, REGISTRAR)))


@refused("GAT041")
def a_seal_of_a_commit_with_other_files(s: Scene) -> Ask:
    return sealing(s, seal(commit=s.base))


@refused("GAT041")
def a_seal_of_nobody(s: Scene) -> Ask:
    nobody = "content/seals/109/s1090002/seal.yaml"
    main = s.commit(dict(HELD), REGISTRAR)
    return Ask(s.commit({nobody: seal()}, REGISTRAR, parent=main), REGISTRAR, {"base": main})


@refused("GAT041")
def a_seal_of_another_cohort(s: Scene) -> Ask:
    main = s.commit(dict(HELD), REGISTRAR)
    files: dict[str, Content] = dict.fromkeys(HELD)
    files[f"content/seals/110/{GONE}/seal.yaml"] = seal()
    return Ask(s.commit(files, REGISTRAR, parent=main), REGISTRAR, {"base": main})


@refused("GAT041")
def a_second_seal_of_another_cohort(s: Scene) -> Ask:
    """Its path comes first: the one that holds does not speak for it."""
    return sealing(s, also={f"content/seals/108/{GONE}/seal.yaml": seal(manifest="cd" * 32)})


@refused("GAT041")
def a_seal_by_another_application(s: Scene) -> Ask:
    return sealing(s, seal(applied_on="2020-11-22"))


@refused("GAT041")
def a_seal_of_tomorrow(s: Scene) -> Ask:
    return sealing(s, seal(on="2026-11-24"))


@refused("GAT041")
def a_seal_made_before_the_student_was_due(s: Scene) -> Ask:
    return sealing(s, seal(on="2026-11-22"))


@refused("GAT041")
def a_seal_of_last_month(s: Scene) -> Ask:
    held = HELD | {f"{HOME}/student.yaml": STUDENT.replace("2021-11-22", "2021-09-22")}
    return sealing(s, seal(held, on="2026-10-23"), held=held)


@refused("GAT041")
def a_seal_that_cannot_be_read(s: Scene) -> Ask:
    return sealing(s, "kind: seal/v1\n")


@refused("GAT041")
def a_seal_in_a_colleagues_name(s: Scene) -> Ask:
    return sealing(s, seal(by=DEAN))


@refused("GAT003")
def a_seal_by_another_office(s: Scene) -> Ask:
    return sealing(s, who=IT)


@refused("GAT003")
def a_student_taken_away_without_a_seal(s: Scene) -> Ask:
    main = s.commit(dict(HELD), REGISTRAR)
    return Ask(s.commit(dict.fromkeys(HELD), REGISTRAR, parent=main), REGISTRAR, {"base": main})


@refused("GAT004")
def somebody_elses_release_beside_a_seal(s: Scene) -> Ask:
    other = "content/students/109/s1090002/releases/university.yaml"
    return sealing(s, held=HELD | {other: RELEASE}, text=seal())


@refused("GAT004")
def a_seal_that_is_written_anew(s: Scene) -> Ask:
    return sealed(s, {f"{SEALS}/seal.yaml": seal(manifest="cd" * 32)})


@refused("GAT004")
def a_seal_that_is_taken_away(s: Scene) -> Ask:
    return sealed(s, {f"{SEALS}/seal.yaml": None})


@refused("REF039")
def a_sealed_student_put_back(s: Scene) -> Ask:
    return sealed(s, {f"{HOME}/student.yaml": STUDENT})


def _many() -> dict[str, str]:
    position = "kind: position/v1\norganisation: 班級\ntitle: 班長\nlevel: 2\nstarts: 2020-09-01\nends: 2021-01-20\n"
    return HELD | {f"{HOME}/positions/p{number}.yaml": position for number in range(20)}


@refused("GAT012")
def a_seal_of_many_files_by_one_person(s: Scene) -> Ask:
    return sealing(s, held=_many())


@accepted
def a_seal_of_many_files_that_a_coordinator_signed(s: Scene) -> Ask:
    ask = sealing(s, held=_many())
    return seconded(s, ask, whole(ask, s, _many()))


@refused("GAT037")
def a_seal_through_the_intake(s: Scene) -> Ask:
    """The platform alone seals nobody, in whosever name."""
    ask = sealing(s)
    return brought(ask.options["base"], ask.head)
