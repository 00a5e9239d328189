"""Why a hand-in is given back, in words: those of the gate, or that main has gone on since its form was opened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from licheng.core.errors import LichengError
from licheng.core.languages import LANGUAGES
from licheng.core.layout import student_folder
from licheng.core.report import LocatedFinding
from licheng.outputs.catalog import catalog
from licheng.platform.hand_in import Ticket, TicketState
from licheng.platform.remote import PushAnswer

# A student's id, and in a path all around it.
_OF_STUDENT = re.compile(r"(?:content/[a-z]+/[0-9]{3}/)?\b(s[0-9]{7})\b(?:/[a-z0-9._/-]*[a-z0-9])?", re.ASCII)


def overtaken(ticket: Ticket, paths: Sequence[str], now: datetime) -> Ticket:
    """A hand-in whose form was opened on something that main no longer has.

    Args:
        ticket: as it waits.
        paths: that main has otherwise.
        now: UTC.
    """
    error = LichengError("APP334", paths=", ".join(paths))
    words = {language: " ".join(catalog(language).error(error)) for language in LANGUAGES}
    return replace(ticket, state=TicketState.REFUSED, settled_at=now, codes=("APP334",), words=words)


def refused(ticket: Ticket, answer: PushAnswer, findings: Sequence[LocatedFinding], now: datetime) -> Ticket:
    """A hand-in that the server refused: in the words of the gate, in each language as far as the gate here agrees.

    Args:
        ticket: as it waits.
        answer: of the server.
        findings: of the gate here.
        now: UTC.
    """
    agreed = [finding for finding in findings if finding.code in answer.codes]
    words = dict.fromkeys(LANGUAGES, answer.words)
    if {finding.code for finding in agreed} == set(answer.codes):  # else the server knows more than we
        for language in LANGUAGES:
            say = catalog(language)
            lines = (f"{finding.code} {say.message(finding)} {say.hint(finding)}" for finding in agreed)
            words[language] = "\n".join(lines)
    words = {language: without_others(text, ticket) for language, text in words.items()}
    return replace(ticket, state=TicketState.REFUSED, settled_at=now, codes=answer.codes, words=words)


def without_others(text: str, ticket: Ticket) -> str:
    """Words without the students of whom the hand-in is not, nor what theirs is called: who holds the same file."""
    own = {ticket.account, *(folder.rpartition("/")[2] for folder in map(student_folder, ticket.files) if folder)}
    return _OF_STUDENT.sub(lambda match: match[0] if match[1] in own else "s•••••••", text)
