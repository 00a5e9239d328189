"""`licheng accounts`: accounts opened for who is there, and ended for who has left (伍.五 系統維護)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheng.app.loading.enrolments import enrolments
from licheng.app.loading.load import load
from licheng.core.errors import UsageError, reason_of
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.core.school import School
from licheng.policy.accounts import AccountsReview, ended, opened, reviewed
from licheng.sources.editing import Pointer, edited
from licheng.sources.tree import Tree
from licheng.storage.plan import Plan
from licheng.storage.private import check_outside

_PATH = BY_NAME["accounts"].path()
_KEY_BYTES = 32


class AccountsPlan(NamedTuple):
    """What to write, and of whom."""

    plan: Plan
    who: tuple[str, ...]


def review(tree: Tree, today: date) -> AccountsReview:
    """Accounts against who is at the school.

    Raises:
        UsageError: APP270, the accounts, or a student's record, cannot be read.
    """
    return _reviewed(tree, today)[1]


def open_missing(tree: Tree, today: date, holders: frozenset[str], starts: date) -> AccountsPlan:
    """An account, without a login yet, for each of these holders who is there and has none.

    Args:
        tree: the school's files.
        today: the school's day.
        holders: `staff`, `student` or both.
        starts: the first day of the new accounts.

    Raises:
        UsageError: APP270 as in `review`; APP271, the file cannot be changed in place.
    """
    school, state = _reviewed(tree, today)
    ever = {entry["id"] for entry in _record(school).data["accounts"]}
    new = [opened(who, starts) for who in state.missing if who not in ever]
    new = [entry for entry in new if entry["holder"] in holders]
    return _changed(school, {}, new)


def end_of_leavers(tree: Tree, today: date) -> AccountsPlan:
    """Every open account of who has left, ended with the day before today; what it was on days before stays so.

    Raises:
        UsageError: APP270, APP271 as in `open_missing`.
    """
    school, state = _reviewed(tree, today)
    entries = enumerate(_record(school).data["accounts"])
    ends = {index: ended(entry, today) for index, entry in entries if entry["id"] in state.leaving}
    return _changed(school, ends, [])


def new_oidc_key(path: Path) -> bytes:
    """The text of a new key, not yet written: 64 hex digits.

    Raises:
        UsageError: APP171, the place is in a repository; APP009, there is a file.
    """
    check_outside(path)
    if path.is_symlink() or path.exists():
        raise UsageError("APP009", path=str(path))
    return f"{secrets.token_hex(_KEY_BYTES)}\n".encode()


def read_oidc_key(path: Path) -> bytes:
    """The key of a file that `new_oidc_key` made.

    Raises:
        UsageError: APP171, it lies in a repository; APP024, it cannot be read; APP272, it is no key.
    """
    check_outside(path)
    try:
        text = path.read_text("ascii").strip()
        key = bytes.fromhex(text)
    except OSError as error:
        raise UsageError("APP024", path=str(path), detail=reason_of(error)) from error
    except ValueError as error:
        raise UsageError("APP272", path=str(path)) from error
    if len(key) != _KEY_BYTES or len(set(key)) == 1:
        raise UsageError("APP272", path=str(path))
    return key


def _reviewed(tree: Tree, today: date) -> tuple[School, AccountsReview]:
    school = load(tree, today, handbook=False).school
    return school, reviewed(school, enrolments(tree), today)


def _record(school: School) -> Record:
    record = school.one("accounts")
    if record is None:
        raise UsageError("APP270", path=_PATH)
    return record


def _changed(
    school: School, ends: Mapping[int, Mapping[str, str]], new: Iterable[Mapping[str, object]]
) -> AccountsPlan:
    """The plan of one file, with all comments where they were."""
    record, new = _record(school), list(new)
    if not (ends or new):
        return AccountsPlan(Plan(), ())
    before = record.data["accounts"]
    after = [*(ends.get(index, entry) for index, entry in enumerate(before)), *new]
    changes: list[tuple[Pointer, object]] = [(("accounts", index, "to"), entry["to"]) for index, entry in ends.items()]
    changes += [(("accounts", len(before) + index), entry) for index, entry in enumerate(new)]
    text = edited(record.text, changes, {**record.data, "accounts": after})
    if text is None:
        raise UsageError("APP271", path=record.path)
    plan = Plan(replaces={record.path: (record.text.encode(), text.encode())})
    return AccountsPlan(plan, tuple(str(entry["id"]) for entry in (*ends.values(), *new)))
