"""A tutor's class at a glance, and the 歷程確認單 that a student checks and signs. Never public.

Names come from a list that the caller gave, and only here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from licheng.outputs.columns import columns
from licheng.outputs.escape import printable
from licheng.outputs.naming import Names, plain
from licheng.policy.certification import State
from licheng.policy.portfolio import Portfolio, SpecialCourse

_COLUMNS = (State.SUBMITTED, State.CERTIFIED, State.CLAIMED, State.RETURNED, State.STALE)
_HEADS = ("student", "missing", "waiting", "certified", "elsewhere", "returned", "stale", "selected", "activities")
Courses = Mapping[str, Mapping[str, Any]]


def class_table(portfolios: Sequence[Portfolio], names: Names, people: Mapping[str, str]) -> str:
    """One line a student: outputs by state, what is ticked, submitted activities, what the school still lacks."""
    rows = [[plain(names.words.say("overview", head)) for head in _HEADS]]
    for portfolio in portfolios:
        submitted = sum(done for _, done in portfolio.activities)
        numbers = [*(portfolio.states[state] for state in _COLUMNS), portfolio.selected, submitted]
        rows.append([_who(portfolio, people), _missing(portfolio, names), *map(str, numbers)])
    term = names.words.period(str(portfolios[0].term))
    title = names.words.say(
        "overview", "class", term=term, name=names.school_class(portfolios[0].class_), count=len(portfolios)
    )
    private = names.words.say("overview", "private")
    return "\n".join([plain(title), *columns(rows, left=2), plain(private)]) + "\n"


def _who(portfolio: Portfolio, people: Mapping[str, str]) -> str:
    student = portfolio.student
    return printable(f"{student} {people[student]}" if student in people else student)


def _missing(portfolio: Portfolio, names: Names) -> str:
    return plain(names.words.labels("missing", portfolio.missing))


def sheets(
    portfolios: Iterable[Portfolio], today: date, courses: Courses, names: Names, people: Mapping[str, str]
) -> str:
    """歷程確認單 in Markdown, one a student, each on a page of its own when it is printed."""
    words = names.words

    def say(name: str, /, **values: object) -> str:
        return plain(words.say("sheet", name, **values))

    pages = []
    for portfolio in portfolios:
        rows = [[say(head) for head in ("course", "item", "state", "decided", "selected")], ["---"] * 5]
        for output in portfolio.outputs:
            course = courses.get(output.course, {}).get("subject", output.course)
            state = plain(words.label("output_states", output.state))
            decided = output.decided_on.isoformat() if output.decided_on is not None else ""
            ticked = say(("yes" if output.usable else "unusable") if output.selected else "no")
            cells = (course, output.summary or output.slug, state, decided, ticked)
            rows.append([printable(" ".join(cell.split())).replace("|", "\\|") for cell in cells])
        quotas = [
            say("quota", of=words.label("categories", quota.of), stage=words.label("quota_stages", quota.stage),
                used=quota.used, limit=quota.limit, period=words.period(quota.period))
            for quota in portfolio.quotas
        ]  # fmt: skip
        stands = words.label("enrolment_events", portfolio.standing.event)
        enrolment = [say("standing", event=stands, since=portfolio.standing.since.isoformat())]
        enrolment += [
            say("visit", school=visit.school, starts=visit.starts.isoformat(), ends=visit.ends.isoformat())
            for visit in portfolio.visits
        ]
        sections = {
            "enrolment": [f"- {line}" for line in enrolment],
            "specials": [f"- {_special(special, names)}" for special in portfolio.specials],
            "outputs": [f"| {' | '.join(cells)} |" for cells in rows] if portfolio.outputs else [],
            "activities": [f"- {slug}: {say('submitted' if done else 'draft')}" for slug, done in portfolio.activities],
            "quotas": [f"- {quota}" for quota in quotas],
        }
        term, student = words.period(str(portfolio.term)), _who(portfolio, people)
        about = say("about", **{"class": names.school_class(portfolio.class_)}, student=student, term=term)
        page = [f"# {say('title')}", "", about, "", say("as_of", on=today.isoformat())]
        for name, lines in sections.items():
            page += ["", f"## {say(name)}", "", *(lines or [say("none")])]
        page += ["", f"## {say('missing')}", "", _missing(portfolio, names) or say("complete"), "", say("voluntary")]
        # What parents sign for is this very version: `licheng new signature` records the same digest.
        versions = [say("version", batch=words.label("batches", batch), digest=sha) for batch, sha in portfolio.to_sign]
        parents = ["", say("sign_parents")] if versions else []
        pages.append("\n".join([*page, "", *versions, say("sign"), *parents]))
    return '\n\n<div style="page-break-after: always"></div>\n\n'.join(pages) + "\n"


def _special(special: SpecialCourse, names: Names) -> str:
    """A course of that kind in one line: what it is called, then each thing that is special about it."""
    words = names.words
    parts = [words.label("modes", special.mode)] if special.mode != "regular" else []
    if special.original_term is not None:
        parts.append(words.say("sheet", "original", term=words.period(str(special.original_term))))
    if special.school:
        parts.append(words.say("sheet", "other_school", school=special.school))
    if special.state:
        parts.append(words.label("mark_states", special.state))
    if special.resit is not None:
        parts.append(words.data["sheet"]["resit_passed" if special.resit else "resit_failed"])
    details = str(words.data["text"]["comma"]).join(map(str, parts))
    return printable(plain(words.say("sheet", "special", subject=special.subject, told=Markup(details))))  # noqa: S704


def as_json(portfolios: Iterable[Portfolio]) -> Mapping[str, Any]:
    """The same for machines; ids only, never names."""
    rows = [
        {
            "student": portfolio.student,
            "term": str(portfolio.term),
            "level": portfolio.level,
            "class": portfolio.class_,
            "enrolment": {"event": portfolio.standing.event, "since": portfolio.standing.since.isoformat()},
            "visits": [
                {"school": visit.school, "starts": visit.starts.isoformat(), "ends": visit.ends.isoformat()}
                for visit in portfolio.visits
            ],
            "specials": [
                {
                    "course": special.course,
                    "mode": special.mode,
                    "original_term": str(special.original_term) if special.original_term is not None else None,
                    "school": special.school or None,
                    "state": special.state or None,
                    "resit_passed": special.resit,
                }
                for special in portfolio.specials
            ],
            "outputs": [
                {
                    "slug": output.slug,
                    "course": output.course,
                    "state": output.state,
                    "selected": output.selected,
                    "usable": output.usable,
                }
                for output in portfolio.outputs
            ],
            "activities": [{"slug": slug, "submitted": done} for slug, done in portfolio.activities],
            "quotas": [
                {"of": used.of, "stage": used.stage, "period": used.period, "used": used.used, "limit": used.limit}
                for used in portfolio.quotas
            ],
            "missing": list(portfolio.missing),
        }
        for portfolio in portfolios
    ]
    return {"version": 1, "portfolios": rows}
