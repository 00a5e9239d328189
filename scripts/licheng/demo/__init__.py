"""The demo: a deterministic planner of an invented school, and the adapter that writes its plan.

`plan` and its companions are pure; `licheng.demo.write` is the one module that touches the disk and Git.
Nothing here imports any other part of licheng but `licheng.signing`, whose keys and signatures stock OpenSSH checks, so
the demo cannot be wrong in the same way as what it tests.
"""

from __future__ import annotations

from licheng.demo.planner import keys, logins, plan, planted, special_items
from licheng.demo.values import DemoError, PlannedCommit, PlantedFault, Special

__all__ = [
    "DemoError",
    "PlannedCommit",
    "PlantedFault",
    "Special",
    "keys",
    "logins",
    "plan",
    "planted",
    "special_items",
]
