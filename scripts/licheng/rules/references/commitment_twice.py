"""Two checks of basic data have the same commitment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.student import Commitment, Compared


@rule("REF026", "commitment-twice", scope="across", kinds=("verification",))
def commitment_twice(this: Rule, compared: Iterable[Compared]) -> Iterator[Finding]:
    """Each is of one student and one term, under a nonce of its own: the same again was copied (伍.五)."""
    by_value: dict[bytes, list[str]] = defaultdict(list)
    for each in compared:
        if isinstance(each, Commitment):
            by_value[each.value].append(each.path)
    for value, paths in by_value.items():
        first, *others = sorted(paths)
        for path in others:
            place, earlier = (Place(each, pointer=("commitment",)) for each in (path, first))
            yield this.finding(place, commitment=value.hex()[:12], other=first, related=(earlier,))
