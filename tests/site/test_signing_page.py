"""`licheng site signing`, and the page of the site that publishes what it writes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licheng.app.day import day_of
from licheng.app.site.signing import required_signing_page, signing_page
from licheng.app.status import read_school
from licheng.core.errors import UsageError
from licheng.core.languages import LANGUAGES
from licheng.core.school import School
from licheng.outputs.signing_page import HEADERS, digests
from licheng.signing.public_key import short_fingerprint
from licheng.sources.tree import WorkTree
from tests.command import licheng
from tests.site.build import this_site
from tests.trees import ROOT


@cache
def school() -> School:
    tree = WorkTree(ROOT)
    return read_school(tree, day_of(tree, None))


def saying(addresses: Mapping[str, str] | None) -> School:
    """The school with other addresses of its signing page, or none."""
    own = school().one("school")
    assert own is not None
    data: dict[str, Any] = {name: value for name, value in own.data.items() if name != "signing_page"}
    changed = own._replace(data=data if addresses is None else {**data, "signing_page": addresses})
    return replace(school(), records={**school().records, "school": (changed,)})


def sums(folder: Path) -> list[str]:
    """As `sha256sum *` prints them."""
    return [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(folder.iterdir())]


def test_what_is_written_has_the_digests_that_are_printed_and_is_the_same_each_time(tmp_path: Path) -> None:
    one, other = (licheng(ROOT, "site", "signing", "--out", str(tmp_path / name)) for name in ("one", "other"))
    assert (one.returncode, one.stderr) == (0, "")
    *files, whole = one.stdout.splitlines()
    assert files == sums(tmp_path / "one") == sums(tmp_path / "other")
    listed = "".join(f"{line}\n" for line in files)
    assert whole == f"{hashlib.sha256(listed.encode()).hexdigest()}  -"
    assert one.stdout == other.stdout


def test_a_dry_run_writes_nothing_and_a_full_folder_stays(tmp_path: Path) -> None:
    tried = licheng(ROOT, "site", "signing", "--out", str(tmp_path / "page"), "--dry-run")
    assert tried.returncode == 0
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    refused = licheng(ROOT, "site", "signing", "--out", str(tmp_path))
    assert refused.returncode == 2
    assert "APP016" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_site_publishes_the_digests_of_what_is_written(language: str) -> None:
    page = this_site()[language].pages["signing.md"]
    made = digests(required_signing_page(school()))
    assert re.findall(r"\b[0-9a-f]{64}\b", page) == list(made.values())
    assert all(name in page for name in made)


@pytest.mark.parametrize(
    ("addresses", "code"),
    [
        (None, "APP350"),
        ({"origin": "https://sign.a.example", "platform": "https://sign.a.example"}, "APP351"),
        ({"origin": "https://sign.a.example", "platform": "https://sign.a.example:8443"}, "APP351"),
        ({"origin": "https://a.example", "platform": "https://sign.a.example"}, "APP351"),
    ],
)
def test_without_a_host_of_its_own_there_is_no_page(addresses: Mapping[str, str] | None, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        required_signing_page(saying(addresses))
    assert refused.value.code == code
    assert signing_page(saying(addresses)) is None


@pytest.mark.parametrize("platform", ["https://a.example", "https://b.example", "https://xsign.a.example"])
def test_the_platform_may_lie_above_or_beside_it(platform: str) -> None:
    assert required_signing_page(saying({"origin": "https://sign.a.example", "platform": platform}))


def test_without_a_genesis_nothing_can_be_signed_for() -> None:
    rootless = replace(school(), trust=replace(school().trust, repository=None))
    with pytest.raises(UsageError) as refused:
        required_signing_page(rootless)
    assert refused.value.code == "APP046"


def test_the_handbook_names_every_header() -> None:
    page = (ROOT / "content/handbook/operations/signing-page.md").read_text("utf-8")
    assert dict(re.findall(r'add_header (\S+) "([^"]*)" always;', page)) == HEADERS


def test_a_short_fingerprint_is_the_first_96_bits() -> None:
    assert short_fingerprint(f"SHA256:{'AbCdEfGhIjKlMnOpQrSt':A<43}") == "AbCd EfGh IjKl MnOp"
