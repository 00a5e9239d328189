"""Cells of a school's own lists: what people type and Excel makes of it, read into one form, or why it cannot be.

A bad cell is never repeated: it may hold an ID number in the wrong column. Its shape says enough to find the fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeAlias

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
_PART = r"[-/.年月]"
_DAY_FIRST = re.compile(rf"[0-9]{{1,2}}{_PART}[0-9]{{1,2}}{_PART}[0-9]{{2,4}}", re.ASCII)
_NO_YEAR = re.compile(rf"[0-9]{{1,2}}{_PART}[0-9]{{1,2}}日?", re.ASCII)
_TIME = re.compile(
    r"(?:[T\s]\s*|\s*(?=[上下]午))(?:[上下]午\s*)?([01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?\s*(?:[AP]M)?",
    re.ASCII | re.IGNORECASE,
)
_CLOCK = re.compile(r"([上下]午)?([0-9]{1,2})(?:[:時點]([0-9]{2})?(?::[0-9]{2})?分?)(AM|PM)?", re.ASCII)
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?", re.ASCII)  # 18 May 1927 to 2173; no date is packed in five digits
_BEFORE_SERIALS = date(1899, 12, 30)  # from March 1900 on, as Excel takes 1900 for a leap year
_ERROR = re.compile(r"#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|SPILL!|CALC!|FIELD!|#+)?|Err:[0-9]{3}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,15})?", re.ASCII)
_DIGITS = 15  # that Excel keeps of a number
# As people mark a box; narrowed.
_YES = frozenset({"是", "Y", "YES", "TRUE", "T", "V", "✓", "✔", "☑", "○", "◯", "O", "1", "及格", "通過", "有", "採計"})
_NO = frozenset({"否", "N", "NO", "FALSE", "F", "X", "✗", "✘", "☒", "×", "0", "不及格", "未通過", "無", "不採計"})
_YOUNGEST, _OLDEST = 10, 100  # years of a student: 進修部 has old ones
_LONGEST_NAME, _LONGEST_CLASS, _LONGEST_SHAPE = 50, 20, 20


class CellFault(NamedTuple):
    """Why a cell cannot be read.

    Attributes:
        kind: a label of `cell_fault`.
        low, high: what its words are filled with: the least and the most that may stand there.
    """

    kind: str
    low: str = ""
    high: str = ""


Value: TypeAlias = str | int | float | bool | date | datetime | time | None  # as a workbook holds it
Read = str | CellFault


@lru_cache(maxsize=1 << 16)  # the same words and numbers stand in row after row
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


def text(value: Value) -> Read:
    """What a cell says, in one form: blanks around it left out, ends of lines as ours, a number without `.0`.

    A number or a date where a text should be may be what Excel made of it: 15 digits are all that it keeps of a number,
    and class 1-2 becomes the second of January.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return CellFault("truth")
    if isinstance(value, date | time):
        return CellFault("became-date")
    if isinstance(value, int | float):
        if abs(value) >= 10**_DIGITS:  # also what JSON may hold and no float: hundreds of digits
            return CellFault("digits-lost")
        return format(Decimal(format(value, f".{_DIGITS}g")).normalize(), "f")
    plain = "\n".join(" ".join(line.split()) for line in value.strip().splitlines())
    if _ERROR.fullmatch(plain):
        return CellFault("error")
    return CellFault("characters") if any(flaws(plain)) else plain


def day(value: Value, first: date, last: date) -> Read:
    """A day, ISO 8601: of either calendar, packed or parted, Excel's serial number; a time of the day is cut off.

    Refused rather than guessed: what may be day, month, year (`11/9/115`), and what has no year.

    Args:
        value: the cell.
        first: the first day that may stand there.
        last: the last one.
    """
    read = _day(value)
    if isinstance(read, CellFault):
        return read
    if not first <= read <= last:
        has_short_year = isinstance(value, str) and _DAY_FIRST.fullmatch(_without_time(value)) is not None
        return CellFault("date-order" if has_short_year else "outside", first.isoformat(), last.isoformat())
    return read.isoformat()


def _day(value: Value) -> date | CellFault:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain if plain.kind == "error" else CellFault("date")
    narrowed = _without_time(plain)
    if _SERIAL.fullmatch(narrowed):
        return _BEFORE_SERIALS + timedelta(days=int(float(narrowed)))
    match = _ISO_PACKED.fullmatch(narrowed) or _ROC_PACKED.fullmatch(narrowed) or _PARTED.fullmatch(narrowed)
    if match is None:
        is_day_first, has_no_year = (each.fullmatch(narrowed) for each in (_DAY_FIRST, _NO_YEAR))
        return CellFault("date-order" if is_day_first else "no-year" if has_no_year else "date")
    year, month, day_of_month = map(int, match.groups())
    try:
        return date(year + _MINGUO if year < 1000 else year, month, day_of_month)
    except ValueError:
        return CellFault("no-such-day")


def _without_time(cell: str) -> str:
    """A date's text without a time of the day behind it, narrowed."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    match = _TIME.search(plain)
    return narrow(plain[: match.start()] if match is not None and match.end() == len(plain) else plain)


def clock(value: Value) -> Read:
    """A time of the day, `14:00`: of twelve hours or twenty-four, Excel's fraction of a day; seconds are cut off."""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and 0 <= value < 1:
        hours, minutes = divmod(round(value * 24 * 60), 60)
        return f"{hours:02}:{minutes:02}" if hours < 24 else CellFault("clock")
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain if plain.kind == "error" else CellFault("clock")
    match = _CLOCK.fullmatch(narrow(plain))
    if match is None:
        return CellFault("clock")
    half, hour, minute = match[1] or match[4] or "", int(match[2]), int(match[3] or 0)
    if half and not 1 <= hour <= 12:
        return CellFault("clock")
    is_late = half in {"下午", "PM"}
    hour = hour % 12 + 12 * is_late if half else hour
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else CellFault("clock")


def decimal(value: Value, low: int, high: int, places: int = 3) -> int | Read:
    """A number as records hold it: a whole one as a number, another as its text, `72.5`.

    Args:
        value: the cell; a text such as `７５.０` is taken too.
        low: the least.
        high: the most.
        places: how many decimals may stand there; what a formula has divided has more.
    """
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain if plain.kind == "error" else CellFault("decimal", str(low), str(high))
    narrowed = narrow(plain)
    if not _DECIMAL.fullmatch(narrowed):
        return CellFault("decimal", str(low), str(high))
    number = Decimal(narrowed).normalize()
    if not low <= number <= high:
        return CellFault("decimal", str(low), str(high))
    if number != round(number, places):
        return CellFault("places", high=str(places))
    return int(number) if number == int(number) else format(number, "f")


def whole(value: Value, low: int, high: int) -> int | CellFault:
    """A whole number: `12`, `12.0`, `１２`."""
    number = decimal(value, low, high)
    if isinstance(number, CellFault) and number.kind == "error":
        return number
    return number if isinstance(number, int) else CellFault("whole", str(low), str(high))


def yes_no(value: Value) -> bool | CellFault:
    """是 or 否, as people mark a box; a blank is neither."""
    if isinstance(value, bool):
        return value
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain if plain.kind == "error" else CellFault("yes-no")
    word = narrow(plain)
    return CellFault("yes-no") if word not in _YES | _NO else word in _YES


def one_of(value: Value, words: Mapping[str, str]) -> Read:
    """What a word stands for, by what people write: full-width or not, in capitals or not, a code as text or number.

    Args:
        value: the cell.
        words: what people write → what it stands for, which they may write as well.
    """
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain if plain.kind == "error" else CellFault("word")
    known = {_code(meaning): meaning for meaning in words.values()}
    known |= {_code(word): meaning for word, meaning in words.items()}
    return known.get(_code(plain), CellFault("word"))


def _code(word: str) -> str:
    """A word as looked for; a spreadsheet drops a code's leading zeros."""
    narrowed = narrow(word)
    return str(int(narrowed)) if narrowed.isdecimal() else narrowed


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


def further(text: str) -> Read:
    """What the roster asks for besides who a student is: a code or a few words, or none."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return plain if len(plain) <= _LONGEST_NAME and not any(flaws(plain)) else CellFault("further")


def codes(text: str) -> Read:
    """Codes with signs between them (`4,1`, `,1`): in order, each once, with commas; none is 一般生 or not known."""
    parts = {part for part in re.split(r"[,、;\s]+", unicodedata.normalize("NFKC", text)) if part}
    if not all(re.fullmatch(r"[0-9A-Za-z]{1,4}", part, re.ASCII) for part in parts):
        return CellFault("codes")
    return ",".join(sorted(parts, key=lambda part: (len(part), part)))


def valid_until(text: str, today: date) -> Read:
    """The last day of a certificate, or none."""
    return (
        day(text, today.replace(year=2000, day=1), today.replace(year=today.year + 50, day=1)) if text.strip() else ""
    )


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
        **dict.fromkeys(("gender_code", "indigenous_group", "indigenous_status", "indigenous_dialect"), further),
        **dict.fromkeys(("indigenous_exam_year", "entry_mode"), further),
        "special_status": codes,
        "indigenous_valid_until": lambda text: valid_until(text, today),
    }
