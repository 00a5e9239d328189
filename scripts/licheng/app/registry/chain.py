"""`licheng chain`: the way of one work, from the upload to the seal, each step by the digest of its files."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

from licheng.app.loading.load import Loaded, load
from licheng.app.server.received import ReceiptLog
from licheng.core.dates import TAIPEI, day
from licheng.core.errors import UsageError
from licheng.core.layout import CARRIED, HANDED_IN
from licheng.core.record import Record
from licheng.core.term import Term
from licheng.exchange.bag import manifest_digest
from licheng.exchange.rosters import homes
from licheng.policy import chain as policy
from licheng.policy.certification import subject_of
from licheng.policy.chain import ItemChain, PastExport, SealedFiles
from licheng.policy.exporting.asked import UnaskableError, asked
from licheng.policy.exporting.outcomes import outcomes
from licheng.policy.sealing import SEAL, folders
from licheng.sources.attachments import sums
from licheng.sources.tree import CommitTree


def chain(root: Path, tree: CommitTree, today: date, folder: str, log: ReceiptLog | None) -> ItemChain:
    """Every step of the work in a folder.

    Args:
        root: the repository, for the commits of which rosters were exported.
        tree: of the commit whose work it is; of a sealed student the commit is that of which the seal was made.
        today: the school's day.
        folder: of the work, from the root.
        log: the server's receipt log, for when the files came; None to leave that unsaid.

    Raises:
        UsageError: APP011, there is no such work; APP473, the student was sealed, and the commit of the seal is not
            here any more (`licheng renew`).
        LichengError: APP093, APP166, the log does not hold.
    """
    loaded = load(tree, today, handbook=False)
    for record in loaded.school.of(SEAL):
        own = folders(record.identity["cohort"], record.identity["student"])
        if not folder.startswith(f"{own[1]}/"):
            continue
        with suppress(UsageError), CommitTree(root, record.data["commit"]) as then:
            manifest = manifest_digest((each.path, each.sha256) for each in sums(then, *own))
            seal = SealedFiles(record, manifest == record.data["manifest"])
            return _followed(root, load(then, today, handbook=False), folder, log, seal)
    return _followed(root, loaded, folder, log)


def _followed(
    root: Path, loaded: Loaded, folder: str, log: ReceiptLog | None, seal: SealedFiles | None = None
) -> ItemChain:
    student, below = loaded.owner(folder)
    item = student.by_path[f"{student.folder}/{below}/item.md"]
    if item.kind not in HANDED_IN:
        raise UsageError("APP011", path=folder)
    rosters = (each for each in loaded.school.of("roster-export") if CARRIED.get(each.data["roster"]) == item.kind)
    exports = (_past(root, record, item) for record in rosters if record.year == item.year)
    received: dict[str, date] | None = None
    if log is not None:
        things = {f"{item.folder}/{file.name}": file.sha256 for file in subject_of(item, student)}
        first = log.first_received(things).items()
        received = {path.rpartition("/")[2]: at.astimezone(TAIPEI).date() for path, at in first}
    return policy.chain(item, student, loaded.school, received, exports, seal)


def _past(root: Path, record: Record, item: Record) -> PastExport:
    """What an export could take of the work, in the commit of which it was made and by its own day."""
    data = record.data
    with suppress(UsageError, UnaskableError), CommitTree(root, data["commit"]) as tree:
        loaded = load(tree, day(data["exported_on"]), handbook=False)
        half = Term.parse(data["term"]).half if "term" in data else None
        assert record.year is not None  # noqa: S101 - its path has a year
        roster = asked(loaded.school, data["roster"], record.year, half, data.get("batch"), frozenset(data["levels"]))
        for student in loaded.students("/".join(item.folder.split("/")[2:4])):
            for candidate, exclusion in outcomes(roster, student, loaded.school, homes(), is_known=True):
                if candidate.item is not None and candidate.item.path == item.path:
                    return PastExport(record, subject_of(candidate.item, student), True, exclusion)
        return PastExport(record, is_candidate=False)
    return PastExport(record)
