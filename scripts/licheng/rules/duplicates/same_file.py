"""The same file is handed in twice: by two students, or by one student for two items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.student import Compared, FileUse


@rule("DUP001", "same-file", scope="across", kinds=("course-output", "activity"))
def same_file(this: Rule, compared: Iterable[Compared]) -> Iterator[Finding]:
    """One's own work counts once; two students may share a file only if both declare the same `group_work`."""
    by_digest: dict[bytes, list[FileUse]] = defaultdict(list)
    for use in compared:
        if isinstance(use, FileUse):
            by_digest[use.digest].append(use)
    for shared in by_digest.values():
        ordered = sorted(shared, key=lambda use: (use.path, use.attachment))
        for position, use in enumerate(ordered):
            for first in ordered[:position]:
                declared = use.group_work is not None and use.group_work == first.group_work
                if first.path != use.path and not (declared and use.student != first.student):
                    place = Place(use.path, pointer=("attachments", use.attachment, "sha256"))
                    other = Place(first.path, pointer=("attachments", first.attachment, "sha256"))
                    yield this.finding(place, digest=use.digest.hex()[:12], other=first.path, related=(other,))
                    break
