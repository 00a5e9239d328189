"""The sheet of codes to print and cut: a page a class, a slip each, with ids and never a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import jinja2

from licheng.outputs.catalog import Catalog

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("licheng.platform.login", "."),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class CodeSlip(NamedTuple):
    """What one person gets."""

    account: str
    code: str


def sheet(classes: Mapping[str, tuple[CodeSlip, ...]], address: str, until: date, words: Catalog) -> str:
    """A whole HTML page, which asks nothing of any network.

    Args:
        classes: by the class's title.
        address: where the code is typed.
        until: the last day of the codes.
        words: the language.
    """
    texts = {name: words.word(f"invite_{name}") for name in ("title", "account", "code", "address", "secret")}
    ends = words.word("invite_until", day=until.isoformat())
    template = _ENVIRONMENT.get_template("sheet.html")
    return template.render(classes=classes, address=address, ends=ends, words=texts, language=words.language)
