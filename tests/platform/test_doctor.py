"""`licheng doctor --platform`: each thing that can be wrong with a platform is made wrong, and seen."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from licheng.core.diagnosis import Diagnosis, Health
from licheng.core.errors import LichengError
from licheng.core.languages import LANGUAGES
from licheng.outputs.catalog import catalog
from licheng.platform import doctor
from licheng.platform.background import at_work
from licheng.platform.hand_in import Ticket, TicketState
from licheng.platform.pulse import DELIVERY, FETCH, Pulse
from licheng.platform.settings import read_settings
from licheng.platform.spool import Spool
from tests.command import licheng
from tests.platform.login.providers import bent_provider, free_port
from tests.platform.main_branch import committed, copied
from tests.platform.school import draft, hand_in
from tests.platform.test_delivery import wait_until
from tests.trees import ROOT

ACCOUNTS = "content/school/accounts.yaml"
STUDENT = "s1130001"


@dataclass
class Host:
    """A platform's machine: its settings, keys and state, and the school's server beside it."""

    folder: Path
    server: Path
    now: datetime

    @property
    def config(self) -> Path:
        return self.folder / "platform.toml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def clone(self) -> Path:
        return self.state / "school.git"

    def tells(self, more: str = "", *, demo: bool = True, **values: str) -> None:
        """Write the settings."""
        plain = {
            "origin": "http://localhost:8001",
            "signing_origin": "http://sign.localhost:8002",
            "remote": str(self.server),
            "ssh_key": "intake",
            "state": "state",
            "account": "t900",
        }
        lines = [f'{key} = "{value}"' for key, value in (plain | values).items()]
        self.config.write_text("\n".join([*lines, f"demo = {str(demo).lower()}", more, ""]))
        self.config.chmod(0o600)

    def fetch(self) -> None:
        shutil.rmtree(self.clone, ignore_errors=True)
        copied(self.server, self.clone)

    def lines(self) -> list[Diagnosis]:
        with ThreadPoolExecutor(
            1
        ) as pool:  # a coroutine is awaited on a thread of its own, whatever browsers left here
            lines = pool.submit(doctor.examine, self.config, self.now).result()
        for line in lines:
            for language in LANGUAGES:
                assert all(catalog(language).diagnosis(line)[:2]), line
        return lines

    def found(self) -> dict[str, Health]:
        """What is not well, by code."""
        return {line.code: line.state for line in self.lines() if not line.is_well}

    def value(self, code: str, name: str) -> str:
        return next(line.values[name] for line in self.lines() if line.code == code)

    @property
    def spool(self) -> Spool:
        return Spool(self.state / "spool")

    def ticket(self, *, key: str = "k", age: timedelta = timedelta(0)) -> Ticket:
        given = hand_in(draft(f"work-{key}", STUDENT), key=key, account=STUDENT)
        return self.spool.accept(replace(given, received_at=self.now - age))


@pytest.fixture(scope="module")
def founded(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server whose intake account logs in with a key that lies beside it."""
    folder = tmp_path_factory.mktemp("host")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / "intake")], check=True)
    server = copied(demo_repository, folder / "server.git")
    identity = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(folder / "intake.pub")], check=True, capture_output=True, text=True
    ).stdout.split()[1]
    before = (ROOT / ACCOUNTS).read_text(encoding="utf-8")
    after = re.sub(r"(id: t900\n\s+holder: intake\n\s+identities:\n\s+- ssh:)\S+", rf"\g<1>{identity}", before)
    assert after != before
    committed(server, ACCOUNTS, after.encode())
    return folder


@pytest.fixture
def host(founded: Path, tmp_path: Path) -> Host:
    """A platform that is well, after its first fetch."""
    made = Host(tmp_path, founded / "server.git", datetime.now(UTC).replace(microsecond=0))
    shutil.copy(founded / "intake", tmp_path / "intake")
    made.state.mkdir(mode=0o700)
    made.tells()
    made.fetch()
    Pulse(made.state / "pulse", lambda: made.now).went_well(FETCH)
    return made


# A demo at localhost, to which nothing has been handed in, has this to tell.
PLAIN = {"DOC074": Health.NOTICE, "DOC081": Health.NOTICE}


def test_a_platform_that_is_well_is_well(host: Host) -> None:
    assert host.found() == PLAIN
    codes = [line.code for line in host.lines()]
    assert codes == sorted(codes)
    assert {"DOC070", "DOC071", "DOC072", "DOC073", "DOC075", "DOC076", "DOC079", "DOC080", "DOC082", "DOC083"} <= {
        *codes
    }
    assert not {"DOC077", "DOC078"} & {*codes}  # neither single sign-on nor mail is configured


def test_it_changes_nothing(host: Host) -> None:
    def files() -> dict[Path, tuple[int, int]]:
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in host.folder.rglob("*")}

    before = files()
    host.lines()
    assert files() == before


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"colour": "green"}, "APP301 colour"),
        ({"signing_origin": "http://localhost:8002"}, "APP301 signing_origin"),
        ({"origin": "http://portfolio.school.example"}, "APP303 origin"),
    ],
)
def test_settings_that_cannot_be_used_are_all_that_is_said(host: Host, values: dict[str, str], fault: str) -> None:
    host.tells(**values)  # type: ignore[arg-type]
    assert host.found() == {"DOC070": Health.WRONG}
    assert host.value("DOC070", "fault") == fault
    host.config.unlink()
    assert host.found() == {"DOC070": Health.WRONG}


def test_secrets_that_others_can_read_are_named(host: Host) -> None:
    for path in (host.config, host.folder / "intake", host.state):
        path.chmod(path.stat().st_mode | 0o004)
        assert host.found()["DOC071"] is Health.WRONG
        assert str(path) in host.value("DOC071", "paths").split()
        mend = catalog("zh-TW").diagnosis(next(line for line in host.lines() if line.code == "DOC071"))[2]
        subprocess.run(["sh", "-c", mend], check=True)
        assert host.found() == PLAIN


def test_what_lies_in_a_closed_folder_is_closed(host: Host) -> None:
    (host.state / "noticed").touch(mode=0o644)
    assert host.found() == PLAIN
    host.state.chmod(0o755)
    assert str(host.state / "noticed") in host.value("DOC071", "paths")


def test_a_key_that_is_gone_is_named(host: Host) -> None:
    (host.folder / "intake").unlink()
    assert host.found()["DOC072"] is Health.WRONG
    assert host.value("DOC072", "paths") == str(host.folder / "intake")


def test_a_state_folder_that_is_none(host: Host) -> None:
    shutil.rmtree(host.state)
    assert host.found()["DOC073"] is Health.NOTICE
    host.state.touch(mode=0o600)
    assert host.found()["DOC073"] is Health.WRONG


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_state_folder_of_somebody_else(host: Host) -> None:
    os.chown(host.state, 1, 1)
    assert host.found()["DOC073"] is Health.UNKNOWN


@pytest.mark.parametrize(
    ("origin", "signing", "health"),
    [
        ("https://portfolio.school.example", "https://sign.school.example", Health.OK),
        ("https://portfolio.sign.school.example", "https://sign.school.example", Health.WRONG),
        ("http://localhost:8001", "http://sign.localhost:8002", Health.NOTICE),
    ],
)
def test_a_platform_below_the_signing_page(host: Host, origin: str, signing: str, health: Health) -> None:
    host.tells(demo=False, origin=origin, signing_origin=signing, remote="ssh://git@127.0.0.1:1/x")
    [line] = [line for line in host.lines() if line.code == "DOC074"]
    assert line.state is health


def test_a_server_that_is_not_there_or_has_no_main(host: Host) -> None:
    host.tells(remote=str(host.folder / "nowhere.git"))
    assert host.found()["DOC075"] is Health.WRONG
    subprocess.run(["git", "init", "-q", "--bare", str(host.folder / "nowhere.git")], check=True)
    assert host.found()["DOC075"] is Health.WRONG


def test_a_server_behind_ssh_that_does_not_answer(host: Host) -> None:
    host.tells(demo=False, remote=f"ssh://git@127.0.0.1:{free_port()}/srv/school.git")
    assert host.found()["DOC075"] is Health.WRONG
    assert "refused" in host.value("DOC075", "detail")


def test_before_the_first_fetch_nobody_knows_the_intake_account(host: Host) -> None:
    shutil.rmtree(host.clone)
    found = host.found()
    assert found["DOC076"] is found["DOC083"] is Health.UNKNOWN


@pytest.mark.parametrize(
    ("account", "fault"),
    [("t014", "holder: staff"), ("s1130001", "holder: student"), ("t901", "accounts.yaml: -"), ("t002", "trust/")],
)
def test_an_account_that_is_more_than_intake(host: Host, account: str, fault: str) -> None:
    host.tells(account=account)
    assert host.found()["DOC076"] is Health.WRONG
    assert fault in host.value("DOC076", "fault")


def test_a_login_key_that_is_another_accounts(host: Host, tmp_path: Path) -> None:
    host.server = copied(host.server, tmp_path / "other.git")
    host.tells()
    text = subprocess.run(
        ["git", "-C", str(host.server), "show", f"main:{ACCOUNTS}"], check=True, capture_output=True, text=True
    ).stdout
    own = re.search(r"id: t900\n\s+holder: intake\n\s+identities:\n\s+- (\S+)", text)
    assert own is not None
    shared = text.replace(
        "id: t014\n    holder: staff\n    identities:\n",
        f"id: t014\n    holder: staff\n    identities:\n      - {own[1]}\n",
    )
    assert shared != text
    committed(host.server, ACCOUNTS, shared.encode())
    host.fetch()
    assert host.value("DOC076", "fault") == "identities: t014"
    committed(host.server, ACCOUNTS, text.replace(own[1], "ssh:SHA256:" + "A" * 43).encode())
    host.fetch()
    assert host.value("DOC076", "fault") == f"identities: {own[1]}"
    (host.folder / "intake").write_text("no key")
    assert host.value("DOC076", "fault") == "identities: -"


# What others answer


def oidc(issuer: str) -> str:
    return f'[oidc]\nissuer = "{issuer}"\nclient_id = "licheng"\nclient_secret_file = "secret"\n'


def test_single_sign_on_is_asked_who_it_is(host: Host) -> None:
    (host.folder / "secret").touch(mode=0o600)
    with bent_provider() as provider:
        host.tells(oidc(provider.issuer))
        assert host.found() == PLAIN
        host.tells(oidc(f"{provider.issuer}/other"))
        assert host.found()["DOC077"] is Health.WRONG
        assert host.value("DOC077", "fault") == "metadata"
    host.tells(oidc(f"http://localhost:{free_port()}"))
    assert host.value("DOC077", "fault") == "connection"


class Takes:
    """A mail server that takes what it is given; nothing is."""

    async def handle_NOOP(self, server: Any, session: Any, envelope: Any, arg: str) -> str:  # noqa: N802 - as aiosmtpd calls it
        return "250 OK"


class Refuses:
    async def handle_NOOP(self, server: Any, session: Any, envelope: Any, arg: str) -> str:  # noqa: N802 - likewise
        return "421 closing"


@contextmanager
def mail_server(handler: object) -> Iterator[str]:
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsender = "portfolio@licheng.invalid"\n'
    finally:
        controller.stop()


def test_the_mail_server_is_asked_whether_it_takes_mail(host: Host) -> None:
    with mail_server(Takes()) as smtp:
        host.tells(smtp)
        assert host.found() == PLAIN
    assert host.found()["DOC078"] is Health.WRONG
    assert host.value("DOC078", "detail") == "ECONNREFUSED"
    with mail_server(Refuses()) as smtp:
        host.tells(smtp)
        assert host.value("DOC078", "detail") == "421"


def test_mail_in_the_open_to_another_machine_is_noticed(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here leaves this machine: its own name resolves to it, and it is not called localhost."""
    resolve = socket.getaddrinfo

    def here(name: str, *rest: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if name == "mail.school.example" else name, *rest, **more)

    with mail_server(Takes()) as smtp:
        monkeypatch.setattr(socket, "getaddrinfo", here)
        host.tells(smtp.replace("127.0.0.1", "mail.school.example"))
        assert host.found() == PLAIN | {"DOC078": Health.NOTICE}


# What lies in the state folder


@pytest.mark.parametrize(
    ("age", "health"),
    [(timedelta(minutes=9), None), (timedelta(minutes=11), Health.NOTICE), (timedelta(minutes=61), Health.WRONG)],
)
def test_a_spool_that_is_stuck(host: Host, age: timedelta, health: Health | None) -> None:
    host.ticket(key="new")
    host.ticket(key="old", age=age)
    assert host.found().get("DOC079") == health
    assert (host.value("DOC079", "count"), host.value("DOC079", "minutes")) == (
        "2",
        str(int(age.total_seconds() // 60)),
    )


def test_a_fetch_that_is_long_ago_or_went_wrong(host: Host) -> None:
    pulse = Pulse(host.state / "pulse", lambda: host.now)
    began = host.now
    pulse.went_wrong(FETCH, LichengError("APP322", detail="王小明"))
    assert host.found() == PLAIN  # it went well a moment ago
    host.now += timedelta(minutes=6)
    pulse.went_wrong(FETCH, LichengError("APP322", detail="王小明"))
    assert host.found()["DOC080"] is Health.WRONG
    assert host.value("DOC080", "fault") == "APP322"
    assert "王小明" not in (host.state / "pulse" / FETCH).read_text(encoding="utf-8")
    pulse.went_well(FETCH)
    assert host.found() == PLAIN
    assert host.now > began
    shutil.rmtree(host.state / "pulse")
    assert host.found() == PLAIN | {"DOC080": Health.NOTICE}
    (host.state / "pulse").mkdir()
    (host.state / "pulse" / FETCH).write_text("{")
    assert host.found() == PLAIN | {"DOC080": Health.NOTICE}


def test_what_the_gate_last_said_and_what_went_wrong_since(host: Host) -> None:
    ticket = host.ticket()
    host.spool.settle(replace(ticket, state=TicketState.REFUSED, settled_at=host.now, codes=("FIL001",)))
    assert host.found() == {"DOC074": Health.NOTICE}
    assert host.value("DOC081", "answer") == "refused"
    pulse = Pulse(host.state / "pulse", lambda: host.now)
    host.now += timedelta(minutes=1)
    pulse.went_wrong(DELIVERY, LichengError("APP338", case="connection", detail="x"))
    assert host.found()["DOC081"] is Health.WRONG
    assert host.value("DOC081", "fault") == "APP338"
    host.now += timedelta(minutes=1)
    later = host.ticket(key="later")
    host.spool.settle(replace(later, state=TicketState.LANDED, settled_at=host.now))
    assert host.found() == {"DOC074": Health.NOTICE}
    assert host.value("DOC081", "answer") == "landed"


def test_a_full_disk_is_seen_before_nothing_is_received(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(host.state)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=600 << 20))
    assert host.found() == PLAIN | {"DOC082": Health.WRONG}


def test_a_clock_that_differs_from_the_servers(host: Host) -> None:
    host.now -= timedelta(days=1)  # main has a commit that is to come
    assert host.found()["DOC083"] is Health.WRONG
    host.now += timedelta(days=1)
    ticket = host.ticket()
    host.spool.note_announced([ticket], host.now - timedelta(minutes=30))
    host.spool.settle(replace(ticket, state=TicketState.LANDED, settled_at=host.now))
    assert host.found()["DOC083"] is Health.WRONG


def test_what_runs_in_the_background_says_how_it_goes(host: Host) -> None:
    host.tells(demo=False, remote=f"ssh://git@127.0.0.1:{free_port()}/srv/school.git")
    host.ticket()
    pulse = Pulse(host.state / "pulse", lambda: host.now)
    with at_work(read_settings(host.config)):
        wait_until(lambda: all((beat := pulse.of(name)) is not None and beat.trouble for name in (FETCH, DELIVERY)))
    host.now += timedelta(minutes=6)
    found = host.found()
    assert found["DOC080"] is found["DOC081"] is Health.WRONG
    assert (host.value("DOC080", "fault"), host.value("DOC081", "fault")) == ("APP322", "APP338")


# The command


def test_the_command_ends_as_doctor_does(host: Host) -> None:
    done = licheng(host.folder, "doctor", "--platform", "platform.toml", "--json")
    rows = {line["code"]: line["state"] for line in json.loads(done.stdout)["lines"]}
    assert (done.returncode, rows["DOC070"]) == (0, "ok")
    host.folder.joinpath("intake").chmod(0o640)
    done = licheng(host.folder, "doctor", "--platform", "platform.toml")
    assert done.returncode == 1
    assert "DOC071" in done.stdout


def test_a_platform_and_a_repository_are_looked_at_one_by_one(host: Host) -> None:
    done = licheng(
        host.folder, "doctor", "--platform", "platform.toml", "--receipt-key", "SHA256:x", "--visibility", "private"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("APP389 ")
    assert "--visibility, --receipt-key" in done.stderr


def test_two_threads_that_note_the_same_work_leave_each_others_files(tmp_path: Path) -> None:
    """Delivery and its announcements both tell what went wrong with it."""
    pulse = Pulse(tmp_path / "pulse", lambda: datetime.now(UTC))
    with ThreadPoolExecutor(8) as pool:
        for noted in [pool.submit(pulse.went_wrong, DELIVERY, OSError()) for _ in range(400)]:
            noted.result()
    beat = pulse.of(DELIVERY)
    assert beat is not None
    assert beat.trouble == "OSError"
    assert [path.name for path in (tmp_path / "pulse").iterdir()] == [DELIVERY]
