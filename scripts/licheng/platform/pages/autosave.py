"""What a page sends while somebody types: it is on the disk before the script is told so."""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.core.errors import ExitCode, LichengError, UsageError
from licheng.outputs.catalog import catalog
from licheng.platform.drafts import Typed
from licheng.platform.parts import Parts, Room
from licheng.platform.sessions import Session


def refusal(request: Request, error: LichengError) -> Response:
    """An error for a script: its words, and whether what was sent can be kept if it is sent again."""
    message, hint = catalog(request.state.language).error(error)
    status = 422 if error.exit_code is ExitCode.WRONG_USE else 503
    return JSONResponse({"code": error.code, "message": f"{message} {hint}"}, status)


def routes(parts: Parts) -> list[BaseRoute]:
    """`/drafts/…`."""

    async def keep(request: Request) -> Response:
        session: Session | None = request.state.session
        try:
            if session is None:
                raise UsageError("APP340", case="signed-out")
            typed = Typed.of(json.loads(await request.body()))
            saved = await run_in_threadpool(parts.drafts.save, session.account, request.path_params["key"], typed)
        except (ValueError, RecursionError):
            return refusal(request, UsageError("APP340", case="form"))
        except LichengError as error:
            return refusal(request, error)
        return JSONResponse({"version": saved.text.version, "changed": saved.changed, "others": saved.others})

    return [Route("/drafts/{key}", keep, methods=["PUT"])]


ROOM = Room(routes)
