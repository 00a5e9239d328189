"""Verdicts are kept by digest: the same bytes are inspected once, and a spoilt cache changes nothing."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from licheng.core.inspection import Flaw
from licheng.sources import confined
from licheng.sources.verdicts import InspectionBudget, SpentError, Verdicts
from tests.inspection import samples

DATA = samples.photo(samples.exif(gps=True))
SHA256 = hashlib.sha256(DATA).hexdigest()
EXPECTED = (Flaw("ATT011", "exif-gps"),)
JPEG = samples.TYPES["jpg"]


class Reader:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> bytes:
        self.count += 1
        return DATA


def test_the_same_bytes_are_inspected_once(tmp_path: Path) -> None:
    reader = Reader()
    one, other = Verdicts(tmp_path), Verdicts(tmp_path)  # two runs
    assert [verdicts.of(SHA256, JPEG, reader) for verdicts in (one, one, other)] == [EXPECTED] * 3
    assert reader.count == 1


def test_another_type_is_another_verdict(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path)
    verdicts.of(SHA256, JPEG, Reader())
    assert verdicts.of(SHA256, samples.TYPES["png"], Reader()) != EXPECTED


@pytest.mark.parametrize("spoilt", [b"", b"[", b"{}1", b"[1]", b"null", b'"ATT"', b"\xff"])
def test_a_spoilt_cache_is_no_verdict(tmp_path: Path, spoilt: bytes) -> None:
    Verdicts(tmp_path).of(SHA256, JPEG, Reader())
    [kept] = [path for path in tmp_path.rglob("*") if path.is_file()]
    kept.write_bytes(spoilt)
    reader = Reader()
    assert Verdicts(tmp_path).of(SHA256, JPEG, reader) == EXPECTED
    assert reader.count == 1


def test_without_a_folder_they_are_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for verdicts in (Verdicts(None), Verdicts(tmp_path / "file")):
        reader = Reader()
        assert [verdicts.of(SHA256, JPEG, reader) for _ in range(2)] == [EXPECTED] * 2
        assert reader.count == 1


def test_what_the_machine_decided_is_no_lasting_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another look may end well, and must not find the first one's answer."""
    small = confined.Confined(confined.Limits(memory=100 << 20))
    large, asked = DATA + bytes(120 << 20), list[str]()

    def counted(function: str, data: bytes, **arguments: Any) -> confined.ConfinedResult:
        asked.append(function)
        return small.ask(function, data, **arguments)

    with monkeypatch.context() as patched:
        patched.setattr(confined, "ask", counted)
        first = Verdicts(tmp_path)
        assert {flaw.reason for flaw in first.of(SHA256, JPEG, lambda: large)} <= confined.REASONS
        assert first.of(SHA256, JPEG, Reader()) != EXPECTED, "within a run it is known"
        assert len(asked) == 1
        Verdicts(tmp_path).of(SHA256, JPEG, lambda: large)
        assert len(asked) == 2, "another run in the same process looks again"
    small.end()
    assert not list(tmp_path.rglob("*.image-jpeg"))
    assert Verdicts(tmp_path).of(SHA256, JPEG, Reader()) == EXPECTED


def test_this_process_inspects_the_same_bytes_once_and_others_however_they_are_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, ask = [], confined.ask

    def counted(function: str, data: bytes, **arguments: object) -> confined.ConfinedResult:
        asked.append(data)
        return ask(function, data, **arguments)

    monkeypatch.setattr(confined, "ask", counted)
    fine, flawed = samples.jpeg() + bytes(7), DATA + bytes(7)  # what no other test has looked at
    for _ in range(2):
        assert Verdicts(None).of("1" * 64, JPEG, lambda: flawed) != Verdicts(None).of("1" * 64, JPEG, lambda: fine)
    assert asked == [flawed, fine]


def test_a_budget_counts_what_is_inspected_and_nothing_that_is_known(tmp_path: Path) -> None:
    Verdicts(tmp_path).of(SHA256, JPEG, Reader())
    nothing = Verdicts(tmp_path, InspectionBudget(size=0, seconds=0.0))
    assert nothing.of(SHA256, JPEG, Reader()) == EXPECTED
    with pytest.raises(SpentError, match="bytes"):
        Verdicts(None, InspectionBudget(len(DATA) - 1, 9.0)).of(SHA256, JPEG, Reader())
    out = io.BytesIO()
    Image.linear_gradient("L").resize((6_000, 6_000)).save(out, "PNG")  # takes some ticks of the processor's clock
    with pytest.raises(SpentError, match="seconds"):
        Verdicts(None, InspectionBudget(1 << 30, 0.0)).of(SHA256, samples.TYPES["png"], out.getvalue)
    enough = Verdicts(None, InspectionBudget(len(DATA), 9.0))
    assert enough.of(SHA256, JPEG, Reader()) == EXPECTED
    with pytest.raises(SpentError, match="bytes"):
        enough.of("0" * 64, JPEG, Reader())
