"""The signing page as files: what is the same in every school, with its words and the school's own facts as data.

Only `school.js` differs between two schools with the same version of the engine, so that the code can be compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licheng.core.certification import REASONS, Capacity, Decision
from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import catalog
from licheng.outputs.naming import Label

# What a server must send with every file, as a page cannot say of itself that nobody may frame it. A popup keeps its
# opener only while neither severs it: the page's own opener policy is `unsafe-none`, the platform's
# `same-origin-allow-popups`.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "publickey-credentials-create=(self), publickey-credentials-get=(self)",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}

_STATIC = Path(__file__).with_name("static")


@dataclass(frozen=True)
class SigningSite:
    """What a signing page knows of its school.

    Attributes:
        repository: SHA-256 of the genesis; nothing of another school is signed.
        origin: where the page lies: `https://sign.school.example`. Its host is in every passkey made there.
        platform: who may ask for signatures: `https://portfolio.school.example`.
        name: the school's, by language.
    """

    repository: str
    origin: str
    platform: str
    name: Label


def files(site: SigningSite) -> dict[str, str]:
    """The page's files by name, the same bytes each time."""
    facts = {
        "repository": site.repository,
        "origin": site.origin,
        "platform": site.platform,
        "name": {language: site.name[language.partition("-")[0]] for language in LANGUAGES},
    }
    words: dict[str, Any] = {}
    for language in LANGUAGES:  # the page's words, and those that it shares with the commands
        own = catalog(language)
        page, labels = dict(own.data["signing-page"]), own.data["labels"]
        sentences = {decision.value: own.word(f"statement_{decision.value}") for decision in Decision}
        words[language] = page | {
            "sentences": sentences | page["sentences"],
            "decisions": {decision.value: labels["decision"][decision.value] for decision in Decision},
            "capacities": {capacity.value: labels["capacity"][capacity.value] for capacity in Capacity},
            "reason_codes": {reason: labels["reason"][reason] for reason in REASONS},
        }
    static = {path.name: path.read_text("utf-8") for path in _STATIC.iterdir()}
    scripts = {"school.js": _module(facts), "words.js": _module(words)}
    return dict(sorted({**static, **scripts}.items()))


def _module(value: object) -> str:
    return f"export default {json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)}\n"


def digests(files: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of each file in hex, as `sha256sum *` prints them, and of that very list under the name `-`."""
    each = {name: hashlib.sha256(files[name].encode()).hexdigest() for name in sorted(files)}
    listed = "".join(f"{digest}  {name}\n" for name, digest in each.items())
    return {**each, "-": hashlib.sha256(listed.encode()).hexdigest()}
