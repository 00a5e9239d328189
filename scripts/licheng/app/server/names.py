"""What the commands of a server call each other by."""

from __future__ import annotations

import shlex
import sys

MAIN = "refs/heads/main"
ACTOR = "LICHENG_ACTOR"
ANNOUNCE = "licheng-announce"  # what a client asks to run, with the repository behind it


def engine() -> str:
    """This program, as a shell starts it."""
    return f"{shlex.quote(sys.executable)} -m licheng"
