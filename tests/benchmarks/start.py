"""`make bench`: what it takes to start, beside a Python that does nothing, in one run, as ratios.

Three starts: the help, a check of one student, and a login at a school's server up to the program that it starts. Of
each the least processor time of several runs counts, as a busy machine only ever adds. Python keeps its byte code as it
does wherever it is installed, also where the environment forbids it: else each start would compile everything.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.check import BIN, run
from tests.benchmarks.figures import line
from tests.trees import ROOT

RUNS = 15
STUDENT = "content/students/113/s1130001"


def server(folder: Path) -> Path:
    """A bare repository that holds of the school what a login asks for, and more."""
    work, root = folder / "work", folder / "school.git"
    for name in ("school", "calendar", "rulebook", "trust"):
        shutil.copytree(ROOT / "content" / name, work / "content" / name)
    git = ["git", "-c", "user.name=t006", "-c", "user.email=t006@licheng.invalid", "-C", str(work)]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "The school"]):
        subprocess.run([*git, *command], check=True)
    subprocess.run(["git", "clone", "-q", "--bare", str(work), str(root)], check=True)
    return root


def least(folder: Path, *command: str | Path, expect: int = 0) -> float:
    """Processor seconds of the quickest run."""
    return min(run(folder, *command, expect=expect).cpu for _ in range(RUNS))


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    os.chdir(ROOT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        root = server(folder)
        found = re.search(r"ssh:(SHA256:\S+)", (ROOT / "content/school/accounts.yaml").read_text(encoding="utf-8"))
        assert found is not None
        os.environ["SSH_ORIGINAL_COMMAND"] = f"git-upload-pack {shlex.quote(str(root))}"
        nothing = least(ROOT, Path(sys.executable), "-c", "pass")
        login = (BIN / "licheng", "hook", "shell", found[1], "--repo", root)
        starts = {
            "licheng --help": least(ROOT, BIN / "licheng", "--help"),
            "licheng check of one student": least(ROOT, BIN / "licheng", "check", STUDENT),
            "a login, with git's answer": least(ROOT, *login, expect=128),  # git, when nobody says anything to it
        }
    finally:
        shutil.rmtree(folder)
    for name, seconds in starts.items():
        line(name, f"{seconds * 1000:.0f} ms", f"python -c pass {nothing * 1000:.0f} ms", seconds / nothing)


if __name__ == "__main__":
    main()
