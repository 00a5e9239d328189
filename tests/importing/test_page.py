"""The handbook's page on imports: every shell block of it is performed, from a school that was just founded."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

from tests.e2e.handbook_page import Place, blocks
from tests.importing import workbooks
from tests.trees import ROOT

PAGE = ROOT / "content/handbook/operations/importing.md"
DEAN, REGISTRAR = "t001", "t002"
MOST_COMMANDS = 12
_FOUND = """
licheng init school --name 試辦高級中學 --name-en "Trial High School" --code 140399 \
  --coordinators dean.pub ~/.ssh/id_ed25519.pub --engine dist/*.whl --key dean --key ~/.ssh/id_ed25519
cd school
git config user.name t002
git config user.email t002@licheng.invalid
git add -A
git commit -q -m "建立學校"
cd ..
for who in registrar dean; do
  age-keygen -o registry/$who.key 2> /dev/null
  age-keygen -y registry/$who.key >> registry/recipients.txt
done
"""


def test_from_an_empty_school_to_a_clean_check(tmp_path: Path, wheel: Path) -> None:
    place, performed = Place(tmp_path), [*blocks(PAGE)]
    home = place.home(REGISTRAR)
    for suffix in ("", ".pub"):
        copy = home / f"dean{suffix}"
        copy.write_bytes((place.home(DEAN) / f".ssh/id_ed25519{suffix}").read_bytes())
        copy.chmod(0o600)
    for folder in ("dist", "registry"):
        (home / folder).mkdir()
    (home / "dist" / wheel.name).write_bytes(wheel.read_bytes())
    rows = workbooks.students(30)
    workbooks.save(home / "registry/students.xlsx", [workbooks.ENROLMENT, *rows])
    workbooks.save(home / "registry/courses.xlsx", [workbooks.OFFERINGS, *workbooks.courses(DEAN)])
    workbooks.save(home / "registry/marks.xlsx", [workbooks.MARKS, *workbooks.marks(rows)])
    place.run(replace(performed[0], text=_FOUND, shown=()))
    with place.forking():
        for block in performed:
            assert block.who == REGISTRAR
            place.run(block)
    school = home / "school"
    for name in ("student.yaml", "terms/115-1/courses.yaml", "terms/115-1/marks.yaml"):
        assert len([*school.glob(f"content/students/*/*/{name}")]) == 90
    log = ["git", "-C", str(school), "log", "--format=%s", "--reverse"]
    subjects = subprocess.run(log, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [subject.partition(":")[0] for subject in subjects] == [
        "建立學校",
        *(f"Import {kind}" for kind in ("courses", "students", "course-records", "marks")),
    ]
    commands = [line for block in performed for line in block.text.splitlines() if line.startswith("licheng ")]
    assert len(commands) <= MOST_COMMANDS
    assert PAGE.read_text("utf-8").count("```sh\n") == len(performed)


def test_the_mapping_that_the_page_shows_is_one(tmp_path: Path) -> None:
    from licheng.app.registry.workbooks import read_mapping
    from licheng.policy.importing.registry import IMPORTS

    [shown] = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.S | re.M)
    (tmp_path / "marks.yaml").write_text(shown)
    said = read_mapping(tmp_path / "marks.yaml", IMPORTS["marks"])
    assert said.heading == (3, 4)
    assert said.words["passed"] == {"通過": True, "未過": False}
