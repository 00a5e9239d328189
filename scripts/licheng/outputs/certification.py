"""Decisions for a terminal: what is about to be signed, what waits, and every property of what was signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from licheng.core.certification import Decision
from licheng.core.dates import written
from licheng.core.record import Record
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable
from licheng.policy.certification import ItemVerdict, Property
from licheng.policy.queue import Waiting

_HOLDS, _FAILS = "✓", "✗"


def shown(item: Record, files: Iterable[str], decision: Decision, words: Catalog, people: Mapping[str, str]) -> str:
    """What the certifier signs, and the sentence that is asserted."""
    who = people.get(item.identity["student"], item.identity["student"])
    titles = {
        entry["name"]: f"{entry['name']}（{entry['title']}）" for entry in item.data["attachments"] if "title" in entry
    }
    lines = [
        printable(f"{item.folder}（{who}）"),
        printable(f"  {item.data['course']}: {item.data['summary']}"),
        *(f"  {printable(titles.get(name, name))}" for name in files),
        f"  {words.word(f'statement_{decision.value}')}",
    ]
    return "\n".join(lines) + "\n"


def queue(found: Sequence[Waiting], today: date, words: Catalog, people: Mapping[str, str]) -> str:
    """One line an item, then how many."""
    lines = [_waiting(one, today, words, people) for one in found]
    return "".join(f"{printable(line)}\n" for line in [*lines, words.word("queue_total", count=len(found))])


def _waiting(one: Waiting, today: date, words: Catalog, people: Mapping[str, str]) -> str:
    who = people.get(one.student, one.student)
    state = words.label("state", one.state.value)
    if one.closes is None:
        until = words.word("queue_no_window")
    elif one.closes < today:
        until = words.word("queue_closed", closes=one.closes.isoformat())
    else:
        until = words.word("queue_until", closes=one.closes.isoformat(), days=(one.closes - today).days)
    return f"{one.item}  {who}  {one.course}  {', '.join(sorted(one.teachers))}  {state}  {until}"


def after_return(closes: Mapping[str, date | None], words: Catalog) -> str:
    """Until when a returned item may be handed in again, and where to object."""
    lines = [
        words.word("return_until", item=item, closes=day.isoformat())
        if day is not None
        else words.word("return_open", item=item)
        for item, day in closes.items()
    ]
    return "".join(f"{printable(line)}\n" for line in [*lines, words.word("return_objection")])


def verdict(found: ItemVerdict, words: Catalog) -> str:
    """An item's state, then each decision with one line a property."""
    return "".join(f"{printable(line)}\n" for line in _verdict(found, words))


def _verdict(found: ItemVerdict, words: Catalog) -> Iterator[str]:
    yield f"{found.item}: {words.label('state', found.state.state.value)}"
    for judged, properties in found.decisions:
        payload = judged.event.payload
        by = f"{payload.certifier} {payload.key_fingerprint} {written(payload.issued_at)}" if payload else ""
        yield f"  {judged.event.path.rpartition('/')[2]} {by}".rstrip()
        if payload is not None and payload.reason_code is not None:
            reason = words.label("reason", payload.reason_code)
            yield f"    {words.word('decision_reason', reason=reason, text=payload.reason_text)}"
            yield f"    {words.word('return_objection')}"
        for one in properties:
            yield f"    {_property(one, words)}"


def _property(one: Property, words: Catalog) -> str:
    name = words.label("step", one.step.value)
    if one.fault is None:
        return f"{_HOLDS} {name}"
    return f"{_FAILS} {name}: {one.fault.code} {words.say(one.fault.code, one.fault.values)}"
