"""A file that is also a file of another format: one program shows a picture, another unpacks or runs something."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

# Browsers that are told no type, or the wrong one, run a page from the middle of a picture; PHP servers likewise.
_MARKUP = re.compile(rb"<(?:!doctype html|html|script|\?php)[\s>]", re.IGNORECASE)
# A page's first bytes decide (WHATWG MIME Sniffing, 1,445 bytes); a PDF's own text may speak of HTML further down.
_SNIFFED = 1_500


def other_formats(data: bytes, media_type: str) -> Iterator[str]:
    """What else the bytes are: `zip-inside`, `page-inside`, `pdf-inside`."""
    is_pdf = media_type == "application/pdf"
    if zipfile.is_zipfile(io.BytesIO(data)):  # the end of a ZIP's directory is looked for from the end
        yield "zip-inside"
    if _MARKUP.search(data, 0, _SNIFFED if is_pdf else len(data)):
        yield "page-inside"
    if not is_pdf and b"%PDF-" in data:
        yield "pdf-inside"
