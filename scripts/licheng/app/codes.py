"""Every code that a check can report: those of reading and those of the rules, in one list."""

from __future__ import annotations

from licheng.core.finding import Code
from licheng.rules.registry import ALL
from licheng.sources.handbook import CODES as HANDBOOK
from licheng.sources.reading import CODES as READING

EVERY: tuple[Code, ...] = tuple(sorted((*READING, *HANDBOOK, *ALL), key=lambda code: code.code))
BY_CODE: dict[str, Code] = {code.code: code for code in EVERY}
