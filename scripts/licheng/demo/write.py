"""Writes a plan to the disk: as a real Git repository with its history, or as plain files.

The one module of the demo with input and output. Everything that could make two runs differ (the user's
Git configuration, the clock, the order of files) is shut out, so the hashes of the commits follow from the plan.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from licheng.demo.media import MEDIA_TYPES
from licheng.demo.values import DemoError, PlannedCommit

WriteProgress = Callable[[int, int], None]

# What a plan writes below content/; everything else there is written by hand.
GENERATED = (
    "content/calendar",
    "content/certifications",
    "content/delegations",
    "content/evaluation",
    "content/exports",
    "content/receipt-notices",
    "content/receipts",
    "content/school/accounts.yaml",
    "content/school/contests",
    "content/school/courses",
    "content/school/staff.yaml",
    "content/students",
    "content/submissions",
    "content/support",
    "content/training",
    "content/trust",
    "content/working-group",
)

# A record of an export names the commit of which it was made: the one before it, known when that is written.
_EXPORTS = "content/exports/"
_COMMIT = re.compile(rb"^commit: [0-9a-f]{40}$", re.MULTILINE)

_ATTRIBUTES = ".gitattributes"
_LFS_LINE = "content/**/*.{extension} filter=lfs diff=lfs merge=lfs -text\n"


@dataclass(frozen=True)
class Written:
    """What was written: the last commit (empty without history) and the number of files in the final tree."""

    commit: str
    files: int


def write(
    target: Path,
    commits: Iterable[PlannedCommit],
    *,
    fixed: Mapping[str, bytes] | None = None,
    history: bool = True,
    lfs: bool = False,
    progress: WriteProgress | None = None,
) -> Written:
    """Write a plan into a folder.

    Args:
        target: The folder. With history it must be absent or empty; it appears whole, or not at all.
        commits: The plan, the earliest commit first.
        fixed: Files written by hand, by path; they become part of the first commit. Without history they are
            written only where there is no such file yet.
        history: Write a Git repository with one commit for each commit of the plan; an export names the commit
            before it, where without a history it names one that is nowhere. Without, write the final
            tree over the generated paths of `target`, remove what the plan no longer holds there, and leave
            everything else as it is.
        lfs: Keep attachments as Git LFS pointers, their bytes in `.git/lfs/objects`. Only with history.
        progress: Called with the number of commits done and their total.

    Returns:
        The last commit and the number of files.

    Raises:
        DemoError: The folder is not empty, the plan and the fixed files overlap, or Git failed.
    """
    planned = list(commits)
    kept = dict(fixed or {})
    for commit in planned:
        for path in commit.files.keys() & kept.keys():
            raise DemoError(f"{path} is both written by hand and generated")
        for path in commit.files:
            if not path.startswith(tuple(f"{root}/" for root in GENERATED)) and path not in GENERATED:
                raise DemoError(f"{path} is not a path that the demo may write")
    if lfs and not history:
        raise DemoError("LFS pointers need a repository: write with history")
    if not history:
        return _write_tree(target, planned, kept, progress)
    if lfs:
        lines = "".join(_LFS_LINE.format(extension=extension) for extension in sorted(MEDIA_TYPES))
        kept[_ATTRIBUTES] = kept.get(_ATTRIBUTES, b"") + lines.encode()
    return _write_repository(target, planned, kept, lfs, progress)


def final_tree(commits: Iterable[PlannedCommit]) -> dict[str, bytes]:
    """Return the files that stand at the end of a plan, by path."""
    tree: dict[str, bytes] = {}
    for commit in commits:
        tree.update(commit.files)
        for path in commit.removals:
            tree.pop(path, None)
    return tree


def pointer(data: bytes) -> bytes:
    """Return the Git LFS pointer of a file."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{_oid(data)}\nsize {len(data)}\n".encode()


def _write_tree(
    target: Path, planned: list[PlannedCommit], fixed: Mapping[str, bytes], progress: WriteProgress | None
) -> Written:
    """Write the final tree over the generated paths of a folder, and remove what the plan no longer holds there."""
    tree = final_tree(planned)
    for path, data in sorted(tree.items()):
        _replace(target / path, data)
    for path, data in sorted(fixed.items()):
        if not (target / path).exists():
            _replace(target / path, data)
    # In reverse, what a folder holds comes before the folder itself.
    for present in (each for root in GENERATED for each in sorted((target / root).rglob("*"), reverse=True)):
        if present.is_dir() and not any(present.iterdir()):
            present.rmdir()
        elif not present.is_dir() and present.relative_to(target).as_posix() not in tree:
            present.unlink()
    if progress:
        progress(len(planned), len(planned))
    return Written("", len(tree))


def _replace(path: Path, data: bytes) -> None:
    """Write a file in one step, unless it already holds these bytes."""
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(data)
    draft.replace(path)


def _write_repository(
    target: Path, planned: list[PlannedCommit], fixed: dict[str, bytes], lfs: bool, progress: WriteProgress | None
) -> Written:
    """Build the repository in a sibling folder, the fixed files in its first commit, and move it to its place."""
    if not planned:
        raise DemoError("there is nothing to write: the plan has no commits")
    target = target.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DemoError(f"{target} is not empty")
    target.parent.mkdir(parents=True, exist_ok=True)
    build = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    commits = [replace(planned[0], files={**fixed, **planned[0].files}), *planned[1:]]
    try:
        build.chmod(0o755)
        _git(build, "init", "--quiet", "--template=", "--initial-branch=main")
        if lfs:
            commits = [_stored(build, commit) for commit in commits]
        exporting = [at for at, commit in enumerate(commits) if any(path.startswith(_EXPORTS) for path in commit.files)]
        head = ""
        for part in pairwise(sorted({0, *exporting, len(commits)})):
            feed = _stream(commits, range(*part), head, progress)
            _git(build, "fast-import", "--quiet", "--done", "--date-format=raw", feed=feed)
            head = _git(build, "rev-parse", "main").strip()
        _git(build, "reset", "--quiet", "--hard", "main")
        written = Written(head, len(final_tree(commits)))
        build.replace(target)  # an empty folder gives way
    except BaseException:
        shutil.rmtree(build, ignore_errors=True)
        raise
    return written


def _stream(planned: list[PlannedCommit], part: range, head: str, progress: WriteProgress | None) -> Iterator[bytes]:
    """Yield what Git reads of a part of the plan, which follows `head` and of which an export may be the first."""
    for number in part:
        commit = planned[number]
        who = f"{commit.author_id} <{commit.author_id}@licheng.invalid>"
        when = f"{int(commit.when.timestamp())} {commit.when:%z}"
        yield f"commit refs/heads/main\nauthor {who} {when}\ncommitter {who} {when}\n".encode()
        message = f"{commit.message}\n".encode()
        yield f"data {len(message)}\n".encode() + message
        if head and number == part.start:
            yield b"from refs/heads/main^0\n"
        for path in sorted(commit.removals):
            yield f"D {path}\n".encode()
        for path, data in sorted(commit.files.items()):
            if head and path.startswith(_EXPORTS):
                data = _COMMIT.sub(f"commit: {head}".encode(), data)
            yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
        if progress:
            progress(number + 1, len(planned))
    yield b"done\n"


def _stored(folder: Path, commit: PlannedCommit) -> PlannedCommit:
    """Store a commit's attachments as LFS objects; return the commit with pointers in their place."""
    attached = {
        path: data
        for path, data in commit.files.items()
        if path.startswith("content/") and path.rpartition(".")[2] in MEDIA_TYPES
    }
    for data in attached.values():
        oid = _oid(data)
        place = folder / ".git" / "lfs" / "objects" / oid[:2] / oid[2:4]
        place.mkdir(parents=True, exist_ok=True)
        (place / oid).write_bytes(data)
    pointers = {path: pointer(data) for path, data in attached.items()}
    return replace(commit, files={**commit.files, **pointers})


def _oid(data: bytes) -> str:
    return sha256(data).hexdigest()


def _git(folder: Path, *arguments: str, feed: Iterable[bytes] = ()) -> str:
    """Run Git and return what it prints; `feed` is written to it piece by piece.

    Raises:
        DemoError: Git failed.
    """
    command = ["git", *arguments]
    # Git reads no configuration of the user or of the machine.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**inherited, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    with (
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=output, stderr=complaints
        ) as process,
    ):
        try:
            for piece in feed:
                process.stdin.write(piece)  # type: ignore[union-attr]  # it is a pipe
        except BrokenPipeError:
            pass  # Git has stopped; its own complaint says why
        finally:
            process.communicate()
        output.seek(0)
        complaints.seek(0)
        if process.returncode:
            raise DemoError(f"git {arguments[0]}: {complaints.read().decode(errors='replace').strip()}")
        return output.read().decode()
