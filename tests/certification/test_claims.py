"""What another platform certified: a state of its own, usable as such, and never our certification."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from licheng.app.loading.load import load
from licheng.app.trust.claim import claim
from licheng.core.errors import UsageError
from licheng.core.languages import LANGUAGES
from licheng.core.term import Term
from licheng.core.trust import CLAIM_NAMESPACE, NAMESPACES
from licheng.exchange.claims import ClaimedOutput, ClaimList, read_claims
from licheng.outputs.words import words
from licheng.policy.certification import State
from licheng.policy.portfolio import portfolio
from licheng.policy.selection import Use, use_of
from licheng.policy.status import Cell, Measure, count
from tests.certification.cases import EARLIER, claimed
from tests.certification.judged import TODAY, codes, is_certified, state_of
from tests.certified import SHA256, STUDENT, Certified, digest, folder, key
from tests.trees import ROOT

pytestmark = pytest.mark.usefixtures("schools_judged_once")

SELECTION = b"kind: selection/v1\non: 2026-11-22\noutputs:\n  - 113-2/pendulum\nactivities: []\n"
SELECTED = f"content/students/113/{STUDENT}/selection/113/regular.yaml"


def of(made: Certified) -> State:
    return state_of(made.tree(), EARLIER).state


def use(made: Certified, on: str = "2026-11-22") -> Use:
    loaded = load(made.tree(), TODAY)
    student, item = loaded.item(EARLIER)
    return use_of(item, date.fromisoformat(on), student, loaded.school)


def test_it_is_no_certification_of_ours() -> None:
    made = claimed()
    found = state_of(made.tree(), EARLIER)
    assert found.state is State.CLAIMED
    assert found.event is None
    assert found.claim is not None
    assert (found.claim.platform, found.claim.certified_on) == ("former", date(2025, 6, 20))
    assert not is_certified(made.tree(), EARLIER)
    assert CLAIM_NAMESPACE in NAMESPACES
    assert codes(made.tree()) == []


def test_it_may_be_selected_and_is_told_for_what_it_is() -> None:
    made = claimed()
    made.files[SELECTED] = SELECTION
    assert codes(made.tree()) == []
    assert use(made) is Use.USABLE
    loaded = load(made.tree(), TODAY)
    [student] = loaded.students()
    shown = portfolio(student, loaded.school, Term(113, 2))
    assert shown is not None
    [output] = shown.outputs
    assert (output.state, output.usable, output.selected) == (State.CLAIMED, True, True)
    assert output.decided_on == date(2025, 6, 20)
    cells = count(student, loaded.school).cells
    assert cells[Cell("113-2", 10, Measure("course-output", "claimed"))] == 1
    assert Cell("113-2", 10, Measure("course-output", "certified")) not in cells


@pytest.mark.parametrize("name", ["item.md", "report.pdf"])
def test_one_byte_and_nobody_certified_it(name: str) -> None:
    made = claimed()
    made.files[SELECTED] = SELECTION
    made.files[f"{EARLIER}/{name}"] += b"\n"
    found = state_of(made.tree(), EARLIER)
    assert (found.state, found.changed) == (State.STALE, (name,))
    assert {"CER027", "REF019"} <= set(codes(made.tree()))
    assert use(made) is Use.UNUSABLE


def test_every_state_is_drawn_and_named_on_the_site() -> None:
    looks = (ROOT / "site_theme/pages/bars.md").read_text(encoding="utf-8")
    assert [state for state in State if f'"{state.value}":' not in looks] == []
    for language in LANGUAGES:
        assert {state.value for state in State} <= set(words(language).data["output_states"])


def test_a_decision_here_counts_from_then_on() -> None:
    made = claimed()
    made.decide(EARLIER, issued_at="2026-11-21T04:00:00Z")
    assert of(made) is State.CERTIFIED
    assert codes(made.tree()) == []
    made.decide(EARLIER, "revoked", issued_at="2026-11-22T04:00:00Z")
    assert of(made) is State.REVOKED


def test_what_is_returned_here_is_returned_whatever_was_elsewhere() -> None:
    made = claimed()
    made.decide(EARLIER, "returned", issued_at="2026-11-22T04:00:00Z")
    assert of(made) is State.RETURNED
    # It had been selected in good faith while it was claimed; before the claim nobody could have.
    assert (use(made, "2026-11-21"), use(made, "2026-11-19")) == (Use.TAKEN_BACK, Use.UNUSABLE)


def test_a_decision_that_does_not_hold_puts_no_claim_back() -> None:
    made = claimed()
    made.decide(EARLIER, "returned", signer=key("t906"), issued_at="2026-11-22T04:00:00Z")
    assert of(made) is State.SUBMITTED


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: claimed(signed={"by": "t902"}), "CER022"),
        (lambda: claimed(by="t902"), "CER022"),
        (lambda: claimed(on="2026-11-19"), "CER022"),
        (lambda: claimed(signed={"signed_at": "2026-11-24T02:00:00Z", "on": "2026-11-24"}), "CER022"),
        (lambda: claimed(platform="older"), "CER022"),
        (lambda: claimed(export="ab" * 32), "CER022"),
        (lambda: claimed(basis="inferred"), "CER022"),
        (lambda: claimed(signed={"platform": "older"}), "CER023"),
    ],
)
def test_what_is_not_the_registrars_word_is_nothing(made: Callable[[], Certified], code: str) -> None:
    forged = made()
    assert of(forged) is State.SUBMITTED
    assert code in codes(forged.tree())


def test_a_certification_is_no_claim_and_a_claim_no_certification() -> None:
    """Each is signed in a namespace of its own: neither's signature serves as the other's."""
    made = claimed()
    path = made.decide(EARLIER, issued_at="2026-11-21T04:00:00Z")
    armor = made.files[f"{path}.sig"].decode()
    page = next(path for path in made.files if "/claims/" in path)
    head = made.files[page].decode().partition("signature: |")[0]
    made.files = {name: data for name, data in made.files.items() if "/certifications/" not in name}
    made.files[page] = (head + "signature: |\n" + "".join(f"  {line}\n" for line in armor.splitlines())).encode()
    assert of(made) is State.SUBMITTED
    assert "CER022" in codes(made.tree())


# The command's use case.


def listed(made: Certified, where: str = EARLIER, **changes: Any) -> ClaimList:
    files, term = {"report.pdf": digest(made.files[f"{where}/report.pdf"])}, where.split("/")[5]
    output = ClaimedOutput(STUDENT, term, "pendulum", "2025-06-20", files, 2)._replace(**changes)
    return ClaimList(SHA256, "stated", (output,))


def planned(made: Certified, claims: ClaimList, by: str = "t903", platform: str = "former") -> dict[str, bytes]:
    now = datetime(2026, 11, 23, 4, tzinfo=UTC)
    return dict(claim(load(made.tree(), TODAY), claims, platform, by, now, key(by).sign).creates)


def unclaimed() -> Certified:
    made = Certified.school()
    made.earlier()
    made.output(EARLIER)
    return made


def test_what_the_command_writes_counts() -> None:
    made = unclaimed()
    assert of(made) is State.SUBMITTED
    files = planned(made, listed(made))
    assert list(files) == [f"content/students/113/{STUDENT}/claims/113-2/pendulum.yaml"]
    made.files |= files
    assert of(made) is State.CLAIMED
    assert codes(made.tree()) == []


def test_a_cleaned_copy_says_what_it_was_exported_as() -> None:
    made = unclaimed()
    made.files |= planned(made, listed(made, files={"report.pdf": "cd" * 32}))
    [page] = [data.decode() for path, data in made.files.items() if "/claims/" in path]
    assert f"exported_sha256: {'cd' * 32}" in page
    assert of(made) is State.CLAIMED


@pytest.mark.parametrize(
    ("change", "case"),
    [
        ({"student": "s1139999"}, "not-there"),
        ({"slug": "optics"}, "not-there"),
        ({"term": "114-1"}, "not-there"),
        ({"files": {"other.pdf": "ab" * 32}}, "other-files"),
        ({"files": {}}, "other-files"),
    ],
)
def test_a_list_that_does_not_fit_writes_nothing(change: dict[str, Any], case: str) -> None:
    made = unclaimed()
    with pytest.raises(UsageError) as raised:
        planned(made, listed(made, **change))
    assert (raised.value.code, raised.value.values["case"]) == ("APP258", case)


def test_nobody_signs_what_would_not_count() -> None:
    made = unclaimed()
    for by, platform, code in (("t902", "former", "CER022"), ("t903", "elsewhere", "CER023")):
        with pytest.raises(UsageError) as raised:
            planned(made, listed(made), by, platform)
        assert (raised.value.code, raised.value.values["code"]) == ("APP042", code)
    ours = Certified.school()
    ours.platforms()
    where = ours.output(folder(term="114-1"))
    with pytest.raises(UsageError) as raised:
        planned(ours, listed(ours, where=where))
    assert raised.value.values["code"] == "CER024"
    made.decide(EARLIER, "returned", issued_at="2026-11-20T04:00:00Z")
    with pytest.raises(UsageError) as raised:
        planned(made, listed(made))
    assert raised.value.values["code"] == "CER025"
    again = claimed()
    with pytest.raises(UsageError) as raised:
        planned(again, listed(again))
    assert raised.value.values["case"] == "claimed"


CSV = f"student,term,slug,file,sha256,certified_on\n{STUDENT},113-2,pendulum,report.pdf,{SHA256},2025-06-20\n"


def test_both_forms_of_a_list() -> None:
    read = read_claims(b"\xef\xbb\xbf" + CSV.encode(), Path("list.csv"))
    assert (read.basis, len(read.export)) == ("stated", 64)
    assert read.outputs == (ClaimedOutput(STUDENT, "113-2", "pendulum", "2025-06-20", {"report.pdf": SHA256}, 2),)
    whole = read._replace(basis="inferred")
    assert read_claims(whole.text().encode(), Path("list.json")) == whole


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "APP255"),
        (b"student,term\ns1139901,113-2\n", "APP255"),
        ("學生,學期\n".encode("cp950"), "APP255"),
        (b"{", "APP255"),
        (b'{"version": 1}', "APP255"),
        (b'{"version": 1, "export": "x", "basis": "stated", "outputs": []}', "APP255"),
        (b"[" * 100_000, "APP255"),
        (CSV.replace("113-2", "113-3").encode(), "APP256"),
        (CSV.replace(SHA256, SHA256[:-1]).encode(), "APP256"),
        (CSV.replace(SHA256, SHA256.upper()).encode(), "APP256"),
        (CSV.replace("2025-06-20", "2025-02-30").encode(), "APP256"),
        (CSV.replace("2025-06-20", "114/6/20").encode(), "APP256"),
        (CSV.replace("report.pdf", "../report.pdf").encode(), "APP256"),
        (CSV.replace("pendulum", "../pendulum").encode(), "APP256"),
        ((CSV + CSV.splitlines()[1] + "\n").encode(), "APP257"),
        ((CSV + CSV.splitlines()[1].replace("report", "more").replace("-20", "-21") + "\n").encode(), "APP257"),
    ],
)
def test_a_list_that_is_none(data: bytes, code: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_claims(data, Path("list"))
    assert raised.value.code == code
