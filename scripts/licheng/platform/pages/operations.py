"""The IT section's pages (伍.五 系統維護): how the platform is, and who signs in how.

They are for whoever may change `accounts.yaml` by the authority table. Nothing here tells what was handed in; a
student's account is in the access log when its row is shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.doctor import backups, versions
from licheng.core.change import Account, Operation
from licheng.core.dates import TAIPEI
from licheng.core.diagnosis import Diagnosis
from licheng.core.errors import UsageError
from licheng.core.layout import BY_NAME
from licheng.core.school import School
from licheng.outputs.catalog import Catalog, catalog
from licheng.platform import doctor
from licheng.platform.hand_in import TicketState
from licheng.platform.login.pages import is_recent
from licheng.platform.operations_log import AccountAction
from licheng.platform.pages.looking import Look, holder_of, school_of, shown
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, attachment, session_of
from licheng.platform.rendering import shown_minute
from licheng.platform.sessions import Session
from licheng.platform.ways_in import WAYS, SignInRow, WaysIn
from licheng.policy.permission import Scene, denial
from licheng.sources.repository import Repository

T = TypeVar("T")
_ACCOUNTS = BY_NAME["accounts"].path()
_STAFF = "staff"  # as the address names those who are in no class
_INVITE = AccountAction.INVITE
_AGES = (1, 10, 60)  # minutes
_SHOWN = 50  # of what was done lately


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One thing that was looked at: how it stands in one word, the fact, and what mends it."""

    code: str
    state: str
    what: str
    fact: str
    mend: str
    is_well: bool


@dataclass(frozen=True, slots=True)
class OperationsPage:
    """How the platform is.

    Attributes:
        engine: that runs.
        backups: of the server; None where that is another machine, which alone knows.
        ages: minutes, and how many hand-ins have waited for less, and for no less than those before; the last has no
            limit.
        landed: today; so is `refused`.
    """

    engine: str
    lines: tuple[HealthLine, ...]
    backups: tuple[HealthLine, ...] | None
    ages: tuple[tuple[float | None, int], ...]
    landed: int
    refused: int


@dataclass(frozen=True, slots=True)
class DoneRow:
    """One thing that was done to an account."""

    at: str
    who: str
    action: str
    whose: str


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """Who signs in how.

    Attributes:
        counts: ways, by class; those of no class under `staff`.
        names: of the classes.
        chosen: the class whose rows are shown, or that of staff.
    """

    counts: Mapping[str, Mapping[str, int]]
    names: Mapping[str, str]
    chosen: str
    rows: tuple[SignInRow, ...]
    done: tuple[DoneRow, ...]


def keeps_accounts(account: str, school: School) -> bool:
    """Whether the authority table lets somebody change who has an account."""
    if holder_of(account, school) != "staff":
        return False
    staff, scene = Account(account, "staff", frozenset(), ""), Scene(school, school.today, None)
    return denial(staff, Operation.CHANGE, _ACCOUNTS, scene) is None


def of_keeper(build: Callable[[Look], T]) -> Callable[[Look], T | None]:
    """What a look makes of a page, for whoever keeps the accounts; None of anybody else."""
    return lambda look: build(look) if keeps_accounts(look.account, look.school) else None


def health(look: Look, parts: Parts) -> OperationsPage:
    """How the platform is now, as far as this machine knows."""
    words, settings = look.names.words.codes, parts.settings
    waited = [(look.at - ticket.received_at).total_seconds() / 60 for ticket in parts.spool.waiting()]
    ages = tuple(
        (limit if limit < math.inf else None, sum(since <= minutes < limit for minutes in waited))
        for since, limit in pairwise((0, *_AGES, math.inf))
    )
    midnight = datetime.combine(look.at.astimezone(TAIPEI).date(), time(), TAIPEI)
    today = [ticket.state for ticket in parts.spool.settled_since(midnight)]
    server = Repository.around(parts.repository) if settings.ssh_key is None else None
    kept = backups.examine(server, look.school, look.at) if server is not None else None
    return OperationsPage(
        str(versions.running()),
        tuple(_line(each, words) for each in (*versions.examine(None), *doctor.here(settings, look.at))),
        tuple(_line(each, words) for each in kept) if kept is not None else None,
        ages,
        today.count(TicketState.LANDED),
        today.count(TicketState.REFUSED),
    )


def _line(line: Diagnosis, words: Catalog) -> HealthLine:
    what, fact, mend = words.diagnosis(line)
    return HealthLine(line.code, words.label("diagnosis", line.state), what, fact, mend, line.is_well)


def by_group(look: Look, ways: WaysIn) -> dict[str, list[SignInRow]]:
    """The open accounts by class; all that are of no class, such as those of staff, under `staff`."""
    places, groups = look.places(), dict[str, list[SignInRow]]()
    for row in ways.rows(look.school, look.at):
        groups.setdefault(places[row.account][1] if row.account in places else _STAFF, []).append(row)
    return {name: groups[name] for name in sorted(groups)}


def accounts_page(look: Look, ways: WaysIn, asked: str) -> AccountsPage:
    """The accounts of a class, or of staff, and how many sign in which way; the students' rows are looks at them."""
    groups = by_group(look, ways)
    rows = tuple(groups.get(asked, ()))
    look.write_down((row.account, "account", "kept") for row in rows if row.account in look.school.students)
    words = look.names.words.codes
    done = (
        DoneRow(shown_minute(each.at), each.who, words.label("account_action", each.action), each.whose)
        for each in ways.log.last(_SHOWN)
    )
    counts = {name: Counter(row.way for row in group) for name, group in groups.items()}
    names = {name: look.names.school_class(name) for name in groups}
    return AccountsPage(counts, names, asked, rows, tuple(done))


class _Desk:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._ways = WaysIn(parts.settings, parts.sessions)

    async def operations(self, request: Request) -> Response:
        """How the platform is."""
        page = await shown(request, self._parts, of_keeper(lambda look: health(look, self._parts)))
        return self._parts.pages.page(request, "operations/health.html", page=page)

    async def accounts(self, request: Request) -> Response:
        """Who signs in how."""
        asked = request.query_params.get("class", _STAFF)
        page = await shown(request, self._parts, of_keeper(lambda look: accounts_page(look, self._ways, asked)))
        may_act = is_recent(session_of(request), self._parts)
        return self._parts.pages.page(request, "operations/accounts.html", page=page, ways=WAYS, may_act=may_act)

    async def act(self, request: Request) -> Response:
        """Do something to accounts, for somebody who has just signed in: a stolen session makes no codes."""
        form, recent = request.state.form, is_recent(session_of(request), self._parts)
        asked, action = str(form.get("class", _STAFF)), str(form.get("do", ""))

        def build(look: Look) -> str:
            if not recent:
                raise UsageError("APP388")
            if action not in set(AccountAction):
                raise UsageError("APP305", case="unusable")
            ids = [str(each) for each in form.getlist("account")]
            if form.get("everybody"):
                ids = [row.account for row in by_group(look, self._ways).get(asked, ())]
            look.write_down((who, "account", "kept") for who in ids if who in look.school.students)
            if action != _INVITE:
                self._ways.act(look.school, look.account, AccountAction(action), ids, look.at)
                return ""
            with look.view.tree() as tree:
                return self._ways.invite(tree, look.school, look.account, ids, look.at, catalog(request.state.language))

        sheet = await shown(request, self._parts, of_keeper(build))
        if sheet:
            return attachment(sheet, "codes.html", "text/html")
        response = RedirectResponse(f"/operations/accounts?{urlencode({'class': asked})}", SEE_OTHER)
        self._parts.pages.flash(response, f"flash_account_{action.replace('-', '_')}")
        return response


def routes(parts: Parts) -> list[BaseRoute]:
    """`/operations…`."""
    desk = _Desk(parts)
    return [
        Route("/operations", desk.operations, methods=["GET"]),
        Route("/operations/accounts", desk.accounts, methods=["GET"]),
        Route("/operations/accounts", desk.act, methods=["POST"]),
    ]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """Both, for whoever keeps the accounts."""
    school = school_of(parts, session)
    if session is None or school is None or not keeps_accounts(session.account, school):
        return []
    return [Link("/operations", "operations_link"), Link("/operations/accounts", "accounts_link")]


ROOM = Room(routes, links)
