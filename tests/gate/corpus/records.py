"""Records that say what is not so: checks of nothing, uncertified work that is selected, drafts of the school."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from tests.gate.corpus.registry import OWN, Ask, accepted, by, edited, refused
from tests.gate.items import HOME, STUDENT, TERM, sha256
from tests.gate.scene import ACTIVITIES, COUNSELLOR, CURRICULUM, REGISTRAR, Content, Scene

COURSES = f"terms/{TERM}/courses.yaml"
MADE_UP = sha256(b"never a file of this school")
COMMITTED = sha256(b"what the registrar's table gives")


def check(
    subject: str, post: str, who: str, files: Mapping[str, str], digest: str = "", commitment: str = COMMITTED
) -> dict[str, Content]:
    """A verification of files, by their paths below the student's folder, with their digests."""
    committed = commitment if subject == "basic-data" else ""
    lines = "".join(f"{files[name]}  {name}\n" for name in sorted(files))
    lines += f"{committed}  @commitment\n" if committed else ""
    listed = "".join(f"  - name: {name}\n    sha256: {files[name]}\n" for name in sorted(files))
    digest = digest or hashlib.sha256(lines.encode()).hexdigest()
    head = f"kind: verification/v1\npost: {post}\nby: {who}\non: 2026-11-23\nfiles:\n"
    listed += f"commitment: '{committed}'\n" if committed else ""
    return {f"{HOME}/verifications/{TERM}/{subject}.yaml": f"{head}{listed}digest: {digest}\n".encode()}


def right(s: Scene, name: str) -> dict[str, str]:
    """A file as it is."""
    return {name: sha256(s.read(f"{HOME}/{name}"))}


@refused("CER021")
def a_check_of_digests_that_never_were(s: Scene) -> Ask:
    return by(s, REGISTRAR, check("basic-data", "registrar", REGISTRAR, {"student.yaml": MADE_UP}))


@refused("CER021")
def a_check_of_courses_that_it_does_not_list_as_they_are(s: Scene) -> Ask:
    return by(s, CURRICULUM, check("course-records", "curriculum-head", CURRICULUM, {COURSES: MADE_UP}))


@refused("CER019")
def a_check_with_any_64_digits(s: Scene) -> Ask:
    return by(s, REGISTRAR, check("basic-data", "registrar", REGISTRAR, right(s, "student.yaml"), "0" * 64))


@refused("REF018")
def a_check_of_another_subjects_file(s: Scene) -> Ask:
    return by(s, REGISTRAR, check("basic-data", "registrar", REGISTRAR, right(s, COURSES)))


@refused("REF024")
def a_check_of_basic_data_that_commits_to_nothing(s: Scene) -> Ask:
    return by(s, REGISTRAR, check("basic-data", "registrar", REGISTRAR, right(s, "student.yaml"), commitment=""))


@refused("REF025")
def a_commitment_of_zeros(s: Scene) -> Ask:
    return by(s, REGISTRAR, check("basic-data", "registrar", REGISTRAR, right(s, "student.yaml"), commitment="0" * 64))


@refused("REF026")
def a_commitment_copied_from_another_student(s: Scene) -> Ask:
    """The other is not of the change."""
    path = "content/students/114/s1140001/verifications/115-1/basic-data.yaml"
    copied = re.search(rb"commitment: (\w{64})", s.read(path))
    assert copied is not None
    committed = copied[1].decode()
    return by(s, REGISTRAR, check("basic-data", "registrar", REGISTRAR, right(s, "student.yaml"), commitment=committed))


@refused("FIL012")
def a_sealed_file_with_identities(s: Scene) -> Ask:
    return by(s, REGISTRAR, {f"{HOME}/basic.yaml.age": b"age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- AAAA\n"})


@accepted
def a_check_made_again(s: Scene) -> Ask:
    return by(s, REGISTRAR, check("basic-data", "registrar", REGISTRAR, right(s, "student.yaml")))


@accepted
def courses_corrected_after_they_were_checked(s: Scene) -> Ask:
    """They wait for another check, which nobody is late for."""
    return by(s, CURRICULUM, edited(s, f"{HOME}/{COURSES}", "mode: regular", "mode: transfer"))


@refused("REF019")
def an_uncertified_output_is_selected(s: Scene) -> Ask:
    slug = OWN.rpartition("/")[2]
    text = f"kind: selection/v1\non: 2026-11-23\noutputs: [{TERM}/{slug}]\nactivities: []\n"
    return by(s, STUDENT, {f"{HOME}/selection/115/regular.yaml": text.encode()})


@refused("REF019")
def an_uncertified_output_is_released(s: Scene) -> Ask:
    slug = OWN.rpartition("/")[2]
    text = f"kind: release-consent/v1\ncommittee: 測試大學\non: 2026-11-23\noutputs: [{TERM}/{slug}]\nactivities: []\n"
    return by(s, STUDENT, {f"{HOME}/release-consent/test.yaml": f"{text}statement: false\n".encode()})


def position(title: str) -> dict[str, Content]:
    """A position of the student."""
    text = f"kind: position/v1\norganisation: 班級\ntitle: {title}\nlevel: 1\nstarts: 2026-09-01\nends: 2026-11-20\n"
    return {f"{HOME}/positions/{TERM}-leader.yaml": text.encode()}


@refused("TXT003")
def a_position_that_says_to_be_filled_in(s: Scene) -> Ask:
    return by(s, ACTIVITIES, position("待填"))


@refused("TXT003")
def a_consultation_whose_place_is_to_be_filled_in(s: Scene) -> Ask:
    head = "kind: consultation/v1\non: 2026-11-20\ntime: '12:30'\nplace: 待填\nmode: 1\n"
    text = f"{head}content: 說明選課。\nopinion: 多看看。\n"
    return by(s, COUNSELLOR, {f"{HOME}/consultations/2026-11-20-x.yaml": text.encode()})


@accepted
def a_position_that_says_which(s: Scene) -> Ask:
    return by(s, ACTIVITIES, position("班長"))
