"""The site of both languages as any generator takes it: pages in folders, and what `mkdocs.yml` says of them.

Zensical (`make zensical`) and plain Material (`make bench`) run none of our plugin. So what ours does is done before:
the generated pages are those of `licheng site write`, beside the pages written by hand with their live parts filled in.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from licheng.app.site.editions import editions
from licheng.core.languages import LANGUAGES
from licheng.outputs.pages.live import fill
from licheng.sources.tree import WorkTree
from tests.trees import ROOT

MAIN, TRANSLATION = LANGUAGES
THEME = ROOT / "site_theme"
_HANDBOOK = ROOT / "content/handbook"
_CONFIG = {MAIN: "mkdocs.yml", TRANSLATION: "mkdocs.en.yml"}


class _Loader(yaml.SafeLoader):
    """Reads `mkdocs.yml`; a value from the environment is its default."""


def _default(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node)[-1]


_Loader.add_constructor("!ENV", _default)


def configuration(language: str) -> dict[str, Any]:
    """What the file of a language says by itself."""
    return yaml.load((ROOT / _CONFIG[language]).read_text(encoding="utf-8"), _Loader)  # type: ignore[no-any-return]  # noqa: S506 - safe, with one more tag


def assemble(folder: Path) -> dict[str, Path]:
    """All pages of each language in a folder of its own."""
    made = editions(WorkTree(ROOT), ROOT)
    places = {language: folder / language / "docs" for language in LANGUAGES}
    shutil.copytree(_HANDBOOK, places[MAIN], ignore=shutil.ignore_patterns(TRANSLATION))
    shutil.copytree(_HANDBOOK, places[TRANSLATION], ignore=shutil.ignore_patterns(TRANSLATION, "*.md"))  # pictures
    shutil.copytree(_HANDBOOK / TRANSLATION, places[TRANSLATION], dirs_exist_ok=True)
    for language, place in places.items():
        for page in place.rglob("*.md"):
            path = page.relative_to(place).as_posix()
            page.write_text(fill(page.read_text(encoding="utf-8"), path, made[language].pieces), encoding="utf-8")
        for path, text in made[language].pages.items():
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.write_text(text, encoding="utf-8")
    return places
