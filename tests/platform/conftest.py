"""The plain server of the gate's tests, to which the platform is one more client."""

from tests.gate.conftest import server, written

__all__ = ["server", "written"]
