"""What a class says to the agency's receipts: for its tutor and for the registry, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate.corpus.receipts import HELD, RECEIPT, receipt
from tests.platform.main_branch import committed, committed_all, copied, demo_repository
from tests.platform.test_pages import ACCOUNTS, Platform, denied, without_path
from tests.trees import ROOT

TUTOR, REGISTRY, OTHER_TUTOR = "t012", "t004", "t013"
ASKED = ("s1130001", "s1130002", "s1130003", "s1130004")
SAID = {
    "s1130001": "answer: agrees\n",
    "s1130002": "answer: problem\nproblems: [{fault: other}]\n",
    "s1130003": "answer: agrees\n",
}
TABLE = {"s1130001": "已確認", "s1130002": "回報問題，待處理", "s1130003": "已確認", "s1130004": "尚未回覆"}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A school where a receipt has come of four of a class, of whom three have answered."""
    repository = demo_repository(tmp_path_factory.mktemp("school"))
    files = {path: data for path, data in HELD.items() if isinstance(data, bytes)}
    files[RECEIPT] = re.sub(rb"students: \[.*?\]", f"students: [{', '.join(ASKED)}]".encode(), receipt())
    for student, said in SAID.items():
        text = f"kind: receipt-confirmation/v1\nreceipt: course-outputs/0001\non: 2026-11-21\n{said}"
        files[f"content/students/113/{student}/receipt-confirmations/114/first.yaml"] = text.encode()
    committed_all(repository, files)
    shown = Platform(repository, tmp_path_factory.mktemp("state"))
    with shown.client:
        yield shown


def table(html: str) -> dict[str, str]:
    """What each student says to the receipt of these tests, which comes before the demo's own."""
    said = re.findall(r'<th scope="row">(s[0-9]{7})</th><td>([^<]*)</td>', html)
    return {student: text for student, text in said if text}


@pytest.mark.parametrize(
    ("account", "path", "query"), [(TUTOR, "/class/12a", {}), (REGISTRY, "/answers", {"class": "12a"})]
)
def test_who_has_confirmed_reported_or_not_answered(
    platform: Platform, account: str, path: str, query: dict[str, str]
) -> None:
    before = [len(platform.log.of(student)) for student in ASKED]
    html = platform.get(path, account, **query).text
    assert table(html) == TABLE
    assert "<td>2/4</td>" in html
    for student, known in zip(ASKED, before, strict=True):
        assert (account, "receipts") in {(look.who, look.what) for look in platform.log.of(student)[known:]}
    english = platform.get(path, account, **query, lang="en").text
    assert set(table(english).values()) == {"confirmed", "problem reported", "no answer yet"}


@pytest.mark.hostile("reach")
@pytest.mark.parametrize("account", ACCOUNTS)
def test_everybody_else_is_told_nothing(platform: Platform, account: str) -> None:
    page = platform.get("/answers", account, **{"class": "12a"})
    assert page.status_code == (200 if account == REGISTRY else denied(account))
    assert table(page.text) == (TABLE if account == REGISTRY else {})
    if account != TUTOR:
        assert table(platform.get("/class/12a", account).text) == {}
    offered = 'href="/answers"' in platform.get("/", account).text
    assert offered is (account == REGISTRY)


def test_a_class_that_is_none_is_refused_as_a_page_that_is_not_there(platform: Platform) -> None:
    assert table(platform.get("/answers", REGISTRY).text) == {}
    assert "目前沒有要回覆的" in platform.get("/answers", REGISTRY, **{"class": "10a"}).text
    refused = platform.get("/answers", REGISTRY, **{"class": "10z"})
    assert refused.status_code == 404
    assert without_path(refused) == without_path(platform.get("/class/10z", OTHER_TUTOR)).replace(OTHER_TUTOR, REGISTRY)


def test_by_a_table_that_leaves_the_tutor_out_the_page_of_the_class_has_none(
    platform: Platform, tmp_path: Path
) -> None:
    remote = copied(Path(platform.settings.remote), tmp_path / "remote.git")
    duties = (ROOT / "content/school/duties.yaml").read_text(encoding="utf-8")
    row = "records: [receipt-confirmation, receipt-sheet, receipt-answer]\n    by: [{as: owner}, "
    assert f"{row}{{as: tutor}}, " in duties
    committed(remote, "content/school/duties.yaml", duties.replace(f"{row}{{as: tutor}}, ", row).encode())
    less = Platform(remote, tmp_path / "state")
    with less.client:
        answer = less.get("/class/12a", TUTOR)
        assert (answer.status_code, table(answer.text)) == (200, {})
