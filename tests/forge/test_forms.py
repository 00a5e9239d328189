"""The forms ask for nothing that tells who a person is; their schema is checked by `make check`."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.trees import ROOT

FOLDER = ROOT / ".github/ISSUE_TEMPLATE"
# The only places where somebody can write freely; everything else is chosen from a list.
FREE = {
    "account": {"from"},
    "trouble": {"code", "steps", "doctor"},
    "correction": {"term"},
}


def form(name: str) -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))["body"]
    return body


def test_there_are_these_forms_and_no_blank_issue() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {*FREE, "config"}
    assert yaml.safe_load((FOLDER / "config.yml").read_text(encoding="utf-8"))["blank_issues_enabled"] is False


@pytest.mark.parametrize("name", FREE)
def test_a_form_warns_first_and_leaves_no_place_for_a_person(name: str) -> None:
    body = form(name)
    assert "不要寫姓名" in body[0]["attributes"]["value"]
    assert {field["id"] for field in body if field["type"] in {"input", "textarea"}} == FREE[name]
    confirmed = [field for field in body if field["type"] == "checkboxes"]
    assert all(option["required"] for field in confirmed for option in field["attributes"]["options"])
    assert body[-1] == confirmed[-1]
