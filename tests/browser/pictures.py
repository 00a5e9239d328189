"""`make pictures`: the pictures of the README and the handbook, of the real site and of what the real command says.

The terminal and the annotation are drawn as a page around the command's own output, then photographed like the site.
"""

from __future__ import annotations

import html
import json
import re
import shlex
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from licheng.app.demo import write_demo
from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.demo.media import pdf
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Quiet
from tests.command import licheng
from tests.site.build import build
from tests.trees import FIXTURES, ROOT, base, load

CASE = FIXTURES / "QUO001/bad"
STYLE = """
body { margin: 0; padding: 24px; background: #eceae3; width: max-content; }
pre, .mono { font: 13px/1.6 "Noto Sans Mono", "Noto Sans Mono CJK TC", monospace; }
.window { border-radius: 10px; overflow: hidden; box-shadow: 0 6px 24px #0004; }
.bar { background: #2a322e; height: 32px; display: flex; gap: 8px; align-items: center; padding-left: 14px; }
.bar i { width: 12px; height: 12px; border-radius: 50%; background: #5d6963; }
pre { margin: 0; padding: 18px 22px; background: #151a18; color: #e6ebe8; font-size: 15px; line-height: 1.75; }
.narrow pre { width: 400px; white-space: pre-wrap; overflow-wrap: anywhere; }
.prompt { color: #8fd3bf; }
.error { color: #ff9c92; font-weight: 700; }
.place { color: #b4bdb8; }
.pull { border: 1px solid #d0d7de; border-radius: 8px; background: #fff; width: 860px; overflow: hidden; }
.pull { font: 14px/1.6 -apple-system, "Segoe UI", "Noto Sans CJK TC", sans-serif; }
.pull header { background: #f6f8fa; padding: 10px 16px; border-bottom: 1px solid #d0d7de; }
.line { display: flex; background: #e6ffec; white-space: pre; }
.line b { width: 52px; text-align: right; padding-right: 14px; margin-right: 12px; }
.line b { color: #57606a; font-weight: 400; background: #ccffd8; }
.note { margin: 10px 16px 10px 64px; padding: 10px 14px; }
.note { border: 1px solid #d0d7de; border-left: 4px solid #cf222e; border-radius: 6px; }
.note strong { display: block; }
.note small { color: #57606a; }
"""


def terminal(*runs: tuple[str, str], narrow: bool = False) -> str:
    """Commands and what they said, as a terminal shows them; a narrow one is read on a phone."""
    shown = "\n".join(
        f'<span class="prompt">$</span> {html.escape(command)}\n{_coloured(said)}' for command, said in runs
    )
    size = "window narrow" if narrow else "window"
    return f'<div class="{size}"><div class="bar"><i></i><i></i><i></i></div><pre>{shown}</pre></div>'


def _coloured(said: str) -> str:
    place, code = r'<span class="place">\1</span>', r'<span class="error">\2</span>'
    return re.sub(r"^(\S+:\d+:\d+:) (錯誤 \w+)", f"{place} {code}", html.escape(said.strip()), flags=re.MULTILINE)


def run(folder: Path, *arguments: str) -> tuple[str, str]:
    """A command as it is typed, and what it says."""
    return shlex.join(["licheng", *arguments]), licheng(folder, *arguments).stdout


def guided(school: Path) -> dict[str, str]:
    """The terminals of the guides, in a demo school that has its private keys; changes it."""
    item, teacher = waiting(school)
    key = "~/.ssh/id_ed25519"
    (school / "report.pdf").write_bytes(pdf("A report"))
    draft = ["--student", "s1140002", "--term", "115-1", "--slug", "my-report", "--set", "course=history-3"]
    new = run(school, "new", "course-output", *draft)
    attached = run(school, "attach", new[1].split()[1].rpartition("/")[0], "report.pdf")
    queue = run(school, "queue", "--teacher", teacher)
    signed = run(school, "certify", item, "--key", f".licheng/keys/{teacher}")
    return {
        "queue": terminal(queue, narrow=True),
        "attach": terminal(new, attached, narrow=True),
        "certify": terminal((signed[0].replace(f".licheng/keys/{teacher}", key), signed[1]), narrow=True),
        "class": terminal(run(school, "status", "--class", "11a")),
        "status": terminal(run(school, "status", "--unit", "registry")),
        "unit": terminal(run(school, "status", "--unit", "curriculum")),
        "remind": terminal(run(school, "remind"), narrow=True),
        "verify": terminal(stock(school), narrow=True),
    }


def stock(school: Path) -> tuple[str, str]:
    """The command of OpenSSH on a certification that was handed over, and what it says."""
    payload = max((school / "content/certifications").rglob("*-certified.json"), key=lambda path: path.stat().st_mtime)
    said = json.loads(payload.read_text(encoding="utf-8"))["predicate"]
    staff, when = said["certifier"]["id"], re.sub(r"[-:T]", "", said["issued_at"])
    allowed, namespace = school / "content/trust/allowed_signers", CERTIFICATION_NAMESPACE
    shown = f"ssh-keygen -Y verify -f allowed_signers -I {staff} -n {namespace} -Overify-time={when}"
    command = [*shlex.split(shown.replace("allowed_signers", str(allowed))), "-s", f"{payload}.sig"]
    done = subprocess.run(command, input=payload.read_bytes(), capture_output=True, check=True)
    return f"{shown} -s {payload.name}.sig < {payload.name}", done.stdout.decode()


def waiting(school: Path) -> tuple[str, str]:
    """An item of this term that waits for a teacher, and the first of its teachers."""
    found = (line.split("  ") for line in licheng(school, "queue").stdout.splitlines())
    return next((one[0], one[3].split(", ")[0]) for one in found if "/terms/115-1/" in one[0] and one[4] == "已送出")


def annotation(folder: Path) -> str:
    """The first annotation of a check beside its line, as a pull request shows it."""
    said = licheng(folder, "check", "--format", "github").stdout.splitlines()
    head, _, message = next(line for line in said if "::" in line).removeprefix("::").partition("::")
    values = dict(part.split("=", 1) for part in head.partition(" ")[2].split(",") if "=" in part)
    at = int(values["line"])
    lines = (folder / values["file"]).read_text(encoding="utf-8").splitlines()[: at + 3]
    shown = [f'<div class="line mono"><b>{number}</b>{html.escape(text)}</div>' for number, text in enumerate(lines, 1)]
    words = "<br>".join(html.escape(part) for part in message.replace("%25", "%").split("%0A"))
    title = html.escape(values.get("title", ""))
    note = f'<div class="note"><small>licheng</small><strong>{title}</strong>{words}</div>'
    file = f'<header class="mono">{html.escape(values["file"])}</header>'
    return f'<div class="pull">{file}{"".join(shown[:at])}{note}{"".join(shown[at:])}</div>'


def faulty_school(folder: Path) -> Path:
    """The test school with one fault, on disk."""
    for path, data in base().over(load(sorted(CASE.iterdir())[0])).files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def photograph(browser: Browser, url: str, target: Path, width: int, height: int, scale: float = 1) -> None:
    """The site's page as it first appears."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale, locale="zh-TW"
    )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=target)
    context.close()


def draw(browser: Browser, body: str, target: Path, scale: float = 1) -> None:
    """A page of our own, cut to its size."""
    page = browser.new_page(viewport={"width": 1000, "height": 100}, device_scale_factor=scale)
    page.set_content(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}")
    page.locator("body").screenshot(path=target)
    page.close()


def main(target: Path, handbook: Path) -> None:
    """Make all of them: those of the README, then those of the handbook."""
    for folder in (target, handbook):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        school, site = faulty_school(Path(name) / "school"), Path(name) / "site"
        build(ROOT, site)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}/"
            photograph(browser, address, target / "desktop.png", 1280, 800)
            photograph(browser, address, target / "phone.png", 360, 720, 1.5)
            server.shutdown()
        draw(browser, terminal(run(school, "check")), target / "finding.png")
        draw(browser, annotation(school), target / "annotation.png")
        write_demo(Path(name) / "demo", 24, 1)
        for picture, body in guided(Path(name) / "demo").items():
            draw(browser, body, handbook / f"{picture}.png", 1.5)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
