"""`licheng chain`: the steps of one work, each by the digest of its files, and what is not there yet."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import date
from pathlib import Path

import pytest

from licheng.app.loading.load import load
from licheng.app.registry.release import AskedRelease, prepared, recorded, written
from licheng.core.errors import UsageError
from licheng.outputs.catalog import catalog
from licheng.outputs.chain import render
from licheng.policy.chain import ChainStep, ItemChain, ItemLink, LinkState, PastExport, chain, digest_of
from licheng.policy.exporting.outcomes import Exclusion
from licheng.sources.reading import record_of
from tests.certification.cases import releasing, selecting
from tests.certified import STUDENT, Certified, folder
from tests.command import licheng
from tests.trees import MemoryTree

TODAY = date(2026, 11, 23)
EXPORT = "content/exports/115/course-outputs-first.yaml"
WORKBOOK = "5d" * 32
_ROSTER = f"roster: course-outputs\nbatch: first\nlevels: [12]\nfile: {{name: a.xlsx, size: 10, sha256: {WORKBOOK}}}\n"
EXPORTED = f"kind: roster-export/v1\nexported_on: 2026-11-22\nby: t903\nrows: 1\nleft_out: []\nmanifest: {'da' * 32}\n"
RECORD = record_of(EXPORT, f"{EXPORTED}commit: {'c0' * 20}\n{_ROSTER}")
SUBMISSION = f"kind: agency-submission/v1\nsubmitted_on: 2026-11-23\nby: t903\nrows: 1\n{_ROSTER}"
SENT = {"content/submissions/115/course-outputs-1-first.yaml": SUBMISSION.encode()}


def followed(tree: MemoryTree, *exports: PastExport, received: dict[str, date] | None = None) -> ItemChain:
    loaded = load(tree, TODAY, handbook=False)
    student, item = loaded.item(folder())
    return chain(item, student, loaded.school, received, exports)


def steps(way: ItemChain) -> dict[ChainStep, list[ItemLink]]:
    return {step: [link for link in way.links if link.step is step] for step in ChainStep}


def released() -> MemoryTree:
    """A work that was certified and released."""
    tree = releasing(selecting(Certified.one_item())).tree()
    release = prepared(tree, TODAY, AskedRelease(STUDENT, "測試大學", "t903"), "c0" * 20)
    return tree.over(recorded(release, written(release, tree, None), tree).plan.creates)


def exported(tree: MemoryTree) -> PastExport:
    return PastExport(RECORD, followed(tree).files, is_candidate=True)


def test_each_step_has_the_digest_that_stock_tools_compute(tmp_path: Path) -> None:
    tree = released().over(SENT)
    way = followed(tree, exported(tree), received={"item.md": date(2026, 11, 18), "report.pdf": date(2026, 11, 19)})
    for name in ("item.md", "report.pdf"):
        (tmp_path / name).write_bytes(tree.files[f"{folder()}/{name}"])
    done = subprocess.run(["sh", "-c", "sha256sum * | sha256sum"], cwd=tmp_path, capture_output=True, check=True)
    digest = done.stdout.decode().split()[0]
    assert digest_of(way.files) == digest
    found = steps(way)
    days = {step: [link.on for link in links] for step, links in found.items()}
    assert days == {
        ChainStep.UPLOAD: [date(2026, 11, 19)],
        ChainStep.CERTIFICATION: [date(2026, 11, 20)],
        ChainStep.EXPORT: [date(2026, 11, 22)],
        ChainStep.SUBMISSION: [date(2026, 11, 23)],
        ChainStep.RECEIPT: [None],
        ChainStep.RELEASE: [TODAY],
        ChainStep.SEAL: [None],
    }
    there = [link for link in way.links if link.state is not LinkState.ABSENT]
    assert {(link.state, link.digest) for link in there} == {(LinkState.SAME, digest)}
    assert [link.step for link in way.links if link.state is LinkState.ABSENT] == [ChainStep.RECEIPT, ChainStep.SEAL]
    assert way.holds


ANSWERED = "content/receipts/115/course-outputs-first/0001.yaml"


def receipt(differences: str = "[]", version: int = 1) -> dict[str, bytes]:
    text = (
        f"kind: receipt/v1\nexport: course-outputs-first\nreceived_on: 2026-11-23\nby: t903\n"
        f"file: {{name: r.xlsx, size: 10, sha256: {'6e' * 32}}}\nrows: {{sent: 1, received: 1, same: 1}}\n"
        f"classes: [{{class: 12a, level: 12, students: [{STUDENT}]}}]\ndifferences: {differences}\n"
    )
    return {ANSWERED.replace("0001", f"{version:04}"): text.encode(), EXPORT: RECORD.text.encode()}


def test_a_receipt_shows_the_digest_of_what_was_sent_and_who_has_confirmed() -> None:
    tree = released().over(SENT).over(receipt())
    way = followed(tree, exported(tree))
    [link] = steps(way)[ChainStep.RECEIPT]
    assert (link.state, link.digest, link.path) == (LinkState.SAME, digest_of(way.files), ANSWERED)
    assert "收訖  2026-11-23  相同（尚未回覆）" in render(way, catalog("zh-TW"))


@pytest.mark.parametrize(
    ("difference", "state", "detail"),
    [
        ("item: {item}, fault: missing", LinkState.ABSENT, "missing"),
        ("item: {item}, row: 2, fault: file, columns: [課程學習成果文件檔案連結]", LinkState.OTHER, "file"),
        ("item: terms/115-1/outputs/another, row: 2, fault: field, columns: [成果簡述]", LinkState.SAME, "waiting"),
        ("row: 9, fault: extra", LinkState.SAME, "waiting"),
    ],
)
def test_what_the_agency_received_otherwise_is_told_of_the_work_that_it_is_of(
    difference: str, state: LinkState, detail: str
) -> None:
    item = folder().partition(f"{STUDENT}/")[2]
    said = "[{student: %s, sheet: 學期課程學習成果, %s}]" % (STUDENT, difference.format(item=item))  # noqa: UP031
    tree = released().over(SENT).over(receipt(said))
    way = followed(tree, exported(tree))
    [link] = steps(way)[ChainStep.RECEIPT]
    assert (link.state, link.detail) == (state, detail)
    assert way.holds is (state is not LinkState.OTHER)


def test_each_version_of_a_receipt_has_its_line_and_only_the_last_asks_for_an_answer() -> None:
    tree = released().over(SENT).over(receipt()).over(receipt(version=2))
    links = steps(followed(tree, exported(tree)))[ChainStep.RECEIPT]
    assert [(link.path[-9:], link.detail) for link in links] == [("0001.yaml", ""), ("0002.yaml", "waiting")]


def test_a_word_more_makes_every_earlier_step_another() -> None:
    tree = released().over(SENT).over(receipt())
    before = exported(tree)
    path = f"{folder()}/item.md"
    way = followed(tree.over({path: tree.files[path] + "又改了。\n".encode()}), before)
    others = {link.step: link.changed for link in way.links if link.state is LinkState.OTHER}
    assert others == dict.fromkeys(
        (ChainStep.CERTIFICATION, ChainStep.EXPORT, ChainStep.SUBMISSION, ChainStep.RECEIPT, ChainStep.RELEASE),
        ("item.md",),
    )
    assert not way.holds
    assert "不同：item.md（尚未回覆）" in render(way, catalog("zh-TW"))


AGAIN = {
    "content/exports/115/course-outputs-first-2.yaml": ("2026-11-22", "2026-11-23", "batch: first", "batch: first"),
    "content/exports/115/course-outputs-second.yaml": ("2026-11-22", "2026-11-23", "batch: first", "batch: second"),
    # Of one day they follow each other by name.
    "content/exports/115/course-outputs-first-3.yaml": ("2026-11-22", "2026-11-22", "batch: first", "batch: first"),
}


@pytest.mark.parametrize(("path", "is_right"), [*zip(AGAIN, (True, False, True), strict=True)])
def test_a_later_export_of_the_same_roster_puts_an_earlier_one_with_other_files_right(
    path: str, is_right: bool
) -> None:
    tree = released()
    before, item = exported(tree), f"{folder()}/item.md"
    changed = tree.over({item: tree.files[item] + "又改了。\n".encode()})
    on, later, batch, other = AGAIN[path]
    record = record_of(path, RECORD.text.replace(on, later).replace(batch, other))
    after = PastExport(record, followed(changed).files, is_candidate=True)
    links = steps(followed(changed, after, before))[ChainStep.EXPORT]
    states = [LinkState.CORRECTED if is_right else LinkState.OTHER, LinkState.SAME]
    assert [(link.path, link.state, link.changed) for link in links] == [
        (EXPORT, states[0], ("item.md",)), (path, states[1], ()),
    ]  # fmt: skip
    # The other way round it is the last that counts.
    back = steps(followed(tree, PastExport(record, followed(changed).files, is_candidate=True), before))
    assert [link.state for link in back[ChainStep.EXPORT]] == [LinkState.SAME, LinkState.OTHER]


def test_what_came_with_an_export_is_put_right_with_it_and_not_before() -> None:
    """The workbook that was handed in, what the agency received, and what a committee was given."""
    tree = released().over(SENT).over(receipt())
    before, item = exported(tree), f"{folder()}/item.md"
    release = next(path for path in tree.files if "/releases/" in path)
    changed = tree.over({item: tree.files[item] + "又改了。\n".encode()})
    path, workbook = "content/exports/115/course-outputs-first-2.yaml", "6e" * 32
    text = RECORD.text.replace("2026-11-22", "2026-11-23").replace(WORKBOOK, workbook)
    after = PastExport(record_of(path, text), followed(changed).files, is_candidate=True)
    steps_of = (ChainStep.SUBMISSION, ChainStep.RECEIPT, ChainStep.RELEASE)
    way = steps(followed(changed, before, after))
    assert [link.state for step in steps_of for link in way[step]] == [LinkState.OTHER] * 3
    sent = SUBMISSION.replace(WORKBOOK, workbook).encode()
    given = tree.files[release].replace(before.files[0].sha256.encode(), after.files[0].sha256.encode())
    given = given.replace(f"size: {before.files[0].size}".encode(), f"size: {after.files[0].size}".encode())
    [(again, answered)] = [each for each in receipt(version=2).items() if "0002" in each[0]]
    everything = changed.over(
        {
            path: text.encode(),
            "content/submissions/115/course-outputs-2-first.yaml": sent,
            again: answered.replace(b"course-outputs-first", b"course-outputs-first-2"),
            release.replace(".yaml", "-2.yaml"): given,
        }
    )
    followed_to_the_end = followed(everything, before, after)
    for step in steps_of:
        links = steps(followed_to_the_end)[step]
        assert [link.state for link in links] == [LinkState.CORRECTED, LinkState.SAME], step
    assert "後來更正了：item.md" in render(followed_to_the_end, catalog("zh-TW"))


def test_a_file_that_the_server_never_had_as_it_is_was_not_uploaded() -> None:
    [link] = steps(followed(released(), received={"item.md": TODAY}))[ChainStep.UPLOAD]
    assert (link.state, link.changed, link.on) == (LinkState.ABSENT, ("report.pdf",), None)


def test_the_release_of_another_work_is_none_of_this_one() -> None:
    tree = released()
    path = next(path for path in tree.files if "/releases/" in path)
    other = tree.over({path: tree.files[path].replace(b"outputs/pendulum", b"outputs/optics")})
    [link] = steps(followed(other))[ChainStep.RELEASE]
    assert link.state is LinkState.ABSENT


def test_another_workbook_is_no_submission_of_this_export() -> None:
    tree = released().over({path: data.replace(b"5d", b"6e") for path, data in SENT.items()})
    [link] = steps(followed(tree, exported(tree)))[ChainStep.SUBMISSION]
    assert link.state is LinkState.ABSENT


@pytest.mark.parametrize(
    ("past", "state", "detail"),
    [
        (PastExport(RECORD), LinkState.UNKNOWN, ""),
        (PastExport(RECORD, is_candidate=False), LinkState.ABSENT, ""),
        (PastExport(RECORD, is_candidate=True, exclusion=Exclusion.STALE), LinkState.LEFT_OUT, "stale"),
    ],
    ids=["no-commit", "not-selected", "left-out"],
)
def test_an_export_without_the_work_says_so(past: PastExport, state: LinkState, detail: str) -> None:
    [link] = steps(followed(released(), past))[ChainStep.EXPORT]
    assert (link.state, link.detail) == (state, detail)


@pytest.mark.parametrize(
    ("decision", "detail"), [("returned", "returned"), ("revoked", "revoked")]
)  # fmt: skip
def test_what_is_certified_no_more_says_what_it_is(decision: str, detail: str) -> None:
    made = Certified.one_item()
    made.decide(folder(), decision, issued_at="2026-11-22T04:00:00Z")
    [link] = steps(followed(made.tree()))[ChainStep.CERTIFICATION]
    assert (link.state, link.detail) == (LinkState.ABSENT, detail)


def test_the_words_of_every_step_and_state() -> None:
    for language in ("zh-TW", "en"):
        labels = catalog(language).data["labels"]
        assert labels["chain_step"].keys() == {*ChainStep}
        assert labels["link_state"].keys() == {*LinkState}
    text = render(followed(released()), catalog("zh-TW"))
    assert "認證  2026-11-20  相同（已認證）" in text
    assert "釋出  2026-11-23  相同（測試大學）" in text
    assert text.count("還沒有") == 4


def test_the_command_reads_the_commit_of_an_export_and_fails_where_a_step_is_of_other_files(tmp_path: Path) -> None:
    root = tmp_path / "school"

    def commit(files: dict[str, bytes]) -> str:
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        for command in (
            ["init", "-q"], ["add", "-A"],
            ["-c", "user.name=t903", "-c", "user.email=t903@licheng.invalid", "commit", "-q", "-m", "school"],
        ):  # fmt: skip
            subprocess.run(["git", *command], cwd=root, check=True)
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
        return head.stdout.strip()

    tree = selecting(Certified.one_item()).tree()
    path = f"content/students/113/{STUDENT}/selection/115"
    tree.files[f"{path}/first.yaml"] = tree.files.pop(f"{path}/regular.yaml")
    head = commit(tree.files)
    commit({EXPORT: f"{EXPORTED}commit: {head}\n{_ROSTER}".encode()})
    done = licheng(root, "chain", folder(), "--today", "2026-11-23")
    assert done.returncode == 0, done.stdout + done.stderr
    assert EXPORT in done.stdout
    assert done.stdout.count(hashlib.sha256(tree.files[f"{folder()}/item.md"]).hexdigest()) == 1
    item = f"{folder()}/item.md"
    commit({item: tree.files[item] + b"x\n"})
    changed = licheng(root, "chain", folder(), "--today", "2026-11-23")
    assert (changed.returncode, changed.stdout.count("不同：item.md")) == (1, 2)
    nothing = licheng(root, "chain", folder(slug="none"))
    assert (nothing.returncode, nothing.stderr[:6]) == (2, "APP011")


def test_what_is_no_work_has_no_chain() -> None:
    loaded = load(released(), TODAY, handbook=False)
    with pytest.raises(UsageError):
        loaded.owner(f"content/students/113/{STUDENT}")
