"""The plain server of the gate's tests, to which the platform is one more client; and who visits a platform."""

from tests.gate.conftest import server, written
from tests.platform.visitors import clock, demo_repository, settings, visitor

__all__ = ["clock", "demo_repository", "server", "settings", "visitor", "written"]
