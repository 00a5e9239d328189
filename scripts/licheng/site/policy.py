"""The site's Content-Security-Policy: which scripts run on a page, by their files or their hashes.

Hashed are the few inline scripts that the theme's own partials write, as the template renders them; whatever else
stands in a page, be it from the handbook, a record or a tampered build, does not run.
"""

from __future__ import annotations

import base64
import hashlib
import re

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Style attributes stay: Markdown's tables align columns by them, and they run nothing.
_RULES = (
    "default-src 'self'",
    "script-src 'self' {hashes}",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
)


def content_policy(partials: str) -> str:
    """The policy of a page.

    Args:
        partials: what the theme's partials with inline scripts render to on this page; nothing of the page's content.
    """
    digests = (hashlib.sha256(script.encode("utf-8")).digest() for script in _SCRIPT.findall(partials))
    hashes = sorted({f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests})
    return "; ".join(_RULES).format(hashes=" ".join(hashes))
