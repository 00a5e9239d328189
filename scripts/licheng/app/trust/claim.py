"""`licheng claim`: what another platform certified is recorded, each signed by the registrar, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from licheng.app.loading import signed
from licheng.app.loading.load import Loaded
from licheng.app.trust.refusing import repository_of, worthless
from licheng.core.dates import TAIPEI, written
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME, STUDENTS, student_folder
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.statements import ClaimStatement
from licheng.core.student import Student
from licheng.core.trust import CLAIM_NAMESPACE, Claim
from licheng.exchange.claims import ClaimedOutput, ClaimList
from licheng.policy import claims
from licheng.policy.certification import subject_of
from licheng.signing.canonical import encode
from licheng.sources.emit import document
from licheng.sources.reading import record_of
from licheng.storage.plan import Plan

_KIND = BY_NAME["claim"]


def claim(
    loaded: Loaded,
    listed: ClaimList,
    platform: str,
    by: str,
    now: datetime,
    sign: Callable[[str, bytes], bytes],
) -> Plan:
    """The plan that writes a signed claim for every output of a list.

    Args:
        loaded: the school.
        listed: what the platform's export says.
        platform: its id in the school's list.
        by: the staff id of the registrar.
        now: when, UTC.
        sign: makes the armored signature of bytes in a namespace.

    Raises:
        UsageError: APP042, a claim would count for nothing; APP046, no genesis; APP258, there is no such output, it is
            a draft, its files are not those of the list, or it has a claim already. Nothing is written then.
    """
    repository = repository_of(loaded.school)
    school = replace(loaded.school, today=now.astimezone(TAIPEI).date())
    common = {"platform": platform, "decision": "passed", "basis": listed.basis, "export": listed.export, "by": by}
    common |= {"on": school.today.isoformat(), "signed_at": written(now)}
    creates: dict[str, bytes] = {}
    for student, output, item in _items(loaded, listed):
        data = {"kind": f"{_KIND.name}/v1", **common, "files": _files(item, student, output)}
        data |= {"certified_on": output.certified_on} if output.certified_on else {}
        path = _KIND.path(cohort=str(student.cohort), student=student.id, term=output.term, slug=output.slug)
        below = item.folder.removeprefix(f"{student.folder}/")
        statement = ClaimStatement.of(data, repository=repository, student=student.id, item=below)
        data["signature"] = sign(CLAIM_NAMESPACE, encode(statement.payload())).decode()
        text = document(_KIND, path, data)
        _must_count(signed.claim(record_of(path, text), repository), student, school)
        creates[path] = text.encode()
    return Plan(creates=creates)


def _items(loaded: Loaded, listed: ClaimList) -> Iterator[tuple[Student, ClaimedOutput, Record]]:
    """The outputs of a list in the school, student by student."""
    folders = {
        path.rpartition("/")[2]: path.removeprefix(f"{STUDENTS}/")
        for entry in loaded.tree.entries(STUDENTS)
        if (path := student_folder(entry.path)) is not None
    }
    by_student: dict[str, list[ClaimedOutput]] = {}
    for output in listed.outputs:
        by_student.setdefault(output.student, []).append(output)
    for who, outputs in by_student.items():
        student = next(loaded.students(folders[who]), None) if who in folders else None
        for output in outputs:
            place = f"{who}/terms/{output.term}/outputs/{output.slug}"
            item = student.outputs.get(f"{student.folder}/{place.partition('/')[2]}") if student is not None else None
            if student is None or item is None:
                raise UsageError("APP258", item=place, line=output.line, case="not-there")
            if item.data["submitted"] is not True:
                raise UsageError("APP258", item=place, line=output.line, case="draft")
            if any(known.item == place.partition("/")[2] for known in student.claims):
                raise UsageError("APP258", item=place, line=output.line, case="claimed")
            yield student, output, item


def _files(item: Record, student: Student, output: ClaimedOutput) -> list[dict[str, Any]]:
    """The complete list of an output's files, an attachment's with its digest in the export.

    Raises:
        UsageError: APP258, the list names other attachments than the output has.
    """
    own, subject = item.path.rpartition("/")[2], subject_of(item, student)
    attachments = {file.name for file in subject if file.name != own}
    if attachments != output.files.keys():
        differing = tuple(sorted(attachments ^ output.files.keys()))
        raise UsageError("APP258", item=item.folder, line=output.line, case="other-files", files=", ".join(differing))
    entries: list[dict[str, Any]] = [
        {"name": file.name, "size": file.size, "sha256": file.sha256, "exported_sha256": output.files.get(file.name)}
        for file in subject
    ]
    return [{name: value for name, value in entry.items() if value is not None} for entry in entries]


def _must_count(claim: Claim, student: Student, school: School) -> None:
    """What is about to be written counts, by the procedure that will judge it for ever after."""
    reason = claims.fault(claim, school)
    if reason is not None:
        raise worthless("CER022", claim.path, by=claim.by.staff, reason=reason)
    if claim.platform not in school.platforms:
        raise worthless("CER023", claim.path, platform=claim.platform, listed=tuple(sorted(school.platforms)))
    if not claims.has_signers(claim, school):
        raise worthless("CER023", claim.path, platform=claim.platform, listed=(), case="no-signers")
    if not claims.is_earlier(claim, student, school):
        raise worthless("CER024", claim.path, term=str(claims.term_of(claim)), start=str(school.start))
    before = claims.decided_before(claim, student)
    if before is not None:
        raise worthless("CER025", claim.path, decision_file=before)
