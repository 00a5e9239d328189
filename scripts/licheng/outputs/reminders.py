"""Reminders as Markdown for an issue, as JSON, and as e-mails that are written, never sent. By post, never by name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from email.headerregistry import Group
from email.message import EmailMessage
from email.policy import SMTP

from licheng.core.dates import TAIPEI
from licheng.outputs.naming import Names, plain
from licheng.outputs.overview import deadline_json, left
from licheng.policy.reminders import Reminder, by_owner

VERSION = 1
_MORNING = time(8)


def _say(names: Names, name: str, /, **values: object) -> str:
    return plain(names.words.say("reminders", name, **values))


def markdown(reminders: Sequence[Reminder], today: date, names: Names) -> str:
    """One issue: a heading for each unit and post, a task for each thing to do."""
    lines = [f"# {_say(names, 'title', on=today.isoformat())}", "", _say(names, "lead")]
    for owner, own in by_owner(reminders).items():
        lines += ["", f"## {names.owner(owner)}", "", *(f"- [ ] {line(reminder, today, names)}" for reminder in own)]
    if not reminders:
        lines += ["", _say(names, "none")]
    return "\n".join(lines) + "\n"


def line(reminder: Reminder, today: date, names: Names) -> str:
    """One thing to do: its last day, what, how many days are left, how much is not there yet."""
    deadline = reminder.deadline
    parts = [f"{deadline.closes.isoformat()} {names.title(deadline)}", left(deadline.closes, today, names)]
    if reminder.open:
        parts.append(plain(names.words.say("deadlines", "open", count=reminder.open)))
    return str(names.words.data["text"]["comma"]).join(parts)


def as_json(reminders: Iterable[Reminder], today: date) -> str:
    """The same for machines; fields are added, never renamed or removed within a version."""
    rows = [
        {
            "owner": {reminder.owner.kind: reminder.owner.id},
            "deadline": deadline_json(reminder.deadline),
            "within_days": reminder.within,
            "days_left": reminder.days_left,
            "late": reminder.within is None,
            "open": reminder.open,
        }
        for reminder in reminders
    ]
    document = {"version": VERSION, "today": today.isoformat(), "reminders": rows}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def emails(reminders: Iterable[Reminder], today: date, school: str, names: Names) -> Iterator[tuple[str, bytes]]:
    """File name and message, one a unit or post: to a group without addresses, since only the school knows them.

    Args:
        reminders: what is due or late.
        today: the day that they are for; it dates the message, so the same day gives the same bytes.
        school: its code, which ends the message's id.
        names: units and posts in one language.
    """
    for owner, own in by_owner(reminders).items():
        name = f"{today.isoformat()}-{owner.kind}-{owner.id}"
        late = sum(reminder.within is None for reminder in own)
        message = EmailMessage(policy=SMTP)
        message["Subject"] = _say(names, "subject", on=today.isoformat(), late=late, soon=len(own) - late)
        message["To"] = Group(names.owner(owner), ())
        message["Date"] = datetime.combine(today, _MORNING, TAIPEI).astimezone(UTC)
        message["Message-ID"] = f"<{hashlib.sha256(name.encode()).hexdigest()[:24]}@{school}.licheng.invalid>"
        message["Auto-Submitted"] = "auto-generated"
        tasks = [f"- {line(reminder, today, names)}" for reminder in own]
        greeting, footer = _say(names, "greeting", owner=names.owner(owner)), _say(names, "footer")
        message.set_content("\n".join([greeting, "", *tasks, "", footer]) + "\n", cte="base64")
        yield f"{name}.eml", message.as_bytes(policy=SMTP)
