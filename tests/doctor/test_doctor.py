"""`licheng doctor` over real repositories: each thing that can be wrong is made wrong, seen, and where a command is
offered that needs no choice, mended by that very command."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from licheng.app import doctor
from licheng.app import init as founding
from licheng.app.doctor import versions
from licheng.cli.signer import Signer
from licheng.core.dates import written
from licheng.core.diagnosis import Diagnosis, Health
from licheng.core.languages import LANGUAGES
from licheng.outputs import doctor as output
from licheng.outputs.catalog import catalog
from licheng.signing.ssh_keygen import read_public_key
from tests.command import licheng
from tests.founding import Run
from tests.trees import ROOT

MOMENT = datetime(2026, 11, 23, 4, tzinfo=UTC)
PLAIN = "content/students/113/s1130001/attendance/115-1.yaml"
PIN = f"git+https://forge.invalid/licheng@{'a' * 40}"
# The engine that runs these tests is a checkout, which no school pins: DOC004 has a test of its own.
OF_ITSELF = {"DOC004"}


def shell(folder: Path, command: str) -> None:
    settings = {"GIT_AUTHOR_NAME": "t001", "GIT_AUTHOR_EMAIL": "t001@licheng.invalid"}
    settings |= {"GIT_COMMITTER_NAME": "t001", "GIT_COMMITTER_EMAIL": "t001@licheng.invalid"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | settings | {"PATH": path}
    subprocess.run(["sh", "-c", command], cwd=folder, check=True, capture_output=True, env=environment)


def look(place: Path, *, now: datetime = MOMENT, **told: object) -> list[Diagnosis]:
    asked = doctor.CallerFacts(now=written(now), **{"authorized_keys": place / "no-such-file"} | told)  # type: ignore[arg-type]
    lines = doctor.examine(place, asked)
    assert lines
    return lines


def ill(lines: list[Diagnosis]) -> dict[str, Health]:
    """What is not well, by code."""
    return {line.code: line.state for line in lines if line.state != Health.OK and line.code not in OF_ITSELF}


def found(place: Path, *, now: datetime = MOMENT, **told: object) -> dict[str, Health]:
    return ill(look(place, now=now, **told))


def mends(lines: list[Diagnosis], code: str) -> str:
    """The command that is offered for a code."""
    line = next(line for line in lines if line.code == code and line.state != Health.OK)
    return catalog("en").diagnosis(line)[2]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Path, Path]) -> Path:
    """A school as `licheng init` makes it, with its first commit; not to be changed."""
    school = tmp_path_factory.mktemp("founded") / "school"
    public = (read_public_key(keys[0]), read_public_key(keys[1]))
    seed = founding.Founding("140000", "示例高級中學", "Example", public, MOMENT, date(2026, 11, 23))
    signers = [(signer.public, signer) for signer in map(Signer.of, keys)]
    founding.write(school, founding.compose(school, seed, PIN, signers))
    shell(school, "git lfs install --local")
    shell(school, "git add -A && git commit -qm 'Found the school'")
    return school


@pytest.fixture
def own(founded: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return Path(shutil.copytree(founded, tmp_path / "school"))


@pytest.fixture(scope="session")
def installed_server(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It as a bare repository on a server, set up as it should be; not to be changed. It holds what must not leave."""
    place = tmp_path_factory.mktemp("server")
    shutil.copytree(founded, place / "work")
    add_plain(place / "work")
    shell(place / "work", "git add -A && git commit -qm 'Attendance'")
    shell(place, "git clone -q --bare work school.git")
    shell(place / "school.git", "git remote remove origin")
    shell(place, "licheng hook install school.git")
    return place / "school.git"


@pytest.fixture
def server(installed_server: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt; its hooks name the place where it lies now."""
    return settled(Path(shutil.copytree(installed_server, tmp_path / "school.git")), installed_server)


def settled(bare: Path, before: Path) -> Path:
    """A repository in another place: its hooks say so."""
    for hook in (bare / "hooks").iterdir():
        hook.write_text(hook.read_text().replace(str(before), str(bare)))
    return bare


def add_plain(school: Path) -> None:
    (school / PLAIN).parent.mkdir(parents=True)
    (school / PLAIN).write_text("kind: attendance/v1\n")


def test_a_new_school_and_a_server_are_well(own: Path, server: Path) -> None:
    assert found(own) == {}
    assert found(server) == {}


def test_a_server_before_the_first_push_is_looked_at_without_its_school(tmp_path: Path) -> None:
    shell(tmp_path, "git init -q --bare new.git")
    assert set(found(tmp_path / "new.git")) == {"DOC040", "DOC041", "DOC045"}


def test_a_bare_repository_of_something_else_is_no_school(tmp_path: Path) -> None:
    shell(tmp_path, "git init -q w && cd w && git commit -q --allow-empty -m x && git clone -q --bare . ../other.git")
    done = licheng(tmp_path, "doctor", "--repo", "other.git")
    assert (done.returncode, done.stderr[:6]) == (2, "APP001")


# In a work tree: how it is spoilt, and the code that says so.
SPOILT = (
    ("DOC013", "echo '# more' >> content/trust/allowed_signers"),
    ("DOC020", "echo '# more' >> .github/workflows/gate.yml"),
    ("DOC020", "rm .github/workflows/gate.yml"),
    ("DOC020", "rm -r .github .vscode"),
    ("DOC021", "sed -i '/content/d' .gitattributes"),
    ("DOC031", "git config core.autocrlf true"),
    ("DOC010", "rm content/trust/genesis.yaml"),
)


@pytest.mark.parametrize(("code", "how"), SPOILT)
def test_what_is_wrong_is_said_and_the_command_offered_mends_it(own: Path, code: str, how: str) -> None:
    shell(own, how)
    lines = look(own)
    assert ill(lines) == {code: Health.WRONG}
    shell(own, mends(lines, code))
    assert found(own) == {}


def test_history_that_is_not_all_there(own: Path, tmp_path: Path) -> None:
    shell(own, "git commit -q --allow-empty -m second")
    for name, option in (("shallow", "--depth=1"), ("partial", "--filter=blob:none")):
        shell(tmp_path, f"git clone -q {option} file://{own} {name}")
        shell(tmp_path / name, "git lfs install --local")
    assert found(tmp_path / "partial") == {"DOC032": Health.WRONG}
    lines = look(tmp_path / "shallow")
    assert ill(lines) == {"DOC032": Health.WRONG}
    shell(tmp_path / "shallow", mends(lines, "DOC032").partition(";")[0])
    assert found(tmp_path / "shallow") == {}


def test_another_history_shown_in_place_of_the_real_one(own: Path) -> None:
    shell(own, "git commit -q --allow-empty -m second && git replace HEAD HEAD~1")
    assert found(own) == {"DOC033": Health.WRONG}
    shell(own, "git replace -d $(git replace -l)")
    (own / ".git/info/grafts").write_text("")
    assert found(own) == {"DOC033": Health.WRONG}


def test_no_git_at_all(own: Path) -> None:
    shutil.rmtree(own / ".git")
    assert found(own) == {"DOC030": Health.WRONG}


def test_attachments_without_git_lfs(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.defpath.replace("/usr/local/bin", ""))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    shell(own, "git config --local --unset-all filter.lfs.clean || true")
    assert found(own).get("DOC022") == Health.WRONG


# Trust


def test_one_coordinator_alone_is_too_few(own: Path) -> None:
    shell(own, "rm content/trust/keys/t002.yaml && licheng keys allowed-signers")
    lines = look(own)
    assert ill(lines) == {"DOC011": Health.WRONG, "DOC014": Health.WRONG}
    assert mends(lines, "DOC014") == "licheng keys add t002 --key FILE"


def test_a_key_that_ends_soon_is_noticed_and_one_that_has_ended_no_longer_counts(own: Path) -> None:
    ends = MOMENT + timedelta(days=20)
    record = own / "content/trust/keys/t001.yaml"
    record.write_text(re.sub(r"(valid_from: \S+\n)", rf"\1    valid_until: {written(ends)}\n", record.read_text()))
    shell(own, "licheng keys allowed-signers")
    assert found(own) == {"DOC012": Health.NOTICE}
    assert found(own, now=ends + timedelta(seconds=1)) == {"DOC011": Health.WRONG}


# The server


SERVER = {
    "no hook": ("rm hooks/pre-receive", "DOC040"),
    "a hook that cannot run": ("chmod -x hooks/pre-receive", "DOC040"),
    "another engine's hook": (
        "sed -i s,/bin/,/old/, hooks/pre-receive",
        "DOC040",
    ),
    "hooks elsewhere": ("git config core.hooksPath elsewhere", "DOC040"),
    "forced pushes": ("git config receive.denyNonFastForwards false", "DOC041"),
    "deleted branches": ("git config receive.denyDeletes false", "DOC041"),
    "unchecked objects": ("git config --unset receive.fsckObjects", "DOC041"),
    "no log of references": ("git config --unset core.logAllRefUpdates", "DOC041"),
    "nothing is kept": ("git config gc.pruneExpire now", "DOC042"),
    "the daemon": ("touch git-daemon-export-ok", "DOC056"),
    "a web server": ("git config http.receivepack true", "DOC057"),
    "files for everybody": ("git config core.sharedRepository world", "DOC055"),
    "files for others": ("git config core.sharedRepository 0664", "DOC055"),
    "a mirror on an open protocol": ("git remote add mirror git://forge.invalid/x", "DOC052"),
}


@pytest.mark.parametrize("what", SERVER)
def test_a_server_that_is_not_as_it_should_be(server: Path, what: str) -> None:
    command, code = SERVER[what]
    shell(server, command)
    lines = look(server)
    assert ill(lines) == {code: Health.WRONG}
    if code not in {"DOC040", "DOC052"}:
        shell(server, mends(lines, code))
        assert found(server) == {}


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every account of the machine can enter, as /srv is."""
    place = Path(tempfile.mkdtemp(dir="/tmp"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def test_other_accounts_of_the_machine(server: Path, open_place: Path) -> None:
    moved = Path(shutil.move(server, open_place / "school.git"))
    moved.chmod(0o755)
    shell(moved, f"sed -i s,{server},{moved}, hooks/pre-receive")
    lines = look(moved)
    assert ill(lines) == {"DOC054": Health.WRONG}
    shell(moved, mends(lines, "DOC054"))
    assert found(moved) == {}


def test_keys_that_log_in_past_licheng(server: Path, tmp_path: Path) -> None:
    """The lines that licheng writes let nobody past it; any other key reads every file."""
    listed = tmp_path / "authorized_keys"
    shell(server, f"licheng hook authorized-keys --repo . > {listed}")
    ours = listed.read_text().splitlines()
    assert [line.rpartition(" ")[2] for line in ours] == ["t001", "t002"]
    assert found(server, authorized_keys=listed) == {}
    listed.write_text("\n".join(["# school", *ours, "ssh-ed25519 AAAA licheng", ""]))
    lines = doctor.examine(server, doctor.CallerFacts(now=written(MOMENT), authorized_keys=listed))
    assert [line.values for line in lines if line.code == "DOC058"] == [{"found": f"{listed}:4"}]


# Who can clone, on a forge


@pytest.mark.parametrize(
    ("visibility", "state"),
    [
        (None, {"DOC053": Health.UNKNOWN}),
        ("private", {}),
        ("internal", {"DOC051": Health.WRONG}),
        ("public", {"DOC051": Health.WRONG}),
    ],
)
def test_a_forge_is_unknown_until_somebody_says(own: Path, visibility: str | None, state: dict[str, Health]) -> None:
    shell(own, "git remote add origin git@github.com:school/records.git")
    assert found(own, visibility=visibility) == {}, "nothing plain is held yet"
    add_plain(own)
    assert found(own, visibility=visibility) == state


@pytest.mark.parametrize(
    ("visibility", "code"), [((), 3), (("--visibility", "private"), 0), (("--visibility", "public"), 1)]
)
def test_exit_codes(
    own: Path, from_wheel: Run, wheel: Path, keys: tuple[Path, Path], visibility: tuple[str, ...], code: int
) -> None:
    """With the very wheel that is pinned, everything else is well."""
    (own / "requirements/engine.txt").write_text(_pin(wheel))
    shell(own, "git remote add origin https://forge.invalid/school/records")
    add_plain(own)
    done = from_wheel(own, "doctor", "--json", "--now", written(MOMENT), *visibility)
    lines = json.loads(done.stdout)["lines"]
    assert done.returncode == code, [line for line in lines if line["state"] != "ok"]
    assert [line["state"] for line in lines if line["code"] == "DOC004"] == ["ok"]


def _pin(wheel: Path) -> str:
    files = founding._engine(str(wheel))
    return files[founding.ENGINE].decode()


def test_the_engine_that_runs_is_not_the_one_that_is_pinned(own: Path, from_wheel: Run, wheel: Path) -> None:
    pin = own / "requirements/engine.txt"
    states, right = [], _pin(wheel).rstrip()
    another = right[:-1] + ("1" if right.endswith("0") else "0")
    for text in (f"{right}\n", f"{another}\n", f"licheng @ {PIN}\n", "licheng\n", ""):
        pin.write_text(text)
        lines = json.loads(from_wheel(own, "doctor", "--json").stdout)["lines"]
        states += [line["state"] for line in lines if line["code"] == "DOC004"]
    assert states == ["ok", "wrong", "wrong", "wrong", "wrong"]


def test_this_repository_is_well_and_its_people_are_invented() -> None:
    done = licheng(ROOT, "doctor", "--json", "--visibility", "public")
    lines = {line["code"]: line for line in json.loads(done.stdout)["lines"]}
    assert lines["DOC050"]["values"] == {"exposure": "invented"}
    assert {code for code, line in lines.items() if line["state"] == "wrong"} <= {"DOC032"}  # CI may clone shallowly


# The words


def test_versions_compare_as_numbers() -> None:
    assert versions.numbers("2.9.1") < versions.numbers("2.36") < versions.numbers("2.39.5")
    assert versions.numbers("") == ()


def test_every_code_has_its_words_in_both_languages() -> None:
    package = ROOT / "scripts/licheng"
    paths = (*(package / "app/doctor").glob("*.py"), package / "platform/doctor.py")
    used = {code for path in paths for code in re.findall(r'"(DOC[0-9]{3})"', path.read_text())}
    first, second = (catalog(language).data["doctor"] for language in LANGUAGES)
    assert used == set(first) == set(second)
    for code in used:
        assert set(first[code]) == set(second[code]), code
        for part, text in first[code].items():
            fields = [set(re.findall(r"{(\w+)}", words)) for words in (text, second[code][part])]
            assert fields[0] == fields[1], (code, part)


def test_an_answer_is_a_line_and_what_mends_it_printable() -> None:
    line = Diagnosis("DOC056", Health.WRONG, {"found": "a\x1b[2Jb"})
    text = output.text([line], catalog("en"))
    assert text.splitlines() == [
        "DOC056 wrong Who can clone: a\\u001b[2Jb lets the git daemon publish this repository",
        "    mend: rm a\\u001b[2Jb",
    ]
