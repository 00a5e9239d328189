"""The tool's own trouble. What a user got wrong in a record is a finding, a value, never an exception."""

import errno
from enum import IntEnum
from functools import partial


class ExitCode(IntEnum):
    """How every command ends; 3 is never a pass."""

    CLEAN = 0
    ERRORS = 1
    WRONG_USE = 2
    UNDECIDED = 3


class LichengError(Exception):
    """The root of all errors: the tool could not decide.

    Args:
        code: the entry of the message catalog that says what happened and what to do next.
        values: what the catalog's sentence is filled with.
    """

    exit_code = ExitCode.UNDECIDED

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[partial["LichengError"], tuple[()]]:
        """Values go by name, also when another process raised it."""
        return partial(type(self), self.code, **self.values), ()


def reason_of(error: OSError) -> str:
    """Why the system refused, by its own short name (`ENOENT`), for which the catalogs have words."""
    return errno.errorcode.get(error.errno or 0, "EIO")


class UsageError(LichengError):
    """The caller asked for something that cannot be done as asked."""

    exit_code = ExitCode.WRONG_USE
