"""What the day of an upload to the agency is worth (伍.末): witnessed, claimed, or proved by an acknowledgement."""

from __future__ import annotations

from datetime import date

import pytest

from licheng.app.loading.load import load
from licheng.core.school import School
from licheng.core.term import Term
from licheng.outputs.naming import names_of
from licheng.outputs.overview import as_json, render
from licheng.outputs.words import words
from licheng.policy.duties import uploads
from licheng.policy.evaluation import UPLOADS, of_uploads
from licheng.policy.submissions import is_witnessed
from tests.trees import FIXTURES, base, case

OUTPUTS = "content/submissions/114/course-outputs-1.yaml"


def school(code: str, kind: str, name: str) -> School:
    return load(case(FIXTURES / code / kind / name), date(2026, 7, 31)).school


def shares(school: School) -> dict[str, tuple[int, int]]:
    """By person: how many uploads were due, and how many on time."""
    people = of_uploads(school, 114).people()
    return {person: (duties[UPLOADS].due, duties[UPLOADS].on_time) for person, duties in people.items()}


@pytest.mark.parametrize(
    ("received", "witnessed"),
    [(date(2026, 3, 20), True), (date(2026, 3, 21), False), (date(2026, 5, 1), False)],
)
def test_what_comes_after_the_agencys_last_day_is_no_witness_of_it(received: date, witnessed: bool) -> None:
    found = school("DUE004", "good", "on-the-last-day")
    assert is_witnessed(found.record_at(OUTPUTS), received, found, found) is witnessed  # type: ignore[arg-type]


def test_a_day_that_is_only_claimed_is_not_on_time() -> None:
    assert shares(school("DUE004", "good", "on-the-last-day")) == {"t902": (1, 1)}
    assert shares(school("DUE006", "bad", "received-after-the-deadline")) == {"t902": (1, 0)}
    assert shares(school("DUE006", "good", "corrected-with-an-acknowledgement")) == {"t902": (1, 1)}
    assert shares(school("DUE004", "bad", "a-week-late")) == {"t902": (1, 0)}


def test_what_was_never_uploaded_is_due_to_the_registry() -> None:
    assert shares(school("DUE001", "good", "the-same-last-day")) == {"t903": (1, 0)}


@pytest.mark.parametrize(
    ("kind", "name", "claimed"),
    [
        ("bad", "received-after-the-deadline", True),
        ("bad", "corrected-and-still-claimed", True),
        ("good", "corrected-with-an-acknowledgement", False),
        ("good", "with-an-acknowledgement", False),
    ],
)
def test_status_says_that_a_day_is_claimed(kind: str, name: str, claimed: bool) -> None:
    found = school("DUE006", kind, name)
    [upload] = [one for one in uploads(found) if one.tally.done]
    assert upload.claimed is claimed
    text = render(Term(114, 1), (), [upload], None, found, names_of(found, words("zh-TW")))
    assert ("2026-03-20 （自述）" in text) is claimed
    [shown] = as_json((), [upload], None, found)["duties"]
    assert shown["claimed"] is claimed


def test_an_upload_that_is_due_tells_when_its_roster_was_last_made() -> None:
    made = (
        "kind: roster-export/v1\nroster: course-outputs\nlevels: [10, 11, 12]\nexported_on: %s\nby: t902\n"
        f"commit: {'c0' * 20}\nfile: {{name: a.xlsx, size: 1, sha256: {'5d' * 32}}}\nmanifest: {'6e' * 32}\n"
        "rows: 1\nleft_out: []\n"
    )
    files = {
        f"content/exports/114/course-outputs{number}.yaml": (made % on).encode()
        for number, on in (("", "2026-03-05"), ("-2", "2026-03-09"))
    }
    for tree, on in ((base(), None), (base().over(files), date(2026, 3, 9))):
        upload = next(each for each in uploads(load(tree, date(2026, 3, 10)).school) if str(each.term) == "114-1")
        assert (upload.tally.done, upload.last_change) == (0, on)
