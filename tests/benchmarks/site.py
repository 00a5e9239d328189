"""`make bench`: the whole site beside plain Material building the same pages, in both languages.

Ours reads the school, makes the pages, and builds them and the handbook with the twins and the dates; the peer gets all
these pages as files, the same Markdown extensions, navigation and search, and the theme as it comes. Both are one
process on one core that builds both languages, so processor time is what is compared: a busy machine changes it less
than time on the clock. Pairs run in turn, and the ratio is taken pair by pair. Before each whole build all that earlier
ones left is removed; a build after one changed record follows it.
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from licheng.sources.tree import WorkTree
from tests.benchmarks.check import BIN
from tests.benchmarks.figures import line
from tests.site.assembled import MAIN, assemble, configuration
from tests.trees import ROOT

PAIRS = 3
MOST, MOST_SECONDS, MOST_KILOBYTES = 1.2, 3, 60
_BUILD = """
import sys
from mkdocs.commands.build import build
from mkdocs.config import load_config
for path in sys.argv[1:]:
    build(load_config(path))
"""


def peer(pages: Path, language: str) -> Path:
    """A configuration of plain Material for pages that lie in a folder."""
    ours, folder = configuration(MAIN), pages.parent
    theme = {"name": "material", "language": language, "font": False, "features": ours["theme"]["features"]}
    config = {
        "site_name": ours["site_name"],
        "site_url": ours["site_url"],
        "docs_dir": str(pages),
        "site_dir": str(folder / "site"),
        "theme": theme,
        "plugins": {"search": ours["plugins"]["search"]},
        "markdown_extensions": ours["markdown_extensions"],
        "nav": (ours | configuration(language))["nav"],
        "not_in_nav": ours["not_in_nav"],
    }
    path = folder / "mkdocs.yml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def seconds(folder: Path, *command: str | Path) -> float:
    """Processor time of a process and its children, seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_page(site: Path) -> int:
    """Bytes of the search's data that the home page reads before anybody searches, gzipped."""
    return len(gzip.compress((site / "search/search_index.json").read_bytes()))


def forget() -> None:
    """Remove what builds and checks of this repository keep of pages: the next one is a whole build, and keeps it."""
    cache = WorkTree(ROOT).cache
    for name in ("site-*.sqlite", "handbook-*.sqlite", "published-*.sqlite"):
        for kept in cache.glob(name) if cache is not None else ():
            kept.unlink()


@contextmanager
def changed_record() -> Iterator[None]:
    """The record of an evaluation, which a page in each language shows, reads otherwise for a while."""
    record = min((ROOT / "content/evaluation").rglob("*.md"))
    text = record.read_text(encoding="utf-8")
    record.write_text(f"{text}\n又一句。\n", encoding="utf-8")
    try:
        yield
    finally:
        record.write_text(text, encoding="utf-8")


def main() -> int:
    """Print the lines; 1 where one is not as asked."""
    parser = argparse.ArgumentParser(description="The site beside plain Material.")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    asked = parser.parse_args()
    os.environ.update({"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1795392000"})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = [peer(pages, language) for language, pages in assemble(folder).items()]
        pairs, again = [], []
        ours_by = (BIN / "mkdocs", "build", "--strict", "--site-dir", folder / "own")
        for _ in range(asked.pairs):
            forget()
            own = seconds(ROOT, *ours_by)
            pairs.append((own, seconds(folder, BIN / "python", "-c", _BUILD, *peers)))
            with changed_record():
                again.append(seconds(ROOT, *ours_by))
        first = first_page(folder / "own") / 1024
    own, plain = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    known, limit = f"limit {MOST_KILOBYTES} KB", f"limit {MOST_SECONDS} s"
    met = (
        line("site of both languages, processor", f"{own:.1f} s", f"plain Material {plain:.1f} s", ratio, f"<= {MOST}"),
        line("search read with a page, gzipped", f"{first:.2f} KB", known, first / MOST_KILOBYTES, "<= 1"),
        line("site after one changed record", f"{min(again):.1f} s", limit, min(again) / MOST_SECONDS, "<= 1"),
    )
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
