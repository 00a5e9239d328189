"""A tutor's class at a glance, and the 歷程確認單 that a student checks and signs. Never public.

Names come from a list that the caller gave, and only here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from licheng.outputs.columns import columns
from licheng.outputs.escape import printable
from licheng.outputs.naming import Names, plain
from licheng.policy.certification import State
from licheng.policy.portfolio import Output, Portfolio

_COLUMNS = (State.SUBMITTED, State.CERTIFIED, State.RETURNED, State.STALE)
_HEADS = ("student", "missing", "waiting", "certified", "returned", "stale", "selected", "activities")
Courses = Mapping[str, Mapping[str, Any]]


def class_table(found: Sequence[Portfolio], names: Names, people: Mapping[str, str]) -> str:
    """One line a student: outputs by state, what is ticked, submitted activities, what the school still lacks."""
    first = found[0]
    heads = [plain(names.words.say("overview", head)) for head in _HEADS]
    term = names.words.period(str(first.term))
    title = names.words.say("overview", "class", term=term, name=first.class_, count=len(found))
    lines = columns([heads, *(_line(one, names, people) for one in found)], left=2)
    return "\n".join([plain(title), *lines, plain(names.words.say("overview", "private"))]) + "\n"


def _line(one: Portfolio, names: Names, people: Mapping[str, str]) -> list[str]:
    submitted = sum(done for _, done in one.activities)
    numbers = [*(one.states[state] for state in _COLUMNS), one.selected, submitted]
    return [_who(one, people), _missing(one, names), *map(str, numbers)]


def _who(one: Portfolio, people: Mapping[str, str]) -> str:
    return printable(f"{one.student} {people[one.student]}" if one.student in people else one.student)


def _missing(one: Portfolio, names: Names) -> str:
    return plain(names.words.labels("missing", one.missing))


def sheets(found: Iterable[Portfolio], today: date, courses: Courses, names: Names, people: Mapping[str, str]) -> str:
    """歷程確認單 in Markdown, one a student, each on a page of its own when it is printed."""
    pages = ["\n".join(_sheet(one, today, courses, names, people)) for one in found]
    return '\n\n<div style="page-break-after: always"></div>\n\n'.join(pages) + "\n"


def _sheet(one: Portfolio, today: date, courses: Courses, names: Names, people: Mapping[str, str]) -> Iterator[str]:
    def say(name: str, /, **values: object) -> str:
        return plain(names.words.say("sheet", name, **values))

    term = names.words.period(str(one.term))
    about = {"class": one.class_, "student": _who(one, people)}
    yield from (f"# {say('title')}", "", say("about", term=term, **about), "", say("as_of", on=today.isoformat()))
    yield from ("", f"## {say('outputs')}", "")
    yield from _outputs(one.outputs, courses, names) if one.outputs else (say("none"),)
    yield from ("", f"## {say('activities')}", "")
    yield from [f"- {slug}: {say('submitted' if done else 'draft')}" for slug, done in one.activities] or [say("none")]
    yield from ("", f"## {say('quotas')}", "")
    yield from [_quota(one, index, names) for index in range(len(one.quotas))] or [say("none")]
    yield from ("", f"## {say('missing')}", "", _missing(one, names) or say("complete"), "", say("voluntary"))
    yield from ("", say("sign"))


def _outputs(outputs: Iterable[Output], courses: Courses, names: Names) -> Iterator[str]:
    heads = [plain(names.words.say("sheet", name)) for name in ("course", "item", "state", "decided", "selected")]
    yield _row(heads)
    yield _row(["---"] * len(heads))
    for output in outputs:
        ticked = names.words.say("sheet", "yes" if output.selected else "no")
        decided = output.decided_on.isoformat() if output.decided_on is not None else ""
        course = courses.get(output.course, {}).get("name", {}).get(names.words.short, output.course)
        state = plain(names.words.label("output_states", output.state))
        yield _row([course, output.summary or output.slug, state, decided, plain(ticked)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(printable(" ".join(cell.split())).replace("|", "\\|") for cell in cells) + " |"


def _quota(one: Portfolio, index: int, names: Names) -> str:
    used = one.quotas[index]
    said = names.words.say(
        "sheet",
        "quota",
        of=names.words.label("categories", used.of),
        stage=names.words.label("quota_stages", used.stage),
        used=used.used,
        limit=used.limit,
        period=names.words.period(used.period),
    )
    return f"- {plain(said)}"


def as_json(found: Iterable[Portfolio]) -> Mapping[str, Any]:
    """The same for machines; ids only, never names."""
    return {"version": 1, "portfolios": [_portfolio_json(one) for one in found]}


def _portfolio_json(one: Portfolio) -> Mapping[str, Any]:
    return {
        "student": one.student,
        "term": str(one.term),
        "level": one.level,
        "class": one.class_,
        "outputs": [
            {"slug": output.slug, "course": output.course, "state": output.state, "selected": output.selected}
            for output in one.outputs
        ],
        "activities": [{"slug": slug, "submitted": done} for slug, done in one.activities],
        "quotas": [
            {"of": used.of, "stage": used.stage, "period": used.period, "used": used.used, "limit": used.limit}
            for used in one.quotas
        ],
        "missing": list(one.missing),
    }
