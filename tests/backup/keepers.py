"""Two people who keep a key each, and the commands as they are typed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from pyrage import x25519

from licheng.app.backup.manifest import Manifest, read_manifest
from tests.command import licheng


@dataclass(frozen=True)
class Keepers:
    """Where their keys lie."""

    first: Path
    second: Path
    recipients: Path

    @classmethod
    def made(cls, folder: Path) -> Keepers:
        """One has a key of age, the other one of SSH."""
        own, first, second = x25519.Identity.generate(), folder / "first.txt", folder / "second"
        first.write_text(f"{own}\n", encoding="utf-8")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(second)], check=True)
        lines = f"# 註冊組\n{own.to_public()}\n{second.with_suffix('.pub').read_text(encoding='utf-8')}"
        (folder / "recipients.txt").write_text(lines, encoding="utf-8")
        return cls(first, second, folder / "recipients.txt")

    def backup(self, folder: Path, server: Path, *options: str) -> subprocess.CompletedProcess[str]:
        """`licheng backup`."""
        told = ("--repo", str(server), "--recipients", str(self.recipients))
        return licheng(folder.parent, "backup", str(folder), *told, *options)

    def drill(
        self, folder: Path, target: Path, *options: str, key: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`licheng restore-drill`."""
        told = ("--identity", str(key or self.first))
        return licheng(folder.parent, "restore-drill", str(folder), str(target), *told, *options)


def manifest(folder: Path) -> Manifest:
    found = read_manifest(folder)
    assert found is not None
    return found


def lying(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
