"""Accounts: who somebody is that brings a change, by a login that a commit cannot claim."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from licheng.core.change import Account
from licheng.core.school import School
from licheng.policy.authority import holds, within


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
