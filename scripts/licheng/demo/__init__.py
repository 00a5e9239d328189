"""The demo: a deterministic planner of an invented school, and the adapter that writes its plan.

`plan` and `planted` are pure; `licheng.demo.write` is the one module that touches the disk and Git.
Nothing here imports any other part of licheng, so the demo cannot be wrong in the same way as what it tests.
"""

from __future__ import annotations

from licheng.demo.planner import plan, planted
from licheng.demo.values import Commit, DemoError, Fault

__all__ = ["Commit", "DemoError", "Fault", "plan", "planted"]
