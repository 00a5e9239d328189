"""Invented students for the identity table: their ID numbers have a right check digit and serials full of zeros."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pyrage import x25519

from licheng.core.person import Person
from licheng.exchange.identities import opened

HEADING = ("學號", "姓名", "身分證號", "出生日期", "班級", "座號", "入學學年度")
_LETTERS = {letter: number for number, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", start=10)}


def id_number(serial: int, start: str = "A1") -> str:
    """An ID or residence number, computed apart from the code that checks it."""
    second = int(start[1]) if start[1].isdigit() else _LETTERS[start[1]] % 10
    digits = [second, *map(int, f"{serial:07d}")]
    tens, units = divmod(_LETTERS[start[0]], 10)
    total = tens + 9 * units + sum(digit * weight for digit, weight in zip(digits, range(8, 0, -1), strict=True))
    return f"{start}{serial:07d}{-total % 10}"


def listed(count: int, cohort: int = 115, first: int = 1) -> list[tuple[str, ...]]:
    """Rows of a list, leading zeros and both calendars included."""
    family, given = "趙錢孫李周吳鄭王", "子丑寅卯辰巳午未申酉"
    return [
        (
            f"0{cohort}{serial:03d}",
            f"{family[serial % 8]}{given[serial % 10]}{given[serial // 10 % 10]}",
            id_number(serial),
            f"99/{serial % 12 + 1}/{serial % 28 + 1}"
            if serial % 2
            else f"2010-{serial % 12 + 1:02d}-0{serial % 9 + 1}",
            "10a",
            f"{serial:02d}",
            str(cohort),
        )
        for serial in range(first, first + count)
    ]


def as_csv(rows: Iterable[tuple[str, ...]], heading: tuple[str, ...] = HEADING) -> str:
    """A list as Excel writes it."""
    text = io.StringIO()
    csv.writer(text).writerows([heading, *rows])
    return text.getvalue()


class Registry(NamedTuple):
    """The registrar's folder outside the school, with two keys."""

    folder: Path
    keys: tuple[Path, Path]
    recipients: tuple[str, str]

    @classmethod
    def at(cls, folder: Path) -> Registry:
        """A new one."""
        folder.mkdir()
        secrets = [x25519.Identity.generate() for _ in range(2)]
        keys = (folder / "registrar.key", folder / "dean.key")
        for path, secret in zip(keys, secrets, strict=True):
            path.write_text(f"{secret}\n", encoding="utf-8")
        return cls(folder, keys, (str(secrets[0].to_public()), str(secrets[1].to_public())))

    @property
    def table(self) -> Path:
        """Where the table lies."""
        return self.folder / "identities.age"

    @property
    def options(self) -> tuple[str, ...]:
        """The table and the key that opens it, as a command takes them."""
        return ("--identities", str(self.table), "--identity", str(self.keys[0]))

    @property
    def new(self) -> tuple[str, ...]:
        """The command that founds the table."""
        named = [part for recipient in self.recipients for part in ("--recipient", recipient)]
        return ("identities", "new", "--identities", str(self.table), *named)

    def list_of(
        self, rows: Iterable[tuple[str, ...]], heading: tuple[str, ...] = HEADING, encoding: str = "utf-8"
    ) -> Path:
        """A list beside the table."""
        path = self.folder / "students.csv"
        path.write_bytes(as_csv(rows, heading).encode(encoding))
        return path

    def people(self) -> Mapping[str, Person]:
        """The table's rows by 學號."""
        return {person.number: person for person in opened(self.table.read_bytes(), self.table, self.keys[1]).people}

    def stock_age(self) -> str:
        """What stock `age` makes of the table."""
        command = ["age", "-d", "-i", str(self.keys[1]), str(self.table)]
        return subprocess.run(command, capture_output=True, check=True).stdout.decode()
