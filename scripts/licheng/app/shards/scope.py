"""What a check looks at: the paths that were asked for, and the students that must be read for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from licheng.core.errors import UsageError
from licheng.core.layout import CERTIFICATIONS, CONTENT, STUDENTS, folders_of, student_folder


@dataclass(frozen=True)
class PathScope:
    """What a check looks at: everything, or what lies below some paths."""

    paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, paths: Iterable[str]) -> PathScope:
        """Paths from the repository's root; `content` is everything.

        Raises:
            UsageError: APP004, a path is not below `content/`.
        """
        cleaned = tuple(sorted({path.strip("/") if path not in {".", ""} else CONTENT for path in paths}))
        for path in cleaned:
            if path != CONTENT and not path.startswith(CONTENT + "/"):
                raise UsageError("APP004", path=path)
        return cls(() if CONTENT in cleaned else cleaned)

    @cached_property
    def _tops(self) -> frozenset[str]:
        return frozenset(self.paths)

    @cached_property
    def _above(self) -> frozenset[str]:
        return frozenset(folder for top in self.paths for folder in folders_of(top))

    def covers(self, path: str) -> bool:
        """Whether findings at a path are asked for."""
        return not self.paths or path in self._tops or not self._tops.isdisjoint(folders_of(path))

    def touches(self, path: str) -> bool:
        """Whether a path is asked for, or something below it."""
        return self.covers(path) or path in self._above

    @property
    def of_students(self) -> bool:
        """Whether everything that was asked for lies below students' folders."""
        return bool(self.paths) and all(map(_of_students, self.paths))

    def students(self) -> tuple[str, ...]:
        """What to read of the students, below their folders: whole students, as every rule needs the whole student."""
        if not self.paths:
            return ("",)
        # `113/s1139907` of any path of that student, else what follows the students' folder.
        wanted = {
            (student_folder(path + "/") or path).replace(CERTIFICATIONS, STUDENTS, 1).removeprefix(STUDENTS).strip("/")
            for path in self.paths
            if _of_students(path)
        }
        if "" in wanted:
            return ("",)
        return tuple(sorted(path for path in wanted if wanted.isdisjoint(folders_of(path))))


def _of_students(path: str) -> bool:
    return f"{path}/".startswith((f"{STUDENTS}/", f"{CERTIFICATIONS}/"))
