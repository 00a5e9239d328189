"""What every command that signs refuses alike: a school without a genesis, and what would count for nothing."""

from __future__ import annotations

from licheng.core.errors import UsageError
from licheng.core.finding import Finding, Severity, Value
from licheng.core.location import Location
from licheng.core.school import School


def repository_of(school: School) -> str:
    """The id that every signature names.

    Raises:
        UsageError: APP046, there is no genesis.
    """
    if school.trust.repository is None:
        raise UsageError("APP046")
    return school.trust.repository


def worthless(code: str, path: str, **values: Value) -> UsageError:
    """APP042, in the words of the rule that would find it once it were written."""
    return UsageError("APP042", code=code, detail=Finding(code, Severity.ERROR, Location(path), values))
