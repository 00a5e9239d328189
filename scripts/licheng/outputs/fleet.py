"""The page of a county: what each school answered, rounded as a school's own public pages are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from markupsafe import Markup

from licheng.outputs.catalog import Catalog
from licheng.outputs.inert import inert, table
from licheng.outputs.status import public_number
from licheng.outputs.words import Words
from licheng.policy.calendar import LEVELS
from licheng.policy.disclosure import public_counts
from licheng.policy.evaluation import public_figures
from licheng.policy.status import Measure

# By term, code and state: the count of each of `_COLUMNS`.
_COLUMNS = (*LEVELS, 0)
Rows = Mapping[tuple[str, str, str], Mapping[int, int]]


class SchoolSheet(NamedTuple):
    """What the page needs of a school.

    Attributes:
        cell: below which nothing is shown; 0 if nothing may be.
        rows: exact counts by year level; 0 is of none.
        figures: of an evaluation, exact.
        trouble: the sentence of what kept it from an answer.
    """

    code: str
    name: str
    day: str
    cell: int
    rows: Rows
    figures: Mapping[str, Any]
    trouble: str


def render(title: str, work: str, sheets: Iterable[SchoolSheet], words: Words, messages: Catalog) -> str:
    """The page as Markdown.

    Args:
        title: the county's name.
        work: `check`, `status` or `evaluate`.
        sheets: the schools, in their order.
        words: of the page's language.
        messages: likewise.
    """
    known = list(sheets)
    word = messages.word
    blocks = [f"# {inert(title)} · {word(f'fleet_{work}')}", word("fleet_rounded")]
    heads = [word("fleet_school"), word("fleet_name"), word("fleet_day"), word("fleet_state")]
    listed = [(each.code, each.name, each.day, each.trouble or word("fleet_answered")) for each in known]
    blocks.append(f"## {word('fleet_schools')}\n\n{_table(word('fleet_schools'), heads, listed)}")
    shown = [each for each in known if each.cell and not each.trouble]
    if work != "evaluate" and shown:
        blocks.append(_numbers(word("fleet_all"), work, _summed(shown), words, messages))
    for each in shown:
        name = f"{each.code} {each.name}"
        if each.figures:
            figures = asdict(public_figures(each.figures, each.cell)).items()
            lines = [(messages.word(f"fleet_{figure}"), _figure(value, each.cell)) for figure, value in figures]
            heads = [messages.word("fleet_what"), messages.word("fleet_figure")]
            blocks.append(f"## {inert(name)}\n\n{_table(name, heads, lines)}")
        else:
            rows = {key: (public_counts(_whole(row), each.cell)[0], each.cell) for key, row in each.rows.items()}
            blocks.append(_numbers(name, work, rows, words, messages))
    return "\n\n".join(blocks) + "\n"


def _whole(row: Mapping[int, int]) -> dict[int, int]:
    return {column: row.get(column, 0) for column in _COLUMNS}


def _summed(sheets: Sequence[SchoolSheet]) -> dict[tuple[str, str, str], tuple[dict[int, int], int]]:
    """Sums of what is shown of each school, never of what is not, so that nothing can be subtracted."""
    sums: dict[tuple[str, str, str], Counter[int]] = {}
    for sheet in sheets:
        for key, row in sheet.rows.items():
            sums.setdefault(key, Counter()).update(public_counts(_whole(row), sheet.cell)[0])
    # Of a sum of zeros no more is known than this, and not either how many schools have anything of the kind.
    cell = sum(sheet.cell for sheet in sheets)
    return {key: (_whole(row), cell) for key, row in sums.items()}


def _numbers(
    title: str,
    work: str,
    rows: Mapping[tuple[str, str, str], tuple[Mapping[int, int], int]],
    words: Words,
    messages: Catalog,
) -> str:
    columns = LEVELS if work == "status" else _COLUMNS
    heads = [messages.word("fleet_term"), messages.word("fleet_what")]
    heads += [str(words.label("levels", level)) if level else messages.word("fleet_no_level") for level in columns]
    heads.append(str(words.say("text", "total")))
    lines = []
    for (term, code, state), (counts, cell) in sorted(rows.items()):
        if not any(counts.values()):
            continue  # that a row is there would tell that its count is not 0
        what = words.measure(Measure(code, state)) if work == "status" else f"{code}（{state}）"
        numbers = [public_number(counts[column], cell) for column in columns]
        lines.append((words.period(term) if term else "", what, *numbers, sum(counts.values())))
    return f"## {inert(title)}\n\n" + (_table(title, heads, lines) if lines else messages.word("fleet_nothing"))


def _figure(value: Any, cell: int) -> str:
    match value:
        case None:
            return "—"
        case (wanted, held):
            return f"{held} / {wanted}"
        case 0:
            return f"<{cell}"
    return str(value)


def _table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Markup:
    return table(caption, list(heads), [tuple(row) for row in rows])


def lines(sheets: Iterable[SchoolSheet], messages: Catalog) -> Iterator[str]:
    """One line a school for the terminal: the numbers of its own severities or what kept it from an answer."""
    for sheet in sheets:
        if sheet.trouble:
            yield f"{sheet.code}  {sheet.trouble}"
            continue
        states = Counter[str]()
        for (_, _, state), row in sheet.rows.items():
            states[state] += sum(row.values())
        yield messages.word("fleet_line", school=sheet.code, rows=len(sheet.rows), errors=states["error"])
