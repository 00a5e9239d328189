"""`licheng doctor`: versions, trust, generated files, Git settings, and who can clone; it reads, and changes nothing.

Works where people work and on the server: in a work tree the files are what lies there, in a bare repository what its
head holds.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from licheng.app.day import day_of, moment_of, now_of
from licheng.app.doctor import backups, exposure, files, server, settings, trusted, versions
from licheng.app.loading.load import load
from licheng.core.diagnosis import Diagnosis, Health
from licheng.core.errors import UsageError
from licheng.sources.repository import Repository
from licheng.sources.tree import CommitTree, Tree, WorkTree, find_root


@dataclass(frozen=True)
class CallerFacts:
    """What only the caller can know.

    Attributes:
        visibility: of the repository on its forge: private, internal or public; None if nobody said.
        authorized_keys: the file by which SSH lets people in; None for the repository owner's own.
        receipt_key: fingerprint of the key that signs receipts, as somebody wrote it down: `SHA256:…`.
        now: the instant at which keys are judged, as text; None for the clock.
    """

    visibility: str | None = None
    authorized_keys: Path | None = None
    now: str | None = None
    receipt_key: str | None = None


def examine(place: Path, facts: CallerFacts) -> list[Diagnosis]:
    """Everything that was looked at, in the order of codes.

    Raises:
        UsageError: APP001, there is neither a school nor a repository.
    """
    repository = Repository.around(place)
    with ExitStack() as stack:
        tree: Tree | None = None
        if repository is None or repository.work_tree is not None:
            tree = WorkTree(find_root(place))
        elif repository.head() is not None:  # a server before the first push has no files
            tree = stack.enter_context(CommitTree(repository.git_dir, "HEAD"))
            if not any(tree.entries("content/school/school.yaml")):
                raise UsageError("APP001", folder=str(repository.git_dir))
        lines = [*versions.examine(tree)]
        if repository is None:
            lines.append(Diagnosis("DOC030", Health.WRONG))
        else:
            lines.append(Diagnosis("DOC030", Health.OK, {"path": str(repository.work_tree or repository.git_dir)}))
            lines += settings.examine(repository)
            if repository.work_tree is None:
                lines += server.examine(repository, facts.receipt_key)
        if tree is not None:
            school = load(tree, day_of(tree, None)).school
            lines += trusted.examine(school, now_of(tree, facts.now))
            lines += files.examine(tree, repository)
            if repository is not None and repository.work_tree is None:
                lines += backups.examine(repository, school, moment_of(facts.now))
            lines += exposure.examine(tree, repository, facts.visibility, facts.authorized_keys)
    return sorted(lines, key=lambda line: line.code)
