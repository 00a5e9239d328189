"""What the commands of a server call each other by."""

from __future__ import annotations

import shlex
import sys

MAIN = "refs/heads/main"
ACTOR = "LICHENG_ACTOR"
CACHE = "LICHENG_CACHE"  # the folder in which a build of the site remembers, as its source is new each time
ANNOUNCE = "licheng-announce"  # what a client asks to run, with the repository behind it


def engine() -> str:
    """This program, as a shell starts it."""
    return f"{shlex.quote(sys.executable)} -m licheng"
