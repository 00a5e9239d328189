"""`platform.toml`: what is read, and what the platform does not start with."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from licheng.core.errors import UsageError
from licheng.demo.school import INTAKE
from licheng.platform.settings import Oidc, Settings, Smtp, check_start, is_loopback, read_settings
from tests.trees import ROOT

PLAIN = {
    "origin": "https://platform.school.example",
    "signing_origin": "https://sign.school.example",
    "remote": "ssh://git@git.school.example/srv/school.git",
    "ssh_key": "keys/intake",
    "state": "state",
    "account": "t900",
}
OIDC = '[oidc]\nissuer = "https://id.school.example"\nclient_id = "licheng"\nclient_secret_file = "secret"\n'


def written(folder: Path, more: str = "", **values: str) -> Path:
    lines = [f'{key} = "{value}"' for key, value in (PLAIN | values).items() if value != "-"]
    path = folder / "platform.toml"
    path.write_text("\n".join([*lines, more]), encoding="utf-8")
    return path


def private(folder: Path) -> Settings:
    """Settings with which the platform starts."""
    (folder / "keys").mkdir()
    for name in ("keys/intake", "secret"):
        (folder / name).touch(mode=0o600)
    return read_settings(written(folder, OIDC))


def test_paths_are_seen_from_the_file(tmp_path: Path) -> None:
    more = OIDC + '[smtp]\nhost = "mail.school.example"\nport = 25\nsender = "platform@school.example"\n'
    settings = read_settings(written(tmp_path, more))
    assert settings.ssh_key == tmp_path / "keys/intake"
    assert settings.state == tmp_path / "state"
    assert settings.oidc == Oidc("https://id.school.example", "licheng", tmp_path / "secret", "sub")
    assert settings.smtp == Smtp("mail.school.example", 25, "platform@school.example")
    assert (settings.host, settings.is_secure, settings.demo) == ("platform.school.example", True, False)
    assert settings.address == ("127.0.0.1", 8001)


@pytest.mark.parametrize("key", PLAIN)
def test_a_key_that_is_missing_is_named(tmp_path: Path, key: str) -> None:
    assert refusal(written(tmp_path, **{key: "-"})) == ("APP301", key, "missing")


@pytest.mark.parametrize(
    ("more", "key", "case"),
    [
        ("colour = 1", "colour", "unknown"),
        ('demo = "yes"', "demo", "bool"),
        ('listen = "8001"', "listen", "listen"),
        ('listen = "127.0.0.1:http"', "listen", "listen"),
        ("kept_days = 59", "kept_days", "kept_days"),
        ('kept_days = "400"', "kept_days", "int"),
        ("oidc = 1", "oidc", "dict"),
        (OIDC + 'secret = "x"', "oidc.secret", "unknown"),
        (OIDC.replace("https", "http"), "oidc.issuer", "value"),
        ('[smtp]\nhost = "h"\nsender = "s"\nport = "25"', "smtp.port", "int"),
        ('[smtp]\nhost = "h"\nsender = "s"\nport = true', "smtp.port", "int"),
        ("origin =", "", "not-toml"),
    ],
)
def test_a_key_that_is_wrong_is_named(tmp_path: Path, more: str, key: str, case: str) -> None:
    assert refusal(written(tmp_path, more)) == ("APP301", key, case)


@pytest.mark.parametrize("account", ["", "../t900", "T900", "t900\\n"])
def test_an_account_is_an_id(tmp_path: Path, account: str) -> None:
    assert refusal(written(tmp_path, account=account))[:2] == ("APP301", "account")


@pytest.mark.parametrize("remote", ["/srv/school.git", "--upload-pack=x", "https://git.example/x", "ext::sh", "-x@y:z"])
def test_a_push_goes_by_ssh(tmp_path: Path, remote: str) -> None:
    assert refusal(written(tmp_path, remote=remote)) == ("APP301", "remote", "remote")
    assert read_settings(written(tmp_path, remote="git@git.school.example:school.git")).remote.startswith("git@")


def test_in_a_demo_it_goes_to_a_folder(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, remote="school.git", ssh_key="-"), demo=True)
    assert (settings.remote, settings.ssh_key) == (str(tmp_path / "school.git"), None)


def test_signing_has_a_host_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, signing_origin=PLAIN["origin"] + ":8443")
    assert refusal(path) == ("APP301", "signing_origin", "signing_origin")


def test_where_it_is_no_toml_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings(written(tmp_path, "\n= 1"))
    assert caught.value.values["line"] == "8"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "platform.toml") == ("APP301", "", "unreadable")


@pytest.mark.parametrize(
    "origin",
    [
        "http://platform.school.example",
        "http://127.0.0.1.school.example",
        "http://localhost.school.example",
        "https://platform.school.example/",
        "https://platform.school.example/app",
        "https://platform.school.example?",
        "https://Platform.school.example",
        "https://platform.school.example:443",
        "https://somebody@platform.school.example",
        "https://platform.school.example:port",
        "https://[::1",
        "https://",
        "ftp://localhost",
        "platform.school.example",
    ],
)
def test_an_origin_has_tls_and_is_what_a_browser_would_send(tmp_path: Path, origin: str) -> None:
    for key in ("origin", "signing_origin"):
        assert refusal(written(tmp_path, **{key: origin}))[:2] == ("APP303", key)


@pytest.mark.parametrize("origin", ["http://localhost:8001", "http://sign.localhost", "http://[::1]:8001"])
def test_this_machine_needs_no_tls(tmp_path: Path, origin: str) -> None:
    settings = read_settings(written(tmp_path, origin=origin))
    assert (settings.origin, settings.is_secure) == (origin, False)


@pytest.mark.parametrize("host", ["10.0.0.1", "0.0.0.0", "::", "localhost.example", "localhost1", "", None])  # noqa: S104
def test_what_others_can_reach_is_no_loopback(host: str | None) -> None:
    assert not is_loopback(host)


def test_it_starts_when_nothing_is_open(tmp_path: Path) -> None:
    settings = private(tmp_path)
    check_start(settings)
    assert settings.state.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["keys/intake", "secret", "state"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_nobody_else_may_read_or_write_what_is_secret(tmp_path: Path, name: str, mode: int) -> None:
    settings = private(tmp_path)
    check_start(settings)
    (tmp_path / name).chmod(mode | 0o100)
    assert refused_start(settings) == ("APP302", str(tmp_path / name))


@pytest.mark.parametrize("name", ["keys/intake", "secret"])
def test_a_secret_that_is_not_there_stops_it(tmp_path: Path, name: str) -> None:
    settings = private(tmp_path)
    (tmp_path / name).unlink()
    assert refused_start(settings) == ("APP302", str(tmp_path / name))


@pytest.mark.parametrize("inside", ["state", "key"])
def test_nothing_secret_lies_in_a_repository(tmp_path: Path, inside: str) -> None:
    settings = private(tmp_path)
    repository = tmp_path / "school"
    (repository / ".git").mkdir(parents=True)
    (repository / "key").touch(mode=0o600)
    moved = {"state": {"state": repository / "state"}, "key": {"ssh_key": repository / "key"}}[inside]
    assert refused_start(replace(settings, **moved))[0] == "APP171"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("origin", "listen"),
    [("http://localhost:8001", "0.0.0.0:8001"), ("https://platform.school.example", "127.0.0.1:8001")],
)
def test_a_demo_is_not_opened_to_others(tmp_path: Path, origin: str, listen: str) -> None:
    settings = replace(private(tmp_path), origin=origin, listen=listen, demo=True)
    assert refused_start(settings)[0] == "APP304"
    assert not settings.state.exists()


def refusal(path: Path) -> tuple[str, object, object]:
    with pytest.raises(UsageError) as caught:
        read_settings(path)
    return caught.value.code, caught.value.values.get("key"), caught.value.values.get("case")


def refused_start(settings: Settings) -> tuple[str, object]:
    with pytest.raises(UsageError) as caught:
        check_start(settings)
    return caught.value.code, caught.value.values.get("path")


def test_the_handbooks_settings_are_read_as_they_stand(tmp_path: Path) -> None:
    page = (ROOT / "content/handbook/operations/platform.md").read_text("utf-8")
    [text] = re.findall(r"```toml\n(.*?)```", page, re.S)
    path = tmp_path / "platform.toml"
    path.write_text(text)
    settings = read_settings(path)
    assert settings.account == INTAKE
    assert settings.oidc is not None
    assert settings.smtp is not None
    assert settings.ssh_key == tmp_path / "intake"
    assert f"{settings.listen}" in page.partition("```toml")[2].partition("reverse_proxy ")[2]
