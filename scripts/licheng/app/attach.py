"""`licheng attach`: copy files beside an item, cleaned, and list them in it, with digest, size and type."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from licheng.core.errors import UsageError
from licheng.core.inspection import ACTIVE
from licheng.core.layout import home, student_folder
from licheng.core.record import Record
from licheng.policy import privacy
from licheng.policy.attachments import FileType, allowed_types, type_of_head, type_of_name
from licheng.policy.periods import judged_term
from licheng.sources.attachments import MAX_BYTES
from licheng.sources.cleaning import clean
from licheng.sources.emit import emit
from licheng.sources.markdown import split
from licheng.sources.reading import is_device, read_kinds, read_record
from licheng.sources.text import decode
from licheng.sources.tree import WorkTree
from licheng.sources.verdicts import inspected
from licheng.storage.plan import Plan

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)
_TITLE_MAX = 200
# What the same format is called elsewhere; a copy gets the extension that the agency's rules name first.
_OTHER_EXTENSIONS = {"jpe": "image/jpeg", "jfif": "image/jpeg", "jpeg": "image/jpeg", "jpg": "image/jpeg"}


class Care(StrEnum):
    """What an attached copy may leave out of its original."""

    USUAL = "usual"  # names, places, and what no reader shows
    ALL = "all"  # also scripts, actions and files inside
    AS_IS = "as-is"  # nothing: a file that has any of it is refused


@dataclass(frozen=True)
class Copy:
    """A file as it is attached.

    Attributes:
        file: the original, which stays as it is.
        name: of the copy.
        data: its bytes.
        kind: its type.
        taken: what was taken out, as entries of the labels `inside`, sorted.
        title: the original's name, where the copy could not keep it.
        untitled: the original's name is not kept, as it holds what must not stand in plain text.
    """

    file: Path
    name: str
    data: bytes
    kind: FileType
    taken: tuple[str, ...] = ()
    title: str = ""
    untitled: bool = False

    @property
    def entry(self) -> dict[str, Any]:
        """What the item lists of it."""
        digest = hashlib.sha256(self.data).hexdigest()
        entry = {"name": self.name, "size": len(self.data), "sha256": digest, "type": self.kind.media_type}
        return entry | ({"title": self.title} if self.title else {})


def attach(
    root: Path, item: str, files: Sequence[Path], today: date, name: str | None = None, care: Care = Care.USUAL
) -> tuple[Plan, list[Copy]]:
    """The plan that adds files to an item, and the copies that it makes.

    Args:
        root: the school's repository.
        item: the item's folder or `item.md`, from the root.
        files: what to copy in.
        today: the day that judges items of no term.
        name: the name of the copy, if there is one file.
        care: what the copies may leave out.

    Raises:
        UsageError: APP011 to APP015, APP018, APP060, APP065 to APP067; nothing is written then.
        LichengError: APP064, nothing can be inspected.
    """
    path = item if item.endswith("/item.md") else f"{item.rstrip('/')}/item.md"
    where = home(path)
    if where is None or not where.kind.files or not (root / path).is_file():
        raise UsageError("APP011", path=path)
    record, faults = read_record(path, where, (root / path).read_bytes())
    if record is None or faults:
        raise UsageError("APP013", path=path)
    attached = copies(root, record, files, today, name, care)
    text = with_attachments(record, [*record.data["attachments"], *(copy.entry for copy in attached)])
    replaces = {path: (record.text.encode(), text.encode())}
    return Plan(creates=added(root, record, attached), replaces=replaces), attached


def copies(
    root: Path, record: Record, files: Sequence[Path], today: date, name: str | None = None, care: Care = Care.USUAL
) -> list[Copy]:
    """The copies of more files for a record; as `attach`."""
    school = read_kinds(WorkTree(root), today, ("agency-rules",))
    cohort = int((student_folder(record.path) or "").split("/")[2])
    types = allowed_types(school.agency, judged_term(record, today), cohort)
    listed = {entry["name"] for entry in record.data.get("attachments", ())}
    attached: list[Copy] = []
    folder = root / record.folder
    there = {path.name.lower() for path in folder.iterdir()} if folder.is_dir() else set()
    for file in files:
        if not file.is_file() or file.is_symlink():
            raise UsageError("APP011", path=str(file))
        if file.stat().st_size > MAX_BYTES:
            raise UsageError("APP067", path=str(file), size=file.stat().st_size, limit=MAX_BYTES)
        copy = prepared(file, file.read_bytes(), types, name, care)
        is_taken = partial(_is_other, folder, there, copy.data)
        attached.append(placed(copy, listed, is_taken, chosen=name is not None))
        listed.add(attached[-1].name)
    return attached


def prepared(
    original: Path, data: bytes, types: tuple[FileType, ...], name: str | None = None, care: Care = Care.USUAL
) -> Copy:
    """The copy of one file, cleaned, under the name that it should have; nothing is read or written.

    Args:
        original: what the file was called; for messages, and for its name.
        data: its bytes.
        types: those that the agency takes.
        name: of the copy, where it was chosen.
        care: what the copy may leave out.

    Raises:
        UsageError: APP012, APP014; APP015, it is too large even so; APP060, APP065, APP066, it has what cannot be taken
            out, or may not be by this care; APP067.
        LichengError: APP064, nothing can be inspected.
    """
    copy = _copy(original, data, name, types)
    before = left = inspected(copy.data, copy.kind)
    if care is not Care.AS_IS:
        data, taken = clean(copy.data, copy.kind, everything=care is Care.ALL)
        after = inspected(data, copy.kind) if data != copy.data else before
        if before.flaws or not after.flaws:  # what was fine is never made worse
            copy, left = replace(copy, data=data, taken=tuple(sorted({flaw.reason for flaw in taken}))), after
    if len(copy.data) > copy.kind.max_bytes:
        raise UsageError("APP015", path=str(copy.file), size=len(copy.data), limit=copy.kind.max_bytes)
    if left.flaws:
        wrote, inside = (before.program,), tuple(flaw.reason for flaw in left.flaws)
        more = care is Care.USUAL and any(flaw.code == ACTIVE for flaw in left.flaws)
        error = "APP060" if care is Care.AS_IS else "APP065" if more else "APP066"
        raise UsageError(error, path=str(copy.file), code=left.flaws[0].code, inside=inside, program=wrote, click=wrote)
    return copy


def placed(copy: Copy, listed: Collection[str], is_taken: Callable[[str], bool], *, chosen: bool = False) -> Copy:
    """The copy under a name that its item has not yet: its own or, if no file may be called so, the next free number.

    Its own name then becomes the title as one line of what a record may hold as text: no control characters, none that
    cannot be seen, none of a broken name. No title where it holds a number or an address that nobody may see.

    Args:
        copy: as prepared.
        listed: names that the item lists.
        is_taken: of a name that it does not list, whether another file has it.
        chosen: a person has chosen the name, and no other will do.

    Raises:
        UsageError: APP018, the item lists that name.
    """
    if chosen or _keepable(copy.name):
        if copy.name in listed:
            raise UsageError("APP018", name=copy.name)
        return copy
    extension = copy.name.rpartition(".")[2]
    numbered = (f"attachment-{number}.{extension}" for number in count(1))
    name = next(name for name in numbered if name not in listed and not is_taken(name))
    shown = unicodedata.normalize("NFC", copy.file.name)
    visible = (char if char.isprintable() and not decode("", char.encode())[1] else " " for char in shown)
    line = " ".join("".join(visible).split())[:_TITLE_MAX].strip()
    title = "" if privacy.names_somebody(line.replace("_", " ")) else line
    return replace(copy, name=name, title=title, untitled=not title)


def added(root: Path, record: Record, attached: Sequence[Copy]) -> dict[str, bytes]:
    """The files to write, by path from the root; one that an interrupted run left, byte for byte, is there already."""
    paths = {f"{record.folder}/{copy.name}": copy.data for copy in attached}
    return {path: data for path, data in paths.items() if not _already_there(root / path, data)}


def _copy(file: Path, data: bytes, name: str | None, types: tuple[FileType, ...]) -> Copy:
    """The file as it is, under the name that it should have, if the agency takes its type by name and by content."""
    # Without a given name: lower case, no dots and spaces at its ends, an extension that the agency takes.
    target = name or unicodedata.normalize("NFC", file.name).strip(" .").lower()
    stem, _, extension = target.rpartition(".")
    if name is None and stem and type_of_name(types, target) is None:
        media_type = _OTHER_EXTENSIONS.get(extension)
        target = f"{stem}.{next((kind.extensions[0] for kind in types if kind.media_type == media_type), extension)}"
    if name is not None and not _keepable(name):
        raise UsageError("APP014", name=name)
    kind = type_of_name(types, target)
    if kind is None or type_of_head(types, data[:32]) != kind:
        allowed = ", ".join(sorted({extension for known in types for extension in known.extensions}))
        raise UsageError("APP012", path=str(file), allowed=allowed)
    return Copy(file, target, data, kind)


def _keepable(name: str) -> bool:
    """Whether a file in the repository may have that name."""
    return _NAME.fullmatch(name) is not None and name != "item.md" and not is_device(name)


def _is_other(folder: Path, there: Collection[str], data: bytes, name: str) -> bool:
    """Whether a file of that name lies there; what an interrupted run of this command left has its name already."""
    return name in there and not _already_there(folder / name, data)


def _already_there(target: Path, data: bytes) -> bool:
    """A copy that an interrupted run left, byte for byte, needs no second one."""
    return target.is_file() and not target.is_symlink() and target.read_bytes() == data


def with_attachments(record: Record, attachments: list[dict[str, Any]]) -> str:
    """The item's text with another list of attachments; every other character stays."""
    parts = split(record.text)
    assert parts is not None  # noqa: S101 - the record was read
    source, start = parts[0], len("---\n")
    node: Any = yaml.compose(source, Loader=yaml.CSafeLoader)
    key, value = next((key, value) for key, value in node.value if key.value == "attachments")
    begin = _offset(source, key.start_mark)
    end = _offset(source, value.end_mark)
    tail = source[end:]
    block = emit({"attachments": attachments})
    if value.flow_style:  # the end of a flow list is on its own line
        tail = tail.partition("\n")[2]
    return record.text[:start] + source[:begin] + block + tail + record.text[start + len(source) :]


def _offset(source: str, mark: Any) -> int:
    lines = source.split("\n")
    return sum(len(line) + 1 for line in lines[: mark.line]) + int(mark.column)
