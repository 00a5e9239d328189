"""The signing page's digests: by them anybody can see whether a server shows teachers the page that it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.outputs.inert import code, fenced, table
from licheng.outputs.pages.view import SiteView
from licheng.outputs.words import Words


def pages(view: SiteView, words: Words) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`signing.md`."""
    say, page = words.data["signing_page"], view.signing_page
    values: dict[str, Any] = {"source": "content/school/school.yaml", "files": None}
    if page is not None:
        names = [name for name in page.digests if name != "-"]
        values |= {
            "files": table(say["files"], (say["file"], "SHA-256"), [(code(n), code(page.digests[n])) for n in names]),
            "whole": code(page.digests["-"]),
            "where": words.say("signing_page", "where", origin=code(page.origin), platform=code(page.platform)),
            "command": fenced(
                f'curl -fsS --remote-name-all "{page.origin}/{{{",".join(names)}}}"\nsha256sum * | sha256sum', "sh"
            ),
        }
    yield "signing.md", "signing.md", values
