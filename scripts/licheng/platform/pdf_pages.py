"""Pages of a PDF as pictures, where they are made: in the process that has limits (`licheng.sources.confined`).

PDFium draws them, without JavaScript or XFA (the build has neither) and without forms: a picture holds no script, no
link, no file. What is huge on paper is made small, never in part.
"""

from __future__ import annotations

import math
from io import BytesIO
from typing import Any

_WIDTH = 1200  # pixels, for a page of ordinary shape
_MOST_PIXELS = 4_000_000
_LONGEST = 8_000  # of a side; WebP ends at 16,383
_QUALITY = 85


def count(data: bytes) -> tuple[dict[str, Any], bytes]:
    """For `confined.ask`: how many pages; none of what is no PDF, or asks for a password."""
    with _opened(data) as document:
        return {"pages": len(document)}, b""


def picture(data: bytes, number: int) -> tuple[dict[str, Any], bytes]:
    """For `confined.ask`: a page, from 1, as WebP."""
    with _opened(data) as document:
        page = document[number - 1]
        width, height = page.get_size()
        if not (0 < width < math.inf and 0 < height < math.inf):
            raise ValueError(width, height)  # a page without an area, which nobody can look at
        # Pixels a point (1/72 inch).
        scale = min(_WIDTH / width, math.sqrt(_MOST_PIXELS / (width * height)), _LONGEST / height)
        drawn = page.render(scale=scale, may_draw_forms=False).to_pil()
    webp = BytesIO()
    drawn.convert("RGB").save(webp, "WEBP", quality=_QUALITY, method=2)
    return {"width": drawn.width, "height": drawn.height}, webp.getvalue()


def _opened(data: bytes) -> Any:
    from pypdfium2 import PdfDocument

    return PdfDocument(data)
