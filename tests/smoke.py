"""What staff run on their own computers, run once on a small invented school: `python -m tests.smoke`.

For systems on which the whole suite does not run (macOS, Windows): the installed `licheng`, git and ssh-keygen, and
nothing of the tests' own tools. It writes a school to a temporary folder, checks it, starts a record, attaches a file,
certifies a waiting item, verifies it, and checks again. Ends with the first command that does not answer as it must.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from licheng.demo.media import pdf

_START = [sys.executable, "-X", "utf8", "-c", "from licheng.cli.main import run; run()"]
TERM = "115-1"  # the current term of the demo school
STUDENT = "s1130001"


def licheng(school: Path, *arguments: str) -> str:
    """What the command prints; its own words are the failure."""
    done = subprocess.run([*_START, *arguments], cwd=school, capture_output=True, encoding="utf-8", check=False)
    sys.stdout.write(f"{done.returncode}  licheng {' '.join(arguments)}\n")
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def draft_with_attachment(school: Path) -> None:
    """A new course output of a student, with a cleaned PDF in it."""
    terms = school / "content/students/113" / STUDENT / "terms" / TERM
    listed = (terms / "courses.yaml").read_text(encoding="utf-8")
    course = re.split(r"[,\n}]", listed.partition("course: ")[2])[0].strip()
    licheng(school, "new", "course-output", "--student", STUDENT, "--slug", "smoke", "--set", f"course={course}")
    draft = terms / "outputs/smoke/item.md"
    report = school / ".licheng/report.pdf"
    report.write_bytes(pdf("smoke"))
    licheng(school, "attach", str(draft), str(report))
    if (draft.parent / "report.pdf").read_bytes() != report.read_bytes():
        raise SystemExit("what needs no cleaning was not copied byte for byte")


def certify_one(school: Path) -> None:
    """Certify the first item that waits in the current term, with the key of its first teacher."""
    waits = (line.split("  ") for line in licheng(school, "queue", "--lang", "en").splitlines())
    item, staff = next(
        (fields[0], fields[3]) for fields in waits if f"/{TERM}/" in fields[0] and fields[4:5] == ["submitted"]
    )
    licheng(school, "certify", item, "--key", str(school / ".licheng/keys" / staff.split(", ")[0]))
    state = licheng(school, "verify", item, "--lang", "en").splitlines()[0].rpartition(": ")[2]
    if state != "certified":
        raise SystemExit(f"{item} is {state} after it was certified")


def wrong(school: Path) -> list[str]:
    """The codes of the errors that a check finds."""
    report = json.loads(licheng(school, "check", "--format", "json"))
    return [finding["code"] for finding in report["findings"] if finding["severity"] == "error"]


def main() -> None:
    """Every step, in the order in which people come to them."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        school = Path(folder) / "school"
        licheng(Path(folder), "demo", str(school), "--students", "12")
        licheng(school, "--help")
        draft_with_attachment(school)
        certify_one(school)
        if wrong(school):
            raise SystemExit(f"the school is not clean any more: {wrong(school)}")


if __name__ == "__main__":
    main()
