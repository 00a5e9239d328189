"""Accounts: who somebody is that brings a change, by a login that a commit cannot claim; who has one, and who may not.

伍.五 系統維護: 資訊組 opens and manages them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from licheng.core.change import Account
from licheng.core.dates import day, optional_day
from licheng.core.record import Record
from licheng.core.school import School
from licheng.policy.authority import holds, within

_SSH = re.compile(r"(ssh-ed25519|ssh-rsa) ([A-Za-z0-9+/]{40,1400}={0,2})(?: .*)?")


class AccountsReview(NamedTuple):
    """Accounts against who is at the school.

    Attributes:
        missing: members of staff in office, and students, without an open account.
        leaving: open accounts of those who are not here any more, and their last day here.
        silent: open accounts without a login: nobody can use them but through an intake account.
    """

    missing: tuple[str, ...]
    leaving: Mapping[str, date]
    silent: tuple[str, ...]


class SshLogin(NamedTuple):
    """A login key, without its comment, and the identity that it gives (`ssh:SHA256:…`)."""

    identity: str
    line: str


def accounts(school: School, on: date) -> Iterator[Account]:
    """The accounts that are open on a day."""
    for record in school.of("accounts"):
        for entry in record.data["accounts"]:
            if within(entry, on):
                yield Account(
                    entry["id"],
                    entry["holder"],
                    frozenset(entry["identities"]),
                    entry["address"],
                    tuple(entry.get("login_keys", ())),
                )


def known_as(identity: str, school: School, on: date) -> Account | None:
    """The one account with an identity (`github:12345`, `ssh:SHA256:…`); None where two claim it."""
    claimants = [account for account in accounts(school, on) if identity in account.identities]
    return claimants[0] if len(claimants) == 1 else None


def may_clone(account: Account, school: School, on: date) -> bool:
    """Whether an account sees the whole repository: whoever holds a post, and an intake account; never a student."""
    return account.holder == "intake" or (account.holder == "staff" and holds(account.id, school, on))


def oidc_identity(issuer: str, subject: str, key: bytes) -> str:
    """A single sign-on login as a record may hold it: whoever has not the school's key cannot tell or try whose it is.

    Args:
        issuer: `iss` of the identity provider (OpenID Connect Core 1.0, 2), an https address.
        subject: `sub`, unique and never given again within the issuer.
        key: of the school, at least 32 bytes, kept outside the repository.
    """
    subject_of_issuer = json.dumps(["licheng-oidc/v1", issuer, subject], ensure_ascii=False, separators=(",", ":"))
    return f"oidc:{hmac.new(key, subject_of_issuer.encode(), hashlib.sha256).hexdigest()}"


def ssh_login(line: str) -> SshLogin | None:
    """A line of a `.pub` file; None if it is none. Whether the key is a strong one is for the rules (KEY…)."""
    match = _SSH.fullmatch(line.strip())
    try:
        blob = base64.b64decode(match[2], validate=True) if match is not None else b""
    except binascii.Error:
        return None
    if match is None or blob[4 : 4 + len(match[1])] != match[1].encode():
        return None
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return SshLogin(f"ssh:SHA256:{digest}", f"{match[1]} {match[2]}")


def last_day_of_staff(staff: str, school: School, on: date) -> date | None:
    """The last day in office of a member of staff who holds no post on a day and none later; None of others."""
    posts = school.posts_of.get(staff, ())
    ends = [optional_day(post.get("to")) or date.max for post in posts]
    return max(ends) if ends and max(ends) < on else None


def reviewed(school: School, students: Mapping[str, Record], on: date) -> AccountsReview:
    """Accounts against who is at the school on a day.

    Args:
        school: with its accounts and staff.
        students: of everybody whom the repository knows, the record of enrolment.
        on: the school's day.
    """
    from licheng.policy.enrolment import left_on  # a login asks nothing of students

    open_on = {account.id: account for account in accounts(school, on)}
    members = {staff: last_day_of_staff(staff, school, on) for staff in school.posts_of}
    pupils = {student: left_on(record, on) for student, record in students.items()}
    last_days = {who: last for who, last in {**members, **pupils}.items() if last is not None}
    begun = [staff for staff in members if holds(staff, school, on)]
    begun += [student for student, record in students.items() if day(record.data["events"][0]["on"]) <= on]
    missing = sorted(who for who in begun if who not in last_days and who not in open_on)
    leaving = {who: last_days[who] for who in sorted(open_on) if who in last_days}
    silent = sorted(who for who, account in open_on.items() if not account.identities and who not in leaving)
    return AccountsReview(tuple(missing), leaving, tuple(silent))


def opened(who: str, starts: date) -> dict[str, Any]:
    """A new account, without a login yet."""
    holder = "student" if who.startswith("s") else "staff"
    return {
        "id": who,
        "holder": holder,
        "identities": list[str](),
        "address": f"{who}@licheng.invalid",
        "from": starts.isoformat(),
    }


def ended(entry: Mapping[str, Any], on: date) -> dict[str, Any]:
    """An open account that nobody can use any more from a day on; what it was on days before stays as it is."""
    last = max(on - timedelta(days=1), day(entry["from"]))
    return {**entry, "to": last.isoformat()}
