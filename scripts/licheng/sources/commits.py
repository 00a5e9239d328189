"""Commits as they lie in the store: a strict reader of the whole raw object, as it stays in history for ever.

What git itself writes on a SHA-1 repository is `tree`, any number of `parent`, `author`, `committer`, and `gpgsig`
where somebody signs; then an empty line and the message. Everything else is told as an oddity: `encoding` (the message
is UTF-8), `mergetag` (it carries another's tag with its tagger and text), `gpgsig-sha256` (of SHA-256 repositories),
and whatever a hand-made object holds besides.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress

from licheng.core.change import Commit, Oddity, Stamp
from licheng.sources import text

# A commit above this is not read: nobody wrote that message, so it is nobody's.
MOST_BYTES = 64 << 10
# Characters of a message. The longest sound one lists what a large change does, a line each.
MOST_MESSAGE = 8_000

_STAMP = re.compile(rb"([^<>\x00\n]*) <([^<>\x00\n]*)> (0|[1-9][0-9]{0,19}) ([+-][0-9]{4})")
_ID = re.compile(rb"[0-9a-f]{40}")
_ORDER = ("tree", "parent", "author", "committer", "gpgsig")
# One armored block: no header lines, which may hold a comment, and nothing but base64; OpenPGP ends with a checksum.
_SIGNATURE = re.compile(
    rb"-----BEGIN (PGP|SSH) SIGNATURE-----\n(?:\n)?"
    rb"((?:[A-Za-z0-9+/=]{1,76}\n)+?)"
    rb"(?:=[A-Za-z0-9+/]{4}\n)?"
    rb"-----END \1 SIGNATURE-----\n?"
)
_NOBODY = Stamp("", "", 0, "")


def unread(sha: str, parents: tuple[str, ...] = ()) -> Commit:
    """A commit too large to be read."""
    return Commit(sha, parents, _NOBODY, _NOBODY, oddities=(Oddity("too-large", f"{MOST_BYTES >> 10} KB"),))


def parse(sha: str, raw: bytes) -> Commit:
    """A commit from its bytes, with all that no ordinary tool of Git would have written."""
    head, blank, body = raw.partition(b"\n\n")
    headers = list(_headers(head))
    oddities = [Oddity("header", name.strip()[:40]) for name, _ in headers if name not in _ORDER]
    known = [name for name, _ in headers if name in _ORDER]
    if known != sorted(known, key=_ORDER.index) or any(known.count(name) > 1 for name in known if name != "parent"):
        oddities.append(Oddity("order", " ".join(known)[:80]))
    if not blank:
        oddities.append(Oddity("no-message", f"{len(raw)} bytes"))
    first = dict(reversed(headers))  # of several, the first
    author, committer = _stamp(first.get("author", b"")), _stamp(first.get("committer", b""))
    oddities += [Oddity("bad-line", "author")] if author is _NOBODY else []
    oddities += [Oddity("bad-line", "committer")] if committer is _NOBODY else []
    if any(not _ID.fullmatch(value) for name, value in headers if name in {"tree", "parent"}):
        oddities.append(Oddity("bad-line", "tree / parent"))
    signature = _SIGNATURE.fullmatch(first.get("gpgsig", b""))
    if "gpgsig" in first and signature is None:
        oddities.append(Oddity("signature", "gpgsig"))
    carried = ""
    if signature is not None:
        with suppress(binascii.Error):  # OpenPGP may put the signer's e-mail address into one: what can be read in it
            data = base64.b64decode(signature[2].replace(b"\n", b""))
            carried = "\n".join(part.decode() for part in re.findall(rb"[\x20-\x7e]{4,}", data))
    message, odd_message = _message(body)
    parents = tuple(value.decode("ascii", "replace") for name, value in headers if name == "parent")
    return Commit(sha, parents, author, committer, message, carried, tuple(dict.fromkeys((*oddities, *odd_message))))


def _stamp(line: bytes) -> Stamp:
    """Who and when; nobody where the line is not as git writes it."""
    match = _STAMP.fullmatch(line)
    if match is None:
        return _NOBODY
    who, address, seconds, zone = match.groups()
    return Stamp(_shown(who), _shown(address), int(seconds), zone.decode())


def _headers(head: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and value of each header, its further lines joined to it."""
    name, lines = "", list[bytes]()
    for index, line in enumerate(head.split(b"\n")):
        if index and line.startswith(b" "):
            lines.append(line[1:])
            continue
        if index:
            yield name, b"\n".join(lines)
        key, space, value = line.partition(b" ")
        name = _shown(key) if space else f"{_shown(key)} "  # a line without a value is no header of git
        lines = [value]
    yield name, b"\n".join(lines)


def _message(body: bytes) -> tuple[str, list[Oddity]]:
    """The message, and what hides in it; GitHub ends lines with CR LF, which hides nothing."""
    try:
        message = body.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return _shown(body), [Oddity("not-utf8", f"0x{body[error.start]:02x}")]
    odd = [Oddity("too-long", f"{len(message)} > {MOST_MESSAGE}")] if len(message) > MOST_MESSAGE else []
    for finding in text.faults("", message):
        odd.append(Oddity("character", str(finding.values.get("codepoint") or finding.code)))
    return message, odd


def _shown(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
