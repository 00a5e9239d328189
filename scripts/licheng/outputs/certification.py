"""Decisions for a terminal: what is about to be signed, what waits, and every property of what was signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from licheng.core.certification import Decision
from licheng.core.dates import written
from licheng.core.layout import STUDENTS
from licheng.core.record import Record
from licheng.core.student import FileFact
from licheng.core.trust import StatedChange
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable
from licheng.policy.certification import ItemVerdict
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


def in_full(item: Record, files: Iterable[FileFact], words: Catalog, people: Mapping[str, str]) -> str:
    """A work as its teacher has to see it: what the student wrote, and each file with its digest and where it lies."""
    lines = [line for line in item.body.splitlines() if line.strip()]
    named = [line for file in files for line in (f"{file.path}  {file.size} bytes", f"  sha256 {file.sha256 or '-'}")]
    below = "".join(f"  {printable(line)}\n" for line in [*lines, *named])
    return shown(item, (), Decision.CERTIFIED, words, people) + below


def queue(waiting: Sequence[Waiting], today: date, words: Catalog, people: Mapping[str, str]) -> str:
    """One line an item, then how many."""
    lines = []
    for item in waiting:
        who = people.get(item.student, item.student)
        state = words.label("state", item.state.value)
        if item.closes is None:
            until = words.word("queue_no_window")
        elif item.closes < today:
            until = words.word("queue_closed", closes=item.closes.isoformat())
        else:
            until = words.word("queue_until", closes=item.closes.isoformat(), days=(item.closes - today).days)
        lines.append(f"{item.item}  {who}  {item.course}  {', '.join(sorted(item.teachers))}  {state}  {until}")
    return "".join(f"{printable(line)}\n" for line in [*lines, words.word("queue_total", count=len(waiting))])


def after_return(closes: Mapping[str, date | None], words: Catalog) -> str:
    """Until when a returned item may be handed in again, and where to object."""
    lines = [
        words.word("return_until", item=item, closes=day.isoformat())
        if day is not None
        else words.word("return_open", item=item)
        for item, day in closes.items()
    ]
    return "".join(f"{printable(line)}\n" for line in [*lines, words.word("return_objection")])


def verdict(item: ItemVerdict, words: Catalog) -> str:
    """An item's state, then each decision with one line a property."""
    effect = item.state.pending_until
    waits = f" ({words.word('in_effect_from', day=effect.isoformat())})" if effect is not None else ""
    lines = [f"{item.item}: {words.label('state', item.state.state.value)}{waits}"]
    for verified, properties in item.decisions:
        payload = verified.event.payload
        by = f"{payload.certifier} {payload.key_fingerprint} {written(payload.issued_at)}" if payload else ""
        lines.append(f"  {verified.event.path.rpartition('/')[2]} {by}".rstrip())
        if payload is not None and payload.reason_code is not None:
            reason = words.label("reason", payload.reason_code)
            lines.append(f"    {words.word('decision_reason', reason=reason, text=payload.reason_text)}")
            lines.append(f"    {words.word('return_objection')}")
        for judged in properties:
            name, fault = words.label("step", judged.step.value), judged.fault
            if fault is None:
                lines.append(f"    {_HOLDS} {name}")
            else:
                lines.append(f"    {_FAILS} {name}: {fault.code} {words.say(fault.code, fault.values)}")
    return "".join(f"{printable(line)}\n" for line in lines)


def statement(change: StatedChange, fault: str | None, words: Catalog) -> str:
    """A statement of a change: by whom and when, whether it holds, and the files with their digests after."""
    key = change.signature.fingerprint if change.signature is not None else None
    by = f"{change.account} {key or '-'} {written(change.at)}" if change.account else ""
    code = "CHG002" if f"{STUDENTS}/" in change.path else "CHG001"
    judged = words.word("statement_holds") if fault is None else f"{code} {words.say(code, {'reason': fault})}"
    lines = [f"{change.path}: {by}".rstrip(), f"    {_HOLDS if fault is None else _FAILS} {judged}"]
    lines += [f"    {entry.after or words.word('statement_deletes')}  {entry.path}" for entry in change.entries]
    return "".join(f"{printable(line)}\n" for line in lines)
