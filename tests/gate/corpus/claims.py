"""What another platform certified before the school began here: who may say so, of what, when, and of whose work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from licheng.app.loading.load import load
from licheng.app.trust.claim import claim
from licheng.exchange.claims import ClaimedOutput, ClaimList
from tests.gate.corpus.registry import Ask, accepted, refused
from tests.gate.corpus.seals import seconded
from tests.gate.items import HOME, OTHERS_HOME, output, sha256
from tests.gate.scene import DEAN, REGISTRAR, Content, Scene

EARLIER = "113-2"
WORK = f"{HOME}/terms/{EARLIER}/outputs/sprint"
CLAIM = f"{HOME}/claims/{EARLIER}/sprint.yaml"
_CALENDAR = "kind: term-calendar/v1\nstarts: 2025-02-01\nends: 2025-07-31\nopening: 2025-02-11\nclosing: 2025-06-30\n"
_COURSES = """kind: course-offerings/v1
courses:
  - id: pe-2
    code: demo-pe-2
    subject: 體育
    level: 10
    credits: 2
    type: required
    sections:
      - {id: a, classes: [10a], teachers: [t013]}
"""
_TAKEN = "kind: course-records/v1\ncourses:\n  - {course: pe-2, section: a, mode: regular, credits: 2}\n"
_PLATFORMS = "platforms:\n  - id: former\n    name: {zh: 先前的平臺, en: Former platform}\n"


def before(s: Scene, files: Mapping[str, Content] | None = None) -> str:
    """Main with a term before the school's first, in short, and whatever else."""
    school = "content/school/school.yaml"
    told: dict[str, Content] = {
        school: s.read(school) + _PLATFORMS.encode(),
        f"content/calendar/{EARLIER}.yaml": _CALENDAR.encode(),
        f"content/school/courses/{EARLIER}.yaml": _COURSES.encode(),
    }
    told |= {f"{home}/terms/{EARLIER}/courses.yaml": _TAKEN.encode() for home in (HOME, OTHERS_HOME)}
    return s.commit({**told, **(files or {})}, DEAN)


def work(slug: str = "sprint", *, home: str = HOME, term: str = EARLIER) -> dict[str, bytes]:
    return output(slug, home=home, term=term, course="pe-2")


def claimed(
    s: Scene, main: str, files: Mapping[str, bytes], *, by: str = REGISTRAR, now: datetime | None = None
) -> dict[str, bytes]:
    """The claim of the one output among some files, as `licheng claim` signs it."""
    page = next(path for path in files if path.endswith("/item.md")).split("/")
    digests = {path.split("/")[-1]: sha256(data) for path, data in files.items() if not path.endswith("/item.md")}
    listed = ClaimList("ab" * 32, "stated", (ClaimedOutput(page[3], page[5], page[7], "2025-06-20", digests),))
    with s.tree(s.commit(dict(files), REGISTRAR, parent=main)) as tree:
        when = now or s.clock
        return dict(claim(load(tree, when.date()), listed, "former", by, when, s.key(by).sign).creates)


def brought(s: Scene, main: str, files: Mapping[str, Content], actor: str = REGISTRAR) -> Ask:
    return Ask(s.commit(dict(files), actor, parent=main), actor, {"base": main})


@accepted
def work_that_another_platform_certified(s: Scene) -> Ask:
    """The registrar brings a student's work, after every window: as what it was elsewhere, with the claim."""
    main, files = before(s), work()
    return brought(s, main, files | claimed(s, main, files))


@accepted
def earlier_work_within_a_window_of_now(s: Scene) -> Ask:
    """What nobody certified elsewhere the student hands in, in a window that the earlier term's calendar has now."""
    window = (
        "windows:\n  - id: earlier-work\n    category: course-output\n    stage: submission\n    levels: [10]\n"
        "    opens: 2026-11-16\n    closes: 2026-12-18\n    resolution: {meeting: 115-1/2026-09-11, number: 1}\n"
    )
    main = before(s, {f"content/calendar/{EARLIER}.yaml": (_CALENDAR + window).encode()})
    return brought(s, main, work(), HOME.rpartition("/")[2])


@refused("GAT003")
def a_students_work_brought_without_a_claim(s: Scene) -> Ask:
    main = before(s)
    return brought(s, main, work())


@refused("GAT003")
def another_work_beside_a_claimed_one(s: Scene) -> Ask:
    """A claim lets in its own work, and nothing else of the student's."""
    main, files = before(s), work()
    return brought(s, main, files | claimed(s, main, files) | work("relay"))


@refused("GAT003")
def a_claim_brought_by_another(s: Scene) -> Ask:
    """Who signed it brings it: the gate knows the person by the login."""
    main, files = before(s), work()
    return brought(s, main, files | claimed(s, main, files), DEAN)


@refused("GAT033")
def a_claim_over_work_that_was_handed_in(s: Scene) -> Ask:
    files = work()
    main = before(s, files)
    return brought(s, main, claimed(s, main, files))


@refused("GAT033")
def a_claim_over_a_draft(s: Scene) -> Ask:
    """A draft of the student's on main is no work of elsewhere either."""
    files = work()
    draft = {path: data.replace(b"submitted: true", b"submitted: false") for path, data in files.items()}
    main = before(s, draft)
    return brought(s, main, files | claimed(s, main, files))


@refused("CER022")
def a_claim_for_another_student(s: Scene) -> Ask:
    """The same bytes in a classmate's folder, with the same claim: the signature names whose it is."""
    main, files = before(s), work()
    made = claimed(s, main, files)
    both = {path.replace(HOME, OTHERS_HOME): data for path, data in (files | made).items()}
    return brought(s, main, both)


@refused("CER022")
def a_claim_with_a_word_changed(s: Scene) -> Ask:
    main, files = before(s), work()
    made = {path: data.replace(b"2025-06-20", b"2025-06-21") for path, data in claimed(s, main, files).items()}
    return brought(s, main, files | made)


@refused("GAT034")
def a_claim_about_another_version(s: Scene) -> Ask:
    main, files = before(s), work()
    made = claimed(s, main, files)
    page = {path: data + "再補一句。\n".encode() for path, data in files.items() if path.endswith("/item.md")}
    return brought(s, main, files | page | made)


@refused("GAT010")
def a_claim_that_is_dated_back(s: Scene) -> Ask:
    main, files = before(s), work()
    old = datetime.fromisoformat("2026-09-20T04:00:00+00:00")
    return brought(s, main, files | claimed(s, main, files, now=old))


@refused("GAT004")
def a_claim_that_is_taken_back(s: Scene) -> Ask:
    main, files = before(s), work()
    made = claimed(s, main, files)
    held = s.commit({**files, **made}, REGISTRAR, parent=main)
    return brought(s, held, {CLAIM: None})


@refused("GAT013")
def claimed_work_that_is_changed_later(s: Scene) -> Ask:
    """What came in with a claim was in time elsewhere; what is changed here afterwards is not."""
    main, files = before(s), work()
    held = s.commit({**files, **claimed(s, main, files)}, REGISTRAR, parent=main)
    page = f"{WORK}/item.md"
    return brought(s, held, {page: files[page] + "再補一句。\n".encode()}, HOME.rpartition("/")[2])


def _enrolled(s: Scene, signers: str = "ab" * 32) -> dict[str, Content]:
    """Another school's signers in the list of platforms."""
    school = "content/school/school.yaml"
    return {school: s.read(school) + f"{_PLATFORMS}    allowed_signers: {signers}\n".encode()}


@refused("GAT043")
def signers_of_another_school_by_one_person(s: Scene) -> Ask:
    """The academic dean may write the file; whose signatures count is for two to say."""
    return brought(s, s.base, _enrolled(s), DEAN)


@refused("GAT043")
def signers_of_another_school_exchanged(s: Scene) -> Ask:
    main = s.commit(_enrolled(s), DEAN)
    return brought(s, main, _enrolled(s, "cd" * 32), DEAN)


@accepted
def signers_of_another_school_that_a_coordinator_signed_for(s: Scene) -> Ask:
    return seconded(s, brought(s, s.base, _enrolled(s), DEAN), _enrolled(s), REGISTRAR)


@accepted
def signers_of_another_school_taken_out(s: Scene) -> Ask:
    main = s.commit(_enrolled(s), DEAN)
    school = "content/school/school.yaml"
    return brought(s, main, {school: s.read(school) + _PLATFORMS.encode()}, DEAN)
