"""Whole students in chunks, and a map over them: in this process, or in several where that costs less."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import TypeVar

from licheng.app.loading.load import Progress, load_student
from licheng.core.school import School
from licheng.core.student import Student
from licheng.sources import reading
from licheng.sources.tree import Entry, Tree

# Files in a chunk, about a tenth of a second's work, and chunks that one process has done while others would start.
FILES = 400
FEW = 12
Shard = tuple[str, list[Entry]]
_Answer = TypeVar("_Answer")


def chunks(tree: Tree, below: Iterable[str], without: frozenset[str] = frozenset()) -> Iterator[list[Shard]]:
    """Whole students, in the order of their folders, together about so many files that passing them on costs little.

    Args:
        tree: the school's files.
        below: parts of the students' folder: `""` for all, `113` for a cohort, `113/s1139907` for a student.
        without: folders that are left out.
    """
    chunk: list[Shard] = []
    for shard in chain.from_iterable(reading.students(tree, part, without) for part in below):
        chunk.append(shard)
        if sum(len(entries) for _, entries in chunk) >= FILES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def over(
    work: Callable[[list[Shard]], _Answer], parts: Iterator[list[Shard]], jobs: int | None
) -> Generator[_Answer, None, None]:
    """The results of all chunks in their order.

    Args:
        work: what to do with a chunk; it and its results can be pickled.
        parts: the chunks.
        jobs: processes; None for all cores, unless starting them would cost more than they save.
    """
    first = list(islice(parts, FEW))
    if jobs == 1 or (jobs is None and len(first) < FEW):
        return (work(chunk) for chunk in chain(first, parts))
    from licheng.app.shards import workers  # most commands are of one process

    return workers.ordered(work, chain(first, parts), jobs or workers.cores())


def each(
    ask: Callable[[Student, School], _Answer],
    tree: Tree,
    school: School,
    *,
    below: str = "",
    jobs: int | None = 1,
    progress: Progress | None = None,
) -> Generator[_Answer, None, None]:
    """What every student answers, in the order of students; attachments are not inspected.

    Args:
        ask: the question; it and its answers can be pickled.
        tree: the school's files.
        school: in which it is asked.
        below: a cohort or a student; everybody by default.
        jobs: as `over`.
        progress: called with students done and their number.
    """
    total, done = len(school.students), 0
    for answers in over(partial(_answers, ask=ask, tree=tree, school=school), chunks(tree, (below,)), jobs):
        for answer in answers:
            done += 1
            if progress is not None:
                progress(done, total)
            yield answer


def _answers(
    shards: list[Shard], *, ask: Callable[[Student, School], _Answer], tree: Tree, school: School
) -> list[_Answer]:
    return [ask(load_student(tree, folder, entries, school.trust)[0], school) for folder, entries in shards if folder]
