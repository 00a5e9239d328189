"""What somebody has handed in: a list with what became of each, and the signed receipt to keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.core.dates import TAIPEI
from licheng.platform.hand_in import Ticket
from licheng.platform.hand_in_receipts import HandInKey
from licheng.platform.parts import Link, Parts, Room, session_of
from licheng.platform.sessions import Session

# The files of a receipt by name: what was signed, its signature, and by whose key others verify it.
_FILES: dict[str, Callable[[HandInKey, Ticket], bytes]] = {
    "receipt.json": lambda key, ticket: key.receipt(ticket).statement,
    "receipt.sig": lambda key, ticket: key.receipt(ticket).signature,
    "allowed_signers": lambda key, _: key.allowed_signers.encode(),
}


def _routes(parts: Parts) -> list[BaseRoute]:
    key = HandInKey(parts.settings.state / "receipts")

    async def listing(request: Request) -> Response:
        account = session_of(request).account
        tickets = await run_in_threadpool(parts.spool.tickets_of, account)
        rows = [(ticket, f"{ticket.received_at.astimezone(TAIPEI):%Y-%m-%d %H:%M}") for ticket in tickets]
        return parts.pages.page(request, "pages/tickets.html", rows=rows)

    async def file(request: Request) -> Response:
        account, ticket_id, name = session_of(request).account, *map(request.path_params.get, ("ticket", "name"))
        data = await run_in_threadpool(_file, account, str(ticket_id), str(name))
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type="application/octet-stream", headers=headers)

    def _file(account: str, ticket_id: str, name: str) -> bytes:
        ticket: Any = parts.spool.ticket(account, ticket_id)
        if ticket is None or name not in _FILES:
            raise HTTPException(404)
        key.make()
        return _FILES[name](key, ticket)

    return [
        Route("/me/tickets", listing, methods=["GET"]),
        Route("/me/tickets/{ticket}/{name}", file, methods=["GET"]),
    ]


def _links(_parts: Parts, session: Session | None) -> list[Link]:
    return [Link("/me/tickets", "tickets_link")] if session is not None else []


ROOM = Room(_routes, _links)
