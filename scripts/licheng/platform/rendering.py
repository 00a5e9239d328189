"""Pages from templates, in the reader's language: text is escaped, and a name that nobody gave is an error."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from licheng.core.dates import TAIPEI
from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import catalog
from licheng.platform.sessions import Session, Sessions
from licheng.platform.settings import Settings

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
# The cookies of a word that is said once, and of the language, which is a query as well.
FLASH, LANGUAGE = "flash", "lang"
_FLASH = re.compile(r"flash_[a-z_]{1,40}", re.ASCII)
# One for all platforms of a process: a template is compiled once, and not looked for anew with each page.
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


@cache
def words(language: str) -> Mapping[str, str]:
    """All words of the platform: those of `messages/<language>/platform.yaml` and `platform-<part>.yaml`."""
    sections = catalog(language).data
    return ChainMap(*(sections[name] for name in sorted(sections) if re.fullmatch(r"platform(-[a-z]+)*", name)))


@cache
def word(language: str, name: str) -> str:
    """A word or sentence in a language, unfilled."""
    return words(language)[name]


def say(language: str, name: str, **values: object) -> str:
    """A word or sentence in a language, filled."""
    return word(language, name).format_map(values)


def shown_minute(moment: datetime) -> str:
    """A moment to the minute, in the school's time."""
    return f"{moment.astimezone(TAIPEI):%Y-%m-%d %H:%M}"


class Pages:
    """Renders templates as answers.

    A template knows `say(word, …)`, `language`, `languages`, `csrf()` for a form, `session` (None for a visitor),
    `address(language)` of the same page in another language, `flash`, `demo`, and what the handler gives.
    """

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A template as the answer to a request; a visitor to whom a form is shown gets a cookie for it."""
        language: str = request.state.language
        session: Session | None = request.state.session
        name = request.cookies.get(FLASH, "")
        flash = name if _FLASH.fullmatch(name) and name in words(language) else ""
        form = _FormToken(self._sessions, session, request)
        path, query = "/", list[tuple[str, str]]()  # the start page in place of one that only a form leads to
        if request.method in {"GET", "HEAD"}:
            # Two strokes at the beginning would be another host.
            path = f"/{quote(request.scope['path'].lstrip('/'))}"
            query = [pair for pair in request.query_params.multi_items() if pair[0] != LANGUAGE]
        text = _ENVIRONMENT.get_template(template).render(
            **values,
            say=lambda name, **filling: say(language, name, **filling),
            language=language,
            languages=LANGUAGES,
            address=lambda other: f"{path}?{urlencode([*query, (LANGUAGE, other)])}",
            session=session,
            csrf=form,
            flash=flash,
            demo=self._settings.demo,
        )
        response = HTMLResponse(text, status)
        if name:
            self._sessions.drop(response, FLASH)
        if form.visitor:
            self._sessions.put(response, self._sessions.visitor_name, form.visitor)
        return response

    def flash(self, response: Response, word: str) -> None:
        """Say a word of the catalog (`flash_…`) at the top of the page that comes next."""
        self._sessions.put(response, FLASH, word)


class _FormToken:
    """The token of a page's forms, made when the first of them asks.

    Attributes:
        visitor: the cookie to give a visitor who has been shown a form; empty otherwise.
    """

    def __init__(self, sessions: Sessions, session: Session | None, request: Request) -> None:
        self._sessions = sessions
        self._session = session
        self._brought = request.cookies.get(sessions.visitor_name, "")
        self.visitor = ""

    def __call__(self) -> str:
        if self._session is not None:
            return self._sessions.csrf(self._session)
        self.visitor = self.visitor or self._sessions.visitor(self._brought)
        return self._sessions.csrf(self.visitor)
