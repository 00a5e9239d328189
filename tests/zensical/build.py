"""`make zensical`: the site of both languages by Zensical, from the same pages.

Zensical reads `mkdocs.yml` and runs none of its plugins, and says nothing about it: see `tests.site.assembled`. It ends
with 1 where a page is missing or Zensical says that something is wrong.

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

from tests.site.assembled import MAIN, THEME, assemble, configuration

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


def configured(language: str) -> dict[str, Any]:
    """Our configuration without what Zensical does not run: our plugin, and the parts of the theme that need it."""
    main, own = configuration(MAIN), configuration(language)
    kept = {key: value for key, value in (main | own).items() if key in _KEPT}
    theme = main["theme"] | own["theme"] | {"custom_dir": "theme"}
    extensions = main["markdown_extensions"] | {"toc": {"permalink": "#"}}
    return kept | {"theme": theme, "plugins": {"search": {}}, "markdown_extensions": extensions, "docs_dir": "docs"}


def build(zensical: str, language: str, pages: Path) -> list[str]:
    """Build one language; what is wrong with it."""
    project = pages.parent
    shutil.copytree(THEME / "assets", pages / "assets")
    (project / "theme/partials").mkdir(parents=True)
    shutil.copy(THEME / "partials/language.html", project / "theme/partials")
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
