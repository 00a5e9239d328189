"""Accounts and how they sign in, for whoever keeps them (伍.五): who has which way, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from licheng.core.dates import TAIPEI
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.outputs.catalog import Catalog
from licheng.platform.login.invitations import Invitations, last_day
from licheng.platform.login.inviting import codes_on_paper, invited, uninvite
from licheng.platform.login.passkeys import Passkeys
from licheng.platform.operations_log import AccountAction, AccountOperation, OperationsLog
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Settings
from licheng.policy.accounts import accounts
from licheng.sources.tree import Tree

DAYS = 14  # that a code is good
WAYS = ("oidc", "passkey", "invited", "never")


@dataclass(frozen=True, slots=True)
class SignInRow:
    """An open account, and how it signs in.

    Attributes:
        single_sign_on: `accounts.yaml` knows it there, and the platform asks there.
        passkeys: how many of the platform's it has.
        until: the last day of a code that was not used yet; None where there is none.
    """

    account: str
    single_sign_on: bool
    passkeys: int
    until: date | None

    @property
    def way(self) -> str:
        """The best of them: one of `WAYS`."""
        if self.single_sign_on:
            return "oidc"
        return "passkey" if self.passkeys else "invited" if self.until is not None else "never"


class WaysIn:
    """The accounts of a platform; whatever is done to one is in the log before.

    Args:
        settings: of the platform.
        sessions: by which people are signed out.
    """

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self.log = OperationsLog(settings.state / "operations")
        self._settings = settings
        self._sessions = sessions

    def rows(self, school: School, at: datetime) -> Iterator[SignInRow]:
        """Every open account of a person, by id; codes are good by the clock, also where a school's stands still."""
        until = Invitations(self._settings.state / "invitations").until(at.astimezone(TAIPEI).date())
        passkeys = Passkeys(self._settings.state / "passkeys")
        for account in sorted(accounts(school, school.today), key=lambda each: each.id):
            if account.holder != "intake":
                known = any(identity.startswith("oidc:") for identity in account.identities)
                single_sign_on = known and self._settings.oidc is not None
                yield SignInRow(account.id, single_sign_on, len(passkeys.of(account.id)), until.get(account.id))

    def invite(self, tree: Tree, school: School, by: str, ids: Sequence[str], at: datetime, words: Catalog) -> str:
        """Codes for people: the sheet to print, which is kept nowhere.

        Raises:
            UsageError: as `invited`.
            LichengError: APP385, APP386; nothing was done.
        """
        groups = invited(tree, school, ids, None)
        self._record(by, AccountAction.INVITE, [who for group in groups.values() for who in group], at)
        return codes_on_paper(self._settings, school, groups, last_day(at.astimezone(TAIPEI).date(), DAYS), words)

    def act(self, school: School, by: str, action: AccountAction, ids: Sequence[str], at: datetime) -> None:
        """Take back codes or passkeys of people, or sign them out.

        Raises:
            UsageError: APP387, nobody was chosen, or somebody whom `accounts.yaml` does not know.
            LichengError: APP385, APP386; nothing was done.
        """
        if not ids or not school.account_of.keys() >= {*ids}:
            raise UsageError("APP387")
        self._record(by, action, ids, at)
        if action is not AccountAction.SIGN_OUT:
            uninvite(self._settings, ids, passkeys=action is AccountAction.REMOVE_PASSKEYS).carry_out(at)
        if action is not AccountAction.UNINVITE:
            for who in sorted({*ids}):
                self._sessions.end_all(who, at)

    def _record(self, by: str, action: AccountAction, ids: Sequence[str], at: datetime) -> None:
        at = at.replace(microsecond=0)
        self.log.record(AccountOperation(by, action, who, at) for who in sorted({*ids}))
