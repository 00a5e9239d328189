"""The same file is handed in twice: by two students, or by one student for two items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.student import FileUse


@rule("DUP001", "same-file", scope="across", kinds=("course-output", "activity"))
def same_file(this: Rule, uses: Iterable[FileUse]) -> Iterator[Finding]:
    """One's own work counts once; two students may share a file only if both declare the same `group_work`."""
    for use, first in _repeated(uses):
        place = Place(use.path, pointer=("attachments", use.index, "sha256"))
        other = Place(first.path, pointer=("attachments", first.index, "sha256"))
        yield this.finding(place, digest=use.digest.hex()[:12], other=first.path, related=(other,))


def _repeated(all_uses: Iterable[FileUse]) -> Iterator[tuple[FileUse, FileUse]]:
    """Each use of a file that another item uses too, with that other; not what two students declare as group work."""
    by_digest: dict[bytes, list[FileUse]] = defaultdict(list)
    for use in all_uses:
        by_digest[use.digest].append(use)
    for shared in by_digest.values():
        ordered = sorted(shared, key=lambda use: (use.path, use.index))
        for position, use in enumerate(ordered):
            for other in ordered[:position]:
                declared = use.group_work is not None and use.group_work == other.group_work
                if other.path != use.path and not (declared and use.student != other.student):
                    yield use, other
                    break
