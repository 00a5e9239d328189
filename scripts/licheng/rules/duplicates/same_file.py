"""The same file is handed in twice: by two students, or by one student for two items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.student import FileUse
from licheng.policy.duplicates import repeated


@rule("DUP001", "same-file", scope="across", kinds=("course-output", "activity"))
def same_file(this: Rule, uses: Iterable[FileUse]) -> Iterator[Finding]:
    """One's own work counts once; two students may share a file only if both declare the same `group_work`."""
    for use, first in repeated(uses):
        place = Place(use.path, pointer=("attachments", use.index, "sha256"))
        other = Place(first.path, pointer=("attachments", first.index, "sha256"))
        yield this.finding(place, digest=use.digest.hex()[:12], other=first.path, related=(other,))
