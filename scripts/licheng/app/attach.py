"""`licheng attach`: copy files beside an item and list them in it, with digest, size and type."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from licheng.app.plan import Plan
from licheng.core.errors import UsageError
from licheng.core.layout import home, student_folder
from licheng.core.record import Record
from licheng.policy.attachments import FileType, allowed_types, type_of_head, type_of_name
from licheng.policy.periods import judged_term
from licheng.sources.emit import emit
from licheng.sources.inspection import inspect
from licheng.sources.markdown import split
from licheng.sources.reading import read_record, read_school
from licheng.sources.tree import WorkTree

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)


def attach(root: Path, item: str, files: Sequence[Path], today: date, name: str | None = None) -> Plan:
    """The plan that adds files to an item.

    Args:
        root: the school's repository.
        item: the item's folder or `item.md`, from the root.
        files: what to copy in.
        today: the day that judges items of no term.
        name: the name of the copy, if there is one file.

    Raises:
        UsageError: APP011 to APP015, APP018, APP060; nothing is written then.
    """
    record = _read_item(root, item)
    entries, added = copies(root, record, files, today, name)
    text = with_attachments(record, [*record.data["attachments"], *entries])
    return Plan(creates=added, replaces={record.path: (record.text.encode(), text.encode())})


def copies(
    root: Path, record: Record, files: Sequence[Path], today: date, name: str | None = None
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """What a record lists of more files, and the copies to write beside it; as `attach`."""
    types = _types(root, record, today)
    listed = {entry["name"] for entry in record.data.get("attachments", ())}
    added: dict[str, bytes] = {}
    entries: list[dict[str, Any]] = []
    for file in files:
        target = name or file.name.lower()
        data = _read_file(file)
        kind = _checked(file, target, data, types)
        if target in listed or f"{record.folder}/{target}" in added:
            raise UsageError("APP018", name=target)
        digest = hashlib.sha256(data).hexdigest()
        entries.append({"name": target, "size": len(data), "sha256": digest, "type": kind.media_type})
        if not _already_there(root / record.folder / target, data):
            added[f"{record.folder}/{target}"] = data
    return entries, added


def _read_item(root: Path, item: str) -> Record:
    path = item if item.endswith("/item.md") else f"{item.rstrip('/')}/item.md"
    where = home(path)
    if where is None or not where.kind.files or not (root / path).is_file():
        raise UsageError("APP011", path=path)
    record, faults = read_record(path, where, (root / path).read_bytes())
    if record is None or faults:
        raise UsageError("APP013", path=path)
    return record


def _types(root: Path, record: Record, today: date) -> tuple[FileType, ...]:
    school, _ = read_school(WorkTree(root), today, students=frozenset())
    folder = student_folder(record.path) or ""
    return allowed_types(school.agency, judged_term(record, today), int(folder.split("/")[2]))


def _read_file(file: Path) -> bytes:
    if not file.is_file() or file.is_symlink():
        raise UsageError("APP011", path=str(file))
    return file.read_bytes()


def _checked(file: Path, target: str, data: bytes, types: tuple[FileType, ...]) -> FileType:
    """The file's type, if the agency takes it by name, by content and by size."""
    if not _NAME.fullmatch(target) or target == "item.md":
        raise UsageError("APP014", name=target)
    kind = type_of_name(types, target)
    if kind is None or type_of_head(types, data[:32]) != kind:
        allowed = ", ".join(sorted({extension for known in types for extension in known.extensions}))
        raise UsageError("APP012", path=str(file), allowed=allowed)
    if len(data) > kind.max_bytes:
        raise UsageError("APP015", path=str(file), size=len(data), limit=kind.max_bytes)
    flaws = inspect(data, kind)
    if flaws:
        raise UsageError("APP060", path=str(file), code=flaws[0].code, inside=tuple(flaw.reason for flaw in flaws))
    return kind


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
