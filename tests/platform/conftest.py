"""The plain server of the gate's tests, to which the platform is one more client; and who visits a platform."""

from tests.gate.conftest import programs, server, started, written
from tests.platform.client import questions
from tests.platform.visitors import clock, demo_repository, settings, visitor

__all__ = ["clock", "demo_repository", "programs", "questions", "server", "settings", "started", "visitor", "written"]
