"""What `licheng import` says: bad cells with their place, what is added, changed, the same and gone, a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from licheng.outputs.catalog import Catalog
from licheng.outputs.escape import printable
from licheng.policy.importing.preview import GuessedMap, Preview
from licheng.policy.importing.rows import RefusedCell

_MOST = 20  # records of one sort, changes of one record


def bad_cells(bad: Sequence[RefusedCell], words: Catalog) -> str:
    """One line a cell: file, sheet, cell, heading, what stands there, what is wrong and what is expected."""
    lines = []
    for cell in bad:
        values = {name: words.value(name, value) for name, value in cell.values.items()}
        fault = words.label("cell_fault", cell.kind).format_map({"row": "", **values})
        column = cell.heading or words.label("import_column", cell.column)
        place, shown = f"{cell.place or '-'}{cell.row}", cell.shown or "-"
        lines.append(
            words.word(
                "import_bad", file=cell.file, sheet=cell.sheet, place=place, column=column, shown=shown, fault=fault
            )
        )
    return _text(lines)


def faults(result: Preview, words: Catalog) -> str:
    """What a check would find wrong, with the rows that it comes from."""
    rows = {record.path: record.rows for record in result.records}
    lines = []
    for finding in result.faults[:_MOST]:
        path = finding.location.path
        numbers = words.word("separator").join(str(number) for _, number in rows.get(path, ())[:_MOST])
        file = next((file for file, _ in rows.get(path, ())), "-")
        fact = words.message(finding)
        lines.append(
            words.word("import_fault", path=path, code=finding.code, fact=fact, file=file, rows=numbers or "-")
        )
    return _text(_with_rest(lines, len(result.faults), words))


def preview(result: Preview, words: Catalog) -> str:
    """What is added, what changes from what to what, what the file lacks, and how many stay as they are."""
    new, changed = result.new, result.changed
    lines = _with_rest([f"+ {record.path}" for record in new[:_MOST]], len(new), words)
    for record in changed[:_MOST]:
        own = []
        for change in record.changes[:_MOST]:
            before = words.word("import_nothing") if change.before is None else _value(change.before)
            own.append(f"~ {record.path} {' '.join(change.name)}：{before} → {_value(change.after)}")
        if not record.keeps_comments:
            own.append(words.word("import_anew", path=record.path))
        lines += _with_rest(own, max(0, len(record.changes) - _MOST) + len(own), words)
    lines += _with_rest([], max(0, len(changed) - _MOST), words)
    lacks = [f"- {record.path}：{' '.join(name)}" for record in result.records for name in record.gone]
    lacks += [f"- {path}" for path in result.gone]
    lines += _with_rest([words.word("import_gone", what=line) for line in lacks[:_MOST]], len(lacks), words)
    counts = {"added": len(new), "changed": len(changed), "same": result.same, "gone": len(lacks)}
    return _text([*lines, words.word("import_total", **counts)])


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _with_rest(lines: list[str], count: int, words: Catalog) -> list[str]:
    """The lines, and how many more there are."""
    rest = count - len(lines)
    return [*lines, words.word("import_more", count=rest)] if rest > 0 else lines


def guess(guessed: GuessedMap, words: Catalog) -> str:
    """Which heading is which column, by the shapes of a few cells; what was found for nothing."""
    lines = [words.word("import_guessed", sheet=guessed.sheet)]
    for each in guessed.columns:
        column = words.label("import_column", each.column.name)
        samples = words.word("separator").join(each.samples) or "-"
        lines.append(
            words.word("import_column", column=column, place=each.place, heading=each.heading, samples=samples)
        )
    separator = words.word("separator")
    if guessed.lacking:
        columns = separator.join(words.label("import_column", column.name) for column in guessed.lacking)
        lines.append(words.word("import_lacking", columns=columns))
    if guessed.unused:
        lines.append(words.word("import_unused", headings=separator.join(guessed.unused)))
    return _text(lines)


def commit_message(kind: str, result: Preview, files: int) -> str:
    """What a commit of an import says: how much of what, and nothing that tells of anybody."""
    source = f"{files} {'file' if files == 1 else 'files'}"
    body = f"Brought in by licheng import from {source}; {result.same} records were the same."
    return f"Import {kind}: {len(result.new)} new, {len(result.changed)} changed\n\n{body}\n"


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{printable(line)}\n" for line in lines)
