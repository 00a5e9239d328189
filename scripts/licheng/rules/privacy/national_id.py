"""A national ID or residence number stands in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Text
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy import privacy


@rule("PRI001", "national-id", scope="text")
def national_id(this: Rule, text: Text, _school: School) -> Iterator[Finding]:
    """Identity stands in the encrypted basic data only (個資法 §5); comments and bodies are read too."""
    for trace in privacy.shapes(text.text).national_ids:
        hidden = privacy.hidden(text.text, trace)
        yield this.finding(text.at_offset(trace.offset), identity=hidden, masked=trace.masked)
