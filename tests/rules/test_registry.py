"""The registry tests itself: unique, sorted, named after the offence, documented, with words in both languages."""

from __future__ import annotations

import re
import string
from dataclasses import fields
from dis import get_instructions
from importlib import import_module
from inspect import signature
from pkgutil import walk_packages

import pytest

from licheng import rules
from licheng.app.codes import EVERY
from licheng.core.finding import Code
from licheng.core.languages import LANGUAGES
from licheng.core.layout import BY_NAME
from licheng.core.rule import Rule, Scope
from licheng.core.school import School
from licheng.core.student import Student
from licheng.outputs.catalog import catalog
from licheng.rules.of_change import OF_CHANGE
from licheng.rules.of_rulebook import OF_RULEBOOK
from licheng.rules.of_school import OF_SCHOOL
from licheng.rules.of_students import OF_STUDENTS
from licheng.rules.registry import ALL, ALWAYS, OF_THE_DAYS
from tests.trees import ROOT

# A name says what is wrong; a cure or a duty says nothing about the record.
CURES = re.compile(r"^(?:must|should|require|check|validate|ensure|valid)\b|-(?:required|check|validation)$")


def test_codes_are_unique_sorted_and_well_formed() -> None:
    codes = [code.code for code in EVERY]
    assert codes == sorted(set(codes))
    assert [this.code for this in ALL] == sorted(this.code for this in ALL)
    assert all(re.fullmatch(r"[A-Z]{3}[0-9]{3}", code) for code in codes)


def test_a_parameter_that_a_rule_leaves_alone_is_never_read() -> None:
    """Its name begins with an underscore; the cases remember what such a rule says of a file (`tests.memo`)."""
    for this in ALL:
        unused = {name for name in signature(this.check).parameters if name.startswith("_")}
        read = {each.argval for each in get_instructions(this.check) if each.opname.startswith(("LOAD_", "COPY_"))}
        assert unused.isdisjoint(each for each in read if isinstance(each, str)), this.code


def test_what_is_remembered_of_a_school_and_a_student_is_all_that_they_are() -> None:
    """A field more is one that the keys of `tests.memo` do not know: it belongs there, too."""
    assert {each.name for each in fields(School)} == {
        *("records", "today", "students", "broken", "names", "texts", "trust")
    }
    assert {each.name for each in fields(Student)} == {
        *("folder", "records", "files", "broken", "texts", "events", "waivers", "claims", "keys", "stated")
    }


def test_names_are_unique_offences() -> None:
    names = [code.name for code in EVERY]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name) and not CURES.search(name) for name in names)


def test_every_rule_that_is_made_is_in_the_registry() -> None:
    modules = [import_module(name.name) for name in walk_packages(rules.__path__, "licheng.rules.")]
    made = {value for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    assert made == set(ALL)


def test_a_rule_is_in_the_list_of_what_it_judges_and_in_no_other() -> None:
    """What a check of students leaves out judges neither students, nor their records, nor texts."""
    assert len(ALL) == len(OF_STUDENTS) + len(OF_RULEBOOK) + len(OF_SCHOOL) + len(OF_CHANGE)
    for this in ALL:
        if this.scope in {Scope.SHAPE, Scope.CHANGE}:
            expected = OF_CHANGE
        elif this.scope is Scope.SCHOOL or (this.kinds and not any(BY_NAME[kind].of_student for kind in this.kinds)):
            expected = OF_RULEBOOK if this.code.startswith("RBK") else OF_SCHOOL
        else:
            expected = OF_STUDENTS
        assert this in expected, this.code


@pytest.mark.parametrize("this", ALL, ids=lambda this: this.code)
def test_a_rule_is_documented_and_names_known_kinds(this: Rule) -> None:
    assert this.check.__doc__
    assert set(this.kinds) | set(this.reads) <= set(BY_NAME)


@pytest.mark.parametrize("this", [this for this in ALL if this.scope is Scope.RECORD], ids=lambda this: this.code)
def test_a_rule_that_counts_on_an_owner_judges_records_of_students_only(this: Rule) -> None:
    """mypy lets a rule of records take an owner that is never None; which it is, only the kinds say."""
    _, _, owner, _ = signature(this.check, eval_str=True).parameters.values()
    assert owner.annotation in {Student, Student | None}
    of_students = bool(this.kinds) and all(BY_NAME[kind].of_student for kind in this.kinds)
    assert of_students or owner.annotation == Student | None


def test_what_always_blocks_and_what_the_days_bring_is_known() -> None:
    """No flag of a rule opens or closes the gate unseen: main itself, what is only added to, what needs two people."""
    assert {
        *("GAT001", "GAT005", "GAT008", "GAT014", "GAT015"),
        *("GAT004", "GAT006", "GAT010", "GAT016", "GAT024", "GAT033"),
        *("GAT037", "GAT038", "GAT039", "GAT040", "GAT041", "KEY006"),
        *("GAT012", "GAT021", "GAT022", "GAT042", "GAT043"),
    } == ALWAYS
    assert {"ENR007", "MTG001", "NTC001", "RCT001", "RCT003", "TRN001"} == OF_THE_DAYS
    assert all(this.scope in {Scope.SHAPE, Scope.CHANGE} for this in ALL if this.always)


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalog_has_the_words_of_every_code_and_no_other(language: str) -> None:
    codes = catalog(language).data["codes"]
    assert set(codes) == {code.code for code in EVERY}
    for code, entry in codes.items():
        cases = entry.get("cases", {}).values()
        assert set(entry) - {"cases"} == {"title", "message", "hint", "why", "fix", "severity"}, code
        assert all(set(words) == {"message", "hint"} for words in cases), code
        texts = [text for part, text in entry.items() if part != "cases"]
        texts += [text for words in cases for text in words.values()]
        assert all(isinstance(text, str) and text.strip() for text in texts), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_of_an_error_are_cut_off_at_a_comma(language: str) -> None:
    """In `{hint: one, two}` what follows the comma is another key."""
    for code, entry in catalog(language).data["errors"].items():
        for words in (entry, *entry.get("cases", {}).values()):
            said = {part: text for part, text in words.items() if part != "cases"}
            assert set(said) <= {"message", "hint"}, code
            assert all(isinstance(text, str) and text.strip() for text in said.values()), code


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_catalogs_have_the_same_entries_and_placeholders() -> None:
    first, second = (catalog(language).data for language in LANGUAGES)
    for section in ("codes", "skips", "errors", "words"):
        assert set(first[section]) == set(second[section]), section
    for code in first["codes"]:
        for part in ("message", "hint"):
            ours, theirs = first["codes"][code][part], second["codes"][code][part]
            assert _fields(ours) == _fields(theirs), (code, part)
    for code, entry in first["errors"].items():
        assert _fields(entry["message"]) == _fields(second["errors"][code]["message"]), code
    for section in ("codes", "errors"):
        for code in first[section]:
            ours, theirs = (data[section][code].get("cases", {}) for data in (first, second))
            assert set(ours) == set(theirs), code
            for case, words in ours.items():
                assert _fields(words["message"]) == _fields(theirs[case]["message"]), (code, case)


def test_every_error_of_the_tool_has_words() -> None:
    package = ROOT / "scripts" / "licheng"
    raised = {
        code
        for path in package.rglob("*.py")
        for code in re.findall(r'"(APP[0-9]{3})"', path.read_text(encoding="utf-8"))
    }
    assert raised
    assert raised <= set(catalog("zh-TW").data["errors"])


def test_chinese_comes_first_and_is_chinese() -> None:
    for code in EVERY:
        assert re.search(r"[\u4e00-\u9fff]", catalog("zh-TW").entry(code.code)["title"]), code
        assert not re.search(r"[\u4e00-\u9fff]", catalog("en").entry(code.code)["title"]), code


def test_a_severity_other_than_error_is_rare_and_said() -> None:
    assert {code.code for code in EVERY if code.severity != "error"} == {
        *(
            "CER018",
            "CER020",
            "CER027",
            "CER028",
            "DUE004",
            "DUE006",
            "EVA001",
            "NTC002",
            "WIN005",
            "WIN012",
            "TRN010",
            "TRN012",
            "MTG010",
            "MTG012",
        ),
        *("MTG002", "MTG004", "MTG008", "TRN002", "TRN005", "TRN008", "TRN009", "ENR006", "REF021", "REF022"),
        *("COD002", "ENR012", "RCT002", "RCT005", "REF030", "REF032", "REF037"),
    }
    assert isinstance(EVERY[0], Code)
