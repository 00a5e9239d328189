"""`licheng who-may`: who may do what to a path and who sees it on the platform, and by which row of the duties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from licheng.app.loading.load import Loaded
from licheng.core.layout import BY_NAME, STUDENTS, student_folder
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.policy import sight
from licheng.policy.accounts import accounts
from licheng.policy.permission import (
    Among,
    DecidingRow,
    Scene,
    SeeingRow,
    is_among,
    kind_of,
    possible,
    record_home,
    rows_of,
)
from licheng.policy.rights import CLASS_OF, Right, rights


def who_may(loaded: Loaded, path: str) -> DecidingRow:
    """Who may add, change or delete the file at a path today."""
    school = loaded.school
    rows = rows_of(path, school)
    if len(rows) != 1:
        return DecidingRow(path, None, reason="several-rows" if rows else "no-row")
    [row] = rows
    row = replace(row, may=row.may & possible(path, school.today))
    if not row.may:
        return DecidingRow(path, None, reason="operation")
    student, record = _at(loaded, path)
    scene = Scene(school, school.today, student, (record,) if record is not None else ())
    everybody = tuple(accounts(school, school.today))

    def holders(who: Mapping[str, str]) -> tuple[str, ...]:
        alone = replace(row, by=(who,))
        return tuple(account.id for account in everybody if is_among(alone, account, path, scene))

    return DecidingRow(path, row, _among(row.by, holders))


def who_sees(loaded: Loaded, path: str) -> SeeingRow | None:
    """Who sees the record that a file belongs to, today on the platform; None where it is not a student's."""
    school, kind = loaded.school, kind_of(path)
    if kind is None or kind not in sight.OF_STUDENTS:
        return None
    about = sight.rows_of(kind, school)
    if len(about) != 1:
        return SeeingRow(path, None, reason="several-rows" if about else "no-row")
    [row] = about
    student, record = _at(loaded, path)
    everybody = tuple(account.id for account in accounts(school, school.today)) if student is not None else ()

    def holders(who: Mapping[str, str]) -> tuple[str, ...]:
        day = school.today
        return tuple(each for each in everybody if student and sight.is_shown(who, each, student, school, day, record))

    return SeeingRow(path, row.id, _among(row.by, holders))


def _at(loaded: Loaded, path: str) -> tuple[Student | None, Record | None]:
    """Whose file lies at a path, and the record that it belongs to; a certification belongs to its output."""
    folder, home = student_folder(path), record_home(path)
    student = next(loaded.students(folder.removeprefix(f"{STUDENTS}/")), None) if folder is not None else None
    if home is None:
        return student, None
    kind = BY_NAME["course-output"] if home.kind.name == "certification" else home.kind
    owner = student if kind.of_student else loaded.school
    return student, owner.record_at(kind.path(**home.identity)) if owner is not None else None


def _among(
    by: Iterable[Mapping[str, str]], holders: Callable[[Mapping[str, str]], tuple[str, ...]]
) -> tuple[Among, ...]:
    named = ((next(iter(who.items())), holders(who)) for who in by)
    return tuple(Among(name if sort == "as" else sort, name, people) for (sort, name), people in named)


def rights_of(loaded: Loaded, who: str) -> frozenset[Right]:
    """Everything that somebody may do today, by themselves or as one of a class: what the gate compares."""
    everything = rights(loaded.school, loaded.school.today)
    mine = {right for right in everything if right.who == who}
    classes = {CLASS_OF[right.what, right.over] for right in mine if (right.what, right.over) in CLASS_OF}
    return frozenset(mine | {right for right in everything if right.who in classes})
