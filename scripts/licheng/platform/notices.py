"""What main has gained is told to whom it concerns, by mail: by another way than the page on which it was signed.

Whoever signed is told of every signature in their name, so that one that they did not make is noticed within the hours
in which revoking costs a touch; a student is told that a work came back. Notices follow from the repository alone, and
nobody can switch them off.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from licheng.core.certification import Decision
from licheng.core.dates import instant
from licheng.core.languages import LANGUAGES
from licheng.core.layout import home
from licheng.platform.post import Letter, Post, id_of, lay_down
from licheng.platform.rendering import say, shown_minute
from licheng.platform.settings import Settings
from licheng.sources.git import run as git

MAIN = "refs/heads/main"
_SIGNED = frozenset({"certification", "change", "delegation", "hand-in"})
_RETURNED = frozenset({Decision.RETURNED, Decision.REVOKED})


@dataclass(frozen=True)
class Notice:
    """One thing to tell somebody.

    Attributes:
        account: whom.
        word: of the catalog: `notice_<word>_subject` and `notice_<word>_body`.
        values: that fill it; ids and paths, never a name and nothing of what somebody wrote.
        path: of the file in main that it is about.
        at: when that says it was signed, UTC.
    """

    account: str
    word: str
    values: Mapping[str, str]
    path: str
    at: datetime

    def letter(self, origin: str) -> Letter:
        """As it is sent, with the platform's own address in it."""
        values = {**self.values, "account": self.account, "at": shown_minute(self.at), "origin": origin}
        return Letter(
            self.account,
            (id_of(self.path, self.account),),
            [say(language, f"notice_{self.word}_subject") for language in LANGUAGES],
            [say(language, f"notice_{self.word}_body", **values) for language in LANGUAGES],
            self.at,
        )


def new_notices(repository: Path, old: str, new: str) -> Iterator[Notice]:
    """What to tell of the files that main has gained between two of its commits, and of passkeys that changed."""
    listed = git(repository, "diff", "--name-only", "--no-renames", "--diff-filter=AM", "-z", old, new, "--", "content")
    for path in sorted(listed.decode("utf-8", "surrogateescape").split("\0")):
        where = home(path)
        if where is not None and where.kind.name == "student-keys":
            blob = git(repository, "rev-parse", f"{new}:{path}").decode().strip()
            committed = git(repository, "log", "-1", "--format=%ct", new, "--", path).decode()
            at = datetime.fromtimestamp(int(committed), UTC)
            yield Notice(where.identity["student"], "passkey", {"what": path}, f"{path} {blob}", at)
        elif where is not None and where.kind.name in _SIGNED:
            data = git(repository, "cat-file", "blob", f"{new}:{path}")
            # What is no payload of its kind counts for nothing, and is nobody's signature.
            with suppress(ValueError, KeyError, TypeError):
                yield from notices_of(where.kind.name, path, json.loads(data))


def notices_of(kind: str, path: str, payload: Mapping[str, Any]) -> Iterator[Notice]:
    """What to tell of a file that was signed.

    Args:
        kind: `certification`, `change`, `delegation` or `hand-in`.
        path: of the file.
        payload: what it holds.

    Raises:
        ValueError, KeyError, TypeError: it is no payload of its kind.
    """
    if kind in {"change", "hand-in"}:
        at = instant(payload["at"])
        word = "signed" if kind == "change" else "handed_in"
        yield Notice(payload["account"], word, {"what": path}, path, at)
        return
    predicate = payload["predicate"]
    at = instant(predicate["issued_at"])
    if kind == "delegation":
        yield Notice(predicate["by"], "signed", {"what": path}, path, at)
        return
    item = f"{predicate['student']}/{predicate['item']}"
    yield Notice(predicate["certifier"]["id"], "signed", {"what": item}, path, at)
    if predicate["decision"] in _RETURNED:
        yield Notice(predicate["student"], "returned", {"what": predicate["item"]}, path, at)


class Notices:
    """Tells what is new, each thing once; the last commit that was told stands in the state folder."""

    def __init__(self, settings: Settings, repository: Path) -> None:
        self._origin = settings.origin
        self._post = Post(settings)
        self._repository = repository
        self._mark = settings.state / "noticed"

    def tell(self) -> int:
        """Tell what main has gained since the last time; return how many notices went out or were laid down.

        The first time nothing is told: what was there before a platform began is no news.

        Raises:
            LichengError: APP003, git failed; APP377, the mail server does not take it: told again the next time.
            UsageError: APP378, `addresses.toml` is none.
        """
        tip = git(self._repository, "rev-parse", "--verify", MAIN).decode().strip()
        last, count = self._mark.read_text(encoding="ascii").strip() if self._mark.is_file() else tip, 0
        if last != tip:
            notices = new_notices(self._repository, last, tip)
            count = self._post.send(notice.letter(self._origin) for notice in notices)
        if last != tip or not self._mark.is_file():
            lay_down(self._mark, f"{tip}\n".encode())
        return count
