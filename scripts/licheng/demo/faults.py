"""Plants faults: one a student, each by one small function; the table at the end names them all.

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
from licheng.demo.values import Commit, Fault
from licheng.demo.works import Work

OUTPUT_QUOTA = 3
ACTIVITY_QUOTA = 10

# Y was the letter of 陽明山管理局, which gave out no numbers after 1973, and never one as high as this.
_ID_LETTER, _ID_VALUE, _ID_DIGITS = "Y", 31, "19999999"

Plant = Callable[[Bench], Planting | None]


@dataclass(frozen=True)
class Kind:
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

    fault: Fault
    author: str
    files: Mapping[str, bytes]


def plant(tree: Mapping[str, bytes], cast: Cast, style: Style, ledger: Ledger | None = None) -> list[Planted]:
    """Return the faults for a school, in the order of their codes; a small school has no room for all of them."""
    # Beside a broken record, what is stale is not told: a student with such a story has no fault as well.
    told = {special.item.split("/")[3] for special in ledger.specials if special.state == "stale"} if ledger else set()
    spoilt = [student for student in cast.students if student.stays and student.id not in told]
    free = Dice(style.seed, "faults").shuffled(spoilt)
    found: list[Planted] = []
    for kind in sorted(KINDS, key=lambda kind: not kind.choosy):
        if (kind.with_files and not style.attachments) or (kind.signed and ledger is None):
            continue
        for student in free:
            others = tuple(other for other in free if other.id > student.id)
            planting = kind.plant(Bench(cast, style, student, tree, others, ledger))
            if planting:
                fault = Fault(kind.code, planting.path, planting.line, kind.note)
                found.append(Planted(fault, planting.author or student.id, planting.files))
                free = [other for other in free if not _touched(planting, other.folder)]
                break
    return sorted(found, key=lambda planted: (planted.fault.code, planted.fault.path))


def commits(planted: Sequence[Planted]) -> Iterator[Commit]:
    """Yield one commit for each fault, after everything else."""
    start = datetime.combine(TODAY - timedelta(days=1), time(21), TAIPEI)
    for number, one in enumerate(planted):
        message = f"Plant a fault: {one.fault.note}"
        yield Commit(one.author, start + timedelta(minutes=number), message, one.files)


def _touched(planting: Planting, folder: str) -> bool:
    folders = (f"{folder}/", f"{folder.replace('/students/', '/certifications/')}/")
    return any(path.startswith(folders) for path in planting.files)


# YAML and characters


def _duplicate_key(bench: Bench) -> Planting:
    path, text = bench.fresh_consultation()
    return _text(path, re.sub(r"(place: .*\n)", r"\1\1", text), "place:", last=True)


def _alias(bench: Bench) -> Planting:
    path, text = bench.fresh_consultation()
    text = re.sub(r"opinion: .*", "opinion: *said", text.replace("content: ", "content: &said "))
    return _text(path, text, "content: &said")


def _tag(bench: Bench) -> Planting:
    path, text = bench.fresh_consultation()
    return _text(path, text.replace("mode: ", "mode: !!int "), "mode:")


def _not_utf8(bench: Bench) -> Planting:
    path, text = bench.fresh_consultation()
    data = text.encode("big5")
    return Planting({path: data}, path, data.count(b"\n", 0, _undecodable(data)) + 1)


def _undecodable(data: bytes) -> int:
    """Return where data stops being UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _zero_width(bench: Bench) -> Planting:
    work = _draft(bench)
    return _item(bench, replace(work, body=f"{work.body[:6]}\u200b{work.body[6:]}"), "\u200b")


def _carriage_returns(bench: Bench) -> Planting:
    path, text = bench.fresh_consultation()
    return _text(path, text.replace("\n", "\r\n"), "\r")


# Schemas and texts


def _text_for_boolean(bench: Bench) -> Planting:
    return _edited(bench, _draft(bench), "submitted: false", "submitted: NO", "submitted:")


def _missing_field(bench: Bench) -> Planting:
    work = _draft(bench)
    return _edited(bench, work, f"summary: {work.summary}\n", "", "kind:")


def _unknown_field(bench: Bench) -> Planting:
    return _edited(bench, _draft(bench), "submitted:", "favourite: true\nsubmitted:", "favourite:")


def _long_summary(bench: Bench) -> Planting:
    work = _draft(bench)
    summary = (work.summary * 3)[:100] + "。"
    return _item(bench, replace(work, summary=summary), "summary:")


def _unknown_code(bench: Bench) -> Planting:
    path, text = bench.fresh_consultation()
    return _text(path, re.sub(r"mode: [0-9]", "mode: 7", text), "mode:")


def _national_id(bench: Bench) -> Planting:
    number = _id_number()
    return _sentence(bench, f"我的證件號碼是 {number}。", number)


def _phone(bench: Bench) -> Planting:
    return _sentence(bench, "有問題請撥 0900-000-000。", "0900-000-000")


def _email(bench: Bench) -> Planting:
    return _sentence(bench, "歡迎來信 someone@example.com 討論。", "someone@example.com")


def _id_number() -> str:
    """Return an ID number that nobody was given, with a check digit that is right."""
    total = _ID_VALUE // 10 + _ID_VALUE % 10 * 9
    total += sum(int(digit) * weight for digit, weight in zip(_ID_DIGITS, range(8, 0, -1), strict=True))
    return f"{_ID_LETTER}{_ID_DIGITS}{-total % 10}"


# Quotas, references and dates


def _fourth_output(bench: Bench) -> Planting | None:
    return _beyond(bench, bench.outputs(submitted=True), bench.fresh_outputs, OUTPUT_QUOTA)


def _eleventh_activity(bench: Bench) -> Planting | None:
    return _beyond(bench, bench.activities(submitted=True), bench.fresh_activities, ACTIVITY_QUOTA)


def _unknown_course(bench: Bench) -> Planting:
    work = _draft(bench)
    return _item(bench, replace(work, head={**work.head, "course": "alchemy-1"}), "course:")


def _course_not_taken(bench: Bench) -> Planting:
    work = _draft(bench)
    return _item(bench, replace(work, head={**work.head, "course": bench.course_not_taken()}), "course:")


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
            return _text(path, text, "no-such-work")
    return None


# Attachments


def _changed_byte(bench: Bench) -> Planting:
    work, file = _with_file(bench)
    changed = replace(file, data=file.data.replace(b"sample  1", b"sample  7"))
    return _item(bench, work, "sha256:", changed)


def _missing_file(bench: Bench) -> Planting:
    work, file = _with_file(bench)
    item = _item(bench, work, f"name: {file.name}")
    files = {path: data for path, data in item.files.items() if not path.endswith(file.name)}
    return replace(item, files=files)


def _unlisted_file(bench: Bench) -> Planting:
    work, _ = _with_file(bench)
    extra = media.make("notes.pdf", "work", "unlisted", bench.student.id)
    item = _item(bench, work, "name:", extra)
    return replace(item, path=bench.path(f"{work.folder}/{extra.name}"), line=1)


def _disguised_picture(bench: Bench) -> Planting:
    work, file = _with_file(bench)
    picture = replace(file, data=media.png(f"disguised {bench.student.id}"))
    return _item(bench, replace(work, files=(picture,)), f"name: {file.name}")


def _same_file(bench: Bench) -> Planting | None:
    """Give two students the same file; the one who is later in the order of paths is found."""
    later = next((bench.of(other) for other in bench.others if other.cohort == bench.student.cohort), None)
    if later is None or not (_has_room(bench) and _has_room(later)):
        return None
    file = media.make("evidence.pdf", "evidence", "planted twice", bench.student.id, bench.style.seed)
    items = []
    for one in (bench, later):
        [work] = one.fresh_activities(1, submitted=True)
        items.append(_item(one, replace(work, files=(file,)), "sha256:"))
    first, second = items
    return replace(second, files={**first.files, **second.files})


def _has_room(bench: Bench) -> bool:
    """Return whether the student may submit one more activity."""
    return len(bench.activities(submitted=True)) < ACTIVITY_QUOTA


# What the functions share


def _draft(bench: Bench) -> Work:
    """Return a new course output that is not submitted, so that it counts for no quota."""
    return bench.fresh_outputs(1)[0]


def _with_file(bench: Bench) -> tuple[Work, Attachment]:
    """Return such a draft with one PDF."""
    work = _draft(bench)
    file = media.make("report.pdf", "work", "planted", bench.student.id, bench.style.seed)
    return replace(work, files=(file,)), file


def _sentence(bench: Bench, sentence: str, found: str) -> Planting:
    work = _draft(bench)
    return _item(bench, replace(work, body=f"{work.body}\n\n{sentence}"), found)


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
    return Planting(files, last, _line(data, "submitted:"))


def _item(bench: Bench, work: Work, found: str, *files: Attachment) -> Planting:
    """Return an item with its files; `files` replace those of the same name."""
    folder = bench.path(work.folder)
    path, data = f"{folder}/item.md", work.item()
    written = {f"{folder}/{file.name}": file.data for file in (*work.files, *files)}
    return Planting({path: data, **written}, path, _line(data, found))


def _edited(bench: Bench, work: Work, old: str, new: str, found: str) -> Planting:
    path = bench.path(f"{work.folder}/item.md")
    return _text(path, work.item().decode().replace(old, new, 1), found)


def _text(path: str, text: str, found: str, *, last: bool = False) -> Planting:
    data = text.encode()
    return Planting({path: data}, path, _line(data, found, last=last))


def _line(data: bytes, found: str, *, last: bool = False) -> int:
    """Return the line, counted from 1, of the first or the last occurrence of a text."""
    place = (data.rfind if last else data.find)(found.encode())
    return data.count(b"\n", 0, place) + 1


KINDS = (
    Kind("ATT001", "list a file that is not there", _missing_file, with_files=True),
    Kind("ATT002", "add a file that no item lists", _unlisted_file, with_files=True),
    Kind("ATT003", "change a byte of a PDF", _changed_byte, with_files=True),
    Kind("ATT006", "call a PNG report.pdf", _disguised_picture, with_files=True),
    Kind("CER001", "write a payload with spaces", forgeries.respaced, choosy=True, signed=True),
    Kind("CER003", "sign with the key of another teacher", forgeries.other_signer, choosy=True, signed=True),
    Kind("CER004", "use a certification of another school", forgeries.other_school, choosy=True, signed=True),
    Kind("CER005", "copy a certification to another item", forgeries.copied, choosy=True, signed=True),
    Kind("CER006", "skip a decision's number", forgeries.skipped, choosy=True, signed=True),
    Kind("CER011", "certify without teaching the course", forgeries.unassigned, choosy=True, signed=True),
    Kind("COD001", "use a code that is in no list", _unknown_code),
    Kind("DAT001", "end an activity before it starts", _end_before_start),
    Kind("DUP001", "hand in one file by two students", _same_file, with_files=True, choosy=True),
    Kind("ENR001", "date an activity after graduation", _after_graduation, choosy=True),
    Kind("FIL002", "write a record in Big5", _not_utf8),
    Kind("FIL003", "hide a zero-width space", _zero_width),
    Kind("FIL004", "end lines with carriage returns", _carriage_returns),
    Kind("PRI001", "write an ID number", _national_id),
    Kind("PRI002", "write a telephone number", _phone),
    Kind("PRI003", "write an e-mail address", _email),
    Kind("QUO001", "submit a fourth course output in a term", _fourth_output),
    Kind("QUO002", "submit an eleventh activity in a school year", _eleventh_activity),
    Kind("REF001", "write about a term that has no calendar", _unknown_term, choosy=True),
    Kind("REF002", "name a course that is not offered", _unknown_course),
    Kind("REF003", "name a course that the student does not take", _course_not_taken),
    Kind("REF005", "select a work that does not exist", _unknown_item, choosy=True),
    Kind("SCH001", "leave out a required field", _missing_field),
    Kind("SCH002", "add a field that nobody knows", _unknown_field),
    Kind("SCH003", "write NO for false", _text_for_boolean),
    Kind("TXT001", "write a summary of 101 characters", _long_summary),
    Kind("YML002", "repeat a key", _duplicate_key),
    Kind("YML003", "use an anchor and an alias", _alias),
    Kind("YML004", "use a tag", _tag),
)
