"""What `licheng identities` says: bad cells without their text, changes and faults by pseudonym, rows masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from licheng.core.person import Person
from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable
from licheng.policy.commitments import Held
from licheng.policy.identities import BadCell, Merged, Mismatch, Resealed, SealedCopy
from licheng.policy.privacy import mask

_MOST = 20  # of the changed and of the gone, one a line


def bad_cells(bad: Iterable[BadCell], words: Catalog) -> str:
    """One line a cell: its row, its column, its shape, what is wrong and what is expected."""
    lines = []
    for cell in bad:
        fault = words.label("cell_fault", cell.kind).format(row=cell.other)
        column = words.label("roster_column", cell.column)
        lines.append(words.word("identities_bad", row=cell.row, column=column, shape=cell.shape or "-", fault=fault))
    return _text(lines)


def preview(merged: Merged, term: str, words: Catalog) -> str:
    """What a list changes. Who got which pseudonym is not said: row and pseudonym in one line are an identity."""
    lines = []
    if merged.added:
        rows = words.word("separator").join(_runs(merged.added))
        lines.append(words.word("identities_added", count=len(merged.added), rows=rows))
    for student, columns in list(merged.changed.items())[:_MOST]:
        named = words.word("separator").join(words.label("roster_column", column) for column in columns)
        lines.append(words.word("identities_changed", student=student, columns=named))
    lines += [words.word("identities_gone", student=student) for student in merged.gone[:_MOST]]
    if rest := max(0, len(merged.changed) - _MOST) + max(0, len(merged.gone) - _MOST):
        lines.append(words.word("identities_more", count=rest))
    counts = {"added": len(merged.added), "changed": len(merged.changed), "gone": len(merged.gone)}
    lines.append(words.word("identities_total", **counts, same=merged.same, term=term, nonces=merged.nonces))
    return _text(lines)


def rows(people: Sequence[Person], words: Catalog, *, full: bool) -> str:
    """Rows for a terminal; unless `full`, nobody who looks over a shoulder can copy an identity."""
    columns = ("student", "number", "class_name", "seat", "name", "id_number", "born")
    lines = ["  ".join(words.label("roster_column", column) for column in columns)]
    for person in people:
        shown = (
            person
            if full
            else person._replace(
                number=mask(person.number),
                name=person.name[0] + "○" * (len(person.name) - 1),
                id_number=mask(person.id_number),
                born=f"{person.born[:4]}-**-**",
            )
        )
        lines.append("  ".join((shown.student, shown.number, shown.class_name or "-", shown.seat or "-", shown.name,
                                shown.id_number, shown.born)))  # fmt: skip
    return _text(lines)


def against(mismatch: Mismatch, people: int, words: Catalog) -> str:
    """A table against the repository, by pseudonyms alone."""
    lines = [words.word("identities_without_row", student=student) for student in mismatch.without_row]
    for column, groups in mismatch.alike.items():
        named = words.label("roster_column", column)
        for group in groups:
            together = words.word("separator").join(group)
            lines.append(words.word("identities_alike", students=together, column=named))
    lines += [words.word("identities_without_student", student=student) for student in mismatch.without_student]
    wrong = len(mismatch.without_row) + sum(map(len, mismatch.alike.values()))
    lines.append(words.word("identities_checked", rows=people, wrong=wrong, waiting=len(mismatch.without_student)))
    return _text(lines)


def holdings(students: Mapping[Held, Sequence[str]], term: str, words: Catalog) -> str:
    """Checks of basic data against the table, by pseudonyms alone; who has no check is only counted."""
    lines = []
    for state in (Held.STALE, Held.UNKNOWN):
        label = words.label("row_state", state)
        lines += [words.word("identities_held", student=each, state=label) for each in students[state][:_MOST]]
        if rest := max(0, len(students[state]) - _MOST):
            lines.append(words.word("identities_more", count=rest))
    counts = {state.value: len(students[state]) for state in Held}
    return _text([*lines, words.word("identities_held_total", term=term, **counts)])


def forgetting(student: str, copies: Iterable[SealedCopy], words: Catalog, *, done: bool) -> str:
    """That a row is destroyed, or would be, and the sealed files that still have it."""
    lines = [words.word("identities_forgotten" if done else "identities_forget_again", student=student)]
    for path, state in copies:
        lines.append(words.word("identities_copy", path=path, state=words.label("copy_state", state)))
    return _text(lines)


def recipients(changed: Resealed, rows: int, words: Catalog) -> str:
    """For whom a table is sealed anew, and for whom no longer."""
    signs = (("+", changed.added), ("-", changed.removed))
    lines = [f"{sign} {' '.join(key.split()[:2])}" for sign, keys in signs for key in keys]
    return _text([*lines, words.word("identities_resealed", rows=rows)])


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    """Numbers in order, neighbours as one: 2–31、33."""
    first = last = numbers[0]
    for number in (*numbers[1:], 0):
        if number == last + 1:
            last = number
            continue
        yield str(first) if first == last else f"{first}–{last}"
        first = last = number


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{printable(line)}\n" for line in lines)
