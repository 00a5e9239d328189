"""A year and five more of a small school, by the commands that a registrar types, and the same digest at every step.

Two students of the demo school are in their last year: both batches, an agency that is other code and makes mistakes, a
problem that a student reports, its answer, the correction, the release, the application, and five years later the seal.
"""

from __future__ import annotations

import csv
import hashlib
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from licheng.exchange.identities import IdentityTable
from licheng.signing.demo_keys import DemoKey
from licheng.sources import yaml
from licheng.sources.emit import emit
from licheng.storage.plan import Plan
from tests.command import licheng
from tests.exchange.agency import Agency
from tests.exchange.test_export import PEOPLE
from tests.gate.scene import DEAN, REGISTRAR, SEED
from tests.people import Registry
from tests.trees import ROOT
from tests.trees import load as files_of

STUDENT, OTHER = "s1120001", "s1120002"
HOME = f"content/students/112/{STUDENT}"
BELOW = "terms/114-1/outputs/empty-shots"
ITEM = f"{HOME}/{BELOW}"
COMMITTEE = "大學甄選入學委員會"
SEAL = f"content/seals/112/{STUDENT}"
COURSES = "content/school/courses/114-1.yaml"
WRONG = ("subject: 影像閱讀".encode(), "subject: 影象閱讀".encode())
FIRST, SECOND, AGAIN = "course-outputs-first", "course-outputs-second", "course-outputs-first-2"
APPLIED = "  - on: 2026-04-16\n    event: application\n"
LEFT = "  - on: 2026-06-05\n    event: graduation\n"
# What later comes in by the steps of this test.
_LATER = ("exports", "submissions", "receipts", "receipt-notices", "seals")
_LATER_OF_STUDENTS = ("receipt-confirmations", "receipt-sheets", "receipt-answers", "releases")


class Link(NamedTuple):
    """A line of `licheng chain`."""

    step: str
    said: str
    digest: str


class Desk(NamedTuple):
    """The school, and the registrar's folder beside it."""

    top: Path
    registry: Registry

    @property
    def school(self) -> Path:
        return self.top / "school"

    def run(self, *command: str, day: str, code: int = 0) -> str:
        done = licheng(self.school, *command, *(("--today", day) if day else ()))
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.school, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("-c", f"user.name={REGISTRAR}", "-c", f"user.email={REGISTRAR}@licheng.invalid", "commit", "-qm", "A")

    def write(self, path: str, text: str) -> None:
        """A record that somebody hands in or notes."""
        Plan(creates={f"content/{path}": text.encode()}).apply(self.school)
        self.commit()

    def export(self, batch: str, day: str) -> Path:
        out = self.top / f"sent-{day}"
        where = ("--out", str(out), "--by", REGISTRAR, *self.registry.options)
        self.run("export", "course-outputs", "--year", "114", "--batch", batch, *where, day=day)
        self.commit()
        return out

    def submit(self, export: str, day: str, **more: str) -> None:
        """Handed in on the agency's own site, and noted."""
        known = yaml.parse((self.school / f"content/exports/114/{export}.yaml").read_text(encoding="utf-8"))
        same = {name: known[name] for name in ("batch", "file", "rows")}
        head = {"kind": "agency-submission/v1", "roster": "course-outputs", "levels": [12], "submitted_on": day}
        self.write(f"submissions/114/{export}.yaml", emit(head | same | {"by": REGISTRAR} | more))

    def receipt(self, agency: Agency, export: str, day: str, code: int = 0) -> str:
        """Taken in, compared with what is made again of the export's commit."""
        file = self.registry.folder / f"receipt-{day}.xlsx"
        file.write_bytes(agency.workbook())
        where = ("--export", f"114/{export}", "--by", REGISTRAR, *self.registry.options)
        shown = self.run("receipt", str(file), *where, day=day, code=code)
        self.commit()
        return shown

    def notice(self, receipt: str, day: str) -> None:
        head = f"kind: receipt-notice/v1\nreceipt: {receipt}\non: {day}\nby: {REGISTRAR}\n"
        tail = "to: {classes: [12a]}\nhow: paper\nproof: {kept: 註冊組檔案櫃}\n"
        self.write(f"receipt-notices/114/{receipt.replace('/', '-')}.yaml", head + tail)

    def answer(self, student: str, receipt: str, day: str, answer: str = "agrees\n") -> None:
        text = f"kind: receipt-confirmation/v1\nreceipt: {receipt}\non: {day}\nanswer: {answer}"
        self.write(f"students/112/{student}/receipt-confirmations/114/{receipt.replace('/', '-')}.yaml", text)

    def mend(self, outcome: str, day: str) -> None:
        about = f"kind: receipt-answer/v1\nconfirmation: {FIRST}-0001\non: {day}\nby: {REGISTRAR}\noutcome: "
        slug = outcome.partition("\n")[0]
        self.write(f"students/112/{STUDENT}/receipt-answers/114/{slug}.yaml", about + outcome)

    def chain(self, day: str, code: int = 0) -> list[Link]:
        """What each step says of the work, which is the same as ever."""
        lines = self.run("chain", ITEM, day=day, code=code).splitlines()
        links = []
        for line in lines[[*map(_is_sum, lines)].index(True) + 1 :]:
            step, *rest = line.split()
            digests = [word for word in rest if len(word) == 64]
            said = [word for word in rest if word not in digests and not word.startswith(("content/", "20"))]
            links.append(Link(step, " ".join(said), "".join(digests)))
        return links


def _is_sum(line: str) -> bool:
    return line.startswith("作品的雜湊值")


def founded(top: Path) -> Desk:
    """The demo school as if it had these two students only, before anything had gone out."""

    def is_here(path: str) -> bool:
        parts = path.split("/")
        if parts[1] in {"students", "certifications"}:
            return parts[3] in {STUDENT, OTHER} and parts[4] not in _LATER_OF_STUDENTS
        return parts[1] not in _LATER

    files = {path: data for path, data in files_of(ROOT).items() if is_here(path)}
    files[COURSES] = files[COURSES].replace(WRONG[0], WRONG[1])  # a mistake of the school's own, which goes out
    own = files[f"{HOME}/student.yaml"].decode()
    assert own.endswith(APPLIED + LEFT)
    files[f"{HOME}/student.yaml"] = own.removesuffix(APPLIED + LEFT).encode()
    desk = Desk(top, Registry.at(top / "registry"))
    Plan(creates=files).apply(desk.school)
    people = tuple(person for person in PEOPLE if person.student in {STUDENT, OTHER})
    desk.registry.table.write_bytes(IdentityTable(desk.registry.recipients, people).sealed())
    desk.git("init", "-q")
    desk.commit()
    return desk


def received(sent: Path) -> Agency:
    [workbook] = sent.glob("*.xlsx")
    return Agency.of(workbook, 1)


def rows_of(sent: Path) -> dict[str, list[int]]:
    """Rows of the workbook by student, as the self-check has them."""
    with (sent / "self-check.csv").open(encoding="utf-8", newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if line["row"]]
    return {who: [int(line["row"]) for line in lines if line["student"] == who] for who in (STUDENT, OTHER)}


def differences(desk: Desk, receipt: str) -> Counter[tuple[str, str, str]]:
    record = yaml.parse((desk.school / f"content/receipts/114/{receipt}.yaml").read_text(encoding="utf-8"))
    listed = record["differences"]
    return Counter((each["fault"], each.get("student", ""), "".join(each.get("columns", ()))) for each in listed)


def said(links: list[Link]) -> dict[str, list[str]]:
    return {step: [link.said for link in links if link.step == step] for step, *_ in links}


def own_files(root: Path) -> dict[str, bytes]:
    paths = (
        path for part in ("students", "certifications") for path in root.glob(f"content/{part}/112/{STUDENT}/**/*")
    )
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def test_a_year_and_five_more_with_the_same_digest_at_every_step(tmp_path: Path) -> None:
    desk = founded(tmp_path)
    sums = "".join(f"{hashlib.sha256((desk.school / ITEM / name).read_bytes()).hexdigest()}  {name}\n"
                   for name in ("item.md", "report.pdf"))  # fmt: skip
    digest = hashlib.sha256(sums.encode()).hexdigest()

    # The first batch goes out. The agency loses a work, and changes what the student wrote.
    sent = desk.export("1", "2026-03-10")
    assert {who: len(rows) for who, rows in rows_of(sent).items()} == {STUDENT: 1, OTHER: 1}
    agency, rows = received(sent), rows_of(sent)
    [mine] = [row for row in agency.rows if row[1] == rows[STUDENT][0]]
    mine[2]["成果簡述"] += "（節錄）"
    agency.rows = [mine]
    shown = desk.receipt(agency, FIRST, "2026-03-17", code=1)
    assert "送出 2 筆、收到 1 筆、完全相同 0 筆" in shown
    assert differences(desk, f"{FIRST}/0001") == Counter({("field", STUDENT, "成果簡述"): 1, ("missing", OTHER, ""): 1})

    desk.submit(FIRST, "2026-03-11")

    # Both are told; one reports it, and that the course has a wrong name; the school answers, and mends its part.
    desk.notice(f"{FIRST}/0001", "2026-03-17")
    wrong = f"problem\nproblems:\n  - {{item: {BELOW}, fault: wrong, about: 簡述被改過，科目名稱也寫錯}}\n"
    desk.answer(STUDENT, f"{FIRST}/0001", "2026-03-18", wrong)
    desk.mend("to-correct\n", "2026-03-18")
    assert said(desk.chain("2026-03-18", code=1))["收訖"] == ["不同（內容不同）"]
    courses = desk.school / COURSES
    courses.write_bytes(courses.read_bytes().replace(WRONG[1], WRONG[0]))
    desk.commit()
    again = desk.export("1", "2026-03-19")
    desk.submit(AGAIN, "2026-03-19", corrects=FIRST, reason="科目名稱寫錯")
    assert rows_of(again) == rows_of(sent)
    assert "完全相同 2 筆" in desk.receipt(received(again), AGAIN, "2026-03-20")
    assert differences(desk, f"{FIRST}/0002") == Counter()
    desk.mend(f"corrected\nexport: {AGAIN}\n", "2026-03-20")
    desk.notice(f"{FIRST}/0002", "2026-03-20")
    for student in (STUDENT, OTHER):
        desk.answer(student, f"{FIRST}/0002", "2026-03-21")

    # Released; the second batch, at once right; the application, and the end of school.
    desk.run(
        "release",
        STUDENT,
        "--to",
        COMMITTEE,
        "--by",
        REGISTRAR,
        "--out",
        str(tmp_path / "bag"),
        "--no-pdf",
        day="2026-04-21",
    )
    desk.commit()
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "manifest-sha256.txt"], cwd=tmp_path / "bag", check=True
    )
    last = desk.export("2", "2026-05-20")
    desk.submit(SECOND, "2026-05-21")
    desk.receipt(received(last), SECOND, "2026-05-31")
    desk.notice(f"{SECOND}/0001", "2026-06-01")
    for student in (STUDENT, OTHER):
        desk.answer(student, f"{SECOND}/0001", "2026-06-02")
    path = desk.school / HOME / "student.yaml"
    path.write_text(path.read_text(encoding="utf-8") + APPLIED + LEFT, encoding="utf-8")
    desk.commit()
    year = desk.chain("2026-06-30")
    assert {link.digest for link in year} == {digest, ""}
    assert said(year) == {
        "送出": ["相同"],
        "認證": ["相同（已認證）"],
        "匯出": ["相同", "相同"],
        "提交": ["相同"],
        "收訖": ["後來更正了（內容不同）", "相同（已確認）"],
        "釋出": [f"相同（{COMMITTEE}）"],
        "封存": ["還沒有（2031-04-17 起封存）"],
    }
    # Told in time, answered in time; what the check says is of the students and dates that are not here.
    assert "RCT" not in desk.run("check", day="2026-06-30", code=1)

    # Five years later: sealed, opened again, forgotten.
    before, day = own_files(desk.school), "2031-04-17"
    key, archive = desk.registry.keys[0], [part for each in desk.registry.recipients for part in ("--archive", each)]
    places = ("--identity", str(key), "--keys", str(tmp_path / "keys"))
    assert STUDENT not in desk.run("seal", "--due", day="2031-04-16")
    assert f"{STUDENT}　2026-04-16 申請" in desk.run("seal", "--due", day=day)
    desk.run("seal", STUDENT, "--by", REGISTRAR, *archive, *places, "--out", str(tmp_path / "sealed"), day=day)
    desk.commit()
    assert own_files(desk.school) == {}
    sealed = desk.chain(day)
    assert sealed[:-1] == year[:-1]
    assert sealed[-1] == Link("封存", "相同", digest)
    opening = ("unseal", str(tmp_path / f"sealed/{STUDENT}.tar.age.age"), "--student", STUDENT, "--by", REGISTRAR)
    desk.run(*opening, "--reason", "request", *places, "--out", str(tmp_path / "unsealed"), day=day)
    desk.commit()
    assert own_files(tmp_path / "unsealed/data") == before
    recount = subprocess.run(["sh", "-c", "sha256sum * | sha256sum"], cwd=tmp_path / "unsealed/data" / ITEM,
                             check=True, capture_output=True, text=True)  # fmt: skip
    assert recount.stdout.split()[0] == digest
    forgetting = ("forget", STUDENT, "--by", REGISTRAR, "--reason", "ended", "--keys", str(tmp_path / "keys"))
    waiting = desk.run(*forgetting, *desk.registry.options, day="2031-04-18", code=1)
    change = waiting.partition("licheng override ")[2].partition(" ")[0]
    second = DemoKey.of(SEED, DEAN).write(tmp_path / "keys")
    words = ("--slug", "forget", "--reason", "核對過了", "--key", str(second), "--now", "2031-04-18T04:00:00Z")
    desk.run("override", change, *words, day="")
    desk.commit()
    desk.run(*forgetting, *desk.registry.options, day="2031-04-18")
    assert len(desk.registry.people()) == 1
    desk.run(*opening, "--reason", "drill", *places, "--out", str(tmp_path / "again"), day="2031-04-19", code=2)
    assert desk.chain("2031-04-19") == sealed
