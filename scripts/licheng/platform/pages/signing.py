"""From what was prepared to its ticket: the way to the signing page, what that is asked, the answer that comes back.

The signing page is opened in a window of its own; where none can be opened, what it is asked and what it answers go as
files (decision 0017).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.platform.pages.looking import Look, shown
from licheng.platform.pages.posted import file_of
from licheng.platform.parts import SEE_OTHER, Parts, attachment, session_of
from licheng.platform.signing_desk import ANSWER_BYTES


class _Prepared(Protocol):
    @property
    def id(self) -> str: ...

    def asked(self, repository: str, language: str) -> dict[str, Any]: ...


P = TypeVar("P", bound=_Prepared)


@dataclass(frozen=True)
class SigningPages(Generic[P]):
    """The pages of what waits for a signature.

    Attributes:
        path: below which they are.
        template: that shows what is to be signed.
        find: what an account has prepared under an id, at a moment; None of anything else.
        hand_in: takes the answer; the ticket's id, or None of who may not.
    """

    parts: Parts
    path: str
    template: str
    find: Callable[[str, str, datetime], P | None]
    hand_in: Callable[[Look, P, bytes], str | None]

    def routes(self) -> list[BaseRoute]:
        """By path."""
        page = f"{self.path}/{{prepared}}"
        return [
            Route(page, self.sign, methods=["GET"]),
            Route(page, self.accept, methods=["POST"]),
            Route(f"{page}/request", self.asked, methods=["GET"]),
        ]

    async def sign(self, request: Request) -> Response:
        """What is to be signed, and the way to the signing page."""
        prepared = await self._mine(request)
        asked, request_path = await self._question(request, prepared), f"{self.path}/{prepared.id}/request"
        return opening_page(request, self.parts, self.template, asked, prepared=prepared, request_path=request_path)

    async def asked(self, request: Request) -> Response:
        """What the signing page is asked, as a file."""
        return request_file(await self._question(request, await self._mine(request)))

    async def accept(self, request: Request) -> Response:
        """Take the answer of the signing page."""
        prepared, answer = await self._mine(request), await answer_of(request.state.form, ANSWER_BYTES)
        ticket = await shown(request, self.parts, lambda look: self.hand_in(look, prepared, answer))
        return RedirectResponse(f"/me/tickets/{ticket}", SEE_OTHER)

    async def _mine(self, request: Request) -> P:
        account, name = session_of(request).account, request.path_params["prepared"]
        prepared = await run_in_threadpool(self.find, account, name, self.parts.clock())
        if prepared is None:
            raise HTTPException(404)
        return prepared

    async def _question(self, request: Request, prepared: P) -> dict[str, Any]:
        repository = await shown(request, self.parts, lambda look: look.school.trust.repository)
        return prepared.asked(repository, request.state.language)


def opening_page(request: Request, parts: Parts, template: str, asked: Mapping[str, Any], **values: Any) -> Response:
    """A page from which the signing page is opened.

    Args:
        request: to be answered.
        parts: of the platform.
        template: of the page.
        asked: what the signing page is asked.
        values: for the template, beside `asked` and `signing_origin`.
    """
    origin = parts.settings.signing_origin
    response = parts.pages.page(request, template, asked=json.dumps(asked), signing_origin=origin, **values)
    # With `same-origin` the signing page in its window could not speak to this one (decision 0017).
    response.headers["cross-origin-opener-policy"] = "same-origin-allow-popups"
    return response


def request_file(asked: Mapping[str, Any]) -> Response:
    """What the signing page is asked, as a file."""
    return attachment(json.dumps(asked), "licheng-request.json", "application/json")


async def answer_of(form: FormData, most: int) -> bytes:
    """The answer of the signing page, brought by the script or as a file; of one longer than `most`, too much."""
    file = file_of(form, "file")
    if file is not None:
        return await file.read(most + 1)
    return str(form.get("answer", "")).encode(errors="replace")
