"""What somebody has handed in: a list with what became of each, and the signed receipt to keep."""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.core.errors import UsageError
from licheng.outputs.catalog import catalog
from licheng.platform.forms.view import texts_of
from licheng.platform.hand_in import Ticket
from licheng.platform.hand_in_receipts import HandInKey
from licheng.platform.parts import Link, Parts, Room, attachment, threaded
from licheng.platform.rendering import shown_minute
from licheng.platform.sessions import Session

# The files of a receipt by name: what was signed, its signature, and by whose key others verify it.
_FILES: dict[str, Callable[[HandInKey, Ticket], bytes]] = {
    "receipt.json": lambda key, ticket: key.receipt(ticket).statement,
    "receipt.sig": lambda key, ticket: key.receipt(ticket).signature,
    "allowed_signers": lambda key, _: key.allowed_signers.encode(),
}


def routes(parts: Parts) -> list[BaseRoute]:
    """`/me/tickets/…`."""
    key = HandInKey(parts.settings.state / "receipts")

    def listing(request: Request, account: str) -> Response:
        rows = [(ticket, shown_minute(ticket.received_at)) for ticket in parts.spool.tickets_of(account)]
        return parts.pages.page(request, "pages/tickets.html", rows=rows)

    def show(request: Request, account: str) -> Response:
        """What was received, and what has become of it."""
        ticket = parts.spool.ticket(account, request.path_params["ticket"])
        if ticket is None:
            raise UsageError("APP340", case="ticket")
        record = next((path for path in sorted(ticket.files) if path.endswith(("item.md", ".yaml"))), "")
        return parts.pages.page(
            request,
            "forms/ticket.html",
            t=texts_of(catalog(request.state.language)),
            ticket=ticket,
            words=ticket.words.get(request.state.language, ""),
            received=shown_minute(ticket.received_at),
            back="/".join(record.split("/")[4:]) if account.startswith("s") else "",
        )

    def file(request: Request, account: str) -> Response:
        name, ticket = request.path_params["name"], parts.spool.ticket(account, request.path_params["ticket"])
        if ticket is None or name not in _FILES:
            raise HTTPException(404)
        key.make()
        return attachment(_FILES[name](key, ticket), name)

    return [
        Route("/me/tickets", threaded(listing), methods=["GET"]),
        Route("/me/tickets/{ticket}", threaded(show), methods=["GET"]),
        Route("/me/tickets/{ticket}/{name}", threaded(file), methods=["GET"]),
    ]


def links(_parts: Parts, session: Session | None) -> list[Link]:
    """For everybody who has signed in."""
    return [Link("/me/tickets", "tickets_link")] if session is not None else []


ROOM = Room(routes, links)
