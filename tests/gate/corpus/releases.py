"""Consents that students give and revoke, and the registry's records of releases (肆.二)."""

from __future__ import annotations

from tests.gate.corpus.registry import Ask, accepted, by, refused
from tests.gate.items import HOME, OTHER, STUDENT
from tests.gate.scene import NOW, REGISTRAR, Content, Scene

CONSENT = f"{HOME}/release-consent/university.yaml"
GIVEN = "kind: release-consent/v1\ncommittee: 測試大學\non: 2026-11-22\noutputs: []\nactivities: []\nstatement: false\n"
REVOKED = f"{GIVEN}revoked_on: 2026-11-23\n"
RELEASE = (
    "kind: release/v1\ncommittee: 測試大學\non: 2026-11-23\n"
    f"by: {REGISTRAR}\ncommit: {'c0' * 20}\nconsents: [university]\n"
    f"items:\n  - item: statement\n    files: [{{name: item.md, size: 5, sha256: {'ab' * 32}}}]\n"
    f"manifest: {'cd' * 32}\n"
)


def consent(text: str) -> dict[str, Content]:
    return {CONSENT: text.encode()}


def after(s: Scene, held: dict[str, Content], files: dict[str, Content], who: str) -> Ask:
    """A change of what main holds already."""
    main = s.commit(held, STUDENT if CONSENT in held else REGISTRAR)
    return Ask(s.commit(files, who, parent=main), who, {"base": main})


@accepted
def a_consent_is_given(s: Scene) -> Ask:
    return by(s, STUDENT, consent(GIVEN), now=NOW)


@accepted
def a_consent_is_revoked(s: Scene) -> Ask:
    return after(s, consent(GIVEN), consent(REVOKED), STUDENT)


@refused("GAT004")
def a_consent_to_another_committee_by_an_edit(s: Scene) -> Ask:
    return after(s, consent(GIVEN), consent(GIVEN.replace("測試大學", "另一所大學")), STUDENT)


@refused("GAT004")
def a_consent_of_another_day_while_it_is_revoked(s: Scene) -> Ask:
    return after(s, consent(GIVEN), consent(REVOKED.replace("on: 2026-11-22", "on: 2026-11-21")), STUDENT)


@refused("GAT004")
def a_revocation_that_is_taken_back(s: Scene) -> Ask:
    return after(s, consent(REVOKED), consent(GIVEN), STUDENT)


@refused("GAT004")
def a_revocation_of_another_day(s: Scene) -> Ask:
    return after(s, consent(REVOKED), consent(REVOKED.replace("on: 2026-11-23", "on: 2026-11-22")), STUDENT)


@refused("GAT004")
def a_consent_that_is_taken_away(s: Scene) -> Ask:
    return after(s, consent(GIVEN), {CONSENT: None}, STUDENT)


@refused("GAT003")
def a_consent_in_a_classmates_name(s: Scene) -> Ask:
    return by(s, OTHER, consent(GIVEN))


@refused("GAT003")
def a_consent_by_the_registry(s: Scene) -> Ask:
    return by(s, REGISTRAR, consent(GIVEN))


@accepted
def a_release_is_recorded(s: Scene) -> Ask:
    return by(s, REGISTRAR, {f"{HOME}/releases/university.yaml": RELEASE.encode()})


@refused("GAT003")
def a_release_recorded_by_the_student(s: Scene) -> Ask:
    return by(s, STUDENT, {f"{HOME}/releases/university.yaml": RELEASE.encode()})


@refused("GAT004")
def a_release_that_is_written_anew(s: Scene) -> Ask:
    path = f"{HOME}/releases/university.yaml"
    anew = RELEASE.replace("ab" * 32, "ef" * 32)
    return after(s, {path: RELEASE.encode()}, {path: anew.encode()}, REGISTRAR)
