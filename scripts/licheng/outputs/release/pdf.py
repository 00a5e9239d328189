"""The page of a released package as a PDF beside it, one a language, tagged (PDF/UA-1).

Its bytes depend on the fonts and the version of WeasyPrint of the machine; so it lies beside the package, which anybody
can make again byte for byte, and says of which package it is. Nothing is fetched: what it shows is in the page.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from licheng.core.errors import UsageError
from licheng.core.languages import LANGUAGES
from licheng.outputs.release import ReleasePage, rendered

_STYLE = Path(__file__).with_name("index.print.css")
_UNSHOWN = re.compile(r"\(U\+([0-9A-F]{4,6})\)")


def check_extra() -> None:
    """Refuse where a PDF cannot be made.

    Raises:
        UsageError: APP496, WeasyPrint is not installed, or the system has no Pango.
    """
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        raise UsageError("APP496", case="") from error
    except OSError as error:
        raise UsageError("APP496", case="library") from error


def pdf_names(stem: str) -> Mapping[str, str]:
    """The file of each language, beside a package of that name: `s1139901.pdf`, `s1139901.en.pdf`."""
    return {language: f"{stem}.pdf" if language == LANGUAGES[0] else f"{stem}.{language}.pdf" for language in LANGUAGES}


def pdfs(page: ReleasePage, stem: str, manifest: str) -> dict[str, bytes]:
    """The page as PDFs, by name.

    Args:
        page: what it tells.
        stem: name of the package's folder.
        manifest: SHA-256 of the package's `tagmanifest-sha256.txt`.

    Raises:
        UsageError: APP496, as `check_extra`; APP497, there is no font for some characters.
    """
    check_extra()
    from weasyprint import HTML

    def refuse(url: str) -> NoReturn:
        raise ValueError(url)

    names, style, unshown, files = pdf_names(stem), _STYLE.read_text("utf-8"), _Unshown(), dict[str, bytes]()
    log = logging.getLogger("weasyprint")
    log.addHandler(unshown)
    try:
        for language, text in rendered(page, names, f"{stem}/", manifest, style).items():
            document = HTML(string=text, url_fetcher=refuse)
            own = bytes.fromhex(manifest)[:16]
            files[names[language]] = document.write_pdf(pdf_tags=True, pdf_variant="pdf/ua-1", pdf_identifier=own)
    finally:
        log.removeHandler(unshown)
    if unshown.characters:
        raise UsageError("APP497", characters=tuple(sorted(unshown.characters)))
    return files


class _Unshown(logging.Handler):
    """Keeps the characters for which WeasyPrint says that no font has them."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.characters = set[str]()

    def emit(self, record: logging.LogRecord) -> None:
        if (code := _UNSHOWN.search(record.getMessage())) is not None:
            self.characters.add(f"U+{code[1]}")
