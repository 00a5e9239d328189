"""What has served its time goes: settled tickets, drafts that nobody goes on with; never what is still to be judged.

How many days they stay is the settings' to say (`kept_days`). A student who wants to have a receipt longer keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from licheng.platform.drafts import Drafts
from licheng.platform.hand_in import TicketState
from licheng.platform.settings import Settings
from licheng.platform.spool import Spool


def forget_old(settings: Settings, clock: Callable[[], datetime]) -> int:
    """Remove settled tickets and drafts that are older than the settings' days; return how many.

    Args:
        settings: of the platform.
        clock: the moment, with its time zone.

    Raises:
        LichengError: APP342, a draft cannot be read or removed.
        OSError: a ticket cannot.
    """
    spool, before = Spool(settings.state / "spool"), clock() - timedelta(days=settings.kept_days)

    def waits(account: str, ticket_id: str) -> bool:
        ticket = spool.ticket(account, ticket_id)
        return ticket is not None and ticket.state is TicketState.WAITING

    return Drafts(settings.state / "drafts", clock).forget(before, waits) + spool.forget(before)
