"""`licheng platform invite` and `uninvite`: who gets a code, on what sheet; what is taken back of whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from licheng.app.loading.enrolments import enrolments
from licheng.app.server.names import MAIN
from licheng.core.dates import TAIPEI
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.outputs.catalog import Catalog
from licheng.platform.login.invitations import Invitations, last_day
from licheng.platform.login.passkeys import Passkeys
from licheng.platform.login.sheet import CodeSlip, sheet
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Settings
from licheng.policy.accounts import accounts
from licheng.policy.enrolment import left_on, level_and_class
from licheng.sources.reading import read_kinds
from licheng.sources.shelf import Readings
from licheng.sources.tree import CommitTree, Tree
from licheng.storage.private import check_outside, write_private

STAFF = ""  # the group of those who are in no class


class Inviting(NamedTuple):
    """What an invitation will do.

    Attributes:
        classes: who gets a code, by class; members of staff under `STAFF`.
        until: the last day of the codes.
        target: of the sheet.
    """

    settings: Settings
    school: School
    classes: Mapping[str, tuple[str, ...]]
    until: date
    target: Path

    def carry_out(self, words: Catalog) -> None:
        """Make the codes, and write the sheet, which is nowhere else.

        Raises:
            UsageError: APP009, there is such a file; APP024, it cannot be written.
        """
        text = codes_on_paper(self.settings, self.school, self.classes, self.until, words)
        write_private(self.target, text.encode(), replaces=False)

    def lines(self, words: Catalog, *, written: bool) -> Iterator[str]:
        """What the command says: ids, never a code."""
        for name, group in self.classes.items():
            title = _title(self.school, name, words)
            yield words.word("invite_of", school_class=title, who=words.word("separator").join(group))
        count = sum(map(len, self.classes.values()))
        yield words.word("invite_total", count=count, day=self.until.isoformat())
        if written:
            yield words.word("invite_written", path=str(self.target))


class Uninviting(NamedTuple):
    """What is taken back.

    Attributes:
        codes: whose codes that were not used yet.
        passkeys: how many passkeys of whom.
    """

    settings: Settings
    codes: tuple[str, ...]
    passkeys: Mapping[str, int]

    def carry_out(self, now: datetime) -> None:
        """Take it back; whoever loses passkeys is signed out everywhere."""
        Invitations(self.settings.state / "invitations").withdraw(self.codes)
        for who in self.passkeys:
            Passkeys(self.settings.state / "passkeys").remove(who)
            Sessions(self.settings).end_all(who, now)

    def lines(self, words: Catalog) -> Iterator[str]:
        """What the command says."""
        yield words.word("uninvite_codes", count=len(self.codes), who=words.word("separator").join(self.codes) or "-")
        for who, count in self.passkeys.items():
            yield words.word("uninvite_passkeys", who=who, count=count)


def invite(
    settings: Settings, now: datetime, ids: Sequence[str], school_class: str | None, days: int, target: Path
) -> Inviting:
    """Plan codes for people, or for a class, of main as the platform has it.

    Args:
        settings: of the platform.
        now: the instant.
        ids: of accounts.
        school_class: all whose class this is.
        days: how long the codes are good.
        target: of the sheet.

    Raises:
        UsageError: APP171, the sheet would lie in a repository; APP009, there is such a file; APP311; and as `invited`.
    """
    check_outside(target)
    if target.is_symlink() or target.exists():
        raise UsageError("APP009", path=str(target))
    today = now.astimezone(TAIPEI).date()
    until = last_day(today, days)
    with CommitTree(settings.repository, MAIN, Readings()) as tree:
        school = read_kinds(tree, today, ("accounts", "school"))
        return Inviting(settings, school, invited(tree, school, ids, school_class), until, target)


def uninvite(settings: Settings, ids: Sequence[str], *, passkeys: bool) -> Uninviting:
    """Plan to take back what people could still use, and if asked for all their passkeys."""
    kept = Passkeys(settings.state / "passkeys")
    counts = {who: len(kept.of(who)) for who in sorted({*ids})} if passkeys else {}
    codes = Invitations(settings.state / "invitations").open_of({*ids})
    return Uninviting(settings, codes, {who: count for who, count in counts.items() if count})


def codes_on_paper(
    settings: Settings, school: School, classes: Mapping[str, tuple[str, ...]], until: date, words: Catalog
) -> str:
    """Make a code for everybody, and the sheet to print: a whole HTML page, and the only place where the codes are.

    Args:
        settings: of the platform.
        school: with the names of its classes.
        classes: who gets a code, by class; members of staff under `STAFF`.
        until: the last day of the codes.
        words: the language.
    """
    invitations = Invitations(settings.state / "invitations")
    codes = invitations.invite([who for group in classes.values() for who in group], until)
    slips = {
        _title(school, name, words): tuple(CodeSlip(who, codes[who]) for who in group)
        for name, group in classes.items()
    }
    return sheet(slips, f"{settings.origin}/login/code", until, words)


def _title(school: School, name: str, words: Catalog) -> str:
    titles = school.class_names.get(name, {})
    return titles.get(words.language[:2], name) if name != STAFF else words.word("invite_staff")


def invited(tree: Tree, school: School, ids: Sequence[str], school_class: str | None) -> Mapping[str, tuple[str, ...]]:
    """The accounts that get a code, by class, both sorted; members of staff under `STAFF`.

    Args:
        tree: of the school.
        school: with its accounts, on the day.
        ids: of accounts.
        school_class: all whose class this is.

    Raises:
        UsageError: APP318, somebody has no open account; APP319, nobody is asked for; APP270, a record of enrolment
            cannot be read.
    """
    today = school.today
    is_of_students = school_class is not None or any(who.startswith("s") for who in ids)
    records = enrolments(tree) if is_of_students else {}
    here = {who: record for who, record in records.items() if left_on(record, today) is None}
    places = {who: level_and_class(record, today) for who, record in here.items()}
    class_of = {who: place[1] for who, place in places.items() if place is not None}
    whole_class = [student for student, name in class_of.items() if school_class == name]
    if not whole_class and (school_class is not None or not ids):
        raise UsageError("APP319", day=today.isoformat(), school_class=school_class or "-")
    may = {account.id for account in accounts(school, today) if account.holder != "intake"}
    groups: dict[str, list[str]] = {}
    for who in sorted({*ids, *whole_class}):
        if who not in may:
            raise UsageError("APP318", who=who, day=today.isoformat())
        groups.setdefault(class_of.get(who, STAFF), []).append(who)
    return {name: tuple(groups[name]) for name in sorted(groups)}
