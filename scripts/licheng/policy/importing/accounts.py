"""帳號: logins of staff and of students, into accounts that are opened where there is none (伍.五 系統維護).

A login that an account has stays; one of somebody else's is refused.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from licheng.policy import accounts
from licheng.policy.authority import holds
from licheng.policy.cells import CellFault, narrow, text
from licheng.policy.enrolment import left_on
from licheng.policy.importing.columns import WHO, staff_of, student_of
from licheng.policy.importing.fields import check_needed
from licheng.policy.importing.kinds import Column, Default, ImportKind, RecordPart, RefusedRowError, Values
from licheng.policy.importing.known import Known

_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


def _number(value: Any) -> str | CellFault:
    plain = text(value)
    if isinstance(plain, CellFault):
        return plain
    return plain if not plain or _NUMBER.fullmatch(plain := narrow(plain)) else CellFault("github-number")


def _key(value: Any) -> str | CellFault:
    plain = text(value)
    if isinstance(plain, CellFault) or not plain:
        return plain
    if "PRIVATE KEY" in plain:
        return CellFault("private-key")
    login = accounts.ssh_login(plain)
    return login.line if login is not None else CellFault("public-key")


LOGINS = (
    Column("github", ("GitHub 帳號編號", "GitHub編號", "GitHub ID"), _number, needed=False),
    Column("ssh", ("SSH 公鑰", "SSH公鑰", "公鑰", "登入金鑰"), _key, needed=False, is_identity=True),
    Column("issuer", ("單一登入發行者", "發行者", "issuer"), text, needed=False),
    Column("subject", ("單一登入主體", "主體", "subject", "sub"), text, needed=False, is_identity=True),
)


def _account(who: str, row: Values, known: Known) -> RecordPart:
    entry = known.school.account_of.get(who, {})
    identities, keys = list(entry.get("identities", ())), list(entry.get("login_keys", ()))
    logins: list[tuple[str, str]] = []  # of the row, each with its column
    if "github" in row:
        logins.append(("github", f"github:{row['github']}"))
    if "ssh" in row and (public := accounts.ssh_login(row["ssh"])) is not None:
        logins.append(("ssh", public.identity))
    if "issuer" in row or "subject" in row:
        check_needed(row, "issuer", "subject")
        if not row["issuer"].startswith("https://"):
            raise RefusedRowError("issuer", "issuer")
        if known.oidc_key is None:
            raise RefusedRowError("subject", "no-oidc-key")
        logins.append(("subject", accounts.oidc_identity(row["issuer"], row["subject"], known.oidc_key)))
    for column, login in logins:
        if known.logins.get(login, who) != who:
            raise RefusedRowError(column, "login-of-another")
        identities += [login] if login not in identities else []
        keys += [row["ssh"]] if column == "ssh" and row["ssh"] not in keys else []
    # Who is there already keeps what it has; a first account begins on the day of the import.
    new = accounts.opened(who, known.school.today)
    account: dict[str, Any] = {name: Default(value) for name, value in new.items() if name not in {"id", "identities"}}
    account |= {"id": who, "identities": identities, **({"login_keys": keys} if keys else {})}
    return RecordPart({}, {"accounts": [account]})


def _of_staff(row: Values, known: Known) -> RecordPart:
    [staff] = staff_of(row, "staff", known)
    if not holds(staff, known.school, known.school.today):
        raise RefusedRowError("staff", "no-post")
    if "to" in known.school.account_of.get(staff, {}):
        raise RefusedRowError("staff", "account-ended")
    return _account(staff, row, known)


def _of_student(row: Values, known: Known) -> RecordPart:
    identity = student_of(row, known)
    record = known.record("student", **identity)
    column = next(column.name for column in WHO if column.name in row)
    if record is not None and left_on(record, known.school.today) is not None:
        raise RefusedRowError(column, "left")
    if "to" in known.school.account_of.get(identity["student"], {}):
        raise RefusedRowError(column, "account-ended")
    return _account(identity["student"], row, known)


def _is_open(holder: str, _list: str, entry: Any) -> bool:
    return bool(entry["holder"] == holder) and "to" not in entry


STAFF_ACCOUNTS = ImportKind(
    name="staff-accounts",
    record="accounts",
    columns=(Column("staff", ("教職員代號", "教師代號", "代號"), text), *LOGINS),
    part=_of_staff,
    keys={"accounts": ("id",)},
    of_students=False,
    lacks=partial(_is_open, "staff"),
)
STUDENT_ACCOUNTS = ImportKind(
    name="student-accounts",
    record="accounts",
    columns=(*WHO, *LOGINS),
    part=_of_student,
    keys={"accounts": ("id",)},
    lacks=partial(_is_open, "student"),
)
