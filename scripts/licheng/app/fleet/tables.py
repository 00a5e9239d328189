"""Results of a fleet as Parquet, in the order of schools: exact counts, no student, no text. Of the extra `fleet`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from licheng.app.fleet.model import Fleet, FleetResult

_TEXT, _NUMBER = pa.string(), pa.int64()
COUNTS = pa.schema(
    [("school", _TEXT), ("term", _TEXT), ("level", _NUMBER), ("code", _TEXT), ("state", _TEXT), ("number", _NUMBER)]
)
SCHOOLS = pa.schema(
    [("school", _TEXT), ("name", _TEXT), ("commit", _TEXT), ("day", _TEXT), ("cell", _NUMBER), ("trouble", _TEXT)]
)


def write_tables(folder: Path, fleet: Fleet, results: Iterable[FleetResult]) -> None:
    """`counts.parquet` and `schools.parquet`; what does not apply is null."""
    names = {school.code: school.name for school in fleet.schools}
    counts, schools = [], []
    for result in results:
        counts += [
            {**count._asdict(), "school": result.school, "term": count.term or None, "level": count.level or None}
            for count in result.counts
        ]
        known = {name: getattr(result, name) or None for name in ("commit", "day", "cell", "trouble")}
        schools.append({"school": result.school, "name": names[result.school], **known})
    parquet.write_table(pa.Table.from_pylist(counts, COUNTS), folder / "counts.parquet")
    parquet.write_table(pa.Table.from_pylist(schools, SCHOOLS), folder / "schools.parquet")
