"""Once a day, from eight in the morning, what `licheng remind` says goes by mail to those whose duty it is.

Somebody gets a letter on a day that brings something new: a deadline has come within another of the school's reminder
days, or is late for another week. The letter then lists all that is theirs. What is no duty (the windows in which
students may hand in, or confirm and have not yet) goes to those who have an address and have not switched it off; of a
duty whoever has no address is told by a file in the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, time
from pathlib import Path

from licheng.app.remind import due_or_late
from licheng.core.dates import TAIPEI
from licheng.core.languages import LANGUAGES
from licheng.outputs.naming import names_of
from licheng.outputs.reminders import line
from licheng.outputs.words import words
from licheng.platform.choices import Choices
from licheng.platform.post import Letter, Post, id_of, lay_down
from licheng.platform.rendering import say
from licheng.platform.school_view import MainView, SchoolView
from licheng.platform.settings import Settings
from licheng.policy.receiving.progress import is_confirmed
from licheng.policy.receiving.versions import members
from licheng.policy.reminders import Reminder, by_owner, concerns, staff_of
from licheng.sources.tree import CommitTree

_MORNING = time(8)
_WEEK = 7


def step(reminder: Reminder) -> str:
    """How far a deadline has come: what is told anew when it changes."""
    if reminder.within is not None:
        return f"within-{reminder.within}"
    return f"late-{-reminder.days_left // _WEEK}"


def due_by_account(due: Sequence[Reminder], view: MainView) -> dict[str, list[Reminder]]:
    """Reminders by whose they are today: accounts of staff by post and unit, of students by year level."""
    school, theirs = view.school, dict[str, list[Reminder]]()
    for owner, reminders in by_owner(reminder for reminder in due if reminder.is_duty).items():
        for staff in staff_of(owner, school):
            listed = {reminder.deadline.id for reminder in theirs.setdefault(staff, [])}
            theirs[staff] += (reminder for reminder in reminders if reminder.deadline.id not in listed)
    if voluntary := [reminder for reminder in due if not reminder.is_duty]:
        for student, member in view.members().items():
            own = member.own
            concerned = [each for each in voluntary if own is not None and concerns(each, own, school.today)]
            open_ = _unconfirmed(concerned, student, view)
            if open_ and student in school.account_of:
                theirs[student] = open_
    return theirs


def _unconfirmed(due: list[Reminder], student: str, view: MainView) -> list[Reminder]:
    """Without the windows in which a student has confirmed already; a student in no receipt is not even read."""
    is_asked = any(student in asked for asked in members(view.school).values())
    own = view.student(student) if is_asked and due else None
    return [each for each in due if own is None or not is_confirmed(each.deadline, own, view.school)]


class Reminding:
    """Tells what is due; the last day on which it did stands in the state folder."""

    def __init__(self, settings: Settings, repository: Path, clock: Callable[[], datetime]) -> None:
        self._origin = settings.origin
        self._post = Post(settings)
        self._choices = Choices(settings.state / "choices")
        self._repository = repository
        self._clock = clock
        self._mark = settings.state / "reminded"

    def tell(self) -> int:
        """Remind, if nobody was reminded today; return how many letters went out or were laid down.

        Raises:
            LichengError: APP322, nothing has been fetched yet; APP377, the mail server does not take it: again later.
            UsageError: APP378, `addresses.toml` is none.
        """
        now = self._clock().astimezone(TAIPEI)
        today = now.date().isoformat()
        if now.time() < _MORNING or (self._mark.is_file() and self._mark.read_text(encoding="ascii").strip() == today):
            return 0
        reader = SchoolView(self._repository, self._clock)
        view = reader.now()
        with closing(reader), CommitTree(self._repository, view.tip) as tree:
            theirs = due_by_account(due_or_late(tree, view.school), view)
        count = self._post.send(self._letters(theirs, view))
        lay_down(self._mark, f"{today}\n".encode())
        return count

    def _letters(self, theirs: dict[str, list[Reminder]], view: MainView) -> Iterator[Letter]:
        addresses, today = self._post.addresses(), view.school.today
        for account, reminders in sorted(theirs.items()):
            is_voluntary = not any(reminder.is_duty for reminder in reminders)
            if is_voluntary and not (account in addresses and self._choices.read(account).reminders):
                continue
            choices = f"{self._origin}/notices" if is_voluntary else ""
            late = sum(reminder.within is None for reminder in reminders)
            filling = {"on": today.isoformat(), "late": late, "soon": len(reminders) - late, "account": account}
            subjects, bodies = [], []
            for language in LANGUAGES:
                names = names_of(view.school, words(language))
                tasks = "\n".join(f"- {line(reminder, today, names)}" for reminder in reminders)
                subjects.append(say(language, "notice_reminder_subject", **filling))
                bodies.append(say(language, "notice_reminder_body", tasks=tasks, origin=self._origin, **filling))
                if choices:
                    bodies.append(say(language, "notice_reminder_choice", choices=choices))
            ids = sorted(id_of(account, *each.owner, each.deadline.id, step(each)) for each in reminders)
            yield Letter(account, tuple(ids), subjects, bodies, datetime.combine(today, _MORNING, TAIPEI), choices)
