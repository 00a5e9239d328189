"""What is listed of the theme's folders is what MkDocs would leave of all of their files."""

from __future__ import annotations

from pathlib import Path

import material
from jinja2 import FileSystemLoader

from licheng.site.theme import VisibleFiles
from tests.trees import ROOT


def test_no_more_and_no_less_is_listed_than_what_is_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "a/.hidden/b").mkdir(parents=True)
    for file in ("a/c.html", "a/.hidden/b/d.html", ".e"):
        (tmp_path / file).touch()
    folders = [tmp_path, ROOT / "site_theme", *(Path(place, "templates") for place in material.__path__)]
    every = FileSystemLoader(folders).list_templates()
    seen = [name for name in every if not any(part.startswith(".") for part in name.split("/")[:-1])]
    assert VisibleFiles(folders).list_templates() == seen
    assert {"a/c.html", ".e", "main.html", "assets/licheng.css"} <= {*seen} < {*every}
