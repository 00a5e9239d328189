"""Plants faults: one a student; the table at the end names them all, and does most of them in a line.

The planter knows the shapes of the records and nothing of the rules that will find the faults; the codes in
the table are only what a check is expected to say. A function returns None where its student has nothing that
it could spoil.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from licheng.demo import forgeries, media
from licheng.demo.bench import Bench, Planting
from licheng.demo.certify import Ledger
from licheng.demo.clock import GRADUATION, TAIPEI, TODAY
from licheng.demo.dice import Dice
from licheng.demo.emit import Value, yaml_record
from licheng.demo.media import Attachment
from licheng.demo.pen import Style
from licheng.demo.people import Cast
from licheng.demo.values import PlannedCommit, PlantedFault
from licheng.demo.works import Work

OUTPUT_QUOTA = 3
ACTIVITY_QUOTA = 10

# Y was the letter of 陽明山管理局, which gave out no numbers after 1973, and never one as high as this.
_ID_LETTER, _ID_VALUE, _ID_DIGITS = "Y", 31, "19999999"
_ID_SUM = sum(int(digit) * weight for digit, weight in zip(_ID_DIGITS, range(8, 0, -1), strict=True))
# An ID number that nobody was given, with a check digit that is right.
_ID_NUMBER = f"{_ID_LETTER}{_ID_DIGITS}{-(_ID_VALUE // 10 + _ID_VALUE % 10 * 9 + _ID_SUM) % 10}"

Plant = Callable[[Bench], Planting | None]


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault: the finding that it should cause, what is done, and who does it.

    Attributes:
        code: The code of the expected finding.
        note: What is done, in English.
        plant: The function that does it.
        with_files: Whether it needs attachments.
        choosy: Whether only some students will do; these kinds choose first.
        signed: Whether it needs something that was signed.
    """

    code: str
    note: str
    plant: Plant
    with_files: bool = False
    choosy: bool = False
    signed: bool = False


@dataclass(frozen=True)
class Planted:
    """A fault that was planted, by whom, and the files that it wrote."""

    fault: PlantedFault
    author: str
    files: Mapping[str, bytes]


def plant(tree: Mapping[str, bytes], cast: Cast, style: Style, ledger: Ledger | None = None) -> list[Planted]:
    """Return the faults for a school, in the order of their codes; a small school has no room for all of them."""
    # Beside a broken record, what is stale is not told: a student with such a story has no fault as well.
    stale = {special.item.split("/")[3] for special in ledger.specials if special.state == "stale"} if ledger else set()
    sound = [student for student in cast.students if student.stays and student.id not in stale]
    free = Dice(style.seed, "faults").shuffled(sound)
    faults: list[Planted] = []
    for kind in sorted(KINDS, key=lambda kind: not kind.choosy):
        if (kind.with_files and not style.attachments) or (kind.signed and ledger is None):
            continue
        for student in free:
            others = tuple(other for other in free if other.id > student.id)
            planting = kind.plant(Bench(cast, style, student, tree, others, ledger))
            if planting:
                fault = PlantedFault(kind.code, planting.path, planting.line, kind.note)
                faults.append(Planted(fault, planting.author or student.id, planting.files))
                touched = {path.split("/")[3] for path in planting.files}
                free = [other for other in free if other.id not in touched]
                break
    return sorted(faults, key=lambda planted: (planted.fault.code, planted.fault.path))


def commits(planted: Sequence[Planted]) -> Iterator[PlannedCommit]:
    """Yield one commit for each fault, after everything else."""
    start = datetime.combine(TODAY - timedelta(days=1), time(21), TAIPEI)
    for number, each in enumerate(planted):
        message = f"Plant a fault: {each.fault.note}"
        yield PlannedCommit(each.author, start + timedelta(minutes=number), message, each.files)


# What takes more than a line of the table


def _unknown_term(bench: Bench) -> Planting | None:
    if bench.student.events[0].on > date(2024, 8, 1):
        return None
    path = bench.path("terms/113-2/exploration.yaml")
    clusters: list[Value] = ["教育學群"]
    plan = "仍在探索，先以教育領域為主。"
    fields = {"kind": "exploration/v1", "recorded_on": "2025-03-12", "clusters": clusters, "employment_plan": plan}
    return Planting({path: yaml_record(path, fields)}, path, 2)


def _after_graduation(bench: Bench) -> Planting | None:
    if bench.student.events[-1].on != GRADUATION:
        return None
    [work] = bench.fresh_activities(1)
    late = (GRADUATION + timedelta(days=45)).isoformat()
    head: dict[str, Value] = {"kind": "activity/v1", "category": "work", "name": "畢業之後的攝影集", "on": late}
    return _item(bench, replace(work, head=head), "on:")


def _end_before_start(bench: Bench) -> Planting | None:
    dated = [work for work in bench.fresh_activities(8) if "starts" in work.head]
    if not dated:
        return None
    early = date.fromisoformat(str(dated[0].head["starts"])) - timedelta(days=7)
    return _item(bench, replace(dated[0], head={**dated[0].head, "ends": early.isoformat()}), "ends:")


def _unknown_item(bench: Bench) -> Planting | None:
    start = bench.path("selection/")
    for path, data in sorted(bench.tree.items()):
        if path.startswith(start) and b"outputs:\n" in data:
            text = re.sub(r"(outputs:\n  - 11\d-\d/).*", r"\1no-such-work", data.decode())
            return _planting(path, text.encode(), "no-such-work")
    return None


def _unlisted_file(bench: Bench) -> Planting:
    extra = media.make("notes.pdf", "work", "unlisted", bench.student.id)
    planting = _report(bench, "name:", lambda report: (report, extra))
    return replace(planting, path=f"{planting.path.rpartition('/')[0]}/{extra.name}", line=1)


def _same_file(bench: Bench) -> Planting | None:
    """Give two students the same file; the one who is later in the order of paths is found."""
    later = next((bench.of(other) for other in bench.others if other.cohort == bench.student.cohort), None)
    if later is None or not (_has_room(bench) and _has_room(later)):
        return None
    file = media.make("evidence.pdf", "evidence", "planted twice", bench.student.id, bench.style.seed)
    first, second = (
        _item(each, replace(each.fresh_activities(1, submitted=True)[0], files=(file,)), "sha256:")
        for each in (bench, later)
    )
    return replace(second, files={**first.files, **second.files})


def _has_room(bench: Bench) -> bool:
    """Return whether the student may submit one more activity."""
    return len(bench.activities(submitted=True)) < ACTIVITY_QUOTA


# What several share; `marker` is the text whose line a check should name


def _draft(bench: Bench) -> Work:
    """Return a new course output that is not submitted, so that it counts for no quota."""
    return bench.fresh_outputs(1)[0]


def _consultation(
    bench: Bench, marker: str, pattern: str = "", replacement: str = "", *, last: bool = False, encoding: str = "utf-8"
) -> Planting:
    """Return a new record of a consultation in which a pattern is replaced."""
    path, text = bench.fresh_consultation()
    return _planting(path, re.sub(pattern, replacement, text).encode(encoding), marker, last=last)


def _edited(bench: Bench, marker: str, pattern: str, replacement: str) -> Planting:
    """Return a draft in which the first occurrence of a pattern is replaced."""
    work = _draft(bench)
    text = re.sub(pattern, replacement, work.item().decode(), count=1)
    return _planting(bench.path(f"{work.folder}/item.md"), text.encode(), marker)


def _changed(bench: Bench, marker: str, change: Callable[[Work], Work]) -> Planting:
    """Return a draft that is changed."""
    return _item(bench, change(_draft(bench)), marker)


def _sentence(bench: Bench, marker: str, sentence: str) -> Planting:
    """Return a draft whose text has one sentence more."""
    return _changed(bench, marker, lambda work: replace(work, body=f"{work.body}\n\n{sentence}"))


def _report(bench: Bench, marker: str, stored: Callable[[Attachment], tuple[Attachment, ...]]) -> Planting:
    """Return a draft that lists a PDF; `stored` says which files lie there."""
    report = media.make("report.pdf", "work", "planted", bench.student.id, bench.style.seed)
    return _item(bench, replace(_draft(bench), files=(report,)), marker, stored(report))


def _beyond(bench: Bench, counted: list[str], fresh: Callable[..., list[Work]], quota: int) -> Planting | None:
    """Add submitted works until there is one too many; in the order of paths, the last one is found."""
    missing = quota + 1 - len(counted)
    added = fresh(missing, submitted=True)
    if len(added) < missing:
        return None
    items = [_item(bench, work, "submitted:") for work in added]
    files = {path: data for item in items for path, data in item.files.items()}
    last = max([*counted, *(item.path for item in items)])
    data = files[last] if last in files else bench.tree[last]
    return replace(_planting(last, data, "submitted:"), files=files)


def _item(bench: Bench, work: Work, marker: str, stored: tuple[Attachment, ...] | None = None) -> Planting:
    """Return an item with its files, or with others that are `stored` in their place."""
    folder = bench.path(work.folder)
    planting = _planting(f"{folder}/item.md", work.item(), marker)
    files = {f"{folder}/{file.name}": file.data for file in (work.files if stored is None else stored)}
    return replace(planting, files={**planting.files, **files})


def _planting(path: str, data: bytes, marker: str, *, last: bool = False) -> Planting:
    """Return a file, to be found in the line of the first or the last occurrence of a marker."""
    place = (data.rfind if last else data.find)(marker.encode())
    return Planting({path: data}, path, data.count(b"\n", 0, place) + 1)


KINDS = (
    FaultKind(
        "ATT001",
        "list a file that is not there",
        lambda bench: _report(bench, "name: report.pdf", lambda _: ()),
        with_files=True,
    ),
    FaultKind("ATT002", "add a file that no item lists", _unlisted_file, with_files=True),
    FaultKind(
        "ATT003",
        "change a byte of a PDF",
        lambda bench: _report(
            bench, "sha256:", lambda report: (replace(report, data=report.data.replace(b"sample  1", b"sample  7")),)
        ),
        with_files=True,
    ),
    FaultKind(
        "ATT006",
        "call a PNG report.pdf",
        lambda bench: _changed(
            bench,
            "name: report.pdf",
            lambda work: replace(
                work, files=(Attachment("report.pdf", "work", media.png(f"disguised {bench.student.id}")),)
            ),
        ),
        with_files=True,
    ),
    FaultKind("CER001", "write a payload with spaces", forgeries.respaced, choosy=True, signed=True),
    FaultKind("CER003", "sign with the key of another teacher", forgeries.other_signer, choosy=True, signed=True),
    FaultKind("CER004", "use a certification of another school", forgeries.other_school, choosy=True, signed=True),
    FaultKind("CER005", "copy a certification to another item", forgeries.copied, choosy=True, signed=True),
    FaultKind("CER006", "skip a decision's number", forgeries.skipped, choosy=True, signed=True),
    FaultKind("CER011", "certify without teaching the course", forgeries.unassigned, choosy=True, signed=True),
    FaultKind(
        "COD001", "use a code that is in no list", lambda bench: _consultation(bench, "mode:", "mode: [0-9]", "mode: 7")
    ),
    FaultKind("DAT001", "end an activity before it starts", _end_before_start),
    FaultKind("DUP001", "hand in one file by two students", _same_file, with_files=True, choosy=True),
    FaultKind("ENR001", "date an activity after graduation", _after_graduation, choosy=True),
    FaultKind("FIL002", "write a record in Big5", lambda bench: _consultation(bench, "place:", encoding="big5")),
    FaultKind(
        "FIL003", "hide a zero-width space", lambda bench: _edited(bench, "\u200b", r"---\n\n.{6}", "\\g<0>\u200b")
    ),
    FaultKind("FIL004", "end lines with carriage returns", lambda bench: _consultation(bench, "\r", "\n", "\r\n")),
    FaultKind(
        "PRI001", "write an ID number", lambda bench: _sentence(bench, _ID_NUMBER, f"我的證件號碼是 {_ID_NUMBER}。")
    ),
    FaultKind(
        "PRI002",
        "write a telephone number",
        lambda bench: _sentence(bench, "0900-000-000", "有問題請撥 0900-000-000。"),
    ),
    FaultKind(
        "PRI003",
        "write an e-mail address",
        lambda bench: _sentence(bench, "someone@example.com", "歡迎來信 someone@example.com 討論。"),
    ),
    FaultKind(
        "QUO001",
        "submit a fourth course output in a term",
        lambda bench: _beyond(bench, bench.outputs(submitted=True), bench.fresh_outputs, OUTPUT_QUOTA),
    ),
    FaultKind(
        "QUO002",
        "submit an eleventh activity in a school year",
        lambda bench: _beyond(bench, bench.activities(submitted=True), bench.fresh_activities, ACTIVITY_QUOTA),
    ),
    FaultKind("REF001", "write about a term that has no calendar", _unknown_term, choosy=True),
    FaultKind(
        "REF002",
        "name a course that is not offered",
        lambda bench: _edited(bench, "course:", "course: .*", "course: alchemy-1"),
    ),
    FaultKind(
        "REF003",
        "name a course that the student does not take",
        lambda bench: _edited(bench, "course:", "course: .*", f"course: {bench.course_not_taken()}"),
    ),
    FaultKind("REF005", "select a work that does not exist", _unknown_item, choosy=True),
    FaultKind("SCH001", "leave out a required field", lambda bench: _edited(bench, "kind:", r"summary: .*\n", "")),
    FaultKind(
        "SCH002",
        "add a field that nobody knows",
        lambda bench: _edited(bench, "favourite:", "submitted:", "favourite: true\nsubmitted:"),
    ),
    FaultKind(
        "SCH003", "write NO for false", lambda bench: _edited(bench, "submitted:", "submitted: false", "submitted: NO")
    ),
    FaultKind(
        "TXT001",
        "write a summary of 101 characters",
        lambda bench: _changed(bench, "summary:", lambda work: replace(work, summary=(work.summary * 3)[:100] + "。")),
    ),
    FaultKind(
        "YML002", "repeat a key", lambda bench: _consultation(bench, "place:", r"(place: .*\n)", r"\1\1", last=True)
    ),
    FaultKind(
        "YML003",
        "use an anchor and an alias",
        lambda bench: _consultation(
            bench, "content: &said", r"content: (.*\n)opinion: .*", r"content: &said \1opinion: *said"
        ),
    ),
    FaultKind("YML004", "use a tag", lambda bench: _consultation(bench, "mode:", "mode: ", "mode: !!int ")),
)
