"""Write anew what is generated and committed: the demo school, the certification fixtures. `make regenerate`.

Expectations are not rewritten here: `python -m tests.bless` does that, and shows the difference.
"""

from __future__ import annotations

import shutil
import sys

from licheng.app.demo import fixed_files
from licheng.demo import plan
from licheng.demo.write import GENERATED, final_tree
from tests import certified
from tests.trees import ROOT

# The school in `content/`.
STUDENTS, SEED = 30, 1


def school() -> dict[str, bytes]:
    """The generated files of the school in `content/`, by path."""
    return final_tree(plan(STUDENTS, SEED, rulebook=fixed_files()["content/rulebook/2018-05-30.yaml"]))


def main() -> None:
    """Replace the generated part of `content/` and the fixtures."""
    for top in GENERATED:
        target = ROOT / top
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
    files = school()
    for path, data in files.items():
        file = ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    sys.stdout.write(f"{len(files)} files in content/\n")
    certified.main()


if __name__ == "__main__":
    main()
