"""What another school that runs this software certified, read out of a package of the student's and verified.

Every signature in the package has to be by a key of the `allowed_signers` that a second person enrolled here (GAT043);
our own copy of the package's script verifies it, with stock tools. A work here is the one that was certified there
where all its files beside its text are the same, byte for byte, in the same term.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from licheng.app.loading.load import Loaded
from licheng.core.dates import TAIPEI, instant
from licheng.core.errors import UsageError
from licheng.core.layout import ALLOWED_SIGNERS, STUDENTS
from licheng.core.student import Student
from licheng.exchange.bag import TAG_MANIFEST
from licheng.exchange.claims import ClaimedOutput, ClaimList
from licheng.outputs.release import VERIFIER
from licheng.policy.certification import subject_of
from licheng.policy.quota import is_submitted

_CERTIFYING = frozenset({"certified", "reaffirmed"})


class CertifiedElsewhere(NamedTuple):
    """A work as another school certified it.

    Attributes:
        on: the day, ISO, Asia/Taipei.
        files: SHA-256 in hex of each file but the work's own text.
    """

    term: str
    on: str
    files: frozenset[str]


def claim_list(package: Path, signers: bytes, platform: str, who: str, loaded: Loaded) -> ClaimList:
    """The outputs of a student that the package proves to be certified, for `licheng claim`.

    Args:
        package: the folder of a released package or of an own copy.
        signers: the `allowed_signers` that the other school publishes.
        platform: its id in the school's list.
        who: the student here.
        loaded: the school.

    Raises:
        UsageError: APP498, these signers are not enrolled, the package is of others or does not verify, or nothing in
            it is a work of the student's here.
    """
    if loaded.school.signers.get(platform) != hashlib.sha256(signers).hexdigest():
        raise UsageError("APP498", case="not-enrolled", path=str(package), platform=platform)
    theirs = package / "data" / ALLOWED_SIGNERS
    used = _lines(theirs.read_bytes()) if theirs.is_file() else frozenset()
    if not used or not used <= _lines(signers):
        raise UsageError("APP498", case="other-keys", path=str(package), platform=platform)
    done = subprocess.run(["sh", "-s"], input=VERIFIER.read_bytes(), cwd=package, capture_output=True, check=False)
    if done.returncode:
        raise UsageError("APP498", case="", path=str(package), platform=platform)
    proved = [*certified(package)]
    outputs = tuple(_outputs(_student(who, loaded), proved))
    if not outputs:
        raise UsageError("APP498", case="nothing", path=str(package), platform=platform)
    return ClaimList(hashlib.sha256((package / TAG_MANIFEST).read_bytes()).hexdigest(), "signed", outputs)


def certified(package: Path) -> Iterator[CertifiedElsewhere]:
    """The works of a verified package whose last decision certifies them."""
    for folder in sorted({path.parent for path in package.glob("data/content/certifications/**/*.json")}):
        statement = json.loads(max(folder.glob("*.json")).read_bytes())
        value = statement["predicate"]
        if value["decision"] in _CERTIFYING:
            on = instant(value["issued_at"]).astimezone(TAIPEI).date().isoformat()
            files = frozenset(file["digest"]["sha256"] for file in statement["subject"] if file["name"] != "item.md")
            yield CertifiedElsewhere(value["term"], on, files)


def _lines(signers: bytes) -> frozenset[bytes]:
    return frozenset(line for line in signers.splitlines() if line.strip() and not line.startswith(b"#"))


def _student(who: str, loaded: Loaded) -> Student:
    for cohort in loaded.tree.folders(STUDENTS):
        if who in loaded.tree.folders(f"{STUDENTS}/{cohort}"):
            return next(loaded.students(f"{cohort}/{who}"))
    raise UsageError("APP435", student=who)


def _outputs(student: Student, proved: Sequence[CertifiedElsewhere]) -> Iterator[ClaimedOutput]:
    claimed = {claim.item for claim in student.claims}
    for item in student.of("course-output"):
        if not is_submitted(item) or item.folder.removeprefix(f"{student.folder}/") in claimed:
            continue
        files = {file.name: file.sha256 for file in subject_of(item, student) if file.name != "item.md"}
        for each in proved:
            if files and (each.term, each.files) == (str(item.term), frozenset(files.values())):
                yield ClaimedOutput(student.id, each.term, item.slug, each.on, files)
                break
