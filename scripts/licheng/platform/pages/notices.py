"""What somebody is told by mail: what always, and what they choose."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.platform.choices import Choices, NoticeChoices
from licheng.platform.pages.looking import holder_of, school_of, shown
from licheng.platform.parts import SEE_OTHER, Link, Parts, Room, session_of
from licheng.platform.post import Post
from licheng.platform.sessions import Session


def routes(parts: Parts) -> list[BaseRoute]:
    """`/notices`."""
    choices, post = Choices(parts.settings.state / "choices"), Post(parts.settings)

    async def show(request: Request) -> Response:
        holder, account = await shown(request, parts, lambda look: look.holder), session_of(request).account
        addresses, chosen = await run_in_threadpool(lambda: (post.addresses(), choices.read(account)))
        mailbox = addresses.get(account, "")
        return parts.pages.page(request, "pages/notices.html", holder=holder, mailbox=mailbox, choices=chosen)

    async def choose(request: Request) -> Response:
        if await shown(request, parts, lambda look: look.holder) != "student":  # of staff there is nothing to choose
            raise HTTPException(404)
        chosen = NoticeChoices(reminders="reminders" in request.state.form)
        await run_in_threadpool(choices.write, session_of(request).account, chosen)
        response = RedirectResponse("/notices", SEE_OTHER)
        parts.pages.flash(response, "flash_notices_saved")
        return response

    return [Route("/notices", show, methods=["GET"]), Route("/notices", choose, methods=["POST"])]


def _links(parts: Parts, session: Session | None) -> list[Link]:
    school = school_of(parts, session)
    is_told = session is not None and school is not None and holder_of(session.account, school) is not None
    return [Link("/notices", "notices_link")] if is_told else []


ROOM = Room(routes, _links)
