"""A value of any type in any field is a finding or is right: no command ends in the tool's own trouble (APP099).

Every field of every kind of record, nested ones and those that a record may leave out, gets odd values. Each is read
and told; what the schema lets pass is judged, counted and shown with everything else. The choice is the same on every
run, and a field is never left out by chance: the exhaustive pairing takes minutes, so values go round the fields.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licheng.app import status
from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.app.server.who_may import rights_of, who_may
from licheng.app.site.view import view
from licheng.core.languages import LANGUAGES
from licheng.core.layout import BY_NAME, KINDS, Form, home, student_folder
from licheng.core.report import LocatedFinding, Report
from licheng.outputs import gate as told
from licheng.outputs import github, text
from licheng.outputs import json as report_json
from licheng.outputs.catalog import catalog
from licheng.outputs.pages import Render, pages
from licheng.outputs.pages.render import renderer
from licheng.outputs.words import words
from licheng.policy import audit
from licheng.policy.reminders import reminders
from licheng.signing.demo_keys import DemoKey
from licheng.sources import reading, resources, schemas, yaml
from licheng.sources.markdown import yaml_span
from tests.gate.items import HOME
from tests.gate.scene import IT, NOW, REGISTRAR, SEED, Scene, make
from tests.properties import odd
from tests.properties.odd import Pointer
from tests.trees import ROOT

# The schools differ in a few files.
pytestmark = pytest.mark.usefixtures("schools_judged_once", "codes_shown_once")
TODAY = date(2026, 11, 23)
Change = tuple[str, Pointer, Any]
OF_THE_PROGRAM = frozenset({"rule.md", "schema.md", "command.md"})


def calmly(examples: int) -> settings:
    """The same examples on every run, however slow the machine."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=slow
    )  # fmt: skip


@cache
def changes() -> tuple[Change, ...]:
    """Every field with some of the values; together, all values stand in fields of every kind."""
    mixed = random.Random(11)
    return tuple(
        (kind, pointer, value) for kind, pointer in odd.places() for value in mixed.sample(odd.VALUES, 8)
    )  # fmt: skip


@cache
def drawn(*, signed: bool) -> st.SearchStrategy[Change]:
    """One of those of signed files, or of all: made once, as Hypothesis hashes all values of every new strategy."""
    return st.sampled_from([one for one in changes() if not signed or BY_NAME[one[0]].form is Form.SIGNED])


@cache
def right_ones() -> dict[str, list[Change]]:
    """Those that the schema lets pass, and all of signed files, by kind: rules and pages meet them."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in changes():
        kind = change[0]
        data = odd.mutated(*change)
        if BY_NAME[kind].form is Form.SIGNED or (data.get("kind") == f"{kind}/v1" and schemas.is_valid(kind, data)):
            found[kind].append(change)
    return found


def batches(most: int) -> Iterator[dict[str, bytes]]:
    """Files of schools in which every kind has one odd value that its schema lets pass."""
    pools = {kind: random.Random(5).sample(changes, len(changes)) for kind, changes in right_ones().items()}
    for number in range(most):
        chosen = [pool[number % len(pool)] for pool in pools.values()]
        yield dict(odd.with_odd(*change) for change in chosen)


@pytest.fixture(scope="module")
def render() -> Render:
    """The templates, compiled once; a page of the program is written once of the very same values (`tests.memo`)."""
    write = renderer(resources.folder("site_theme") / "pages")
    known: dict[tuple[object, ...], tuple[dict[str, Any], str]] = {}

    def once(name: str, values: Mapping[str, Any]) -> str:
        if name not in OF_THE_PROGRAM:
            return write(name, values)
        own = {key: value for key, value in values.items() if key != "view"}  # which a template may not ask for
        key = (name, *((key, id(value)) for key, value in own.items()))
        if key not in known:
            known[key] = own, write(name, own)  # what is kept has an identity that nothing else gets
        return known[key][1]

    return once


def test_every_kind_that_can_be_read_has_a_seed_and_its_fields() -> None:
    kinds = {kind.name for kind in KINDS}
    assert set(odd.seeds()) == kinds
    assert {kind for kind, _ in odd.places()} == kinds
    assert len(odd.places()) > 700
    assert len(odd.VALUES) > 90
    assert not [found for found in check(odd.tree({}), TODAY).findings if found.code.startswith("SCH")]


@calmly(600)
@given(st.data())
def test_an_odd_value_is_told_or_right(data: st.DataObject) -> None:
    """A record is read by itself, so that further entries of its lists would only be read again each time."""
    kind, pointer, value = data.draw(drawn(signed=False))
    path, written = odd.with_odd(kind, pointer, value, odd.short)
    where = home(path)
    assert where is not None
    if where.kind.form is Form.SIGNED:
        return
    record, faults = reading.read_record(path, where, written)
    assert record is not None or faults
    told = [LocatedFinding(yaml.locate(one.place, yaml_span), one.code, one.severity, one.values) for one in faults]
    report = Report.of(told, (), {}, checked=1, records=1)
    for language in LANGUAGES:
        for render in (text.render, github.render, report_json.render):
            assert len(render(report, catalog(language))) < 40_000
    assert all(one.location.line > 0 for one in told)


def test_what_the_schema_lets_pass_is_judged_by_every_rule() -> None:
    for files in batches(40):
        report = check(odd.tree(files), TODAY)
        assert report.checked == len({*odd.school(), *files})
        text.render(report, catalog("zh-TW"))


def test_what_the_schema_lets_pass_is_counted_reminded_of_and_shown(render: Render) -> None:
    for number, files in enumerate(batches(16)):
        tree = odd.tree(files)
        loaded = load(tree, TODAY)
        state = status.overview(tree, loaded.school)
        reminders(state.calendar, state.duties, loaded.school)
        for student in loaded.students():
            list(audit.decided(student, loaded.school))
            list(audit.around(student, loaded.school))
            list(audit.submitted(student, loaded.school))
        assert [who_may(loaded, path).path for path in odd.seeds().values()] == list(odd.seeds().values())
        rights_of(loaded, REGISTRAR)
        assert pages(view(tree, ROOT), render, words(LANGUAGES[number % 2]))


@pytest.mark.parametrize("kind", sorted({kind.name for kind in KINDS}))
def test_a_record_of_another_type_altogether_is_a_finding(kind: str) -> None:
    path = odd.seeds()[kind]
    values: tuple[Any, ...] = (None, True, 7, "text", [], [{}], {}, "", {"kind": []}, {"kind": None})
    for value in values:
        tree = odd.tree({path: odd.written(kind, value)})
        found = check(tree, TODAY, paths=[path]).findings
        assert path in {finding.location.path for finding in found}, value


# Without `school` there is no school at all.
OF_SCHOOL = [k.name for k in KINDS if not k.of_student and k.form is not Form.SIGNED and k.name != "school"]


@pytest.mark.parametrize("kind", OF_SCHOOL)
def test_the_site_is_shown_in_both_languages_whichever_record_is_broken(render: Render, kind: str) -> None:
    """Found: without a readable rulebook the English page of the working group had no words."""
    tree = odd.tree({odd.seeds()[kind]: b"[]\n"})
    shown = view(tree, ROOT)
    for language in LANGUAGES:
        assert pages(shown, render, words(language))["working-group.md"]


@pytest.mark.parametrize(
    "item", ["x", "0001-01-01", "terms", "terms/999-9/outputs/x", "years/abc/activities/x", "../.."]
)
def test_a_waiver_for_something_that_is_no_item_is_judged(item: str) -> None:
    """Found: WIN010 took the first two parts of any path for a term."""
    path, written = odd.with_odd("waiver", ("item",), item)
    assert path in {one.location.path for one in check(odd.tree({path: written}), TODAY).findings}


def _signed(kind: str, path: str, written: bytes) -> dict[str, bytes]:
    """A payload with a sound signature of somebody, so that what it says is looked at, too."""
    key = DemoKey.of(SEED, IT, 1)
    return {path: written, f"{path}.sig": key.sign(f"{kind}@licheng.invalid", written)}


@calmly(60)
@given(st.data())
def test_an_odd_value_in_a_signed_payload_is_a_finding(data: st.DataObject) -> None:
    kind, pointer, value = data.draw(drawn(signed=True))
    path, written = odd.with_odd(kind, pointer, value)
    files = _signed(kind, path, written)
    assert path in {finding.location.path for finding in check(odd.tree(files), TODAY).findings}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = make(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.close()


def test_the_gate_judges_odd_records(scene: Scene) -> None:
    """A sample of odd values, each kind in turn, as a commit: refused or accepted, and told."""
    for kind, found in sorted(right_ones().items()):
        path, written = odd.with_odd(*found[len(found) // 2])
        folder = student_folder(path)
        path = path.replace(folder, HOME) if folder is not None and path.startswith(folder) else path
        verdict = scene.judge(scene.commit({path: written}, IT), IT)
        assert verdict.changes <= 1, kind
        assert told.render(verdict, catalog("zh-TW"))
        assert told.render_summary(verdict, catalog("en"))


def test_the_gate_judges_at_the_hour_of_the_test() -> None:
    assert NOW.date() == TODAY
