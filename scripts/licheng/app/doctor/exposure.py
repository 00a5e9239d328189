"""Whether anybody but the posts of the duties table can clone what must not leave the school.

Consultations, attendance and explorations lie in plain text; a repository that holds any is private, or is refused.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from licheng.core.diagnosis import Diagnosis, Health
from licheng.core.layout import STUDENTS, home
from licheng.sources import yaml
from licheng.sources.repository import Repository
from licheng.sources.tree import Tree

_FORGE = re.compile(r"https?://|(?:ssh://)?(?:[^@/]+@)?github\.com[:/]", re.IGNORECASE)
_OURS = re.compile(r'(?:^|,)command="[^"]*\blicheng\b')
_OTHERS_READ = stat.S_IROTH | stat.S_IXOTH


def examine(
    tree: Tree, repository: Repository | None, visibility: str | None, authorized_keys: Path | None
) -> Iterator[Diagnosis]:
    """One line where all is well, else one a way in."""
    homes = (home(entry.path) for entry in tree.entries(STUDENTS))
    confidential = any(where is not None and where.kind.confidential for where in homes)
    invented = False  # a demo school's people do not exist
    genesis = next((tree.read(entry) for entry in tree.entries("content/trust/genesis.yaml")), b"")
    with suppress(UnicodeDecodeError, yaml.OutsideSubsetError, AttributeError):
        invented = yaml.parse(genesis.decode("utf-8")).get("demo") is True
    if not confidential or invented:
        yield Diagnosis("DOC050", Health.OK, {"exposure": "invented" if confidential else "none"})
        return
    ways: list[Diagnosis] = []
    if repository is not None:
        if visibility in {"public", "internal"}:
            ways.append(_open("DOC051", visibility))
        for name, address in sorted(repository.remotes().items()):
            if address.startswith("git://"):
                ways.append(_open("DOC052", name))
            elif visibility is None and _FORGE.match(address):
                ways.append(Diagnosis("DOC053", Health.UNKNOWN, {"found": name}))
        if repository.work_tree is None:
            ways += [*_served(repository), *_logins(repository, authorized_keys)]
    yield from ways or [Diagnosis("DOC050", Health.OK, {"exposure": "closed"})]


def _open(code: str, way: str) -> Diagnosis:
    return Diagnosis(code, Health.WRONG, {"found": way})


def _served(repository: Repository) -> Iterator[Diagnosis]:
    """Whom the machine itself lets in: its other users, the git daemon, a web server."""
    folder = repository.git_dir
    chain = [folder, *folder.parents]
    if all(part.stat().st_mode & stat.S_IXOTH for part in chain) and folder.stat().st_mode & _OTHERS_READ:
        yield _open("DOC054", str(folder))
    shared = (repository.setting("core.sharedRepository") or "false").lower()
    if shared in {"all", "world", "everybody", "2"} or re.fullmatch(r"0[0-7]{2}[4-7]", shared):
        yield _open("DOC055", shared)
    if (folder / "git-daemon-export-ok").exists():
        yield _open("DOC056", str(folder / "git-daemon-export-ok"))
    for name in ("http.receivepack", "http.uploadpack"):
        if (repository.setting(name) or "false").lower() in {"true", "yes", "on", "1"}:
            yield _open("DOC057", name)


def _logins(repository: Repository, authorized_keys: Path | None) -> Iterator[Diagnosis]:
    """Keys that log in without licheng's forced command: they have a shell, and with it every file.

    Without a file that is named it is the one of whoever owns the repository, as sshd looks for it by default.
    """
    try:
        owner = "" if authorized_keys else repository.git_dir.owner()
    except (NotImplementedError, KeyError):  # Windows, where no school's server runs; an owner without an account
        owner = ""
    path = authorized_keys or Path(f"~{owner}/.ssh/authorized_keys").expanduser()
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    except OSError:
        yield Diagnosis("DOC058", Health.UNKNOWN, {"found": str(path)})
        return
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#") and _OURS.search(line) is None:
            yield _open("DOC058", f"{path}:{number}")
