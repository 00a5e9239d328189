"""`make zensical`: the site of both languages by Zensical, from the same pages.

Zensical reads `mkdocs.yml` and runs none of its plugins, and says nothing about it. So what ours do is done before: the
generated pages are those of `licheng site write`, beside the pages written by hand with their live parts filled in. It
ends with 1 where a page is missing or Zensical says that something is wrong.

    python -m tests.zensical.build ZENSICAL FOLDER
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from licheng.app.site.editions import editions
from licheng.core.languages import LANGUAGES
from licheng.outputs.pages.live import fill
from tests.benchmarks.site import Loader
from tests.trees import ROOT

MAIN, TRANSLATION = LANGUAGES
HANDBOOK, THEME = ROOT / "content/handbook", ROOT / "site_theme"
_KEPT = (
    "site_name",
    "site_description",
    "site_url",
    "use_directory_urls",
    "copyright",
    "nav",
    "extra_css",
    "extra_javascript",
)
_CONFIG = {MAIN: "mkdocs.yml", TRANSLATION: "mkdocs.en.yml"}


def assemble(folder: Path) -> dict[str, Path]:
    """All pages of each language in a folder of its own, as any generator takes them."""
    made = editions(ROOT)
    places = {language: folder / language / "docs" for language in LANGUAGES}
    shutil.copytree(HANDBOOK, places[MAIN], ignore=shutil.ignore_patterns(TRANSLATION))
    shutil.copytree(HANDBOOK, places[TRANSLATION], ignore=shutil.ignore_patterns(TRANSLATION, "*.md"))  # pictures
    shutil.copytree(HANDBOOK / TRANSLATION, places[TRANSLATION], dirs_exist_ok=True)
    for language, place in places.items():
        shutil.copytree(THEME / "assets", place / "assets")
        (place.parent / "theme/partials").mkdir(parents=True)
        shutil.copy(THEME / "partials/language.html", place.parent / "theme/partials")
        for page in place.rglob("*.md"):
            path = page.relative_to(place).as_posix()
            page.write_text(fill(page.read_text(encoding="utf-8"), path, made[language].pieces), encoding="utf-8")
        for path, text in made[language].pages.items():
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.write_text(text, encoding="utf-8")
    return places


def configured(language: str) -> dict[str, Any]:
    """Our configuration without what Zensical does not run: our plugin, and the parts of the theme that need it."""
    main, own = (
        yaml.load((ROOT / _CONFIG[name]).read_text(encoding="utf-8"), Loader)  # noqa: S506 - safe, with one more tag
        for name in (MAIN, language)
    )
    kept = {key: value for key, value in (main | own).items() if key in _KEPT}
    theme = main["theme"] | own["theme"] | {"custom_dir": "theme"}
    extensions = main["markdown_extensions"] | {"toc": {"permalink": "#"}}
    return kept | {"theme": theme, "plugins": {"search": {}}, "markdown_extensions": extensions, "docs_dir": "docs"}


def build(zensical: str, language: str, pages: Path) -> list[str]:
    """Build one language; what is wrong with it."""
    project = pages.parent
    config, site = project / "mkdocs.yml", project / "site"
    config.write_text(yaml.safe_dump(configured(language), allow_unicode=True, sort_keys=False), encoding="utf-8")
    begun = time.perf_counter()
    command = (zensical, "build", "--strict", "--config-file", config.name)
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    wanted = {page.relative_to(pages).with_suffix("").as_posix() for page in pages.rglob("*.md")}
    built = {page.parent.relative_to(site).as_posix() for page in site.rglob("index.html")}
    missing = sorted(name for name in wanted if (name.removesuffix("index").rstrip("/") or ".") not in built)
    index = sum(path.stat().st_size for path in site.rglob("search*.json")) // 1024
    print(  # noqa: T201 - its output
        f"{language}: {len(wanted) - len(missing)} of {len(wanted)} pages in {time.perf_counter() - begun:.1f} s, "
        f"search index {index} KB, exit status {done.returncode}"
    )
    said = [text for text in (done.stdout + done.stderr).splitlines() if text.strip()] if done.returncode else []
    return [f"{language}: {fault}" for fault in (*said, *(f"no page of {name}.md" for name in missing))]


def main() -> None:
    """Build, and tell."""
    zensical, folder = str(Path(sys.argv[1]).absolute()), Path(sys.argv[2]).absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wrong = [fault for language, pages in assemble(folder).items() for fault in build(zensical, language, pages)]
    print("\n".join(wrong))  # noqa: T201 - its output
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
