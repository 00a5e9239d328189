"""All rules, from the lists of what they judge: a command imports those that it runs."""

from __future__ import annotations

from licheng.core.rule import Rules
from licheng.rules.of_change import OF_CHANGE
from licheng.rules.of_rulebook import OF_RULEBOOK
from licheng.rules.of_school import OF_SCHOOL
from licheng.rules.of_students import OF_STUDENTS

ALL = Rules((*OF_STUDENTS, *OF_SCHOOL, *OF_RULEBOOK, *OF_CHANGE))
ALWAYS: frozenset[str] = frozenset(this.code for this in ALL if this.always)
OF_THE_DAYS: frozenset[str] = frozenset(this.code for this in ALL if this.of_the_days)
