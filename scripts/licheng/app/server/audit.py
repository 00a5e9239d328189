"""`licheng audit`: who recorded, changed, certified, exported what and when, from logins and signatures (肆.三)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from licheng.app.day import day_of
from licheng.app.loading.load import Loaded, load
from licheng.app.server.received import ReceiptLog
from licheng.core.dates import TAIPEI
from licheng.core.errors import UsageError
from licheng.core.layout import CERTIFICATIONS, SEALS, STUDENTS, student_folder
from licheng.policy import audit as policy
from licheng.policy.audit import Deed
from licheng.sources.git import Objects, refuse_partial
from licheng.sources.past import parents, past
from licheng.sources.shelf import Readings
from licheng.sources.tree import CommitTree


@dataclass(frozen=True)
class Audit:
    """What was found.

    Attributes:
        paths: what was asked about.
        receipts: whether there was a receipt log to ask.
        deeds: in the order of time.
    """

    paths: tuple[str, ...]
    receipts: bool
    deeds: tuple[Deed, ...]


def audit(
    root: Path,
    asked: Sequence[str],
    log: ReceiptLog | None,
    since: date | None,
    *,
    commit: str = "HEAD",
    today: date | None = None,
    readings: Readings | None = None,
) -> Audit:
    """Everything that is known of students or paths.

    Args:
        root: a repository, bare or not; main of a bare one, otherwise what is checked out.
        asked: ids of students, or paths from the root.
        log: the receipt log of the server.
        since: the first day, Asia/Taipei.
        commit: up to which one history is read.
        today: on which the records are judged, Asia/Taipei; None for the school's today.
        readings: what was read of the repository before.

    Raises:
        UsageError: APP152, there never was such a student or path.
        LichengError: APP092, the repository does not hold everything; APP093, somebody changed the log.
    """
    refuse_partial(Objects(root))
    entries = list(log.entries()) if log is not None else []
    with CommitTree(root, commit, readings or Readings()) as tree:
        loaded = load(tree, today or day_of(tree, None))
        paths = tuple(path for name in asked for path in _paths(name, loaded))
        folders = {folder for path in paths if (folder := student_folder(f"{path}/")) is not None}
        below = [folder.removeprefix(f"{STUDENTS}/") for folder in sorted(folders)]
        deeds: list[Deed] = []
        for student in chain.from_iterable(map(loaded.students, below)):
            decided = policy.decided(student, loaded.school)
            deeds += policy.stated(student.stated, paths, loaded.school, student)
            if student.folder in paths:
                about = (each(student, loaded.school) for each in (policy.around, policy.submitted, policy.received))
                deeds += [*decided, *chain.from_iterable(about)]
            else:  # of a path below, the decisions there
                deeds += [deed for deed in decided if any(policy.is_below(deed.path, path) for path in paths)]
        signed = chain.from_iterable(part for _, part in loaded.changes())
        deeds += policy.stated(signed, paths, loaded.school)
        exports = {deed.path for deed in deeds if deed.what in {"submitted", "exported", "received", "notified"}}
        history = past(root, tree.commit, (*paths, *sorted(exports)))
        known = parents(root, tree.commit)
        deeds += policy.recorded(history, policy.bind(known, policy.landings(entries, known)))
        deeds += policy.tried(entries, paths)
    if not deeds:
        raise UsageError("APP152", asked=", ".join(asked))
    ordered = sorted(set(deeds), key=lambda deed: (deed.at, deed.path, deed))
    recent = (deed for deed in ordered if since is None or deed.at.astimezone(TAIPEI).date() >= since)
    return Audit(paths, log is not None, tuple(recent))


def _paths(asked: str, loaded: Loaded) -> Iterator[str]:
    """A student's two subtrees and the seal, or a path with what was decided about it."""
    path, tree = asked.rstrip("/"), loaded.tree
    if "/" not in path:
        cohorts = (f"{top}/{cohort}" for top in (STUDENTS, SEALS) for cohort in tree.folders(top))
        path = next((f"{cohort}/{path}" for cohort in cohorts if path in tree.folders(cohort)), path)
        path = path.replace(SEALS, STUDENTS, 1)  # who was sealed has no folder there any more, but a history
    yield path
    if path.startswith(f"{STUDENTS}/"):
        yield path.replace(STUDENTS, CERTIFICATIONS, 1)
    if student_folder(f"{path}/") == path:
        yield path.replace(STUDENTS, SEALS, 1)
