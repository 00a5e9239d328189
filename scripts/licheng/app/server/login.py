"""The door of a server: which keys may log in, and the one program that each may start.

It is passed at every connection, so it reads of main what it asks about, and nothing else.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from licheng.app.day import day_of
from licheng.app.server.names import ACTOR, ANNOUNCE, MAIN, engine
from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.policy.accounts import accounts, known_as, may_clone
from licheng.sources.reading import read_kinds
from licheng.sources.shelf import Readings
from licheng.sources.tree import CommitTree

# Who somebody is, and whether they hold a post.
_KINDS = ("accounts", "staff")


def authorized_keys(repository: Path, today: date | None = None) -> Iterator[str]:
    """The lines of `authorized_keys`: each login key of an open account, tied to one command.

    A key whose fingerprint is not among the account's identities is left out: nobody would know it.
    """
    from licheng.signing.public_key import PublicKey, parse_public_key  # no login waits for this

    school = school_of(repository, today)
    for account in accounts(school, school.today):
        for line in account.login_keys:
            key = parse_public_key(line)
            if isinstance(key, PublicKey) and f"ssh:{key.fingerprint}" in account.identities:
                shell = f"{engine()} hook shell {key.fingerprint} --repo {shlex.quote(str(repository))}"
                quoted = shell.replace("\\", "\\\\").replace('"', '\\"')
                yield f'command="{quoted}",restrict {line} {account.id}'


def shell(repository: Path, fingerprint: str, asked: str) -> tuple[list[str], dict[str, str]]:
    """The program that a connection may start, and what it is told of who it is.

    Git writes that person into its own log of main too: there the receipt log cannot be given to somebody else unseen.

    Args:
        repository: the only one that is served.
        fingerprint: of the key that logged in, `SHA256:…`.
        asked: what the client wants to run (`SSH_ORIGINAL_COMMAND`).

    Raises:
        UsageError: APP096, nothing that is served; APP097, not for this account.
    """
    identity = f"ssh:{fingerprint}"
    school = school_of(repository)
    account = known_as(identity, school, school.today)
    command = _command(repository, asked)
    if account is None or not may_clone(account, school, school.today):
        raise UsageError("APP097", actor=account.id if account is not None else identity)
    return command, {ACTOR: identity, "GIT_COMMITTER_NAME": account.id, "GIT_COMMITTER_EMAIL": identity}


def _command(repository: Path, asked: str) -> list[str]:
    try:
        words = shlex.split(asked)
    except ValueError:
        words = []
    if words[:1] == ["git"] and len(words) > 1:
        words = [f"git-{words[1]}", *words[2:]]
    plain = words[:1] in (["git-receive-pack"], ["git-upload-pack"]) and len(words) == 2
    store = words[:1] == ["git-lfs-transfer"] and words[2:] in (["upload"], ["download"])
    announcement = words[:1] == [ANNOUNCE] and len(words) == 2
    served = (plain or store or announcement) and Path(words[1]).resolve() == repository.resolve()
    if not served:
        raise UsageError("APP096", command=asked[:80] or "-")
    if store:
        return [sys.executable, "-m", "licheng", "lfs-transfer", str(repository.resolve()), words[2]]
    if announcement:
        return [sys.executable, "-m", "licheng", "hook", "announce", "--repo", str(repository.resolve())]
    return [words[0], str(repository.resolve())]


def school_of(repository: Path, today: date | None = None) -> School:
    """Of main only what says who may come in.

    Args:
        repository: the server's.
        today: None for the school's.
    """
    with CommitTree(repository, MAIN, Readings()) as tree:
        return read_kinds(tree, today or day_of(tree, None), _KINDS)
