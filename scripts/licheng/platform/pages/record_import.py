"""Records from a workbook: what would change is stated once, and signed once."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.core.errors import UsageError
from licheng.outputs.catalog import catalog
from licheng.platform.forms.model import form_of
from licheng.platform.importing import imports_of, read
from licheng.platform.pages.beginning import recent_terms
from licheng.platform.pages.looking import Look, loaded_school, shown
from licheng.platform.pages.posted import file_of
from licheng.platform.pages.record_form import change_desk, has_passkey
from licheng.platform.parts import SEE_OTHER, Parts
from licheng.platform.record_change import PreparedChange, prepare

_INVALID = 422


class _Workbooks:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = change_desk(parts)

    async def workbook(self, request: Request) -> Response:
        """What can be brought in from a workbook, and the form for one."""
        return await self._page(request, "")

    async def upload(self, request: Request) -> Response:
        """Read a workbook, and state all that it would change; the file is not kept."""
        form, words = request.state.form, catalog(request.state.language)
        name, term, file = str(form.get("import", "")), str(form.get("term", "")), file_of(form, "file")
        if file is None:
            raise UsageError("APP347")
        data, called = await file.read(), PurePath((file.filename or "").replace("\\", "/")).name

        def build(look: Look) -> PreparedChange | str | None:
            kind = next((each for each in imports_of(look) if each.name == name), None)
            if look.holder != "staff" or kind is None:
                return None
            with loaded_school(look) as (loaded, now):
                reading = read(look, kind, called, data, term, loaded.tree, words)
                if reading.wrong or not reading.files:
                    return reading.words
                files, bases = reading.files, reading.bases
                return prepare(self._desk, look.account, files, bases, loaded, now, look.at, reading.words)

        result: PreparedChange | str = await shown(request, self._parts, build)
        if isinstance(result, PreparedChange):
            return RedirectResponse(f"/records/sign/{result.id}", SEE_OTHER)
        return await self._page(request, result, _INVALID)

    async def _page(self, request: Request, wrong: str, status: int = 200) -> Response:
        short = request.state.language.partition("-")[0]

        def build(look: Look) -> dict[str, Any] | None:
            kinds = imports_of(look) if look.holder == "staff" else ()
            rows = [(kind.name, form_of(kind.layout.name).title[short]) for kind in kinds]
            terms = recent_terms(look.school, look.on)
            return {"kinds": rows, "terms": terms, "has_passkey": has_passkey(look)} if rows else None

        values = await shown(request, self._parts, build)
        return self._parts.pages.page(request, "records/import.html", status, wrong=wrong, **values)


def routes(parts: Parts) -> list[BaseRoute]:
    """`/records/import`."""
    workbooks = _Workbooks(parts)
    return [
        Route("/records/import", workbooks.workbook, methods=["GET"]),
        Route("/records/import", workbooks.upload, methods=["POST"]),
    ]
