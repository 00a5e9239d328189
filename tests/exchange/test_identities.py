"""The identity table's file and a school's lists, read and refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyrage import x25519

from licheng.core.errors import LichengError, UsageError
from licheng.core.languages import LANGUAGES
from licheng.core.person import FURTHER, NONE, Person
from licheng.exchange import age
from licheng.exchange.identities import IdentityTable, opened, read_identities, read_names, read_roster
from licheng.outputs.catalog import catalog
from tests.people import HEADING, Registry, as_csv, id_number, listed

PERSON = Person("s1150123", "0115001", "趙子丑", id_number(1), "2010-02-02", "10a", "1", {"115-1": "0a" * 32})
PATH = Path("identities.age")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    made = Registry.at(tmp_path / "registry")
    made.table.write_bytes(IdentityTable(made.recipients, (PERSON,)).sealed())
    return made


def test_the_table_is_lines_of_json_under_a_versioned_head(registry: Registry) -> None:
    head, row = map(json.loads, registry.stock_age().splitlines())
    assert head == {"format": "licheng-identities/v1", "recipients": list(registry.recipients)}
    assert row == {name: text for name, text in PERSON._asdict().items() if name not in FURTHER}
    for key in registry.keys:
        assert opened(registry.table.read_bytes(), registry.table, key).people == (PERSON,)


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        (1, "/v1", "/v4"),
        (1, '"recipients"', '"x"'),
        (1, "{", "["),
        (2, '"name"', '"title"'),
        (2, '"0115001"', "115001"),
        (2, '"s1150123"', '"115123"'),
        (2, "0a", "0"),
        (2, '"115-1"', '"115"'),
        (2, "}}", "}"),
        (2, ',"nonces"', ',"more":"","nonces"'),
    ],
)
def test_what_is_no_table_of_this_version_is_refused_by_its_line(line: int, old: str, new: str) -> None:
    lines = IdentityTable(("a", "b"), (PERSON,)).text().splitlines()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    with pytest.raises(UsageError) as refused:
        IdentityTable.of("\n".join(lines), PATH)
    assert (refused.value.code, refused.value.values["line"]) == ("APP173", line)


def test_a_pseudonym_twice_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        IdentityTable.of(IdentityTable(("a", "b"), (PERSON, PERSON)).text(), PATH)
    assert (refused.value.code, refused.value.values["line"]) == ("APP173", 3)


def test_a_table_is_opened_by_its_keys_alone(registry: Registry, tmp_path: Path) -> None:
    data = registry.table.read_bytes()
    stranger = tmp_path / "stranger.key"
    stranger.write_text(f"{x25519.Identity.generate()}\n", encoding="utf-8")
    spoilt = data[:-1] + bytes([data[-1] ^ 1])
    for given, key, code in (
        (data, None, "APP172"),
        (data, stranger, "APP194"),
        (spoilt, registry.keys[0], "APP194"),
        (b"s1150123,x\n", registry.keys[0], "APP173"),
        (age.encrypted(b"\xff", age.recipients_of(registry.recipients)), registry.keys[0], "APP173"),
    ):
        with pytest.raises(LichengError) as refused:
            opened(given, registry.table, key)
        assert refused.value.code == code


def test_one_recipient_is_too_few() -> None:
    key = str(x25519.Identity.generate().to_public())
    with pytest.raises(UsageError) as refused:
        IdentityTable((key, key), ()).sealed()
    assert refused.value.code == "APP191"


def test_names_and_students_come_from_the_table_as_from_a_list(registry: Registry) -> None:
    key = registry.keys[0]
    assert read_names(registry.table, key) == {"趙子丑"}
    assert read_identities(registry.table, key) == {"s1150123": "10a 1 趙子丑"}
    plain = registry.folder / "names.csv"
    plain.write_text("學生代號,班級,座號,姓名\ns1150123,10a,1,趙子丑\n", encoding="utf-8")
    assert read_names(plain) == {"趙子丑"}
    assert read_identities(plain) == {"s1150123": "10a 1 趙子丑"}
    for read in (read_names, read_identities):
        with pytest.raises(UsageError) as refused:
            read(registry.table)
        assert refused.value.code == "APP172"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_a_list_in_the_encodings_of_excel(encoding: str) -> None:
    rows = dict(read_roster(as_csv([*listed(2), ("",) * 7, *listed(1, first=3)]).encode(encoding), PATH))
    assert list(rows) == [2, 3, 5]
    assert rows[2]["name"] == listed(1)[0][1]
    assert rows[5]["number"] == "0115003"


@pytest.mark.parametrize(
    ("data", "code", "case"),
    [
        (b"PK\x03\x04...", "APP220", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "APP220", "damaged"),
        (b"\xff\xff\xff", "APP224", None),
        ('學號,"姓名\n'.encode(), "APP224", "quotes"),
        (b"", "APP220", "empty"),
        (as_csv([], HEADING[:2]).encode(), "APP174", "missing"),
        (as_csv([], (*HEADING, "number")).encode(), "APP174", "twice"),
        (as_csv([], (*HEADING, "學號")).encode(), "APP174", "twice"),
        (as_csv([("", " ", "\u3000", "", "", "", "")]).encode(), "APP179", None),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, code: str, case: str | None) -> None:
    with pytest.raises(UsageError) as refused:
        list(read_roster(data, PATH))
    assert (refused.value.code, refused.value.values.get("case")) == (code, case)
    for language in LANGUAGES:
        assert all(catalog(language).error(refused.value))


def test_the_missing_columns_are_named() -> None:
    with pytest.raises(UsageError) as refused:
        list(read_roster("學號,姓名\n".encode(), PATH))
    assert catalog("zh-TW").error(refused.value)[0] == "名單 identities.age 缺少這些欄位：身分證號、生日。"


FURTHER_PERSON = PERSON._replace(gender_code="1", special_status="1,10", entry_mode="免試入學")


def test_further_fields_of_a_row_come_back_and_a_table_without_them_stays_as_it_was() -> None:
    table = IdentityTable(("age1a", "age1b"), (FURTHER_PERSON, PERSON._replace(student="s1150124", nonces=NONE)))
    assert '"format":"licheng-identities/v3"' in table.text()
    assert IdentityTable.of(table.text(), Path("t")) == table._replace(
        people=(FURTHER_PERSON, PERSON._replace(student="s1150124", nonces={}))
    )
    assert '"gender_code"' not in IdentityTable(("age1a", "age1b"), (PERSON,)).text()
    assert '"format":"licheng-identities/v1"' in IdentityTable(("age1a", "age1b"), (PERSON,)).text()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_an_older_table_has_no_further_fields(version: str) -> None:
    text = IdentityTable(("age1a", "age1b"), (FURTHER_PERSON,)).text().replace("/v3", f"/{version}")
    with pytest.raises(UsageError) as caught:
        IdentityTable.of(text, Path("t"))
    assert caught.value.code == "APP173"
