"""The doctor's answer: a line a thing for a terminal, and one JSON document for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from licheng.core.diagnosis import Diagnosis, State
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable

VERSION = 1
_COLOURS = {State.OK: "\x1b[32m", State.NOTICE: "\x1b[36m", State.WRONG: "\x1b[31m", State.UNKNOWN: "\x1b[33m"}
_RESET = "\x1b[0m"


def text(lines: Iterable[Diagnosis], words: Catalog, *, colour: bool = False) -> str:
    """`DOC001 ok Python: 3.11.7`, and below what is not well the command that mends it."""
    return "".join(f"{line}\n" for diagnosis in lines for line in _lines(diagnosis, words, colour))


def _lines(line: Diagnosis, words: Catalog, colour: bool) -> Iterator[str]:
    what, fact, mend = words.diagnosis(line)
    state = words.label("diagnosis", line.state)
    shown = f"{_COLOURS[line.state]}{state}{_RESET}" if colour else state
    yield f"{line.code} {shown} {printable(f'{what}：{fact}' if words.language == 'zh-TW' else f'{what}: {fact}')}"
    if mend:
        yield f"    {words.word('mend')}{printable(mend)}"


def to_json(lines: Iterable[Diagnosis], words: Catalog) -> str:
    """Versioned: fields are added, never renamed or removed."""
    found = [
        {"code": line.code, "state": line.state.value, **_said(line, words), "values": dict(line.values)}
        for line in lines
    ]
    return (
        json.dumps({"version": VERSION, "language": words.language, "lines": found}, ensure_ascii=False, indent=2)
        + "\n"
    )


def _said(line: Diagnosis, words: Catalog) -> dict[str, str]:
    return dict(zip(("what", "fact", "mend"), words.diagnosis(line), strict=True))
