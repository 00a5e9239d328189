"""Files that an import puts beside new records: certificates that a column names, in a folder that the caller gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from licheng.app.attach import added, copies
from licheng.core.layout import home
from licheng.core.record import Record
from licheng.policy.importing.difference import Joined
from licheng.policy.importing.kinds import ImportKind, RefusedRowError
from licheng.policy.importing.rows import RefusedCell, names_in, refused


class Proofs:
    """The folder of the files, and the import whose rows name them."""

    def __init__(self, root: Path, today: date, kind: ImportKind, folder: Path | None) -> None:
        """Look which files there are.

        Args:
            root: of the school.
            today: the school's day.
            kind: of the import.
            folder: where the files lie; nothing is there if none is given.
        """
        self._root, self._today, self._kind = root, today, kind
        self._files = {path.name: path for path in folder.iterdir() if path.is_file()} if folder is not None else {}

    def missing(self, new: Mapping[str, Joined]) -> Iterator[RefusedCell]:
        """Cells that name a file that is not there.

        Args:
            new: what the rows say of records that are to be written, by path.
        """
        for joined in new.values():
            for row in joined.rows:
                lacking = [name for name in names_in(row.values[self._kind.files]) if name not in self._files]
                if lacking:
                    yield refused(row, self._kind, RefusedRowError(self._kind.files, "no-file", known=tuple(lacking)))

    def attach(self, path: str, joined: Joined) -> Mapping[str, bytes]:
        """Copies of a new record's files, cleaned, by path; the record lists them.

        Raises:
            UsageError: of `licheng.app.attach.attach`, a file cannot be attached.
        """
        where = home(path)
        assert where is not None  # noqa: S101 - the kind's own path
        names = dict.fromkeys(name for row in joined.rows for name in names_in(row.values[self._kind.files]))
        draft = Record(path, self._kind.record, where.identity, joined.data, "", 0)
        attached = copies(self._root, draft, [self._files[name] for name in names], self._today)
        joined.data["attachments"] = [{**copy.entry, "role": "evidence"} for copy in attached]
        return added(self._root, draft, attached)
