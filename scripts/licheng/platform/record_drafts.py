"""What one of the staff types in the form of a record, until it has landed: on the disk first, as a student's is."""

from __future__ import annotations

from dataclasses import dataclass

from licheng.core.layout import CONTENT, home
from licheng.platform.drafts import Drafts, DraftText, FormDraft, Typed
from licheng.platform.editing import below_of
from licheng.platform.hand_in import TicketState
from licheng.platform.spool import Spool


def key_of(path: str) -> str:
    """The key of the draft of a record."""
    return path.removeprefix(f"{CONTENT}/").replace("/", ".")


@dataclass(frozen=True)
class RecordDrafts:
    """The drafts of records, beside the tickets with which they were handed in."""

    drafts: Drafts
    spool: Spool

    def of(self, account: str, path: str) -> FormDraft:
        """The draft of a record; a text that has landed is none any more, and goes."""
        draft = self.drafts.read(account, key_of(path))
        tickets = [self.spool.ticket(account, text.ticket) if text.ticket else None for text in draft.texts]
        states = [ticket.state if ticket is not None else None for ticket in tickets]
        landed = [text for text, now in zip(draft.texts, states, strict=True) if now is TicketState.LANDED]
        for text in landed:
            self.drafts.remove(account, draft.key, version=text.version)
        return FormDraft(draft.key, tuple(text for text in draft.texts if text not in landed))

    def unsent(self, account: str) -> list[str]:
        """The paths of the records of which somebody has a draft, sorted; what has landed goes."""
        paths = [f"{CONTENT}/{below_of(key)}" for key in self.drafts.keys(account)]
        return [path for path in paths if home(path) is not None and self.of(account, path).texts]

    def save(self, account: str, path: str, typed: Typed) -> DraftText:
        """Keep what a page sends; on the disk when this returns. Raises as `Drafts.save`."""
        return self.drafts.save(account, key_of(path), typed).text
