"""`make pictures`: the pictures of the README and the handbook, of the real site and of what the real command says.

The terminal and the annotation are drawn as a page around the command's own output, then photographed like the site.
Screens of the platform are in `platform_pictures`.
What a terminal shows is of a school that is used nowhere else, whose students have ids that no school gives. The text
of each picture and the hash of its bytes are kept in `tests/site/pictures.json`, where the leak test reads them.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from licheng.app.demo import write_demo
from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.demo.media import pdf
from tests.browser.conftest import Quiet
from tests.browser.platform_pictures import photographs, waiting
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.command import licheng
from tests.site.build import build
from tests.site.leaks import SOURCES
from tests.trees import FIXTURES, ROOT, base, load

# A school of its own: no other test, no page and no demo has this seed.
STUDENTS, SEED = 24, 90417
MARK = "示意：虛構的學校 / illustration: an invented school"
CASE = FIXTURES / "QUO001/bad"
STYLE = """
body { margin: 0; padding: 24px; background: #eceae3; width: max-content; }
pre, .mono { font: 13px/1.6 "Noto Sans Mono", "Noto Sans Mono CJK TC", monospace; }
.window { border-radius: 10px; overflow: hidden; box-shadow: 0 6px 24px #0004; }
.bar { background: #2a322e; height: 32px; display: flex; gap: 8px; align-items: center; padding-left: 14px; }
.bar span { margin-left: auto; padding-right: 14px; color: #e6ebe8; font: 12px "Noto Sans CJK TC", sans-serif; }
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
        f'<span class="prompt">$</span> {html.escape(illustrative(command))}\n{_coloured(illustrative(said))}'
        for command, said in runs
    )
    size = "window narrow" if narrow else "window"
    mark = MARK.partition(" / ")[0]
    return (
        f'<div class="{size}"><div class="bar"><i></i><i></i><i></i><span>{mark}</span></div><pre>{shown}</pre></div>'
    )


def illustrative(text: str) -> str:
    """Students as nobody's: cohort 9xx comes in a thousand years."""
    return re.sub(r"\bs1(?=\d{6}\b)", "s9", text)


def _coloured(said: str) -> str:
    place, code = r'<span class="place">\1</span>', r'<span class="error">\2</span>'
    return re.sub(r"^(\S+:\d+:\d+:) (錯誤 \w+)", f"{place} {code}", html.escape(said.strip()), flags=re.MULTILINE)


def run(folder: Path, *arguments: str) -> tuple[str, str]:
    """A command as it is typed, and what it says."""
    return shlex.join(["licheng", *arguments]), licheng(folder, *arguments).stdout


def guided(school: Path) -> dict[str, str]:
    """The terminals of the guides, in a demo school that has its private keys; changes it."""
    item, teacher = waiting(school)
    reword(school / item)
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


def reword(item: Path) -> None:
    """Words and names of our own: the generator's are in the school that the site shows as well."""
    path = item / "item.md"
    text = re.sub(
        r"(?m)^summary: .*(\n[ -].*)*", "summary: 拍圖用的一份報告，內容是虛構的。", path.read_text(encoding="utf-8")
    )
    for file in sorted(item.iterdir()):
        if file.suffix != ".md":
            own = f"illustration{file.suffix}"
            file.rename(item / own)
            text = text.replace(file.name, own)
    path.write_text(text, encoding="utf-8")


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


def photograph(browser: Browser, url: str, target: Path, width: int, height: int, scale: float = 1) -> str:
    """The site's page as it first appears; the text of the whole page."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale, locale="zh-TW"
    )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=target)
    text = page.locator("body").inner_text()
    context.close()
    return text


def keep(texts: Mapping[Path, str]) -> None:
    """Write what each picture shows, with the hash by which text and picture belong together."""
    sources = {
        path.resolve().relative_to(ROOT).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "text": text,
        }
        for path, text in sorted(texts.items())
    }
    text = json.dumps(sources, ensure_ascii=False, indent=2, sort_keys=True)
    SOURCES.write_text(f"{text}\n", encoding="utf-8")


def draw(browser: Browser, body: str, target: Path, scale: float = 1) -> str:
    """A page of our own, cut to its size; the text that stands on it."""
    page = browser.new_page(viewport={"width": 1000, "height": 100}, device_scale_factor=scale)
    page.set_content(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}")
    page.locator("body").screenshot(path=target)
    text = page.locator("body").inner_text()
    page.close()
    return text


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
            texts = {
                target / "desktop.png": photograph(browser, address, target / "desktop.png", 1280, 800),
                target / "phone.png": photograph(browser, address, target / "phone.png", 360, 720, 1.5),
            }
            server.shutdown()
        shown = {"finding": terminal(run(school, "check")), "annotation": annotation(school)}
        for picture, body in shown.items():
            texts[target / f"{picture}.png"] = draw(browser, body, target / f"{picture}.png")
        write_demo(Path(name) / "demo", STUDENTS, SEED)
        (Path(name) / "platform").mkdir()
        mark = MARK.partition(" / ")[0]
        texts |= photographs(browser, Path(name) / "demo", Path(name) / "platform", handbook, mark, SEED)
        for picture, body in guided(Path(name) / "demo").items():
            texts[handbook / f"{picture}.png"] = draw(browser, body, handbook / f"{picture}.png", 1.5)
        browser.close()
    keep(texts)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
