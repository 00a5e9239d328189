"""What was copied from last year's course offerings, and what a person must confirm."""

from __future__ import annotations

from licheng.outputs.catalog import Catalog
from licheng.policy.offerings import CopiedOfferings

_MOST = 10


def copied(result: CopiedOfferings, words: Catalog) -> str:
    """One line for the copy, one for codes of the old year, one a section without its teacher."""
    lines = [words.word("offerings_copied", source=str(result.source), count=result.courses)]
    if result.codes:
        shown = words.word("separator").join(result.codes[:_MOST])
        lines.append(words.word("offerings_codes", count=len(result.codes), codes=shown))
    for section, teachers in result.teachers.items():
        lines.append(words.word("offerings_teachers", section=section, who=words.word("separator").join(teachers)))
    return "".join(f"{line}\n" for line in lines)
