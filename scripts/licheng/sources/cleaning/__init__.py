"""A copy of an attachment without what it need not carry; the work itself stays as it is.

Each format has a module with `cleaned(data, everything)`, which gives the copy and what it took out. Names, places and
whatever no reader shows are taken out always; what acts, or is carried along, only with `everything`, as an author may
have meant it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licheng.core.inspection import Flaw

if TYPE_CHECKING:
    from licheng.policy.attachments import FileType


def clean(data: bytes, kind: FileType, everything: bool) -> tuple[bytes, frozenset[Flaw]]:
    """The copy and what was taken out of it; the same bytes and nothing where nothing was, or nothing can be.

    Args:
        data: the whole file.
        kind: its type.
        everything: also scripts, actions and files inside.

    Raises:
        LichengError: APP064, no process can be started.
    """
    from licheng.sources import confined  # the process that cleans begins with this module, and asks no other

    try:
        answer = confined.ask(
            "licheng.sources.cleaning.wash:wash", data, media_type=kind.media_type, everything=everything
        )
    except confined.OverLimitError:  # the inspection says why
        return data, frozenset()
    return answer.data, frozenset(Flaw(str(code), str(reason)) for code, reason in answer.value)
