"""The handbook's page on backups: every shell block of it is run as it stands, on a real server."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.backup.keepers import manifest
from tests.command import LICHENG
from tests.gate.server import Server
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/operations/backup.md"


def test_every_command_of_the_page_works(server: Server, tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    environment = os.environ | {"PATH": f"{LICHENG.parent}:{os.environ['PATH']}"}
    said = ""
    for block in blocks:
        text = block.replace("/srv/licheng/school.git", str(server.root)).replace("/mnt/", f"{tmp_path}/")
        done = subprocess.run(
            ["sh", "-e"], input=text, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, block + done.stderr
        said += done.stdout
    assert manifest(tmp_path / "backup").number == 1
    assert said.count("✓") == 3
    assert (tmp_path / "drill/school.git/licheng/receipts.jsonl").is_file()
