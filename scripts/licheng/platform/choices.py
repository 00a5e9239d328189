"""What somebody wants to be told of what is no duty of theirs: kept in the state folder, one small file an account."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.platform.post import lay_down

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


@dataclass(frozen=True)
class NoticeChoices:
    """Of one account; who has said nothing wants all of it.

    Attributes:
        reminders: of windows in which one may hand something in.
    """

    reminders: bool = True


class Choices:
    """The choices below a folder.

    Args:
        folder: below the platform's state folder; made where it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, account: str) -> NoticeChoices:
        """What an account has chosen; a file that cannot be read chooses nothing."""
        try:
            return NoticeChoices(reminders=json.loads(self._file(account).read_bytes())["reminders"] is not False)
        except (OSError, ValueError, KeyError, TypeError):
            return NoticeChoices()

    def write(self, account: str, choices: NoticeChoices) -> None:
        """Keep them; on the disk when this returns.

        Raises:
            UsageError: APP396, no account has such an id.
            LichengError: APP395, the disk does not take it; what was chosen before stays.
        """
        file = self._file(account)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lay_down(file, json.dumps(asdict(choices)).encode())
        except OSError as error:
            raise LichengError("APP395", detail=reason_of(error)) from error

    def _file(self, account: str) -> Path:
        if _ACCOUNT.fullmatch(account) is None:
            raise UsageError("APP396")
        return self._folder / f"{account}.json"
