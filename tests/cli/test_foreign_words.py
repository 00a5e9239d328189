"""What the system says in its own words comes after words of ours that say whose it is; where, is said before."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from licheng.app.demo import write_demo
from licheng.cli.main import trouble_of
from licheng.core.errors import LichengError
from licheng.core.term import Term
from licheng.outputs.catalog import catalog
from tests.command import licheng


def said(error: LichengError) -> str:
    return " ".join(catalog("zh-TW").error(error))


def test_trouble_of_our_own_says_where() -> None:
    with pytest.raises(ValueError, match="next summer") as caught:
        Term.parse("next summer")
    text = said(trouble_of(caught.value))
    ours, _, theirs = text.partition("系統的原文：")
    assert "licheng.core.term:" in ours
    assert "ValueError" in theirs
    assert "ValueError" not in ours


def test_what_ssh_keygen_says_is_marked_as_its_words() -> None:
    ours, _, theirs = said(LichengError("APP036", detail="Couldn't do it", case="said")).partition("系統的原文：")
    assert "Couldn't" in theirs
    assert "Couldn't" not in ours
    assert said(LichengError("APP036", detail="ETIMEDOUT")).startswith("ssh-keygen 執行失敗：等太久沒有回應")


@pytest.mark.parametrize("arguments", [["--student", "s1130001"], ["--class", "11a"]])
def test_a_list_that_is_not_there_is_no_empty_list(unchanged: Path, arguments: list[str]) -> None:
    done = licheng(unchanged, "status", *arguments, "--identities", "nope.csv")
    assert (done.returncode, done.stdout, done.stderr[:6]) == (2, "", "APP006")


def test_a_site_that_cannot_be_built_says_that_the_change_has_landed(tmp_path: Path) -> None:
    write_demo(tmp_path / "school", 4, 1)
    # What lies there is built and not run.
    (tmp_path / "school/yaml.py").write_text("raise SystemExit('a program of the school')\n", encoding="utf-8")
    for words in (["add", "yaml.py"], ["commit", "-qm", "A program"]):
        subprocess.run(["git", "-c", "user.name=t001", "-c", "user.email=t001@licheng.invalid", *words],
                       cwd=tmp_path / "school", check=True)  # fmt: skip
    bare, site = tmp_path / "bare", tmp_path / "site"
    subprocess.run(["git", "clone", "-q", "--bare", str(tmp_path / "school"), str(bare)], check=True)
    subprocess.run(["git", "-C", str(bare), "config", "licheng.site", str(site)], check=True)
    (bare / "licheng").mkdir()
    site.mkdir()
    (site / "index.html").write_text("as it was", encoding="utf-8")
    sha = subprocess.run(
        ["git", "-C", str(bare), "rev-parse", "refs/heads/main"], check=True, capture_output=True, text=True
    ).stdout.strip()
    done = licheng(tmp_path, "hook", "landed", sha, "--repo", str(bare))
    assert (done.returncode, done.stderr[:6]) == (3, "APP124")
    assert sha[:12] in done.stderr
    assert "mkdocs.yml" in done.stderr.partition("系統的原文：")[2]  # the demo has no pages of its own
    assert (site / "index.html").read_text(encoding="utf-8") == "as it was"
