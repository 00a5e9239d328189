"""`make audit`: the built site before the Nu HTML checker (Java) and Lighthouse (Node), with the figures printed.

The platform's pages, as a visitor, a student, a teacher and a unit see them, must have 100 for accessibility.

HTML must be valid but for two faults of the theme's own. Lighthouse, as a phone on a slow network and with gzip, must
give a page of each kind that people read at least 95 for performance and 100 for the other three; of an odd
number of runs the median counts, since performance is measured in time. Lighthouse measures the machine first; below
an index of about 1000 (a laptop at rest) its figure for performance says more of the machine than of the page.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from licheng.demo.school import INTAKE
from licheng.platform.serving import demo_server
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Settings
from tests.chromium import CHROMIUM
from tests.platform.browser.test_pages import served
from tests.site.build import build
from tests.trees import ROOT

PAGES = ("", "guides/student/", "calendar/", "status/", "regulation/", "rules/ATT001/", "schemas/course-output/")
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS = 3
# Of the platform, by who sees them.
PLATFORM = {
    "": ("/", "/login", "/login/code", "/login/demo"),
    "s1130001": ("/me", "/log", "/me/new", "/me/tickets", "/students/s1130001", "/me/edit/statement/item.md",
                 "/me/receipts", "/me/passkey", "/me/passkey/new", "/notices"),
    "t014": ("/queue", "/signed", "/passkey", "/passkey/new"),
    "t012": ("/class/12a", "/class/12a/sheets", "/students/s1130001/terms/114-2/outputs/work-songs",
             "/chain/s1130001/terms/114-2/outputs/work-songs", "/witness"),
    "t008": ("/records", "/records/position?class=12a", "/records/import"),
    "t002": ("/enrolments",),
    "t006": ("/operations", "/operations/accounts"),
    "t004": ("/answers?class=12a", "/records/receipt-notice"),
}  # fmt: skip
# The theme's: its two switches without script, and the label of a table of contents that it hides.
THEMES_OWN = (
    "Attribute “autocomplete” is only allowed when the input type is",
    "The value of the “for” attribute of the “label” element must be the ID of a non-hidden form control.",
)
CHROME = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
          "--disable-component-update", "--disable-sync", "--no-first-run")  # fmt: skip


def say(line: str) -> None:
    """Print."""
    print(line, flush=True)  # noqa: T201 - its output


class Compressed(SimpleHTTPRequestHandler):
    """Answers as a school's server would: text in gzip, kept for a day."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""

    def do_GET(self) -> None:
        """A file, compressed where that helps; a folder's index; else the site's 404."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        status = 200 if path.is_file() else 404
        path = path if path.is_file() else Path(self.directory) / "404.html"
        kind = self.guess_type(path)
        packed = kind.startswith("text/") or path.suffix in {".js", ".json", ".svg", ".xml"}
        body = gzip.compress(path.read_bytes(), mtime=0) if packed else path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if packed else kind)
        self.send_header("Cache-Control", "max-age=86400")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def invalid(site: Path, tools: Path) -> Counter[str]:
    """The faults of HTML that are not the theme's own, counted."""
    jar = tools / "node_modules/vnu-jar/build/dist/vnu.jar"
    command = [
        "java",
        "-Xss4m",
        "-jar",
        str(jar),
        "--skip-non-html",
        "--format",
        "json",
        "--exit-zero-always",
        str(site),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    messages = json.loads(done.stderr)["messages"]
    errors = [one["message"] for one in messages if one["type"] != "info"]
    say(f"HTML: {len(list(site.rglob('*.html')))} pages, {len(errors)} messages")
    return Counter(error for error in errors if not error.startswith(THEMES_OWN))


def scores(url: str, tools: Path, categories: Collection[str] = tuple(LEAST), *options: str) -> dict[str, int]:
    """Lighthouse's figures of one run."""
    command = [str(tools / "node_modules/.bin/lighthouse"), url, "--quiet", "--output=json", "--output-path=stdout",
               f"--only-categories={','.join(categories)}", f"--chrome-flags={' '.join(CHROME)}", *options]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": CHROMIUM or ""}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    report = json.loads(done.stdout)
    failed = [audit["title"] for audit in report["audits"].values()
              if audit.get("score") == 0 and audit["scoreDisplayMode"] == "binary"]  # fmt: skip
    say(f"  one run on a machine of index {report['environment']['benchmarkIndex']:.0f} {failed or ''}")
    return {name: round(100 * report["categories"][name]["score"]) for name in categories}


def lighthouse(address: str, tools: Path) -> bool:
    """Print the median figures of each page; whether all are high enough."""
    good = True
    for page in PAGES:
        runs = [scores(address + page, tools) for _ in range(RUNS)]
        medians = {name: round(statistics.median(run[name] for run in runs)) for name in LEAST}
        say(f"Lighthouse /{page}: " + ", ".join(f"{name} {value}" for name, value in medians.items()))
        good &= all(medians[name] >= least for name, least in LEAST.items())
    return good


def platform(tools: Path) -> bool:
    """Print the figure for accessibility of each page of the platform; whether all are as high as can be."""
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "state").mkdir(mode=0o700)
        remote = str(demo_server(ROOT, folder / "school.git"))
        settings = Settings(
            "http://localhost:8001", "http://sign.localhost:8002", remote, None, folder / "state", INTAKE, demo=True
        )
        sessions = Sessions(settings)
        with served(settings) as origin:
            for account, paths in PLATFORM.items():
                cookie = (
                    f"{sessions.cookie_name}={sessions.start(account, datetime.now(UTC), 'demo')}" if account else ""
                )
                headers = f"--extra-headers={json.dumps({'Cookie': cookie})}"
                for path in paths:
                    [figure] = scores(f"{origin}{path}", tools, ("accessibility",), headers).values()
                    say(f"Lighthouse {path} of {account or 'a visitor'}: accessibility {figure}")
                    good &= figure == LEAST["accessibility"]
    return good


def main(tools: Path) -> int:
    """Build, judge, print."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        build(ROOT, site)
        wrong = invalid(site, tools)
        for message, count in wrong.items():
            say(f"  {count} times: {message}")
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressed, directory=str(site))) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            good = lighthouse(f"http://127.0.0.1:{server.server_port}/", tools)
            server.shutdown()
    good &= platform(tools)
    return 0 if good and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
