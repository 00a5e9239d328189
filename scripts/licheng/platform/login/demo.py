"""Signing in to a demo: a row of its invented people, one for each post and cohort, to be any of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licheng.app.day import day_of
from licheng.app.server.names import MAIN
from licheng.core.errors import UsageError
from licheng.core.languages import LANGUAGES
from licheng.core.school import School
from licheng.outputs.catalog import catalog
from licheng.platform.parts import Link, Parts, Room, signed_in
from licheng.platform.sessions import Session
from licheng.policy.accounts import accounts
from licheng.policy.authority import within
from licheng.sources.reading import read_kinds
from licheng.sources.shelf import Readings
from licheng.sources.tree import CommitTree

_KINDS = ("accounts", "school", "staff")
# Of a cohort, which the first letters of an id name: `s113`.
_STUDENTS, _COHORT = 2, 4


class DemoPerson(NamedTuple):
    """Somebody whom a visitor can be: the account, and in each language what they are at the school."""

    account: str
    roles: dict[str, str]


def demo_school(repository: Path) -> School:
    """Of main of a demo's repository what says who is who.

    Raises:
        UsageError: APP304, the school there is no demo.
    """
    with CommitTree(repository, MAIN, Readings()) as tree:
        school = read_kinds(tree, day_of(tree, None), _KINDS)
    if not any("demo" in record.data for record in school.of("school")):
        raise UsageError("APP304", case="no-demo", path=str(repository))
    return school


def people(school: School) -> list[DemoPerson]:
    """Of each post the first who holds it, and of each cohort the first students, among the open accounts."""
    names = {post["id"]: post["name"] for record in school.of("school") for post in record.data["posts"]}
    row = list[DemoPerson]()
    seen = Counter[str]()
    for account in sorted(accounts(school, school.today), key=lambda account: account.id):
        if account.holder == "student":
            posts, group, most = ["student"], account.id[:_COHORT], _STUDENTS
        else:
            current = (entry["post"] for entry in school.posts_of.get(account.id, ()) if within(entry, school.today))
            posts = list(dict.fromkeys(current))
            group, most = "".join(posts), 1
        if posts and seen[group] < most:
            titles = {language: [names[post][language[:2]] for post in posts] for language in LANGUAGES}
            roles = {language: catalog(language).word("separator").join(titles[language]) for language in LANGUAGES}
            row.append(DemoPerson(account.id, roles))
        seen[group] += 1
    return row


def routes(parts: Parts) -> list[BaseRoute]:
    """`/login/demo`, in a demo."""
    if not parts.settings.demo:
        return []
    repository = Path(parts.settings.remote)

    async def choose(request: Request) -> Response:
        row = await run_in_threadpool(lambda: people(demo_school(repository)))
        return parts.pages.page(request, "login/demo.html", people=row)

    async def be(request: Request) -> Response:
        row = await run_in_threadpool(lambda: people(demo_school(repository)))
        account = request.state.form.get("account")
        if account not in {person.account for person in row}:
            raise UsageError("APP305", case="unusable")
        return signed_in(parts, str(account), "demo")

    return [Route("/login/demo", choose, methods=["GET"]), Route("/login/demo", be, methods=["POST"])]


def links(parts: Parts, session: Session | None) -> list[Link]:
    """For visitors of a demo."""
    return [Link("/login/demo", "demo_link")] if parts.settings.demo and session is None else []


ROOM = Room(routes, links)
