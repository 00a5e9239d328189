"""The handbook's page on a school's first week, performed as it is written: every shell block, by whoever it names."""

from __future__ import annotations

from tests.e2e.founded import COHORTS, DEAN, EACH, PAGE, PEOPLE, REGISTRAR
from tests.e2e.handbook_page import Place, blocks


def test_the_first_week_as_the_page_says(founded: Place) -> None:
    """From nothing to 90 students, through the real gate, with an error nowhere and a site at the end."""
    school = founded.home(REGISTRAR) / "school"
    ninety = len(COHORTS) * EACH
    assert ninety == 90
    assert len([*school.glob("content/students/*/*/student.yaml")]) == ninety
    assert len([*school.glob("content/students/*/*/terms/115-1/courses.yaml")]) == ninety
    signers = (school / "content/trust/allowed_signers").read_text()
    assert {line.split()[0] for line in signers.splitlines()} == {DEAN, REGISTRAR, *PEOPLE}
    assert (school / "site/index.html").is_file()
    landed = founded.landed()
    assert landed
    assert (founded.root / "srv/site/index.html").is_file()
    assert not any(landed.values())


def test_the_page_says_who_does_what_and_when() -> None:
    """Every block has somebody and a day, and the days go forward."""
    performed = [*blocks(PAGE)]
    assert PAGE.read_text("utf-8").count("```sh\n") == len(performed) > 10
    assert {block.who for block in performed} >= {DEAN, REGISTRAR}
    days = [block.day for block in performed]
    assert days == sorted(days)
