"""`licheng who-may`: who may do what to a path, and by which row of the duties."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.app.loading.load import Loaded
from licheng.core.layout import STUDENTS, student_folder
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.policy.accounts import accounts
from licheng.policy.permission import Among, Answer, AuthorityRow, Scene, is_among, record_home, rows_of
from licheng.policy.rights import CLASS_OF, Right, rights


def who_may(loaded: Loaded, path: str) -> Answer:
    """Who may add, change or delete the file at a path today."""
    found = rows_of(path, loaded.school)
    if len(found) != 1:
        return Answer(path, None, reason="several-rows" if found else "no-row")
    scene = Scene(loaded.school, loaded.school.today, _student(loaded, path))
    [row] = found
    return Answer(path, row, tuple(_among(row, path, scene, loaded)))


def rights_of(loaded: Loaded, who: str) -> frozenset[Right]:
    """Everything that somebody may do today, by themselves or as one of a class: what the gate compares."""
    everything = rights(loaded.school, loaded.school.today)
    mine = {right for right in everything if right.who == who}
    classes = {CLASS_OF[right.what, right.over] for right in mine if (right.what, right.over) in CLASS_OF}
    return frozenset(mine | {right for right in everything if right.who in classes})


def _student(loaded: Loaded, path: str) -> Student | None:
    folder = student_folder(path)
    below = folder.removeprefix(f"{STUDENTS}/") if folder is not None else None
    return next(loaded.students(below), None) if below is not None else None


def _among(row: AuthorityRow, path: str, scene: Scene, loaded: Loaded) -> Iterator[Among]:
    versions = _versions(path, scene, loaded)
    for who in row.by:
        sort, name = next(iter(who.items()))
        one = AuthorityRow(row.index, row.id, row.records, row.paths, row.may, (who,))
        asked = Scene(scene.school, scene.on, scene.student, versions)
        holders = tuple(
            account.id for account in accounts(loaded.school, scene.on) if is_among(one, account, path, asked)
        )
        yield Among(name if sort == "as" else sort, name, holders)


def _versions(path: str, scene: Scene, loaded: Loaded) -> tuple[Record, ...]:
    found = record_home(path)
    if found is None:
        return ()
    own = found.kind.path(**found.identity)
    holder = scene.student if found.kind.of_student else loaded.school
    record = holder.record_at(own) if holder is not None else None
    return (record,) if record is not None else ()
