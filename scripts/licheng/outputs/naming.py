"""Deadlines and their owners in words: the same names in the terminal, in reminders, in feeds and on pages."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from licheng.core.school import School
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS
from licheng.policy.deadlines import PARENT, Deadline, DeadlineKind, Owner, duty_rows
from licheng.policy.roles import PARENTS

Label = Mapping[str, str]

# Which list of words names the subject of a deadline.
_SUBJECTS = {DeadlineKind.WINDOW: "categories", DeadlineKind.UPLOAD: "rosters", DeadlineKind.TRAINING: "audiences"}


@dataclass(frozen=True)
class Names:
    """The school's own names in one language.

    Attributes:
        units: by id; so are posts.
        duties: the items of 伍.五 by row.
        classes: by id.
    """

    words: Words
    units: Mapping[str, Label]
    posts: Mapping[str, Label]
    duties: Mapping[str, Label]
    classes: Mapping[str, Label]

    def owner(self, owner: Owner) -> str:
        """The name of a unit or a post; an id without a name is shown as it is."""
        if owner == Owner("post", PARENT):
            return plain(self.words.label("feeds", PARENTS))
        name = (self.units if owner.kind == "unit" else self.posts).get(owner.id)
        return name[self.words.short] if name is not None else owner.id

    def owners(self, owners: Iterable[Owner]) -> str:
        """Several, joined as a list of this language."""
        return str(self.words.data["text"]["comma"]).join(map(self.owner, owners))

    def duty(self, row: str) -> str:
        """The item of a row of 伍.五."""
        item = self.duties.get(row)
        return item[self.words.short] if item is not None else row

    def school_class(self, class_id: str) -> str:
        """What the school calls a class."""
        name = self.classes.get(class_id)
        return name[self.words.short] if name is not None else class_id

    def levels(self, levels: Iterable[int], batch: str | None = None) -> str:
        """For whom: year levels and, if there is one, the batch."""
        known = sorted(levels)
        every = not known or known == list(LEVELS)
        who = self.words.data["deadlines"]["all_levels"] if every else self.words.labels("levels", known)
        if batch is not None:
            who = self.words.say("deadlines", "both", levels=who, batch=self.words.label("batches", batch))
        return plain(who)

    def subject(self, deadline: Deadline) -> str:
        """What a deadline is about: nothing more to be said of a meeting."""
        if deadline.kind is DeadlineKind.DUTY:
            return self.duty(deadline.subject)
        if deadline.kind in (DeadlineKind.ANSWER, DeadlineKind.SEALING):
            return deadline.subject
        if deadline.stage:
            return plain(self.words.doing(deadline.subject, deadline.stage))
        section = _SUBJECTS.get(deadline.kind)
        return plain(self.words.label(section, deadline.subject)) if section is not None else ""

    def title(self, deadline: Deadline) -> str:
        """What must be done by a deadline, and for whom."""
        title = self.words.say("deadlines", deadline.kind, what=self.subject(deadline))
        if not deadline.levels:
            return plain(title)
        who = self.levels(deadline.levels, deadline.batch)
        return plain(self.words.say("deadlines", "with", title=title, who=who))


def plain(text: Markup) -> str:
    """Words as plain text."""
    return html.unescape(str(text))


def names_of(school: School, words: Words) -> Names:
    """The names that a school gives to its units, posts and duties."""
    own = school.one("school")
    data = own.data if own is not None else {"units": (), "posts": ()}
    return Names(
        words.of_school(school.rulebooks.versions),
        {entry["id"]: entry["name"] for entry in data["units"]},
        {entry["id"]: entry["name"] for entry in data["posts"]},
        {row["id"]: row["item"] for row in duty_rows(school)},
        school.class_names,
    )
