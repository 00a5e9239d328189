"""Mistakes that people make: what was typed or saved, and the whole message that they read, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
import yaml as stock
from hypothesis import given
from hypothesis import strategies as st

from licheng.app.check import check
from licheng.app.new import find_kind, scaffold
from licheng.cli.lazy import LazyGroup
from licheng.cli.main import COMMANDS, main
from licheng.cli.misuse import misuse
from licheng.core.errors import LichengError, UsageError, reason_of
from licheng.core.finding import Finding, Severity
from licheng.core.languages import LANGUAGES
from licheng.core.layout import home
from licheng.core.location import Location
from licheng.core.report import LocatedFinding, Report
from licheng.exchange.identities import read_identities
from licheng.outputs.catalog import catalog
from licheng.sources import reading, yaml
from licheng.sources.tree import WorkTree
from tests.command import licheng
from tests.trees import base

STUDENT = "content/students/113/s1139901/student.yaml"
TEXT = "kind: student/v1\nprogramme: general\nevents:\n  - {on: 2024-08-01, event: entry, level: 10, class: 10a}\n"


def _found(path: str, text: str) -> list[tuple[int, str, str, str]]:
    """Line, code and message in both languages of what is wrong with a file."""
    where = home(path)
    assert where is not None
    _, faults = reading.read_record(path, where, text.encode())
    return [_told(fault) for fault in faults]


def _told(fault: Finding) -> tuple[int, str, str, str]:
    place = fault.place if isinstance(fault.place, Location) else yaml.locate(fault.place, lambda text: (text, 0))
    zh, en = (catalog(language).say(fault.code, fault.values) for language in LANGUAGES)
    return place.line, fault.code, zh, en


CONFLICT = (
    "這裡還有合併衝突的記號（<<<<<<<、=======、>>>>>>>），兩邊的內容都留在檔案裡。",
    "The marks of a merge conflict (<<<<<<<, =======, >>>>>>>) stand here, and both sides are still in the file.",
)
COLON = (
    "這裡用了全形的「：」，欄位名稱的前後只能用半形。",
    "There is a full-width colon here; around a field's name only half-width signs are read.",
)
TAB = ("這裡無法讀成 YAML：用了 Tab，要改成空白。", "This cannot be read as YAML: there is a tab; use blanks.")
DEEP = (
    "這裡無法讀成 YAML：這一行縮排太多，要和同一層的欄位對齊。",
    "This cannot be read as YAML: this line is indented too far; align it with the fields of its level.",
)
SLIPS: dict[str, tuple[str, str, int, str, tuple[str, str]]] = {
    "a full-width colon": ("programme: ", "programme：", 2, "YML012", COLON),
    "a full-width colon in the first line": ("kind: ", "kind：", 1, "YML012", COLON),
    "a full-width colon in a list": ("  - {on: 2024-08-01", "  - on：2024-08-01\n    x: {on: 1", 4, "YML012", COLON),
    "a full-width colon in brackets": ("{on: ", "{on：", 4, "YML012", COLON),
    "a full-width blank": (
        *("programme", "\u3000programme", 2, "YML012"),
        (
            "這裡用了全形空白，欄位名稱的前後只能用半形。",
            "There is a full-width blank here; around a field's name only half-width signs are read.",
        ),
    ),
    "one space too many": ("programme", " programme", 2, "YML001", DEEP),
    "three spaces too many": ("events", "   events", 3, "YML001", DEEP),
    "a tab before a field": ("programme", "\tprogramme", 2, "YML001", TAB),
    "a tab before an entry": ("  - {on", "\t- {on", 4, "YML001", TAB),
    "a bracket left open": (
        *("class: 10a}", "class: 10a\nend: 1", 4, "YML001"),
        ("這裡無法讀成 YAML：括號沒有成對。", "This cannot be read as YAML: a bracket is not closed."),
    ),
    "no colon": (
        *("programme: general", "programme general", 2, "YML001"),
        ("這裡無法讀成 YAML：這一行少了「: 」。", "This cannot be read as YAML: this line lacks a colon and a blank."),
    ),
    "a merge conflict": (
        "programme: general\n",
        "<<<<<<< HEAD\nprogramme: general\n=======\nprogramme: other\n>>>>>>> them\n",
        *(2, "YML011", CONFLICT),
    ),
    "half of a merge conflict": ("events:", ">>>>>>> them\nevents:", 3, "YML011", CONFLICT),
    "a day that does not exist": (
        *("2024-08-01", "2026-02-30", 4, "SCH005"),
        ("events.0.on 寫的 2026-02-30 這一天不存在。", "events.0.on names 2026-02-30, a day that does not exist."),
    ),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_file_is_told_at_its_line(name: str) -> None:
    right, wrong, line, code, words = SLIPS[name]
    assert right in TEXT
    assert _found(STUDENT, TEXT.replace(right, wrong, 1)) == [(line, code, *words)]


def test_a_merge_conflict_in_the_words_below_a_record_is_told_too() -> None:
    path = "content/working-group/115-1/2026-09-11.md"
    text = "---\nkind: meeting/v1\n---\n\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> them\n"
    assert _found(path, text) == [(5, "YML011", *CONFLICT)]
    assert "YML011" not in {code for _, code, _, _ in _found(path, text.replace(">>>>>>> them\n", ""))}


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        (
            "content/calendar/115-3.yaml",
            "路徑裡的 115-3 不是學期：一學年只有第 1、第 2 學期。",
            "115-3 in this path is no term: a school year has terms 1 and 2 only.",
        ),
        (
            "content/students/113/s1139901/terms/115-0/courses.yaml",
            "路徑裡的 115-0 不是學期：一學年只有第 1、第 2 學期。",
            "115-0 in this path is no term: a school year has terms 1 and 2 only.",
        ),
        (
            "content/working-group/115-1/2026-02-30.md",
            "路徑裡的 2026-02-30 這一天不存在。",
            "2026-02-30 in this path is a day that does not exist.",
        ),
    ],
)
def test_a_path_of_no_term_or_day(path: str, zh: str, en: str) -> None:
    report = check(base().over({path: b"kind: x\n"}), date(2026, 11, 23))
    [finding] = [finding for finding in report.findings if finding.location.path == path]
    assert (finding.code, *(catalog(language).message(finding) for language in LANGUAGES)) == ("FIL001", zh, en)


def test_a_list_of_excel_in_big5_is_told_how_to_save_it(tmp_path: Path) -> None:
    listed = tmp_path / "names.csv"
    listed.write_bytes("student,name\ns1139901,王小明\n".encode("cp950"))
    with pytest.raises(UsageError) as caught:
        read_identities(listed)
    assert caught.value.code == "APP115"
    assert catalog("zh-TW").error(caught.value) == (
        f"{listed} 是 Big5 的文字，不是 UTF-8：姓名會變成亂碼，所以沒有讀。",
        "在 Excel「另存新檔」，存檔類型選「CSV UTF-8（逗號分隔）」，再試一次。",
    )
    listed.write_bytes(b"student,name\n\xff\xff\n")
    with pytest.raises(UsageError) as other:
        read_identities(listed)
    assert catalog("zh-TW").error(other.value)[0] == f"無法讀取姓名名單 {listed}：不是 UTF-8 文字。"


TYPED: dict[tuple[str, ...], tuple[str, str]] = {
    ("chekc",): ("沒有 chekc 這個指令。", "There is no command chekc."),
    ("check", "--foo"): ("沒有 --foo 這個選項；是不是 --format？", "There is no option --foo; is it --format?"),
    ("check", "--today"): ("--today 後面少了值。", "--today needs a value."),
    ("check", "--jobs", "x"): (
        "--jobs 要寫範圍內的整數（≥ 1），現在是 x。",
        "--jobs is a whole number within ≥ 1, not x.",
    ),
    ("check", "--jobs", "0"): (
        "--jobs 要寫範圍內的整數（≥ 1），現在是 0。",
        "--jobs is a whole number within ≥ 1, not 0.",
    ),
    ("check", "--lang", "fr"): (
        "--lang 不能是 fr；可用的是：zh-TW、en。",
        "--lang cannot be fr; it may be: zh-TW, en.",
    ),
    ("new", "x", "--dry-run=1"): ("--dry-run 後面不寫值。", "--dry-run takes no value."),
    ("explain",): ("少了 CODE。", "CODE is missing."),
    ("explain", "QUO001", "x"): ("多寫了 x；有空格的值要加引號。", "x is too much; a value with a blank needs quotes."),
}


@pytest.mark.parametrize("typed", TYPED)
def test_a_command_typed_wrongly(typed: tuple[str, ...], tmp_path: Path) -> None:
    done = licheng(tmp_path, *typed)
    zh, en = done.stderr.splitlines()
    words = TYPED[typed]
    command = f"licheng {typed[0]}" if typed[0] in COMMANDS else "licheng"
    assert done.returncode == 2
    assert zh == f"APP025 指令的用法不對：{words[0]} 執行 {command} --help 看用法與例子。"
    assert (
        en == f"APP025 The command is not used as it can be: {words[1]} Run {command} --help to see how, with examples."
    )


# How Python writes a value, and how click, libyaml and the system begin their sentences.
PYTHON = re.compile(r"\{'|\bNone\b|\bTrue\b|\bFalse\b|<class|datetime\.|Path\(|\bExitCode\b|\('|\['")
ENGLISH = re.compile(r"[A-Za-z]+ (?:such|value|argument|option|is|are|not|of|did|requires|extra|from|in|directory)\b")


def _contexts(
    group: click.Command, above: click.Context | None = None
) -> Iterator[tuple[click.Context, click.Command]]:
    """Every command with the context that it is called in."""
    if isinstance(group, LazyGroup):
        settings = main.context_settings if above is None else {}  # else a command remembers another help option
        context = click.Context(group, info_name=group.name or "licheng", parent=above, **settings)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield context, command
            yield from _contexts(command, context)


def _misuses(command: click.Command) -> Iterator[list[str]]:
    yield ["--no-such-thing"]
    yield []
    yield ["too"] * 9
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            name = max(parameter.opts, key=len)
            yield [name]
            yield [f"{name}=no/such/thing"]


def _refused(context: click.Context, command: click.Command, arguments: list[str]) -> click.UsageError | None:
    try:
        command.make_context(command.name, list(arguments), parent=context)
    except click.exceptions.NoArgsIsHelpError:
        return None
    except click.UsageError as error:
        return error
    except (click.exceptions.Exit, LichengError):
        return None
    return None


def test_no_word_of_click_reaches_a_person() -> None:
    seen = set()
    for context, command in _contexts(main):
        for arguments in _misuses(command):
            if (error := _refused(context, command, arguments)) is not None:
                ours = misuse(error, "licheng")
                zh = " ".join(catalog("zh-TW").error(ours))
                assert ENGLISH.search(zh) is None, (command.name, arguments, zh)
                assert PYTHON.search(zh) is None, (command.name, arguments, zh)
                assert ours.values["case"] not in {"other", "value"}, (command.name, arguments, error)
                seen.add(ours.values["case"])
    assert {"no-option", "needs-value", "takes-no-value", "missing", "choice", "no-file", "too-much"} <= seen


ODD: tuple[Any, ...] = (
    *(None, True, False, ("a", "b"), {"zh": "甲", "en": "a"}, 3, date(2026, 1, 2), Path("x")),
    Finding("SCH001", Severity.ERROR, Location("x"), {"field": "a"}),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", ODD, ids=str)
def test_no_error_shows_a_python_value(language: str, value: Any) -> None:
    words = catalog(language)
    for code, entry in words.data["errors"].items():
        texts = [entry, *entry.get("cases", {}).values()]
        names = {
            name
            for text in texts
            for part in ("message", "hint")
            for name in re.findall(r"{(\w+)}", text.get(part, ""))
        }
        for case in ("", *entry.get("cases", {})):
            shown = words.error(LichengError(code, **dict.fromkeys(names, value), case=case))
            assert PYTHON.search(" ".join(shown)) is None, (code, shown)


def test_why_the_system_refused_has_words() -> None:
    for error in (
        FileNotFoundError(2, "No such file or directory"),
        PermissionError(13, "no"),
        OSError(28, "no"),
        OSError("x"),
    ):
        zh = catalog("zh-TW").error(LichengError("APP024", path="x", detail=reason_of(error)))[0]
        assert re.fullmatch(r"無法讀寫 x：[一-鿿]+。", zh), zh


def _refusal(text: str) -> yaml.OutsideSubsetError | None:
    try:
        yaml.parse(text)
    except yaml.OutsideSubsetError as refused:
        return refused
    return None


@given(st.text(alphabet="ab:-{}[]\"'\t \n|>!&*@%：,#?\u3000", max_size=40))
def test_whatever_is_no_yaml_is_told_in_words(text: str) -> None:
    refused = _refusal(text)
    if refused is not None:
        assert refused.values.get("problem", "other") in catalog("zh-TW").data["labels"]["problem"]
        assert 1 <= refused.line <= text.count("\n") + 2


def test_nothing_says_in_source_that_a_python_value_is_a_message() -> None:
    package = Path(str(import_module("licheng").__file__)).parent
    for path in package.rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if 'Error("APP' in line and "APP099" not in line:
                assert re.search(r"str\(error\)|str\(dict|repr\(|strerror|dict\(", line) is None, (path, line)


def test_a_stock_reader_refuses_what_we_call_a_slip() -> None:
    """The table's YML001 are no inventions: PyYAML reads none of them."""
    for right, wrong, _, code, _ in SLIPS.values():
        if code == "YML001":
            with pytest.raises(stock.YAMLError):
                stock.safe_load(TEXT.replace(right, wrong, 1))


@pytest.mark.parametrize(
    ("kind", "given", "unused", "used"),
    [
        ("student", {"student": "s1139999", "term": "115-1"}, "--term", "--student"),
        ("student", {"student": "s1139999", "date": "2026-09-01"}, "--date", "--student"),
        ("meeting", {"date": "2026-11-20", "slug": "x", "batch": "first"}, "--slug、--batch", "--term、--date"),
        ("staff", {"year": "115"}, "--year", "--set"),
    ],
)
def test_new_refuses_what_a_kind_does_not_use(
    kind: str, given: dict[str, str], unused: str, used: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold(find_kind(kind), WorkTree(tmp_path), date(2026, 11, 23), given, {})
    message, _ = catalog("zh-TW").error(caught.value)
    assert (caught.value.code, message) == ("APP116", f"{kind} 用不到 {unused}，沒有寫入；它用的是：{used}。")


def test_one_cause_of_many_is_said_once() -> None:
    values = {"case": "no-course", "term": "115-1", "course": "english-5"}
    same = LocatedFinding(Location("content/school/courses/115-1.yaml", 3, 1), "CER011", Severity.ERROR, values)
    other = LocatedFinding(same.location, "CER011", Severity.ERROR, {**values, "course": "civics-5"})
    report = Report.of([same, other, same, same], [], {}, checked=1, records=1)
    assert sorted(str(finding.values["course"]) for finding in report.findings) == ["civics-5", "english-5"]
    assert catalog("zh-TW").message(same) == "115-1 的開課資料已經沒有課程 english-5，這門課簽過的認證因此都不成立。"


def test_where_there_is_no_window_no_dashes_are_shown() -> None:
    values = {"case": "no-window", "stage": "selection", "received": "2026-11-23"}
    for language in LANGUAGES:
        assert " - " not in catalog(language).say("GAT013", values)
