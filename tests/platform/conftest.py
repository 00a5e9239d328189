"""The platform's visitors, before the demo school's own gate."""

from tests.platform.visitors import clock, demo_repository, settings, visitor

__all__ = ["clock", "demo_repository", "settings", "visitor"]
