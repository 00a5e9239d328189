"""Two schools in a scratch folder, each with a registrar's folder beside it: the demo, and one student known by heart.

The second is the student of `tests.exchange.rosters`, whose every cell is written there by hand, with real files, real
certifications, and texts that spreadsheets like to make something else of.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from licheng.core.person import FURTHER
from licheng.demo.media import mp4, pdf
from tests.certified import Certified, digest
from tests.command import LICHENG
from tests.exchange import rosters
from tests.interop.reading import Texts
from tests.people import as_csv, id_number
from tests.trees import ROOT, load

GOLDEN_DAY, DEMO_DAY = "2026-07-28", "2026-11-23"
GOLDEN = ("course-outputs", "activities", "positions", "marks", "retakes", "students")
# A term has room for three outputs: the six ways of taking a course go in two schools.
COURSES = (("physics", "repeated", "moved"), ("make", "again", "away"))
_SHEETS = dict(
    zip(("physics", "make", "again", "repeated", "moved", "away"), rosters.EXPECTED["course-outputs"], strict=True)
)
PER_YEAR = ("course-outputs", "continuing-course-outputs", "activities")
# What stands in the student's records, and what stands there here.
HARD = {
    rosters.SUMMARY: '第一行\n=1+1\n  第三行 <b>&amp;</b>，"引號"、𠮷𡘙𪚥龘 👩🏽‍🔬🏳️‍🌈',
    "全國科展": '=HYPERLINK("https://x.example")',
    "第二名": "+886",
    "偏鄉課輔": "-1",
    "課輔社": "@SUM(1)",
    "微積分先修": "1e5",
    "社團成果展": "TRUE",
    "小誌": "𠮷𡘙𪚥龘",
    "思辨營": "👩🏽‍🔬🏳️‍🌈",
    "心理學導論": "0123",
    "示範大學": "1.10",
    "推廣社團": "2026/01/05",
    "認真": "#N/A",
}
_MEDIA = {"report.pdf": pdf("report"), "second.pdf": pdf("second"), "film.mp4": mp4("film")}
_LINKS = dict(
    zip(
        rosters.FILES,
        (f"files/{digest(_MEDIA[name])[:32]}.{name[-3:]}" for name in ("report.pdf", "film.mp4")),
        strict=True,
    )
)
_HEADING = (
    *("學生代號", "學號", "姓名", "身分證號", "出生日期", "班級", "座號", "入學學年度", "性別代碼", "特殊身分別"),
    *("原住民族別", "原住民身分別", "族語認證報考方言", "報考年度", "族語認證有效日期", "入學方式"),
)


class Answer(NamedTuple):
    """What a command ended with, and what it printed."""

    code: int
    printed: str


class Desk(NamedTuple):
    """A school as a repository, a registrar's folder beside it, and a folder for what leaves the school.

    Attributes:
        folder: of all of them.
        day: the school's.
        by: the registrar.
        identities: rows of the list that the identity table was made of, by pseudonym.
    """

    folder: Path
    day: str
    by: str
    identities: Mapping[str, Sequence[str]]

    @property
    def school(self) -> Path:
        """The repository."""
        return self.folder / "school"

    @property
    def registrar(self) -> Path:
        """Where alone identities may be."""
        return self.folder / "registrar"

    @property
    def keys(self) -> tuple[Path, Path]:
        """Two private keys, each of a stock tool: `age-keygen` and `ssh-keygen`."""
        return self.registrar / "registrar.key", self.registrar / "dean"

    @property
    def recipients(self) -> Path:
        """Their public halves."""
        return self.registrar / "recipients.txt"

    @property
    def table(self) -> tuple[str, ...]:
        """The identity table and its key, as a command takes them."""
        return ("--identities", str(self.registrar / "identities.age"), "--identity", str(self.keys[0]))

    def licheng(self, *arguments: str) -> Answer:
        """Run the command as a process; what it printed stays in the folder's `logs`."""
        logs, temporary = self.folder / "logs", self.folder / "tmp"
        for place in (logs, temporary):
            place.mkdir(exist_ok=True)
        own = {"HOME": str(temporary), "XDG_CACHE_HOME": str(temporary / "cache"), "TMPDIR": str(temporary)}
        done = subprocess.run(
            [str(LICHENG), *arguments],
            cwd=self.school,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | own,
        )
        printed = done.stdout + done.stderr
        (logs / f"{len([*logs.iterdir()]):03}.txt").write_text(printed, encoding="utf-8")
        return Answer(done.returncode, printed)

    def must(self, *arguments: str) -> str:
        """The same of a command that has to succeed."""
        code, printed = self.licheng(*arguments)
        if code:
            raise SystemExit(f"licheng {arguments[0]} {arguments[1]}: {code}\n{printed}")
        return printed

    def commit(self, message: str) -> None:
        """All that lies in the school."""
        who = ("-c", f"user.name={self.by}", "-c", f"user.email={self.by}@licheng.invalid")
        for command in (("add", "-A"), (*who, "commit", "-q", "--allow-empty", "-m", message)):
            subprocess.run(["git", *command], cwd=self.school, check=True)


def founded(folder: Path, files: Mapping[str, bytes], day: str, by: str, people: Sequence[Sequence[str]]) -> Desk:
    """A school of these files, and a table of these people made by the commands that a registrar types."""
    desk = Desk(folder, day, by, {person[0]: person for person in people})
    for path, data in files.items():
        (desk.school / path).parent.mkdir(parents=True, exist_ok=True)
        (desk.school / path).write_bytes(data)
    subprocess.run(["git", "init", "-q"], cwd=desk.school, check=True)
    desk.commit("The school")
    desk.registrar.mkdir(mode=0o700)
    ssh_key = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "dean", "-f", str(desk.keys[1]))
    for command in (("age-keygen", "-o", str(desk.keys[0])), ssh_key):
        subprocess.run(command, check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", str(desk.keys[0])], check=True, capture_output=True, text=True).stdout
    desk.recipients.write_text(public + (desk.keys[1].with_suffix(".pub")).read_text(), encoding="utf-8")
    listed = desk.registrar / "students.csv"
    listed.write_text(as_csv(map(tuple, people), _HEADING), encoding="utf-8")
    desk.must("identities", "new", *desk.table[:2], "--recipients", str(desk.recipients))
    desk.must("identities", "import", str(listed), *desk.table, "--today", day)
    return desk


def demo(folder: Path) -> Desk:
    """The demo school, each of its students with an identity that is found nowhere by chance."""
    files = load(ROOT)
    students = sorted({path.split("/")[3] for path in files if path.endswith("/student.yaml")})
    people = [
        (student, f"PLANTED-{serial:05}", f"龘龘{chr(0x4E00 + serial)}", id_number(serial), "2008-01-02", "12a",
         str(serial), student[1:4], *[""] * 8)
        for serial, student in enumerate(students, start=1)
    ]  # fmt: skip
    return founded(folder, files, DEMO_DAY, "t004", people)


def golden(folder: Path, courses: Sequence[str]) -> Desk:
    """The school of the student whose cells are known, with an output of each of these courses."""
    made = Certified.school()
    written = rosters.tree().files
    made.files |= {
        path: _hard(data)
        for path, data in written.items()
        if path.startswith(f"{rosters.FOLDER}/") and ("/outputs/" not in path or path.split("/")[-2] in courses)
    }
    made.files |= {path: data for path, data in written.items() if path.startswith("content/school/")}
    selection = f"{rosters.FOLDER}/selection/114/regular.yaml"
    outputs = "outputs: [" + ", ".join(f"114-2/{course}" for course in courses) + "]"
    made.files[selection] = re.sub(r"outputs: \[.*?\]", outputs, made.files[selection].decode()).encode()
    items = sorted(path.rpartition("/")[0] for path in made.files if path.endswith("/item.md"))
    for item in items:
        made.files |= {f"{item}/{name}": data for name, data in _MEDIA.items()}
    for item in items:
        if "/outputs/" in item:
            course = item.rpartition("/")[2]
            made.decide(item, term="114-2", course=course, issued_at="2026-07-20T04:00:00Z")
    person = rosters.PERSON
    row = [person.student, *person[1:7], "113", *(getattr(person, name) for name in FURTHER)]
    return founded(folder, {**made.tree().files}, GOLDEN_DAY, "t903", [row])


def _hard(data: bytes) -> bytes:
    """A record of the student with the hard texts in the place of the easy ones, and its real files."""
    text = data.decode()
    for easy, hard in HARD.items():
        text = text.replace(easy, json.dumps(hard, ensure_ascii=False))
    for name, was in (("report.pdf", "5d"), ("second.pdf", "7f"), ("film.mp4", "6e")):
        real = _MEDIA[name]
        text = text.replace(f"size: 5, sha256: {was * 32}", f"size: {len(real)}, sha256: {digest(real)}")
    return text.encode()


def golden_rows(roster: str, sheets: Iterable[str], courses: Sequence[str]) -> Texts:
    """What has to stand in these sheets of a roster, heading first; of outputs those of these courses."""
    here = {_SHEETS[course] for course in courses}
    expected = {}
    for sheet in sheets:
        rows = rosters.expected(roster, sheet)
        cells = [[_expected(heading, text) for heading, text in row] for row in rows]
        expected[sheet] = [[heading for heading, _ in rows[0]], *cells]
        if roster == "course-outputs" and sheet not in here:
            del expected[sheet][1:]
    return expected


def _expected(heading: str, text: str) -> str:
    """A list's 座號 loses its zeros when it is read in (`licheng.core.person.Person.seat`)."""
    return text.lstrip("0") if heading == "座號" else _LINKS.get(text, HARD.get(text, text))
