"""`licheng status`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from licheng.app import status as app
from licheng.app.day import day_of
from licheng.app.registry.commitments import holdings
from licheng.app.registry.identities import open_table
from licheng.cli.options import identities_option, identity_option, language_option, progress_bar, today_option
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.exchange.identities import IdentityTable, read_identities
from licheng.outputs import identities as identity_output
from licheng.outputs import overview, portfolio
from licheng.outputs import status as output
from licheng.outputs.catalog import catalog
from licheng.outputs.naming import Names, names_of
from licheng.outputs.words import words
from licheng.policy.deadlines import Owner
from licheng.sources.history import history
from licheng.sources.tree import Tree, WorkTree, find_root


@click.command()
@click.option("--term", metavar="TERM", help="只看一個學期，例如 115-1 / one term")
@click.option("--unit", metavar="UNIT", help="只看一個單位或職務負責的事 / what a unit or post answers for")
@click.option("--class", "class_", metavar="CLASS", help="導師：一班的學生 / a tutor's class")
@click.option("--student", metavar="STUDENT", help="一位學生的歷程確認單 / one student's confirmation sheet")
@click.option("--sheets", is_flag=True, help="全班的歷程確認單 / the sheets of the class")
@click.option("--public", is_flag=True, help="可公開的數字：向下取整，每週一更新 / what may be published")
@click.option("--json", "as_json", is_flag=True, help="輸出 JSON / as JSON")
@identities_option()
@identity_option()
@today_option()
@language_option()
def status(
    term: str | None,
    unit: str | None,
    class_: str | None,
    student: str | None,
    sheets: bool,
    public: bool,
    as_json: bool,
    identities: Path | None,
    identity: Path | None,
    today: str | None,
    lang: str,
) -> None:
    """件數、分工、期限、等待認證（校內使用，不公開）。 / Counts, duties, deadlines, backlog; not for publication."""
    narrowed = {name: value for name, value in (("class", class_), ("student", student)) if value is not None}
    given = {"--unit": unit is not None, "--public": public, "--identities": identities is not None, "--sheets": sheets}
    _refuse_together([*(f"--{name}" for name in narrowed), *(option for option, is_given in given.items() if is_given)])
    root = find_root(Path.cwd())
    tree = WorkTree(root)
    school = app.read_school(tree, day_of(tree, today))
    names = names_of(school, words(lang))
    if public:
        weekly = app.weekly(tree, root, school, term)
        if weekly is None:
            raise UsageError("APP122")
        text = output.render_json(weekly) if as_json else output.render(weekly, names.words)
    elif narrowed:
        people = read_identities(identities, identity) if identities is not None else {}
        chosen = app.current_term(school, term)
        portfolios = app.portfolios(tree, school, chosen, narrowed)
        if as_json:
            text = json.dumps(portfolio.as_json(portfolios), ensure_ascii=False, indent=2) + "\n"
        elif sheets or student is not None:
            offered = school.offerings.get(chosen, {})
            text = portfolio.sheets(portfolios, school.today, offered, names, people)
        else:
            text = portfolio.class_table(portfolios, names, people)
    else:
        table = open_table(identities, identity).table if identities is not None else None
        text = _overview(tree, root, school, term, unit, names, table, lang, as_json=as_json)
    click.echo(text, nl=False)


def _refuse_together(given: list[str]) -> None:
    """Of one class, student or unit nothing is published, nor held against the table; a sheet is of students.

    Raises:
        UsageError: APP121.
    """
    views = [option for option in given if option not in {"--identities", "--sheets"}]
    if len(views) > 1 or {"--public", "--identities"} <= {*given}:
        raise UsageError("APP121", options=", ".join(given))
    if "--sheets" in given and not {"--class", "--student"} & {*given}:
        raise UsageError("APP121", options="--sheets")


def _overview(
    tree: Tree,
    root: Path,
    school: School,
    term: str | None,
    unit: str | None,
    names: Names,
    identities: IdentityTable | None,
    lang: str,
    *,
    as_json: bool,
) -> str:
    chosen = app.current_term(school, term)
    if unit is not None:
        app.check_unit(school, unit)
    with progress_bar("status") as bar:
        state = app.overview(tree, school, history(root, school.today), bar, jobs=None)
    deadlines = [deadline for deadline in state.calendar if unit is None or _answers(unit, deadline.owners)]
    duties = [duty for duty in state.duties if unit is None or _answers(unit, duty.owners)]
    backlog = state.backlog if unit is None else None
    table = app.table(state.counts, school, term)
    students = holdings(tree, identities.people, school.today, chosen) if identities is not None else None
    if as_json:
        more = {**overview.as_json(deadlines, duties, backlog, school), **({"held": students} if students else {})}
        return output.render_json(table, unreadable=state.counts.unreadable, more=more)
    answered = overview.render(chosen, deadlines, duties, backlog, school, names)
    answered += "" if students is None else "\n" + identity_output.holdings(students, str(chosen), catalog(lang))
    if unit is not None:
        return answered
    return output.render(table, names.words, unreadable=state.counts.unreadable) + "\n" + answered


def _answers(unit: str, owners: tuple[Owner, ...]) -> bool:
    return any(owner.id == unit for owner in owners)
