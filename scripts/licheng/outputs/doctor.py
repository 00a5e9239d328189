"""The doctor's answer: a line a thing for a terminal, and one JSON document for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable

from licheng.core.diagnosis import Diagnosis, Health
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable

VERSION = 1
_COLOURS = {Health.OK: "\x1b[32m", Health.NOTICE: "\x1b[36m", Health.WRONG: "\x1b[31m", Health.UNKNOWN: "\x1b[33m"}
_RESET = "\x1b[0m"


def text(lines: Iterable[Diagnosis], words: Catalog, *, colour: bool = False) -> str:
    """`DOC001 ok Python: 3.11.7`, and below what is not well the command that mends it."""
    colon = "：" if words.language == "zh-TW" else ": "
    shown = []
    for line in lines:
        what, fact, mend = words.diagnosis(line)
        state = words.label("diagnosis", line.state)
        mark = f"{_COLOURS[line.state]}{state}{_RESET}" if colour else state
        shown.append(f"{line.code} {mark} {printable(f'{what}{colon}{fact}')}\n")
        if mend:
            shown.append(f"    {words.word('mend')}{printable(mend)}\n")
    return "".join(shown)


def to_json(lines: Iterable[Diagnosis], words: Catalog) -> str:
    """Versioned: fields are added, never renamed or removed."""
    rows = [
        {
            "code": line.code,
            "state": line.state.value,
            **dict(zip(("what", "fact", "mend"), words.diagnosis(line), strict=True)),
            "values": dict(line.values),
        }
        for line in lines
    ]
    document = {"version": VERSION, "language": words.language, "lines": rows}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
