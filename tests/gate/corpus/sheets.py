"""Signed sheets and notices: what the school records of paper, nobody records for themselves."""

from __future__ import annotations

from tests.gate.corpus.registry import Ask, accepted, by, refused
from tests.gate.items import HOME, STUDENT, TERM, TUTOR
from tests.gate.scene import REGISTRAR, Scene


def notice() -> dict[str, bytes]:
    text = (
        "kind: notice/v1\non: 2026-11-20\nby: registry\nto: [students, parents]\nhow: paper\n"
        "about: 期中提醒\nproof: {kept: 註冊組檔案櫃}\n"
    )
    return {f"content/notices/{TERM}/midterm.yaml": text.encode()}


def sheet() -> dict[str, bytes]:
    text = f"kind: signature/v1\non: 2026-11-20\nby: {TUTOR}\nsigned: [student, parents]\ndigest: {'0' * 64}\n"
    return {f"{HOME}/signatures/115/first.yaml": text.encode()}


@accepted
def a_notice_of_the_registry(s: Scene) -> Ask:
    return by(s, REGISTRAR, notice())


@refused("GAT003")
def a_tutors_notice_in_the_registrys_name(s: Scene) -> Ask:
    return by(s, TUTOR, notice())


@refused("SCH001")
def a_notice_without_a_proof(s: Scene) -> Ask:
    [(path, text)] = notice().items()
    return by(s, REGISTRAR, {path: text.decode().partition("proof: ")[0].encode()})


@accepted
def a_sheet_that_the_tutor_took_in(s: Scene) -> Ask:
    return by(s, TUTOR, sheet())


@refused("GAT003")
def a_student_takes_in_the_own_sheet(s: Scene) -> Ask:
    return by(s, STUDENT, sheet())
