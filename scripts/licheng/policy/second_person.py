"""The second person: what a change of control gives to anybody, or takes from the past, and who signed for it.

One person can prepare such a change and nobody can land it alone: it needs an override at base, signed for just this
change and just these rights, by somebody who does not bring it, does not gain it, and has the right at base or is a
coordinator (decision 0009). A key and a coordinator carry the signature of a second person themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from shlex import quote
from typing import Any

from licheng.core.change import Proposal
from licheng.core.dates import TAIPEI, optional_day
from licheng.core.layout import student_folder
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.trust import Override
from licheng.policy import keys
from licheng.policy.gate import today
from licheng.policy.rights import OWN, Right, gains, may_second, rights, seconds

# Changing what somebody was on a day before today: `t004 past academic-dean`. Nobody has it but coordinators.
PAST = "past"
_DAY = timedelta(days=1)

Span = tuple[date, date]


def unseconded(proposal: Proposal) -> frozenset[Right]:
    """What the change gives or takes back in time, and no second person has signed for."""
    if all(student_folder(path) is not None for path in proposal.paths):
        return frozenset()  # no file of the school itself
    on, past = today(proposal), past_before(proposal)
    given = given_between(proposal.before, proposal.after, on, past)
    if proposal.main is not None and proposal.main is not proposal.before:
        given &= given_between(proposal.main, proposal.after, on, past)  # what main has already is not of this change
    given = frozenset(right for right in given if not _vouched(right, proposal))
    if not given:
        return frozenset()
    at_base = rights(proposal.before, on)

    def covers(override: Override, right: Right) -> bool:
        granted = str(right) in override.grants
        return granted and may_second(override.by.staff, right, at_base, proposal.before, proposal.now)

    return frozenset(right for right in given if not any(covers(override, right) for override in proposal.overrides))


def given_between(before: School, after: School, on: date, past: date | None = None) -> frozenset[Right]:
    """What of a change two people answer for: all that it gives from a day on, and what it changes before `past`."""
    return gains(before, after, on) | {right for right, _ in rewritten_past(before, after, past or on)}


def past_before(proposal: Proposal) -> date:
    """The day that the past ends before: today, or the day on which a coordinator signed for just this change.

    Otherwise a post that begins on the day of the signature could not land on the next one.
    """
    signed = [
        override.signed_at.astimezone(TAIPEI).date()
        for override in proposal.overrides
        if keys.is_coordinator(override.by.staff, override.signed_at, proposal.before)
    ]
    return min([today(proposal), *signed])


def _vouched(right: Right, proposal: Proposal) -> bool:
    """Whether the files themselves carry another person's signature: a key's witness, two coordinators for a third."""
    if right.what == "second":
        return True
    actor = proposal.actor.id if proposal.actor is not None else ""
    if right.what == "sign" and proposal.before.trust.coordinators.get(right.who) == right.over:
        return True  # by the genesis itself
    mine = (key for key in proposal.after.trust.keys_of(right.who) if key.fingerprint == right.over)
    return right.what == "sign" and any(key.witness is not None and key.witness.staff != actor for key in mine)


def able(given: frozenset[Right], proposal: Proposal) -> Mapping[Right, tuple[str, ...]]:
    """By right, who can sign for it today."""
    if not given:  # of most changes: to know what everybody may do takes longer than to judge them
        return {}
    at_base = rights(proposal.before, today(proposal))
    actor = proposal.actor.id if proposal.actor is not None else ""
    return {right: seconds(right, actor, at_base, proposal.before, proposal.now) for right in given}


def grouped(given: frozenset[Right]) -> Iterator[tuple[tuple[str, ...], str, str, tuple[str, ...]]]:
    """Rights told together: who, the deed, the relation that it is bound to (or empty), and what it is about.

    People who gain just the same stand together, as a class of new students does; a login is each one's own.
    """
    about: dict[tuple[str, str, str], set[str]] = {}
    for right in given:
        about.setdefault((right.who, right.what, right.only.partition("=")[0]), set()).add(right.over)
    people: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for (who, what, relation), overs in about.items():
        people.setdefault((what, relation, () if what in OWN else tuple(sorted(overs))), set()).add(who)
    for (what, relation, shared), together in sorted(people.items()):
        own = {over for who in together for over in about[who, what, relation]} if what in OWN else set(shared)
        yield tuple(sorted(together)), what, relation, tuple(sorted(filter(None, own)))


def rewritten_past(before: School, after: School, on: date) -> Iterator[tuple[Right, Place]]:
    """Posts and accounts that on some day before a day are held by others than they were: the right, the place.

    What counted then was judged by who held what: a post that begins in the past would make, and one that ends there
    would unmake, what somebody signed.
    """
    unread = [(kind, path) for kind in ("staff", "accounts") for path in after.broken.get(kind, ())]
    for kind, path in unread:
        yield Right(kind, PAST, "unreadable"), Place(path)
    if unread:
        return  # one word for all: nobody is known to have been anything
    was, now = _held_before(before, on), _held_before(after, on)
    for key in sorted(was.keys() | now.keys()):
        if was.get(key, ([], None))[0] != now.get(key, ([], None))[0]:
            who, what = key
            place = now[key][1] if key in now else was[key][1]
            yield Right(who, PAST, what), place


def _held_before(school: School, on: date) -> dict[tuple[str, str], tuple[list[Span], Place]]:
    """By person and what is held, on which days before a day, and where that stands."""
    tenures: list[tuple[str, str, Mapping[str, Any], Place]] = []
    for record, index, person in _entries(school, "staff"):
        for position, post in enumerate(person["posts"]):
            what = f"{post['post']} {post['class']}" if "class" in post else post["post"]
            tenures.append((person["id"], what, post, record.at("staff", index, "posts", position, "from")))
    for record, index, account in _entries(school, "accounts"):
        place = record.at("accounts", index, "from")
        tenures.append((account["id"], f"{account['holder']}-account", account, place))
    past: dict[tuple[str, str], tuple[list[Span], Place]] = {}
    for who, what, entry, place in tenures:
        starts = optional_day(entry.get("from")) or date.min
        ends = min(optional_day(entry.get("to")) or on, on - _DAY)
        if starts <= ends:
            spans, _ = past.setdefault((who, what), ([], place))
            spans.append((starts, ends))
    return {key: (_merged(spans), place) for key, (spans, place) in past.items()}


def _entries(school: School, kind: str) -> Iterator[tuple[Record, int, Mapping[str, Any]]]:
    for record in school.of(kind):
        yield from ((record, index, entry) for index, entry in enumerate(record.data[kind]))


def _merged(spans: list[Span]) -> list[Span]:
    """The same days in as few spans as there can be."""
    merged: list[Span] = []
    for starts, ends in sorted(spans):
        if merged and starts <= merged[-1][1] + _DAY:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((starts, ends))
    return merged


def commands(proposal: Proposal, change: str) -> Iterator[tuple[tuple[str, ...], int, str]]:
    """What second people run to let a change pass: who can, for how many rights, the command.

    One signature does where somebody can sign for everything; where each of two gains, each signs for the other.

    Args:
        proposal: the change.
        change: its SHA-256 (`policy.overrides.digest`).
    """
    given = unseconded(proposal)
    signers = able(given, proposal)
    everybody = set.intersection(*map(set, signers.values())) if signers else set()
    if everybody:
        whole = _listed(given) if len(given) <= _FEW else [f"--head {proposal.head}"]
        yield tuple(sorted(everybody)), len(given), _command(change, whole, "grant")
        return
    parts: dict[tuple[str, ...], set[Right]] = {}
    for right, people in signers.items():
        parts.setdefault(people, set()).add(right)
    for number, (people, part) in enumerate(sorted(parts.items()), 1):
        yield people, len(part), _command(change, _listed(part), f"grant-{number}")


# How many rights are told one by one in a command, which people copy from one message into another.
_FEW = 40


def _listed(given: Iterable[Right]) -> list[str]:
    """Each right as an option, quoted: a pattern of paths is anybody's text."""
    return [f"--grant {quote(str(right))}" for right in sorted(given)]


def _command(change: str, options: list[str], slug: str) -> str:
    return " ".join(["licheng override", change, *options, f"--slug {slug}-{change[:8]}", "--reason … --key …"])
