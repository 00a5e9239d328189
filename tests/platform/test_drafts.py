"""No text that somebody typed goes away: not by a kill, not by a second page, not by what comes late."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licheng.core.errors import LichengError, UsageError
from licheng.platform import drafts as module
from licheng.platform.drafts import MOST_BYTES, MOST_DRAFTS, MOST_TEXTS, Drafts, Typed
from tests.trees import ROOT

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
WHO, KEY = "s1139901", "course-output.115-1.pendulum"


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "drafts", lambda: NOW)


def typed(text: str, tab: str = "one", number: int = 1, seen: str = "") -> Typed:
    """What a page sends."""
    return Typed(tab, number, seen, {"summary": [text]})


def texts(drafts: Drafts, key: str = KEY) -> list[str]:
    """What is kept of a form."""
    return [text.fields["summary"][0] for text in drafts.read(WHO, key).texts]


def test_a_page_goes_on_with_its_own_text(drafts: Drafts) -> None:
    assert drafts.save(WHO, KEY, typed("單")).changed
    assert drafts.save(WHO, KEY, typed("單擺", number=2)).changed
    assert texts(drafts) == ["單擺"]


def test_what_comes_late_does_not_go_over_what_came_after_it(drafts: Drafts) -> None:
    drafts.save(WHO, KEY, typed("單擺", number=2))
    assert not drafts.save(WHO, KEY, typed("單", number=1)).changed
    assert texts(drafts) == ["單擺"]


def test_a_page_opened_on_a_text_goes_on_with_it(drafts: Drafts) -> None:
    version = drafts.save(WHO, KEY, typed("單擺")).text.version
    drafts.save(WHO, KEY, typed("單擺週期", tab="two", seen=version))
    assert texts(drafts) == ["單擺週期"]


def test_two_pages_opened_on_the_same_text_keep_both(drafts: Drafts) -> None:
    version = drafts.save(WHO, KEY, typed("單擺")).text.version
    drafts.save(WHO, KEY, typed("甲", tab="two", seen=version))
    saved = drafts.save(WHO, KEY, typed("乙", tab="three", seen=version))
    assert (saved.others, saved.changed) == (1, True)
    drafts.save(WHO, KEY, typed("甲一", tab="two", number=2, seen=version))
    drafts.save(WHO, KEY, typed("乙一", tab="three", number=2, seen=version))
    assert texts(drafts) == ["甲一", "乙一"]


def test_a_page_that_saw_nothing_writes_beside_what_is_there(drafts: Drafts) -> None:
    drafts.save(WHO, KEY, typed("甲"))
    drafts.save(WHO, KEY, typed("乙", tab="two"))
    assert texts(drafts) == ["甲", "乙"]


def test_the_same_text_is_kept_once(drafts: Drafts) -> None:
    drafts.save(WHO, KEY, typed("甲"))
    assert not drafts.save(WHO, KEY, typed("甲", tab="two")).changed
    assert texts(drafts) == ["甲"]


def test_what_is_removed_is_one_text_and_others_stay(drafts: Drafts) -> None:
    drafts.save(WHO, KEY, typed("甲"))
    other = drafts.save(WHO, KEY, typed("乙", tab="two")).text
    drafts.remove(WHO, KEY, tab="one")
    assert texts(drafts) == ["乙"]
    drafts.remove(WHO, KEY, version=other.version)
    assert drafts.keys(WHO) == []
    drafts.save(WHO, KEY, typed("丙", tab="three", seen=other.version))
    assert texts(drafts) == ["丙"]


def test_the_owner_chooses_which_text_the_form_opens_with(drafts: Drafts) -> None:
    drafts.save(WHO, KEY, typed("甲"))
    drafts.choose(WHO, KEY, drafts.save(WHO, KEY, typed("乙", tab="two")).text.version)
    assert texts(drafts) == ["乙", "甲"]
    drafts.choose(WHO, KEY, "gone")
    assert texts(drafts) == ["乙", "甲"]


def test_more_than_is_kept_is_refused_and_what_is_there_stays(drafts: Drafts) -> None:
    for number in range(MOST_TEXTS):
        drafts.save(WHO, KEY, typed(str(number), tab=f"tab-{number}"))
    with pytest.raises(UsageError) as refused:
        drafts.save(WHO, KEY, typed("more", tab="more"))
    assert (refused.value.code, refused.value.values["case"]) == ("APP341", "texts")
    with pytest.raises(UsageError) as refused:
        drafts.save(WHO, KEY, typed("字" * MOST_BYTES, tab="tab-0", number=2))
    assert refused.value.values["case"] == "size"
    assert len(texts(drafts)) == MOST_TEXTS


def test_more_drafts_than_one_may_have_are_refused(drafts: Drafts) -> None:
    for number in range(MOST_DRAFTS):
        drafts.save(WHO, f"form-{number}", typed("甲"))
    with pytest.raises(UsageError) as refused:
        drafts.save(WHO, KEY, typed("乙"))
    assert refused.value.values["case"] == "drafts"
    drafts.save(WHO, "form-1", typed("乙", number=2))
    drafts.save("s1139902", KEY, typed("乙"))


@pytest.mark.hostile("path")
@pytest.mark.parametrize("key", ["", "../x", "a/b", ".x", "x" * 201, "Ａ", "a\n", "a\0"])
def test_no_other_file_than_a_draft_is_reached(drafts: Drafts, key: str) -> None:
    for account, name in ((WHO, key), (key, KEY)):
        with pytest.raises(UsageError) as refused:
            drafts.save(account, name, typed("甲"))
        assert refused.value.code == "APP340"


@pytest.mark.parametrize(
    "data",
    [None, [], "x", {}, {"tab": "a"}, {"tab": 1, "number": 1, "seen": "", "fields": {}},
     {"tab": "../x", "number": 1, "seen": "", "fields": {}}, {"tab": "a", "number": -1, "seen": "", "fields": {}},
     {"tab": "a", "number": 1, "seen": "", "fields": {"a": "b"}}, {"tab": "a", "number": 1.5, "seen": "", "fields": {}},
     {"tab": "a", "number": 1, "seen": "", "fields": {"a": [1]}},
     {"tab": "a", "number": 1, "seen": "x" * 41, "fields": {}}],
)  # fmt: skip
def test_what_is_no_form_is_refused(data: Any) -> None:
    with pytest.raises(UsageError) as refused:
        Typed.of(data)
    assert refused.value.code == "APP340"


def test_any_text_comes_back_as_it_was(drafts: Drafts) -> None:
    for number, text in enumerate(("\ud800", "\0", "e\u0301", "<b>", "\r\n", "👩‍🔬"), start=1):
        drafts.save(WHO, KEY, typed(text, number=number))
        assert texts(drafts) == [text]


def test_drafts_are_their_owners_alone(drafts: Drafts, tmp_path: Path) -> None:
    drafts.save(WHO, KEY, typed("甲"))
    modes = {path.stat().st_mode & 0o77 for path in (tmp_path / "drafts" / WHO).rglob("*")}
    assert modes == {0}
    assert (tmp_path / "drafts" / WHO).stat().st_mode & 0o77 == 0


def test_a_disk_that_takes_nothing_is_said_and_what_was_there_stays(
    drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts.save(WHO, KEY, typed("甲"))

    def full(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(module, "temporary", full)
        with pytest.raises(LichengError) as refused:
            drafts.save(WHO, KEY, typed("乙", number=2))
    assert (refused.value.code, refused.value.values["detail"]) == ("APP342", "ENOSPC")
    assert texts(drafts) == ["甲"]


_CHILD = """
import itertools, sys
from datetime import UTC, datetime
from pathlib import Path
from licheng.platform.drafts import Drafts, Typed
drafts = Drafts(Path(sys.argv[1]), lambda: datetime(2026, 11, 23, 4, tzinfo=UTC))
for number in itertools.count(1):
    drafts.save("s1139901", "form", Typed("one", number, "", {"summary": [str(number) * 500]}))
    print(number, flush=True)
"""


def lines(child: subprocess.Popen[str]) -> Iterator[int]:
    assert child.stdout is not None
    for line in child.stdout:
        if line.endswith("\n"):
            yield int(line)


def test_whatever_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    for after in (1, 3, 10):
        command = [sys.executable, "-c", _CHILD, str(tmp_path / str(after))]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            told = lines(child)
            for number in told:
                if number == after:
                    os.kill(child.pid, signal.SIGKILL)
                    break
            acknowledged = max([after, *told])
        drafts = Drafts(tmp_path / str(after), lambda: NOW)
        [text] = drafts.read(WHO, "form").texts
        assert text.number >= acknowledged
        assert text.fields["summary"] == [str(text.number) * 500]
        drafts.save(WHO, "form", typed("after", number=text.number + 1))
        assert [path.name for path in (tmp_path / str(after) / WHO).iterdir()] == ["form.json"]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12))
def test_no_text_is_lost_whatever_pages_do_at_once(steps: list[tuple[str, bool]]) -> None:
    """Every page's last word is there at the end, whoever reloads when."""
    with Folder() as folder:
        drafts = Drafts(folder, lambda: NOW)
        pages: dict[str, tuple[str, int, str]] = {}  # tab, number, seen
        last: dict[str, str] = {}
        for count, (name, reloads) in enumerate(steps):
            if reloads or name not in pages:
                opened = drafts.read(WHO, KEY).texts[:1]
                pages[name] = (f"{name}-{count}", 0, opened[0].version if opened else "")
                if opened:  # what this page saw is its own to change
                    last = {who: text for who, text in last.items() if text != opened[0].fields["summary"][0]}
            tab, number, seen = pages[name]
            text = f"{name}{count}"
            try:
                drafts.save(WHO, KEY, typed(text, tab, number + 1, seen))
            except UsageError:
                continue
            pages[name] = (tab, number + 1, seen)
            last[tab] = text
        kept = [text.fields["summary"][0] for text in drafts.read(WHO, KEY).texts]
        assert set(last.values()) <= set(kept)


class Folder:
    """A folder for one example."""

    def __enter__(self) -> Path:
        import tempfile

        self._folder = tempfile.TemporaryDirectory()
        return Path(self._folder.name)

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def test_a_file_holds_json_that_a_person_can_read(drafts: Drafts, tmp_path: Path) -> None:
    drafts.save(WHO, KEY, typed("單擺"))
    data = json.loads((tmp_path / "drafts" / WHO / f"{KEY}.json").read_text(encoding="utf-8"))
    assert data["texts"][0]["fields"] == {"summary": ["單擺"]}
