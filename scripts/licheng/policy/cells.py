"""Cells of a school's own lists: what people type and Excel makes of it, read into one form, or why it cannot be.

A bad cell is never repeated: it may hold an ID number in the wrong column. Its shape says enough to find the fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from licheng.core.characters import flaws
from licheng.policy.privacy import is_national_id

_MINGUO = 1911  # year 1 of the Republic is 1912
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.ASCII)
# Citizens 1 and 2; residents 8 and 9 since 2021, A to D before (內政部移民署).
_ID = re.compile(r"[A-Z][1289A-D][0-9]{8}", re.ASCII)
_SEAT = re.compile(r"[0-9]{1,3}", re.ASCII)
_STUDENT = re.compile(r"s[0-9]{7}", re.ASCII)
_COHORT = re.compile(r"1[0-9]{2}", re.ASCII)
_ROC_PACKED = re.compile(r"(0?[0-9]{2}|1[0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
_ISO_PACKED = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
_PARTED = re.compile(r"(?:民國)?([0-9]{2,4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", re.ASCII)
_YOUNGEST, _OLDEST = 10, 100  # years of a student: 進修部 has old ones
_LONGEST_NAME, _LONGEST_CLASS, _LONGEST_SHAPE = 50, 20, 20


class CellFault(NamedTuple):
    """Why a cell cannot be read; `kind` is a label of `cell_fault`."""

    kind: str


Read = str | CellFault


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, without blanks around or within, in upper case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def shape(text: str) -> str:
    """What kind of characters a cell holds, never which: `A99999999`, `999/99/99`, `文文文`."""
    kinds = {"N": "9", "L": "A"}
    shown = []
    for character in text.strip()[:_LONGEST_SHAPE]:
        kind = kinds.get(unicodedata.category(character)[0], "·")
        if kind == "·" and character in "-/.":
            kind = character
        shown.append("文" if kind == "A" and unicodedata.category(character) == "Lo" else kind)
    return "".join(shown) + ("…" if len(text.strip()) > _LONGEST_SHAPE else "")


def number(text: str) -> Read:
    """學號, leading zeros kept."""
    return narrowed if _NUMBER.fullmatch(narrowed := narrow(text)) else CellFault("number")


def name(text: str) -> Read:
    """姓名: a run of blanks is one; characters that fonts do not share (造字) and `?` for a lost one are refused."""
    plain = " ".join(text.split())
    if any(flaws(plain)) or "?" in plain or "\ufffd" in plain or any(map(str.isdigit, plain)):
        return CellFault("name")
    return plain if 1 < len(plain) <= _LONGEST_NAME else CellFault("name")


def id_number(text: str) -> Read:
    """身分證統一編號, or 居留證號 of both forms, by form and check digit."""
    narrowed = narrow(text)
    if not _ID.fullmatch(narrowed):
        return CellFault("id-form")
    return narrowed if is_national_id(narrowed) else CellFault("id-check")


def born(text: str, today: date) -> Read:
    """A day of birth of either calendar: `2010-05-06`, `20100506`, `0990506`, `99/5/6`, `民國99年5月6日`."""
    narrowed = narrow(text)
    match = _ISO_PACKED.fullmatch(narrowed) or _ROC_PACKED.fullmatch(narrowed) or _PARTED.fullmatch(narrowed)
    if match is None:
        return CellFault("date")
    year, month, day = map(int, match.groups())
    try:
        day_of_birth = date(year + _MINGUO if year < 1000 else year, month, day)
    except ValueError:
        return CellFault("no-such-day")
    if not _YOUNGEST <= today.year - day_of_birth.year <= _OLDEST:
        return CellFault("age")
    return day_of_birth.isoformat()


def class_name(text: str) -> Read:
    """班級: the school's own word, or none."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST_CLASS and not any(flaws(plain)) else CellFault("class")


def seat(text: str) -> Read:
    """座號 without leading zeros, or none."""
    narrowed = narrow(text)
    if not narrowed:
        return ""
    return str(int(narrowed)) if _SEAT.fullmatch(narrowed) and int(narrowed) else CellFault("seat")


def student(text: str) -> Read:
    """A pseudonym that the school has given already, or none."""
    narrowed = narrow(text).lower()
    return narrowed if not narrowed or _STUDENT.fullmatch(narrowed) else CellFault("student")


def cohort(text: str) -> Read:
    """入學學年度, three digits, or none."""
    narrowed = narrow(text)
    return narrowed if not narrowed or _COHORT.fullmatch(narrowed) else CellFault("cohort")


def readers(today: date) -> Mapping[str, Callable[[str], Read]]:
    """The reader of each column of a list of students."""
    return {
        "number": number,
        "name": name,
        "id_number": id_number,
        "born": lambda text: born(text, today),
        "class_name": class_name,
        "seat": seat,
        "student": student,
        "cohort": cohort,
    }
