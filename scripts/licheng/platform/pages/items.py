"""An item of a student, its files, and the list of what somebody sees of a student: values for templates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from licheng.core.dates import TAIPEI
from licheng.core.layout import HANDED_IN, WITH_FILES
from licheng.core.record import Record
from licheng.core.student import FileFact, Student
from licheng.core.term import Term, year_on
from licheng.outputs.naming import plain
from licheng.platform.leaves import MEDIA_TYPE, Leaves
from licheng.platform.pages.looking import Look
from licheng.policy.attachments import allowed_types, recognised
from licheng.policy.certification import State, state, subject_of, verified
from licheng.policy.queue import resubmission_closes
from licheng.policy.quota import is_submitted
from licheng.policy.sight import ground

# What a browser shows by itself in a frame that may do nothing; all else is saved to be opened.
_FRAMED = frozenset({"image/jpeg", "image/png", "audio/mpeg", "video/mp4"})
_BACK = frozenset({State.RETURNED, State.REVOKED})


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item in a list.

    Attributes:
        path: of its page.
        what: its kind, in words; `course` its course, or empty.
        state: in words; `state_id` as an id (`returned`), empty where it has none.
        reason: why it was returned or its certification revoked, in words.
        until: the last day on which it may be handed in again, of one that came back.
    """

    path: str
    what: str
    title: str
    course: str
    period: str
    state_id: str
    state: str
    reason: str
    until: date | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an item: its path here, and whether a frame shows it.

    Attributes:
        leaves: pages of a PDF that can be shown as pictures.
    """

    name: str
    title: str
    size: int
    sha256: str
    path: str
    framed: bool
    leaves: int = 0


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision on an item that counts."""

    decision: str
    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """All that is shown of one item.

    Attributes:
        text: what the student wrote, by paragraphs.
        changed: names of the files that are not as they were certified.
        chain: the path of its steps; empty of what has none.
    """

    student: str
    row: ItemRow
    text: tuple[str, ...]
    files: tuple[FileRow, ...]
    decisions: tuple[DecisionRow, ...]
    changed: tuple[str, ...]
    chain: str


@dataclass(frozen=True, slots=True)
class SentFile:
    """An attachment on its way.

    Attributes:
        media_type: one that the agency takes, by name and first bytes; else `application/octet-stream`.
        framed: a browser may show it.
    """

    name: str
    media_type: str
    framed: bool
    data: bytes


def place_of(student: Student, item: Record) -> str:
    """An item's folder below the student's own."""
    return item.folder.removeprefix(f"{student.folder}/")


def version_of(student: Student, item: Record) -> str:
    """An item as the access log names it: its place; of what is certified also which version, by all of its files."""
    if item.kind != "course-output":
        return place_of(student, item)
    digest = hashlib.sha256(repr(subject_of(item, student)).encode()).hexdigest()
    return f"{place_of(student, item)}:{digest[:16]}"


def rows(items: Iterable[Record], student: Student, look: Look) -> tuple[ItemRow, ...]:
    """Items as a list, the newest period first."""
    listed = [row(item, student, look) for item in items]
    return tuple(sorted(listed, key=lambda each: each.period, reverse=True))


def row(item: Record, student: Student, look: Look) -> ItemRow:
    """One of them."""
    words, period = look.names.words, str(item.term or item.year or "")
    state_id, reason, until, pending = "", "", None, None
    if item.kind == "course-output":
        current = state(item, student, look.school)
        state_id, pending = current.state, current.pending_until
        if current.state in _BACK and current.event is not None and current.event.payload is not None:
            payload = current.event.payload
            reason = _reason(payload.reason_code, payload.reason_text, look)
            until = resubmission_closes(item, student, look.school)
    elif item.kind in HANDED_IN:
        state_id = "submitted" if is_submitted(item) else "draft"
    course = ""
    if item.term is not None and "course" in item.data:
        offered = look.school.offerings.get(item.term, {}).get(item.data["course"], {})
        course = str(offered.get("subject", item.data["course"]))
    section = "output_states" if item.kind == "course-output" else "states"
    shown = plain(words.label(section, state_id)) if state_id else ""
    if pending is not None:
        shown += f" ({words.codes.word('in_effect_from', day=pending.isoformat())})"
    return ItemRow(
        path=f"/students/{student.id}/{place_of(student, item)}",
        what=words.codes.label("over", item.kind),
        title=str(item.data.get("summary") or item.data.get("name") or item.data.get("title") or item.slug),
        course=course,
        period=plain(words.period(period)) if period else "",
        state_id=state_id,
        state=shown,
        reason=reason,
        until=until,
    )


def _reason(code: str | None, text: str | None, look: Look) -> str:
    words = look.names.words.codes
    return words.word("separator").join(filter(None, (words.label("reason", code) if code else "", text)))


def item_page(look: Look, student_id: str, place: str, leaves: Leaves) -> ItemPage | None:
    """An item by its folder below the student's, written down; None if it is not there or not to be seen."""
    student = look.student(student_id)
    if student is None:
        return None
    for item in student.of(*WITH_FILES):
        if place_of(student, item) == place and (why := look.ground(student, item)) is not None:
            look.write_down([(student.id, version_of(student, item), why)])
            texts = [str(item.data[name]) for name in ("content", "result") if item.data.get(name)]
            return ItemPage(
                student.id,
                row(item, student, look),
                tuple(filter(None, map(str.strip, "\n\n".join([*texts, item.body]).split("\n\n")))),
                tuple(_files(item, student, look, leaves)),
                tuple(_decisions(item, student, look)),
                state(item, student, look.school).changed if item.kind == "course-output" else (),
                f"/chain/{student.id}/{place}" if item.kind in HANDED_IN else "",
            )
    return None


def _files(item: Record, student: Student, look: Look, leaves: Leaves) -> Iterator[FileRow]:
    titles = {entry["name"]: str(entry.get("title", "")) for entry in item.data.get("attachments", ())}
    for file in student.files_in(item.folder):
        if file.sha256 is not None:
            path = f"/files/{student.id}/{file.sha256}"
            media_type = _media_type(item, file, student, look)
            is_pdf = media_type == MEDIA_TYPE
            pages = leaves.count(file.sha256, partial(look.view.content, file)) if is_pdf else 0
            title, framed = titles.get(file.name, ""), media_type in _FRAMED
            yield FileRow(file.name, title, file.size, file.sha256, path, framed, pages)


def _decisions(item: Record, student: Student, look: Look) -> Iterator[DecisionRow]:
    if ground(look.account, student, "certification", look.school, look.on, item) is None:
        return
    words = look.names.words.codes
    for judged in verified(student, look.school).get(place_of(student, item), ()):
        payload = judged.event.payload
        if payload is not None and not judged.faults:
            on = payload.issued_at.astimezone(TAIPEI).date()
            reason = _reason(payload.reason_code, payload.reason_text, look)
            yield DecisionRow(words.label("decision", payload.decision), on, payload.certifier, reason)


def file_of(look: Look, student_id: str, digest: str) -> SentFile | None:
    """A student's file by its SHA-256, written down; None if it is not there, or in no item that may be seen."""
    for student, item, file, why in _shown_files(look, student_id, digest):
        look.write_down([(student.id, f"file:{digest}", why)])
        data = look.view.content(file)
        media_type = _media_type(item, file, student, look)
        return SentFile(file.name, media_type, media_type in _FRAMED, data) if data is not None else None
    return None


def pdf_of(look: Look, student_id: str, digest: str, leaves: Leaves) -> bytes | None:
    """A student's PDF, to be shown leaf by leaf; written down once an hour, None as `file_of`, and of another file."""
    for student, item, file, why in _shown_files(look, student_id, digest):
        if _media_type(item, file, student, look) != MEDIA_TYPE:
            return None
        if not leaves.goes_on((look.account, student.id, digest, why)):
            look.write_down([(student.id, f"file:{digest}", why)])
            leaves.note((look.account, student.id, digest, why))
        return look.view.content(file)
    return None


def _shown_files(look: Look, student_id: str, digest: str) -> Iterator[tuple[Student, Record, FileFact, str]]:
    """Where a file lies among what may be seen of a student, and by what right."""
    student = look.student(student_id)
    for item in student.of(*WITH_FILES) if student is not None else ():
        assert student is not None  # noqa: S101 - it has items
        for file in student.files_in(item.folder):
            if file.sha256 == digest and (why := look.ground(student, item)) is not None:
                yield student, item, file, why


def _media_type(item: Record, file: FileFact, student: Student, look: Look) -> str:
    """What a file is, by what the agency takes; anything else is only bytes to be saved."""
    term = item.term or Term(item.year or year_on(look.on), 1)
    kind = recognised(allowed_types(look.school.agency, term, student.cohort), file.name, file.head)
    return kind.media_type if kind is not None else "application/octet-stream"
