"""`licheng who-may`: who may do what to a path, and by which row of the duties."""

from __future__ import annotations

from dataclasses import replace

from licheng.app.loading.load import Loaded
from licheng.core.layout import STUDENTS, student_folder
from licheng.policy.accounts import accounts
from licheng.policy.permission import Among, DecidingRow, Scene, is_among, record_home, rows_of
from licheng.policy.rights import CLASS_OF, Right, rights


def who_may(loaded: Loaded, path: str) -> DecidingRow:
    """Who may add, change or delete the file at a path today."""
    school = loaded.school
    rows = rows_of(path, school)
    if len(rows) != 1:
        return DecidingRow(path, None, reason="several-rows" if rows else "no-row")
    [row] = rows
    folder, home = student_folder(path), record_home(path)
    student = next(loaded.students(folder.removeprefix(f"{STUDENTS}/")), None) if folder is not None else None
    owner = student if home is not None and home.kind.of_student else school
    record = owner.record_at(home.kind.path(**home.identity)) if home is not None and owner is not None else None
    scene = Scene(school, school.today, student, (record,) if record is not None else ())
    everybody, among = tuple(accounts(school, school.today)), []
    for who in row.by:
        sort, name = next(iter(who.items()))
        alone = replace(row, by=(who,))
        holders = tuple(account.id for account in everybody if is_among(alone, account, path, scene))
        among.append(Among(name if sort == "as" else sort, name, holders))
    return DecidingRow(path, row, tuple(among))


def rights_of(loaded: Loaded, who: str) -> frozenset[Right]:
    """Everything that somebody may do today, by themselves or as one of a class: what the gate compares."""
    everything = rights(loaded.school, loaded.school.today)
    mine = {right for right in everything if right.who == who}
    classes = {CLASS_OF[right.what, right.over] for right in mine if (right.what, right.over) in CLASS_OF}
    return frozenset(mine | {right for right in everything if right.who in classes})
