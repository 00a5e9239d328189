"""The authority table leaves a kind of record to nobody, or to two."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import BY_NAME, Lasting, samples
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.permission import rows_by_kind


@rule("REF015", "unowned-path", scope="school", kinds=("duties",))
def unowned_path(this: Rule, school: School) -> Iterator[Finding]:
    """Each file has one owner (伍.五): where two offices own parts, they are two files."""
    duties = school.one("duties")
    if duties is None:
        return
    for kind, path in samples():
        owners = [row for row in rows_by_kind(school)[kind] if row.covers(path, kind)]
        # What never changes, the trust root, belongs to nobody.
        if len(owners) != (0 if BY_NAME[kind].lasting is Lasting.NEVER else 1):
            rows = tuple(row.id for row in owners) or ("-",)
            yield this.finding(duties.at("authority"), record=kind, rows=rows, example=path)
