"""One-time codes: easy to type, good once, until a day, and of two who use one at once only one is let in."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest

from licheng.core.errors import UsageError
from licheng.platform.login.invitations import Invitation, Invitations, last_day, new_code, typed

TODAY, LAST = date(2026, 11, 29), date(2026, 12, 13)
STUDENT, OTHER = "s1149901", "s1149902"


@pytest.fixture
def invitations(tmp_path: Path) -> Invitations:
    return Invitations(tmp_path / "invitations")


def refused(invitations: Invitations, code: str, today: date = TODAY) -> dict[str, object]:
    """The values of the refusal, of looking as of using."""
    with pytest.raises(UsageError) as looked:
        invitations.find(code, today)
    with pytest.raises(UsageError) as used:
        invitations.use(code, today)
    assert (looked.value.code, looked.value.values) == (used.value.code, used.value.values)
    assert used.value.code == "APP310"
    return used.value.values


@pytest.mark.hostile("replay")
def test_a_code_is_good_once(invitations: Invitations) -> None:
    code = invitations.invite([STUDENT], LAST)[STUDENT]
    assert invitations.find(code, TODAY) == Invitation(STUDENT, LAST)
    assert invitations.find(code, TODAY) == Invitation(STUDENT, LAST), "to look at it does not use it"
    assert invitations.use(code, TODAY) == Invitation(STUDENT, LAST)
    assert refused(invitations, code) == {"case": "used"}


@pytest.mark.hostile("replay")
def test_of_many_who_use_it_at_once_one_is_let_in(tmp_path: Path) -> None:
    folder, many = tmp_path / "invitations", 8
    for _ in range(20):
        code = Invitations(folder).invite([STUDENT], LAST)[STUDENT]
        start = Barrier(many)

        def use(_: int, code: str = code, start: Barrier = start) -> str:
            start.wait()
            try:
                return Invitations(folder).use(code, TODAY).account
            except UsageError as error:
                return error.code

        with ThreadPoolExecutor(many) as pool:
            assert sorted(pool.map(use, range(many))) == ["APP310"] * (many - 1) + [STUDENT]


def test_it_is_good_on_its_last_day_and_not_on_the_next(invitations: Invitations) -> None:
    code = invitations.invite([STUDENT], LAST)[STUDENT]
    assert invitations.find(code, LAST).account == STUDENT
    assert refused(invitations, code, date(2026, 12, 14)) == {"case": "expired", "day": "2026-12-13"}
    assert invitations.use(code, LAST).account == STUDENT, "a try on the wrong day did not use it"


@pytest.mark.parametrize("way", ["lower", "blanks", "no-hyphens", "other-dash", "full-width", "misread", "margins"])
def test_it_may_be_typed_in_many_ways(invitations: Invitations, way: str) -> None:
    code = invitations.invite([STUDENT], LAST)[STUDENT]
    while way == "misread" and not {"0", "1"} <= set(code):
        code = invitations.invite([STUDENT], LAST)[STUDENT]
    as_typed = {
        "lower": code.lower(),
        "blanks": code.replace("-", " "),
        "no-hyphens": code.replace("-", ""),
        "other-dash": code.replace("-", "–"),
        "full-width": "".join(chr(ord(letter) + 0xFEE0) for letter in code),
        "misread": code.replace("0", "o").replace("1", "l"),
        "margins": f" \u3000{code}\r\n",
    }[way]
    assert invitations.use(as_typed, TODAY).account == STUDENT


@pytest.mark.parametrize(
    "text", ["", "-", "ABCD-EFGH-JKMN", "ABCD-EFGH-JKMN-PQRU", "../../../etc/passwd", "A" * 10_000]
)
def test_what_has_not_the_shape_of_a_code_is_told_so(invitations: Invitations, text: str) -> None:
    assert typed(text) is None
    assert refused(invitations, text) == {"case": "shape"}


def test_a_guess_is_refused_and_says_nothing_of_others(invitations: Invitations) -> None:
    invitations.invite([STUDENT], LAST)
    assert refused(invitations, new_code()) == {}


def test_a_new_code_ends_the_earlier_one_of_the_same_account_alone(invitations: Invitations) -> None:
    first = invitations.invite([STUDENT, OTHER], LAST)
    second = invitations.invite([STUDENT], LAST)
    assert refused(invitations, first[STUDENT]) == {}
    assert invitations.find(first[OTHER], TODAY).account == OTHER
    assert invitations.find(second[STUDENT], TODAY).account == STUDENT


def test_what_is_withdrawn_is_good_no_more(invitations: Invitations) -> None:
    codes = invitations.invite([STUDENT, OTHER], LAST)
    assert invitations.open_of({STUDENT, "s1149903"}) == (STUDENT,)
    invitations.withdraw({STUDENT, "s1149903"})
    assert refused(invitations, codes[STUDENT]) == {}
    assert invitations.find(codes[OTHER], TODAY).account == OTHER
    assert invitations.open_of({STUDENT, OTHER}) == (OTHER,)


def test_no_code_lies_on_the_disk_and_nobody_else_reads_what_does(tmp_path: Path, invitations: Invitations) -> None:
    codes = invitations.invite([STUDENT, OTHER], LAST)
    invitations.use(codes[OTHER], TODAY)
    files = [file for file in (tmp_path / "invitations").rglob("*") if file.is_file()]
    assert len(files) == 2
    for file in files:
        held = file.name.upper() + file.read_text().upper()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        for code in codes.values():
            assert not any(part in held for part in (code, code.replace("-", "")))


def test_a_code_has_eighty_random_bits() -> None:
    codes = [typed(new_code()) or "" for _ in range(2000)]
    assert len(set(codes)) == 2000
    for position in range(16):
        assert {code[position] for code in codes} == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), "five bits a letter"


@pytest.mark.parametrize("days", [-1, 0, 61, 10**9])
def test_so_many_days_are_not_given(days: int) -> None:
    with pytest.raises(UsageError, match="APP311"):
        last_day(TODAY, days)


def test_days_are_counted_from_today() -> None:
    assert (last_day(TODAY, 1), last_day(TODAY, 14)) == (date(2026, 11, 30), LAST)
