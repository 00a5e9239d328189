"""Who the students are: the registrar's identity table, and the plain lists that a caller gives with `--identities`.

The table is one sealed file outside the repository. Inside it is text, a JSON object a line: first what it is and
whom it is sealed for, then a student a line, then a line for each row that was destroyed. None of it is ever written to
a disk unsealed.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from licheng.core.errors import UsageError, reason_of
from licheng.core.person import FURTHER, REASONS, Forgotten, Person
from licheng.policy.identities import HEADINGS, NEEDED

# The second has lines of what was forgotten, the third also further fields of rows; a table is written as the first of
# them that holds it, which older versions read.
FORMATS = ("licheng-identities/v1", "licheng-identities/v2", "licheng-identities/v3")
_SEALED = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")
_NO_VALUE = "\0"
_STUDENT, _TERM, _NONCE = re.compile(r"s[0-9]{7}"), re.compile(r"[1-9][0-9]{2}-[12]"), re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN = ("class_name", "seat", "name")
_FIRST = tuple(name for name in Person._fields if name not in FURTHER)


class IdentityTable(NamedTuple):
    """What the sealed file holds.

    Attributes:
        recipients: public keys that it is sealed for, as `licheng.exchange.age.recipients_of` takes them.
        people: in the order of pseudonyms.
        forgotten: rows that were destroyed, in the order in which they were.
    """

    recipients: Sequence[str]
    people: Sequence[Person]
    forgotten: Sequence[Forgotten] = ()

    def text(self) -> str:
        """The lines that are sealed."""
        version = 2 if any(person.further for person in self.people) else bool(self.forgotten)
        people = (
            # Further fields only where they say something.
            {**{name: getattr(person, name) for name in (*_FIRST, *person.further)}, "nonces": dict(person.nonces)}
            for person in self.people
        )
        head = {"format": FORMATS[version], "recipients": list(self.recipients)}
        rows = [head, *people, *map(Forgotten._asdict, self.forgotten)]
        return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)

    @classmethod
    def of(cls, text: str, path: Path) -> IdentityTable:
        """The way back.

        Raises:
            UsageError: APP173, it is no table of this version, or a line of it is no student.
        """
        lines = text.splitlines()
        head = _object(lines[0]) if lines else {}
        recipients = head.get("recipients")
        if head.get("format") not in FORMATS or not isinstance(recipients, list) or not _are_texts(recipients):
            raise UsageError("APP173", path=str(path), line=1)
        rows: dict[str, Person | Forgotten] = {}
        for line, written in enumerate(lines[1:], start=2):
            row = _object(written)
            version = FORMATS.index(head["format"])
            entry = _person(row, further=version > 1) or (_forgotten(row) if version else None)
            if entry is None or entry.student in rows:
                raise UsageError("APP173", path=str(path), line=line)
            rows[entry.student] = entry
        people = tuple(row for row in rows.values() if isinstance(row, Person))
        forgotten = tuple(row for row in rows.values() if isinstance(row, Forgotten))
        return cls(tuple(recipients), people, forgotten)

    def sealed(self) -> bytes:
        """The file, anew for all recipients.

        Raises:
            UsageError: APP190, APP191, the recipients will not do.
        """
        from licheng.exchange import age  # nobody else needs it

        return age.encrypted(self.text().encode(), age.recipients_of(self.recipients))


def opened(data: bytes, path: Path, key: Path | None) -> IdentityTable:
    """The table of a sealed file, in memory alone.

    Args:
        data: the file.
        path: what errors call it.
        key: the file of the private key that opens it.

    Raises:
        UsageError: APP172, no key was given; APP173, it is no table; APP192, the key is none.
        LichengError: APP194, the key does not open it, or the file is damaged.
    """
    from licheng.exchange import age

    if not is_sealed(data):
        raise UsageError("APP173", path=str(path), line=0, case="not-sealed")
    if key is None:
        raise UsageError("APP172", path=str(path))
    plain = age.decrypted(data, age.identities_in(key), str(path))
    try:
        return IdentityTable.of(plain.decode(), path)
    except UnicodeDecodeError as error:
        raise UsageError("APP173", path=str(path), line=0) from error


def is_sealed(data: bytes) -> bool:
    """Whether a file is one of age's, by its first bytes."""
    return data.startswith(_SEALED)


def read_names(path: Path, key: Path | None = None) -> frozenset[str]:
    """Names from the identity table, from a text file with one a line, or from a CSV whose heading is `name` or 姓名.

    Single characters are left out: they are in every text.

    Raises:
        UsageError: APP006, the file cannot be read, or holds no name; of `opened`.
    """
    data = _bytes(path)
    if is_sealed(data):
        cells: Iterable[str] = (person.name for person in opened(data, path, key).people)
    else:
        rows = _rows(data, path)
        column = _column(rows, "name")
        cells = (row[column or 0] for row in rows[column is not None :] if len(row) > (column or 0))
    names = frozenset(name for cell in cells if len(name := "".join(cell.split())) >= 2)
    if not names:
        raise UsageError("APP006", path=str(path), detail="no-names")
    return names


def read_identities(path: Path, key: Path | None = None) -> dict[str, str]:
    """Who each student is, for the terminal only: `student` → class, seat and name, from the table or a CSV.

    Raises:
        UsageError: APP006, the file cannot be read, or has no column of students; of `opened`.
    """
    data = _bytes(path)
    if is_sealed(data):
        people = opened(data, path, key).people
        return {person.student: " ".join((person.class_name, person.seat, person.name)).strip() for person in people}
    rows = _rows(data, path)
    students = _column(rows, "student")
    if students is None:
        raise UsageError("APP006", path=str(path), detail=" / ".join(HEADINGS["student"]))
    shown = [column for each in _SHOWN if (column := _column(rows, each)) is not None]
    return {
        row[students].strip(): " ".join(row[column].strip() for column in shown if len(row) > column)
        for row in rows[1:]
        if len(row) > students
    }


def read_roster(data: bytes, path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """A list of students, a workbook or CSV: the number of each row that is not blank, and its cells by column.

    Of several sheets it is the one in which most headings are known. A formula without a value is a cell that no
    reader takes.

    Args:
        data: the file.
        path: what errors call it.

    Raises:
        UsageError: APP174, a heading is missing or there twice; APP179, it has no student; of
            `licheng.exchange.workbooks.sheets`.
    """
    from licheng.exchange.workbooks import sheets  # most commands read no list

    texts = [
        [
            [
                _NO_VALUE if (row, column) in sheet.formulas else _cell(cell)
                for column, cell in enumerate(cells, start=1)
            ]
            for row, cells in enumerate(sheet.rows, start=1)
        ]
        for sheet in sheets(data, path)
    ]
    known = {heading for headings in HEADINGS.values() for heading in headings}
    rows = max(
        texts, key=lambda each: len(known.intersection("".join(cell.split()) for cell in each[0])) if each else 0
    )
    columns = _columns(rows[0] if rows else [], path)
    filled = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not filled:
        raise UsageError("APP179", path=str(path))
    for number, row in filled:
        yield number, {name: row[index] if index < len(row) else "" for name, index in columns.items()}


def _cell(value: object) -> str:
    """A workbook's cell as a CSV would have it."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _columns(heading: Sequence[str], path: Path) -> dict[str, int]:
    cells = ["".join(cell.split()) for cell in heading]
    places = {name: [cells.index(each) for each in known if each in cells] for name, known in HEADINGS.items()}
    doubled = [name for name, known in HEADINGS.items() if sum(map(cells.count, known)) > 1]
    missing = [name for name in NEEDED if not places[name]]
    for case, names in (("missing", missing), ("twice", doubled)):
        if names:
            raise UsageError("APP174", path=str(path), case=case, headings=tuple(HEADINGS[name][1] for name in names))
    return {name: indexes[0] for name, indexes in places.items() if indexes}


def _person(row: Mapping[str, object], *, further: bool) -> Person | None:
    """The student of a line; None if it is not of the format, which may allow further fields."""
    texts = {name: value for name, value in row.items() if name != "nonces"}
    nonces = row.get("nonces")
    more = row.keys() - {*_FIRST}
    if not row.keys() >= {*_FIRST} or more - ({*FURTHER} if further else set()):
        return None
    if not _are_texts(texts.values()) or not isinstance(nonces, dict):
        return None
    drawn = all(_TERM.fullmatch(term) and _NONCE.fullmatch(str(nonce)) for term, nonce in nonces.items())
    if not drawn or not _STUDENT.fullmatch(str(row["student"])):
        return None
    return Person(**{name: str(value) for name, value in texts.items()}, nonces=nonces)


def _forgotten(row: Mapping[str, object]) -> Forgotten | None:
    """The destroyed row of a line; None if it is not of the format."""
    texts = {name: str(value) for name, value in row.items()}
    if set(texts) != set(Forgotten._fields) or not _are_texts(row.values()) or texts["reason"] not in REASONS:
        return None
    is_sound = _STUDENT.fullmatch(texts["student"]) and _DAY.fullmatch(texts["forgotten_on"])
    return Forgotten(**texts) if is_sound else None


def _object(line: str) -> Mapping[str, object]:
    """The object of a line; an empty one if it is none."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError("APP006", path=str(path), detail=reason_of(error)) from error


def _rows(data: bytes, path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    except UnicodeDecodeError as error:  # Excel's plain "CSV" in Taiwan is Big5, in Microsoft's form of it
        is_big5 = "\ufffd" not in data.decode("cp950", "replace")
        raise UsageError("APP115" if is_big5 else "APP006", path=str(path), detail="not-utf8") from error
    except csv.Error as error:
        raise UsageError("APP006", path=str(path), detail="not-csv") from error


def _column(rows: list[list[str]], name: str) -> int | None:
    heading = rows[0] if rows else []
    return next((index for index, cell in enumerate(heading) if cell.strip() in HEADINGS[name]), None)
