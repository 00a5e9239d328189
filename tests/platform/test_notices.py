"""Who signed is told by mail, through a real SMTP server, and a student that a work came back."""

from __future__ import annotations

import email
import email.policy
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from licheng.core.errors import LichengError, UsageError
from licheng.platform.notices import Notices
from licheng.platform.settings import Settings, Smtp
from tests.certified import Certified, folder

REASON = "請補上量測的原始數據。"


class Postbox:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.mail: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as aiosmtpd calls it
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mail.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, Smtp]]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, Smtp("127.0.0.1", port, "portfolio@licheng.invalid")
    controller.stop()


class Main:
    """A repository to which commits are added."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._git("init", "--quiet", "--initial-branch=main", str(place), cwd=place.parent)

    def _git(self, *arguments: str, cwd: Path | None = None) -> None:
        who = {f"GIT_{role}_{what}": "t900" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        subprocess.run(["git", *arguments], cwd=cwd or self.place, check=True, env=os.environ | who)

    def gains(self, files: dict[str, bytes]) -> None:
        for path, data in files.items():
            (self.place / path).parent.mkdir(parents=True, exist_ok=True)
            (self.place / path).write_bytes(data)
        self._git("add", "-A")
        self._git("commit", "--quiet", "--allow-empty", "-m", "x")


@pytest.fixture
def main(tmp_path: Path) -> Main:
    made = Main(tmp_path / "main")
    made.gains({})
    return made


def decided(decision: str) -> dict[str, bytes]:
    made = Certified.school()
    made.output()
    made.decide(folder(), decision)
    return {path: data for path, data in made.files.items() if path.startswith("content/certifications/")}


@pytest.mark.hostile("two-faced platform")
def test_the_signer_and_the_student_are_told_once_and_of_nothing_old(
    main: Main, settings: Settings, postbox: tuple[Postbox, Smtp]
) -> None:
    box, smtp = postbox
    settings = replace(settings, smtp=smtp)
    (settings.state / "addresses.toml").write_text(
        't904 = "teacher@licheng.invalid"\ns1139901 = "pupil@licheng.invalid"\n'
    )
    main.gains(decided("certified"))
    notices = Notices(settings, main.place)
    assert notices.tell() == 0  # what was there before is no news
    main.gains({path.replace("pendulum", "optics"): data for path, data in decided("returned").items()})
    assert notices.tell() == 2
    assert [to for to, _ in box.mail] == [["teacher@licheng.invalid"], ["pupil@licheng.invalid"]]
    for _, message in box.mail:
        text = message.get_content()
        assert "terms/115-1/outputs/pendulum" in text
        assert settings.origin in text
        assert REASON not in text  # what somebody wrote is read after signing in
    assert "以 t904 的名義" in box.mail[0][1].get_content()
    assert (notices.tell(), len(box.mail)) == (0, 2)


def test_a_server_that_is_away_loses_no_notice(main: Main, settings: Settings, postbox: tuple[Postbox, Smtp]) -> None:
    box, smtp = postbox
    (settings.state / "addresses.toml").write_text('t904 = "teacher@licheng.invalid"\n')
    away = Notices(replace(settings, smtp=replace(smtp, port=1)), main.place)
    assert away.tell() == 0
    main.gains(decided("certified"))
    for _ in range(2):
        with pytest.raises(LichengError, match="APP377"):
            away.tell()
    assert Notices(replace(settings, smtp=smtp), main.place).tell() == 1
    assert len(box.mail) == 1


def test_without_a_server_or_an_address_it_lies_in_the_outbox(main: Main, settings: Settings) -> None:
    notices = Notices(settings, main.place)
    notices.tell()
    main.gains(decided("certified"))
    assert notices.tell() == 1
    [file] = (settings.state / "outbox").iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["To"] == "t904@licheng.invalid"
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.hostile("header")
@pytest.mark.parametrize(
    "text", ["t904", "t904 = 4", 't904 = "nobody"', 't904 = "a@b\\r\\nBcc: c@d"', '[t904]\nx = "a@b"']
)
def test_what_is_no_list_of_addresses_is_refused(main: Main, settings: Settings, text: str) -> None:
    notices = Notices(settings, main.place)
    notices.tell()
    (settings.state / "addresses.toml").write_text(text)
    main.gains(decided("certified"))
    with pytest.raises(UsageError, match="APP378"):
        notices.tell()


def test_what_is_no_payload_stops_nothing(main: Main, settings: Settings) -> None:
    notices = Notices(settings, main.place)
    notices.tell()
    [path] = [path for path in decided("certified") if path.endswith(".json")]
    main.gains({path: b"[]\n", path.replace("0001", "0002"): b"\xff", path.replace("0001", "0003"): b"{}"})
    assert notices.tell() == 0
