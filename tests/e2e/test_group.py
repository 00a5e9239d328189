"""`licheng new meeting`, `evaluate`, `amend` and `simulate`, as the executive secretary runs them."""

from __future__ import annotations

import json
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from licheng.sources import yaml
from licheng.sources.markdown import split
from tests.command import findings, licheng, process
from tests.trees import ROOT

pytestmark = pytest.mark.usefixtures("schools_judged_once")
EVALUATION = "content/evaluation/114.md"
YUREN = "content/rulebook/2018-05-30.yaml"


def copied(root: Path) -> Path:
    for name in ("content", "schemas"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("handbook"))
    return root


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A copy of this repository's own school, without its handbook."""
    return copied(tmp_path / "school")


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One such copy for all tests whose commands only read it, or refuse; it ends as it began."""
    root = copied(tmp_path_factory.mktemp("unchanged") / "school")
    before = snapshot(root)
    yield root
    assert snapshot(root) == before


def snapshot(school: Path) -> dict[str, bytes]:
    return {path.relative_to(school).as_posix(): path.read_bytes() for path in school.rglob("*") if path.is_file()}


def front(path: Path) -> dict[str, Any]:
    parts = split(path.read_text(encoding="utf-8"))
    assert parts is not None
    data = yaml.parse(parts[0])
    assert isinstance(data, dict)
    return data


# --- licheng new meeting (伍.四) --------------------------------------------------------------------


def test_new_minutes_have_every_seat_and_what_is_still_open(school: Path) -> None:
    done = process(school, "new", "meeting")
    assert done.returncode == 0, done.stderr
    minutes = front(school / "content/working-group/115-1/2026-11-23.md")
    assert (minutes["called_by"], minutes["chaired_by"]) == ("principal", "principal")
    assert len(minutes["attendance"]) == 9
    assert {entry["present"] for entry in minutes["attendance"]} == {False}
    carried = [(one["number"], one["carries"]["number"], one.get("due")) for one in minutes["resolutions"]]
    assert carried == [(1, 2, None), (2, 3, None), (3, 4, None), (4, 8, "2026-12-18"), (5, 9, None)]
    assert {one["carries"]["meeting"] for one in minutes["resolutions"]} == {"115-1/2026-09-11"}
    assert [code for code, _, _ in findings(school)] == ["TXT003"]  # the minutes are still to be written
    assert "MTG008" not in {code for code, _, _ in findings(school, notices=True)}


def test_a_given_day_tells_the_term(unchanged: Path) -> None:
    done = licheng(unchanged, "new", "meeting", "--date", "2026-06-12", "--dry-run")
    assert done.stdout.startswith("+ content/working-group/114-2/2026-06-12.md")


# --- licheng evaluate (柒) -------------------------------------------------------------------------


def test_the_demo_says_of_itself_what_the_command_computes(school: Path) -> None:
    path = school / EVALUATION
    released = path.read_text(encoding="utf-8")
    draft = re.sub(r"released: .*\n", "", released)
    path.write_text(draft, encoding="utf-8")
    done = licheng(school, "evaluate", "114", "--today", "2026-07-31")
    assert done.returncode == 0, done.stderr
    assert path.read_text(encoding="utf-8") == draft


def test_the_secretarys_words_are_kept_byte_for_byte(school: Path) -> None:
    path = school / EVALUATION
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("figures:\n")
    _, _, body = rest.partition("---\n")
    head = re.sub(r"released: .*\n", "", head).replace("summary: ", "# 自己的註記\nsummary:   ", 1)
    body += "\n最後一行　沒有換行，還有 figures: 與 ---"
    path.write_text(
        f"{head}figures:\n  as_of: 2026-02-01\n{rest.partition(chr(10))[2].partition('---')[0]}---\n{body}",
        encoding="utf-8",
    )
    done = licheng(school, "evaluate", "114", "--today", "2026-07-31")
    assert done.returncode == 0, done.stderr
    after = path.read_text(encoding="utf-8")
    assert after.startswith(f"{head}figures:\n  as_of: 2026-07-31\n")
    assert after.endswith(f"---\n{body}")


def test_a_first_draft_is_clean_and_not_released(school: Path) -> None:
    (school / EVALUATION).unlink()
    done = licheng(school, "evaluate", "114")
    assert done.returncode == 0, done.stderr
    assert f"+ {EVALUATION}" in done.stdout
    assert "released" not in front(school / EVALUATION)
    assert findings(school) == []


def test_people_are_listed_for_the_secretary_only(school: Path, tmp_path: Path) -> None:
    (school / EVALUATION).unlink()
    before = snapshot(school)
    shown = licheng(school, "evaluate", "114", "--dry-run")
    assert snapshot(school) == before
    assert re.search(r"^t011 課程學習成果：如期 [0-9]+／到期 [0-9]+$", shown.stdout, re.MULTILINE)
    private = tmp_path / "private.txt"
    done = licheng(school, "evaluate", "114", "--private", str(private))
    assert done.returncode == 0, done.stderr
    assert "t011" not in done.stdout
    assert private.read_text(encoding="utf-8") == shown.stdout.partition("\n")[2]
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert not re.search(r"t0[0-9]{2}", (school / EVALUATION).read_text(encoding="utf-8"))


def test_whoever_was_late_is_not_suggested_and_the_number_does_not_matter(school: Path) -> None:
    shown = licheng(school, "evaluate", "114", "--dry-run", "--today", "2026-08-05")
    assert shown.returncode == 2  # released
    text = (school / EVALUATION).read_text(encoding="utf-8")
    (school / EVALUATION).write_text(re.sub(r"released: .*\n", "", text), encoding="utf-8")
    shown = licheng(school, "evaluate", "114", "--dry-run", "--today", "2026-08-05")
    rows = re.findall(r"^(t[0-9]+) .*如期 ([0-9]+)／到期 ([0-9]+)$", shown.stdout, re.MULTILINE)
    [suggested] = re.findall(r"可建議獎勵：(.*)$", shown.stdout, re.MULTILINE)
    late = {person for person, on_time, due in rows if on_time != due}
    assert late
    assert set(suggested.split("、")) == {person for person, _, _ in rows} - late
    assert {1} < {int(due) for _, _, due in rows}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["115"], "APP100"),
        (["114"], "APP101"),
        (["106", "--today", "2018-06-01"], "APP102"),
        (["114", "--private", "private.txt"], "APP103"),
        (["114", "--private", "content/private.txt"], "APP103"),
    ],
)
def test_an_evaluation_that_is_refused_changes_nothing(unchanged: Path, arguments: list[str], code: str) -> None:
    before = snapshot(unchanged)
    done = licheng(unchanged, "evaluate", *arguments)
    assert (done.returncode, done.stderr[:6]) == (2, code)
    assert snapshot(unchanged) == before


def test_a_private_list_is_never_written_over(school: Path, tmp_path: Path) -> None:
    (school / EVALUATION).unlink()
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    done = licheng(school, "evaluate", "114", "--private", str(mine))
    assert (done.returncode, done.stderr[:6]) == (2, "APP009")
    assert mine.read_text(encoding="utf-8") == "mine"
    assert not (school / EVALUATION).exists()


# --- licheng amend (捌) ----------------------------------------------------------------------------


def test_an_amendment_is_the_newest_version_with_its_passage_and_its_minutes(school: Path) -> None:
    dry = licheng(school, "amend", "--in-force", "2027-02-01", "--passed", "2026-11-20", "--dry-run")
    assert not (school / "content/rulebook/2027-02-01.yaml").exists()
    done = licheng(school, "amend", "--in-force", "2027-02-01", "--passed", "2026-11-20", "--by", "臨時校務會議")
    assert done.returncode == dry.returncode == 0, done.stderr
    old = (school / YUREN).read_text(encoding="utf-8")
    new = (school / "content/rulebook/2027-02-01.yaml").read_text(encoding="utf-8")
    assert new == old.replace("  on: 2018-05-30\n", "  on: 2026-11-20\n")
    [resolution] = front(school / "content/school/assembly/2026-11-20.md")["resolutions"]
    assert (resolution["rulebook"], resolution["passed"]) == ("2027-02-01", True)
    assert [code for code, _, _ in findings(school)] == ["TXT003"]  # the minutes are still to be written


def test_before_the_assembly_there_are_no_minutes(school: Path) -> None:
    done = licheng(school, "amend", "--in-force", "2027-02-01", "--passed", "2027-01-15")
    assert done.returncode == 0, done.stderr
    assert not (school / "content/school/assembly/2027-01-15.md").exists()
    assert [code for code, _, _ in findings(school)] == ["RBK004"]


def test_minutes_that_pass_it_are_kept(school: Path) -> None:
    minutes = school / "content/school/assembly/2026-11-20.md"
    text = (
        "---\nkind: assembly/v1\nresolutions:\n"
        "  - {number: 1, subject: rulebook, rulebook: 2027-02-01, text: 通過。, passed: true}\n---\n紀錄。\n"
    )
    minutes.write_text(text, encoding="utf-8")
    done = licheng(school, "amend", "--in-force", "2027-02-01", "--passed", "2026-11-20", "--assembly", str(minutes))
    assert done.returncode == 0, done.stderr
    assert minutes.read_text(encoding="utf-8") == text
    assert findings(school) == []


@pytest.mark.parametrize(
    ("in_force", "passed", "more", "code"),
    [
        ("2027-02-01", "2027-02-02", [], "APP104"),
        ("2018-05-30", "2018-05-30", [], "APP105"),
        ("2018-01-01", "2018-01-01", [], "APP105"),
        ("2027-02-01", "2026-11-20", ["--assembly", "content/school/assembly/2018-05-30.md"], "APP106"),
        ("2027-02-01", "2018-05-30", [], "APP107"),
        ("2027-02-30", "2026-11-20", [], "APP005"),
    ],
)
def test_an_amendment_that_is_refused_changes_nothing(
    unchanged: Path, in_force: str, passed: str, more: list[str], code: str
) -> None:
    before = snapshot(unchanged)
    done = licheng(unchanged, "amend", "--in-force", in_force, "--passed", passed, *more)
    assert (done.returncode, done.stderr[:6]) == (2, code)
    assert snapshot(unchanged) == before


# --- licheng simulate -----------------------------------------------------------------------------


def proposal(school: Path, folder: Path, force: str, *changes: tuple[str, str]) -> Path:
    """A rulebook as it would be adopted, outside the repository."""
    text = (school / YUREN).read_text(encoding="utf-8").replace("  on: 2018-05-30", "  on: 2026-07-17")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / f"{force}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def simulated(school: Path, path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = licheng(school, "simulate", "--rulebook", str(path), "--json", *arguments)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_rulebook_without_a_difference_changes_nothing_but_what_cites_its_version(
    unchanged: Path, tmp_path: Path
) -> None:
    before = snapshot(unchanged)
    code, found = simulated(unchanged, proposal(unchanged, tmp_path, "2027-02-01"))
    assert (code, found["gone"], found["new"], found["judged_on"]) == (0, [], [], "2027-02-01")
    assert snapshot(unchanged) == before


def test_a_narrower_quota_is_found_on_the_records_that_it_would_judge(school: Path, tmp_path: Path) -> None:
    shutil.rmtree(school / "content/certifications")
    narrower = ("limit: 3\n    per: term", "limit: 1\n    per: term")
    code, found = simulated(school, proposal(school, tmp_path, "2026-08-01", narrower))
    assert code == 1
    assert {one["code"] for one in found["new"]} == {"QUO001", "RBK010"}  # the article still says three
    over = [one for one in found["new"] if one["code"] == "QUO001"]
    assert all("/terms/115-1/" in one["path"] for one in over)
    assert {one["values"]["limit"] for one in over} == {1}
    # adopted for real, the check says the same
    adopted = school / "content/rulebook/2026-08-01.yaml"
    shutil.copy(tmp_path / "2026-08-01.yaml", adopted)
    (school / "content/school/assembly/2026-07-17.md").write_text(
        "---\nkind: assembly/v1\nresolutions:\n"
        "  - {number: 1, subject: rulebook, rulebook: 2026-08-01, text: 通過。, passed: true}\n---\n紀錄。\n",
        encoding="utf-8",
    )
    adopted_for_real = [line for line in findings(school) if line[0] != "REF019"]  # nothing is certified any more
    assert adopted_for_real == [(one["code"], one["path"], one["line"]) for one in found["new"]]
    assert simulated(school, adopted)[1]["new"] == found["new"]


def test_what_would_be_gone_is_told_too(school: Path, tmp_path: Path) -> None:
    meeting = school / "content/working-group/115-1/2026-09-11.md"
    text = meeting.read_text(encoding="utf-8").replace("chaired_by: principal", "chaired_by: academic-dean")
    meeting.write_text(text, encoding="utf-8")
    shutil.rmtree(school / "content/certifications")
    swapped = (
        ("- post: principal\n    count: 1\n    role: convenor", "- post: principal\n    count: 1\n    role: member"),
        (
            "- post: academic-dean\n    count: 1\n    role: secretary",
            "- post: academic-dean\n    count: 1\n    role: convenor",
        ),
    )
    path = proposal(school, tmp_path, "2026-08-01", *swapped)
    _, found = simulated(school, path)
    assert [(one["code"], one["values"]["field"]) for one in found["gone"]] == [("MTG003", "chaired_by")]
    assert [(one["code"], one["values"]["field"]) for one in found["new"]] == [("MTG003", "called_by")]
    shown = licheng(school, "simulate", "--rulebook", str(path))
    lines = shown.stdout.splitlines()
    assert "1 個發現會消失（-），1 個會出現（+）" in lines[0]
    assert lines[1] == "content/working-group/115-1/2026-09-11.md"
    assert [line[:4] for line in lines[2:]] == ["  + ", "  - "]


def test_what_is_no_rulebook_is_refused(unchanged: Path, tmp_path: Path) -> None:
    other = tmp_path / "draft.yaml"
    other.write_text("kind: rulebook/v1\n", encoding="utf-8")
    assert licheng(unchanged, "simulate", "--rulebook", str(other)).stderr[:6] == "APP108"
    wrong = tmp_path / "2027-02-01.yaml"
    wrong.write_text("kind: rulebook/v1\n", encoding="utf-8")
    assert licheng(unchanged, "simulate", "--rulebook", str(wrong)).stderr[:6] == "APP109"
