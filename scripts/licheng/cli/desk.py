"""`licheng certify --mine`: a person works through what waits for them; each work is shown before it can be signed.

There is no answer that signs several works at once, nor one that signs by default: to sign what one has not looked at
must never be the easier way. Each decision is written before the next work is shown, so that whoever stops has lost
nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click

from licheng.app.loading.load import Loaded
from licheng.app.trust.certify import (
    FOREIGN,
    UNCHANGED,
    DecisionRequest,
    Sign,
    draft,
    resubmission_closes,
    signed_plan,
    viewable,
)
from licheng.cli.main import tell
from licheng.cli.options import carry_out
from licheng.core.certification import REASONS, Decision
from licheng.core.errors import UsageError
from licheng.outputs import certification as output
from licheng.outputs.catalog import Catalog
from licheng.policy.queue import Waiting

_CERTIFY, _RETURN, _SKIP, _STOP = "crsq"


@dataclass(frozen=True)
class CertificationDesk:
    """One person at a terminal.

    Attributes:
        request: the decision `certified`, by whom and with which key; a return differs in decision and reason.
        clock: the time of a decision, UTC.
        opens: whether files are opened by the system's viewer where there is one.
    """

    loaded: Loaded
    root: Path
    request: DecisionRequest
    clock: Callable[[], datetime]
    sign: Sign
    words: Catalog
    people: Mapping[str, str]
    opens: bool

    def work_through(self, items: Sequence[Waiting]) -> None:
        """One work after the other, until the last or until the person stops; what cannot be theirs is told."""
        decided = 0
        try:
            for number, item in enumerate(items, 1):
                click.echo(self.words.word("mine_item", number=number, count=len(items)))
                try:
                    answer = self._offer(item.item)
                except UsageError as error:
                    if error.code not in {FOREIGN, UNCHANGED, "APP051"}:
                        raise
                    tell(error)
                    continue
                if answer == _STOP:
                    break
                decided += answer != _SKIP
        finally:  # also after Ctrl+C, which takes back nothing
            click.echo(self.words.word("mine_done", decided=decided, count=len(items)))

    def _offer(self, folder: str) -> str:
        """Show a work, ask, and write what was decided; the answer."""
        student, item = self.loaded.item(folder)
        # Before the question: what is signed is what was there when the work was shown.
        drafted = draft(item, student, self.loaded.school, self.request, self.clock())
        click.echo(output.in_full(item, student.files_in(item.folder), self.words, self.people), nl=False)
        # In the system's viewer, where there is one; the paths of the files have been shown in any case.
        screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        has_viewer = sys.platform in {"darwin", "win32"} or (bool(screen) and shutil.which("xdg-open") is not None)
        for file in viewable(item, student, self.loaded.school) if self.opens and has_viewer else ():
            if click.launch(str(self.root / file.path)) != 0:
                click.echo(self.words.word("mine_not_opened", path=file.path))
        answer = _asked(self.words.word("mine_ask"), (_CERTIFY, _RETURN, _SKIP, _STOP))
        if answer == _RETURN:
            codes = {str(number): code for number, code in enumerate(REASONS, 1)}
            for number, code in codes.items():
                click.echo(f"  {number}  {self.words.label('reason', code)}")
            code = codes[_asked(self.words.word("mine_reason"), tuple(codes))]
            text = click.prompt(self.words.word("mine_reason_text"), prompt_suffix=" ")
            request = replace(self.request, decision=Decision.RETURNED, reason=(code, text)).checked()
            drafted = draft(item, student, self.loaded.school, request, self.clock())
        if answer in {_CERTIFY, _RETURN}:
            carry_out(signed_plan(drafted, student, self.loaded, self.clock(), self.sign), self.root, dry_run=False)
        if answer == _RETURN:
            click.echo(output.after_return(resubmission_closes(self.loaded, [folder]), self.words), nl=False)
        return answer


def _asked(question: str, allowed: Sequence[str]) -> str:
    """One of the answers, asked for until it comes; full-width letters of an input method are letters."""
    while True:
        typed = click.prompt(question, default="", show_default=False, prompt_suffix=" ")
        answer = unicodedata.normalize("NFKC", typed).strip().lower()
        if answer in allowed:
            return answer
