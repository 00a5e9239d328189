"""Drafts: what somebody types is on the disk before the browser is told so, and nothing is ever typed over unseen.

    drafts/<account>/<key>.json     the texts of one form, by the pages in which they were typed

A page that was opened on a text goes on with it. One that was opened on what has changed since writes a text of its
own beside the others; who opens the form sees all of them. A draft goes when what was typed was handed in and there is
a receipt, or when its owner says so.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from licheng.core.dates import instant, written
from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.platform.forms.filling import BODY
from licheng.storage.files import alone, sync, temporaries, temporary

MOST_BYTES = 1 << 18  # of one text; the longest record has a fifth of it
MOST_TEXTS = 5  # of one form
MOST_DRAFTS = 100  # of one account
MOST_FIELDS = 20_000
_KEY = re.compile(r"[a-z0-9][a-z0-9.-]{0,199}", re.ASCII)  # as long as a path may be (FIL007)
_TAB = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Typed:
    """What a page sends.

    Attributes:
        tab: the page's own name, drawn when it was opened.
        number: counts what the page has sent, so that what comes late does not go over what came after it.
        seen: the version of the text that the page was opened on; empty where there was none.
        fields: all fields of the form.
    """

    tab: str
    number: int
    seen: str
    fields: Fields

    @classmethod
    def of(cls, data: Any) -> Typed:
        """What a script sent as JSON.

        Raises:
            UsageError: APP340, it is of no such form.
        """
        match data:
            case {"tab": str(tab), "number": int(number), "seen": str(seen), "fields": dict(fields)}:
                is_of_page = _TAB.fullmatch(tab) and 0 <= number < 1 << 53 and len(seen) <= 40
                lists = [texts for texts in fields.values() if isinstance(texts, list)]
                is_of_texts = all(isinstance(text, str) for texts in lists for text in texts)
                if is_of_page and is_of_texts and len(lists) == len(fields) <= MOST_FIELDS:
                    return cls(tab, number, seen, fields)
        raise UsageError("APP340", case="form")


@dataclass(frozen=True)
class DraftText:
    """A text that one page has typed.

    Attributes:
        version: drawn anew with each change.
        tab: the page that last wrote it.
        number: of that page's.
        saved_at: UTC.
        fields: of the form.
        ticket: the id of the ticket with which it was handed in; empty where it was not, or was changed since.
    """

    version: str
    tab: str
    number: int
    saved_at: str
    fields: Fields
    ticket: str = ""

    @property
    def words(self) -> str:
        """What somebody typed, to be told from another text."""
        typed = (texts for name, texts in self.fields.items() if not name.startswith("_") or name == BODY)
        return "\n".join(text for texts in typed for text in texts if text)


@dataclass(frozen=True)
class FormDraft:
    """All texts of a form; the first is the one that it opens with."""

    key: str
    texts: tuple[DraftText, ...] = ()

    def of_version(self, version: str) -> DraftText | None:
        """The text of a version, if it is still that."""
        return next((text for text in self.texts if version and text.version == version), None)


@dataclass(frozen=True)
class Saved:
    """What has become of what a page sent.

    Attributes:
        text: as it is kept.
        others: further texts of the form.
        changed: whether it says what was not on the disk before.
    """

    text: DraftText
    others: int
    changed: bool


class Drafts:
    """The drafts below a folder, which several processes may share.

    Args:
        folder: below the platform's state folder; made where it is not there.
        clock: the moment, with its time zone.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock

    def read(self, account: str, key: str) -> FormDraft:
        """A form's draft; without texts where there is none."""
        return _read(self._file(account, key), key)

    def keys(self, account: str) -> list[str]:
        """The forms of which somebody has a draft, sorted."""
        folder = self._of(account)
        return sorted(path.name.removesuffix(".json") for path in folder.glob("[!.]*.json"))

    def save(self, account: str, key: str, typed: Typed) -> Saved:
        """Keep what a page sends; when this returns, it is on the disk.

        Raises:
            UsageError: APP340, no key of a form; APP341, more than is kept. What was kept before stays.
            LichengError: APP342, the disk does not take it.
        """
        if len(json.dumps(typed.fields, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MOST_BYTES:
            raise UsageError("APP341", case="size", most=MOST_BYTES >> 10)
        with _Locked(self._file(account, key)) as target:
            draft = _read(target, key)
            ours = next((text for text in draft.texts if text.tab == typed.tab), None)
            if ours is not None and typed.number <= ours.number:
                return Saved(ours, len(draft.texts) - 1, changed=False)
            same = next((text for text in draft.texts if _same(text.fields, typed.fields)), None)
            if ours is None and same is not None and same.version != typed.seen:
                return Saved(same, len(draft.texts) - 1, changed=False)
            before = ours or draft.of_version(typed.seen)
            if before is None and len(draft.texts) >= MOST_TEXTS:
                raise UsageError("APP341", case="texts", most=MOST_TEXTS)
            if not draft.texts and len(list(target.parent.glob("[!.]*.json"))) >= MOST_DRAFTS:
                raise UsageError("APP341", case="drafts", most=MOST_DRAFTS)
            ticket = before.ticket if before is not None and _same(before.fields, typed.fields) else ""
            now = written(self._clock())
            text = DraftText(secrets.token_hex(8), typed.tab, typed.number, now, dict(typed.fields), ticket)
            texts = tuple(text if each is before else each for each in draft.texts)
            _write(target, replace(draft, texts=texts if before is not None else (*draft.texts, text)))
            return Saved(text, len(draft.texts) - (before is not None), changed=same is None)

    def choose(self, account: str, key: str, version: str) -> None:
        """The form opens with that text from now on; the others stay."""
        with _Locked(self._file(account, key)) as target:
            draft = _read(target, key)
            chosen = draft.of_version(version)
            if chosen is not None:
                _write(target, replace(draft, texts=(chosen, *(text for text in draft.texts if text is not chosen))))

    def attach(self, account: str, key: str, tab: str, fields: Fields) -> None:
        """Say more in the text that a page has just saved: what came with it."""
        with _Locked(self._file(account, key)) as target:
            draft = _read(target, key)
            version = secrets.token_hex(8)
            texts = (replace(text, version=version, fields=fields) if text.tab == tab else text for text in draft.texts)
            _write(target, replace(draft, texts=tuple(texts)))

    def note_ticket(self, account: str, key: str, version: str, ticket: str) -> None:
        """A text was handed in and waits for the gate: it stays until it has landed."""
        with _Locked(self._file(account, key)) as target:
            draft = _read(target, key)
            texts = (replace(text, ticket=ticket) if text.version == version else text for text in draft.texts)
            _write(target, replace(draft, texts=tuple(texts)))

    def remove(self, account: str, key: str, version: str = "", tab: str = "") -> None:
        """A text goes: it was handed in and there is a receipt, or its owner says so. What others typed stays.

        Args:
            account: whose.
            key: of the form.
            version: of the text.
            tab: the page that wrote it, whatever its version.
        """
        with _Locked(self._file(account, key)) as target:
            draft = _read(target, key)
            left = tuple(text for text in draft.texts if text.version != version and text.tab != tab)
            if not left:
                target.unlink(missing_ok=True)
                sync((), target.parent)
            elif left != draft.texts:
                _write(target, replace(draft, texts=left))

    def forget(self, before: datetime, waits: Callable[[str, str], bool]) -> int:
        """Remove the drafts of which nothing was saved since a moment; return how many.

        Args:
            before: the moment.
            waits: whether a ticket of an account still waits for the gate; what was handed in with it stays.
        """
        gone = 0
        for path in self._folder.glob("*/[!.]*.json"):
            account, key = path.parent.name, path.name.removesuffix(".json")
            if path.stat().st_mtime >= before.timestamp():
                continue
            with _Locked(path) as target:
                texts = _read(target, key).texts
                is_old = all(instant(text.saved_at) < before for text in texts)
                if is_old and not any(text.ticket and waits(account, text.ticket) for text in texts):
                    target.unlink(missing_ok=True)
                    gone += 1
        return gone

    def _of(self, account: str) -> Path:
        if _ACCOUNT.fullmatch(account) is None:
            raise UsageError("APP340", case="key")
        return self._folder / account

    def _file(self, account: str, key: str) -> Path:
        if _KEY.fullmatch(key) is None:
            raise UsageError("APP340", case="key")
        return self._of(account) / f"{key}.json"


class _Locked:
    """A draft's file, with its folder to ourselves; what a killed writer left beside it is gone."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._lock: Any = None

    def __enter__(self) -> Path:
        try:
            if not self._target.parent.is_dir():
                self._target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync((), self._target.parent.parent)  # a new folder's name is on the disk when the one above is
            self._lock = alone(self._target.parent)
            self._lock.__enter__()
            for left in temporaries(self._target):
                left.unlink()
        except OSError as error:
            raise LichengError("APP342", detail=reason_of(error)) from error
        return self._target

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        self._lock.__exit__(kind, error, trace)
        if isinstance(error, OSError):
            raise LichengError("APP342", detail=reason_of(error)) from error


def _same(ours: Fields, theirs: Fields) -> bool:
    """Whether two texts say the same; a field without a text says nothing."""
    return _said(ours) == _said(theirs)


def _said(fields: Fields) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in fields.items() if any(texts)}


def _read(path: Path, key: str) -> FormDraft:
    try:
        data = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
        return FormDraft(key, tuple(DraftText(**text) for text in data["texts"]))
    except FileNotFoundError:
        return FormDraft(key)
    except OSError as error:
        raise LichengError("APP342", detail=reason_of(error)) from error


def _write(target: Path, draft: FormDraft) -> None:
    data = json.dumps({"texts": [vars(text) for text in draft.texts]}, ensure_ascii=False)
    staged = temporary(target, data.encode("utf-8", "surrogatepass"), 0o600)
    try:
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    sync((), target.parent)
