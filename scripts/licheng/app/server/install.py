"""What makes a bare repository a school's server: hooks, settings, folders, the key that signs receipts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from licheng.app.server.names import engine
from licheng.app.server.received import ReceiptLog
from licheng.core.errors import UsageError
from licheng.sources.git import run as git

HOOKS = ("pre-receive", "update", "post-receive")
_MARK = "# licheng hook install"

# main only moves forward; what is pushed is whole; nothing is served but by SSH.
SETTINGS = {
    "receive.denyNonFastForwards": "true",
    "receive.denyDeletes": "true",
    "receive.fsckObjects": "true",
    "receive.advertisePushOptions": "true",
    "receive.maxInputSize": "1g",
    "core.logAllRefUpdates": "true",
    # Receipts are held against Git's own log of main, which by default forgets after 90 days.
    "gc.reflogExpire": "never",
    "gc.reflogExpireUnreachable": "never",
    "http.receivepack": "false",
}

# As little as can be between this look and git's own lock: a shell, where Python would take ten times as long.
_MOVED = '[ "$(git rev-parse --verify --quiet "$1")" = "$2" ] && exit 0\n'


@dataclass(frozen=True)
class Installation:
    """What installing writes: hooks by path, settings, folders, the key that signs receipts."""

    repository: Path
    scripts: dict[Path, str]
    settings: dict[str, str]
    folders: tuple[Path, ...]
    new_key: bool = False

    @property
    def log(self) -> ReceiptLog:
        """The receipt log of the server."""
        return ReceiptLog.of(self.repository)

    def lines(self) -> list[str]:
        """One line for each thing."""
        return [
            *(f"+ {path}" for path in (*self.folders, *self.scripts, self.log.key.private, self.log.key.public)),
            *(f"~ {name}={value}" for name, value in self.settings.items()),
        ]

    def apply(self) -> None:
        """Write everything; the repository is closed to everybody but its owner first.

        Raises:
            UsageError: APP165, the key that signs receipts is lost, and nobody asked for a new one.
            LichengError: APP093, the last line of the receipt log is none.
        """
        self.repository.chmod(0o700)
        for folder in self.folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.key.make(self.log.next(), anew=self.new_key)
        for name, value in self.settings.items():
            git(self.repository, "config", name, value)
        for path, text in self.scripts.items():
            temporary = path.with_name(f".{path.name}~")
            temporary.write_text(text, encoding="utf-8")
            temporary.chmod(0o700)
            temporary.replace(path)
        # Everybody clones a young school: what lies loose would be compared and compressed anew each time.
        git(self.repository, "repack", "-d", "-n", "-q")


def install(repository: Path, *, demo: bool, site: Path | None, new_key: bool = False) -> Installation:
    """What makes a bare repository a school's server.

    Args:
        repository: the bare repository.
        demo: let the gate judge a demo school.
        site: where the site is built after each push; None for nowhere.
        new_key: sign receipts with a new key from now on; those signed before stay valid.

    Raises:
        UsageError: APP095, it is no bare repository; APP009, there is a hook of somebody else.
    """
    repository = repository.resolve()
    if not (repository / "objects").is_dir() or git(repository, "rev-parse", "--is-bare-repository").strip() != b"true":
        raise UsageError("APP095", path=str(repository))
    commands = {name: f"exec {engine()} hook {name}" for name in HOOKS}
    commands["update"] = f'{_MOVED}exec {engine()} hook update "$@"'
    scripts = {repository / "hooks" / name: f"#!/bin/sh\n{_MARK}\n{line}\n" for name, line in commands.items()}
    for path in scripts:
        if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace"):
            raise UsageError("APP009", path=str(path))
    settings = SETTINGS | {"licheng.demo": "true" if demo else "false"}
    if site is not None:
        settings["licheng.site"] = str(site.absolute())
    folders = (repository / "hooks", repository / "licheng", repository / "lfs" / "objects")
    return Installation(repository, scripts, settings, folders, new_key)
