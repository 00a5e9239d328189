"""Lists of what another platform certified: CSV that the registrar made of its export, JSON that `transfer in` wrote.

One entry an output; which bytes were certified is said by the digests of the files as the platform exported them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from licheng.core.errors import UsageError
from licheng.core.layout import is_day

HEADINGS = ("student", "term", "slug", "file", "sha256", "certified_on")
_FORMS = {
    "student": re.compile(r"s[0-9]{7}"),
    "term": re.compile(r"1[0-9]{2}-[12]"),
    "slug": re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"),
    "file": re.compile(r"[a-z0-9][a-z0-9._-]{0,99}"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "certified_on": re.compile(r"|[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


class ClaimedOutput(NamedTuple):
    """An output of the list.

    Attributes:
        certified_on: ISO, Asia/Taipei; empty where the export does not say.
        files: SHA-256 in hex of each attachment as it was exported, by its name in the output's folder.
        line: of the list, for errors; 0 where it has none.
    """

    student: str
    term: str
    slug: str
    certified_on: str
    files: Mapping[str, str]
    line: int = 0


class ClaimList(NamedTuple):
    """A whole list.

    Attributes:
        export: SHA-256 in hex of the platform's export.
        basis: `stated`, `inferred` from a code whose meaning is inferred, or `signed` by the other school's teachers.
    """

    export: str
    basis: str
    outputs: tuple[ClaimedOutput, ...]

    def text(self) -> str:
        """As JSON."""
        outputs = [
            {name: value for name, value in output._asdict().items() if name != "line"} for output in self.outputs
        ]
        value = {"version": 1, "export": self.export, "basis": self.basis, "outputs": outputs}
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_claims(data: bytes, path: Path) -> ClaimList:
    """A list of either form.

    Args:
        data: the file; a CSV is itself the export that the claims name.
        path: what errors call it.

    Raises:
        UsageError: APP255, it is no such list; APP256, a value is not of its form, at its line; APP257, an output is
            told twice, or in two ways.
    """
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text) if text.lstrip().startswith("{") else None
        rows = [*csv.DictReader(io.StringIO(text, newline=""), strict=True)] if value is None else []
    except (ValueError, csv.Error, RecursionError) as error:
        raise UsageError("APP255", path=str(path), headings=HEADINGS) from error
    if value is not None:
        return _of_json(value, path)
    if not rows or set(rows[0]) != set(HEADINGS):
        raise UsageError("APP255", path=str(path), headings=HEADINGS)
    return ClaimList(hashlib.sha256(data).hexdigest(), "stated", tuple(_outputs(rows, path)))


def _of_json(value: Mapping[str, Any], path: Path) -> ClaimList:
    try:
        rows = [
            {
                **{name: entry[name] for name in HEADINGS if name not in {"file", "sha256"}},
                "file": file,
                "sha256": digest,
            }
            for entry in value["outputs"]
            for file, digest in entry["files"].items()
        ]
        export, basis = value["export"], value["basis"]
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError("APP255", path=str(path), headings=HEADINGS) from error
    whole = value.get("version") == 1 and basis in {"stated", "inferred"}
    if not whole or not rows or _FORMS["sha256"].fullmatch(str(export)) is None:
        raise UsageError("APP255", path=str(path), headings=HEADINGS)
    return ClaimList(export, basis, tuple(_outputs(rows, path)))


def _outputs(rows: Iterable[Mapping[str, Any]], path: Path) -> Iterator[ClaimedOutput]:
    """Rows, one a file, as outputs; each row is of its form, and an output's rows agree."""
    outputs: dict[tuple[str, str, str], ClaimedOutput] = {}
    for line, row in enumerate(rows, start=2):
        for name, form in _FORMS.items():
            cell = row.get(name)
            if (
                not isinstance(cell, str)
                or form.fullmatch(cell) is None
                or (name == "certified_on" and not is_day(cell or None))
            ):
                raise UsageError("APP256", path=str(path), line=line, name=name, value=str(cell)[:80])
        about = (row["student"], row["term"], row["slug"])
        known = outputs.setdefault(about, ClaimedOutput(*about, row["certified_on"], {}, line))
        if row["file"] in known.files or known.certified_on != row["certified_on"]:
            raise UsageError("APP257", path=str(path), line=line, value=" ".join(about), name=row["file"])
        outputs[about] = known._replace(files={**known.files, row["file"]: row["sha256"]})
    yield from outputs.values()
