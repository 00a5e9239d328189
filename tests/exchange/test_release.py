"""`licheng release`: what may go to a committee, the package that goes, and what stock tools say of it."""

from __future__ import annotations

import builtins
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pypdf import PdfReader

from licheng.app.check import check
from licheng.app.registry.release import AskedRelease, must_go_again, prepared, recorded, written
from licheng.core.errors import UsageError
from licheng.exchange.bag import bag
from licheng.outputs.catalog import catalog
from licheng.policy.release import ReleaseObstacle
from licheng.sources import yaml
from licheng.sources.attachments import pointer_to
from licheng.sources.tree import SYMLINK
from tests.certification.cases import MY_PASSKEY, by_list, claimed, releasing, selecting, substituted, with_passkey
from tests.certified import STUDENT, TERM, Certified, folder
from tests.command import licheng
from tests.trees import MemoryTree

TODAY = date(2026, 11, 23)
COMMIT = "c0" * 20
COMMITTEE = "測試大學"
ASKED = AskedRelease(STUDENT, COMMITTEE, "t903")
HOME = f"content/students/113/{STUDENT}"
CONSENT = f"{HOME}/release-consent/university.yaml"
NAME = f"terms/{TERM}/outputs/pendulum"
TOOLS = Path(sys.executable).parent


def agreed(made: Certified | None = None) -> Certified:
    """An output that was certified, selected, and that the student agrees to release."""
    return releasing(selecting(made or Certified.one_item()))


def text(made: Certified, path: str = CONSENT) -> str:
    return made.files[path].decode()


def packed(made: Certified, out: Path, asked: AskedRelease = ASKED, today: date = TODAY) -> Path:
    """The package in a folder."""
    tree = made.tree()
    written(prepared(tree, today, asked, COMMIT), tree, out)
    return out


def refusal(tree: MemoryTree, asked: AskedRelease = ASKED, today: date = TODAY) -> UsageError:
    with pytest.raises(UsageError) as refused:
        written(prepared(tree, today, asked, COMMIT), tree, None)
    return refused.value


def run(out: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)


def verified(out: Path) -> str:
    """What the script in the package says, where all is right."""
    done = run(out, "sh", "verify.sh")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


# The package.


def test_the_package_is_what_stands_here(tmp_path: Path) -> None:
    """Every file by hand; the work, the consent and the decision lie where they do in the repository."""
    made = agreed()
    out = packed(made, tmp_path / "out")
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    decision = f"content/certifications/113/{STUDENT}/{NAME}/0001-certified.json"
    payload = [CONSENT, decision, f"{decision}.sig", f"{HOME}/{NAME}/item.md", f"{HOME}/{NAME}/report.pdf"]
    tags = {"bag-info.txt", "bagit.txt", "index.html", "index.en.html", "manifest-sha256.txt", "verify.sh"}
    assert files == {
        *(f"data/{path}" for path in (*payload, "content/trust/allowed_signers")),
        *(tags | {"tagmanifest-sha256.txt"}),
    }
    for path in payload:
        assert (out / "data" / path).read_bytes() == made.files[path]
    kept = [path.stat().st_size for path in (out / "data").rglob("*") if path.is_file()]
    assert (out / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert (out / "bag-info.txt").read_text(encoding="utf-8") == (
        "Bagging-Date: 2026-11-23\n"
        "External-Description: 測試大學\n"
        "External-Identifier: s1139901\n"
        f"Internal-Sender-Identifier: {COMMIT}\n"
        f"Payload-Oxum: {sum(kept)}.{len(kept)}\n"
        "Source-Organization: Yuren Private Senior High School, Taitung County\n"
    )
    assert out.stat().st_mode & 0o777 == 0o700
    # The keys of who signed, and of nobody else.
    lines = (out / "data/content/trust/allowed_signers").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["t904"]


def test_stock_tools_accept_it_one_by_one(tmp_path: Path) -> None:
    out = packed(agreed(), tmp_path / "out")
    for sums in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert run(out, "sha256sum", "--strict", "--quiet", "-c", sums).returncode == 0
    python = (str(TOOLS / "python"), "-W", "ignore::DeprecationWarning")  # newer ones warn of how that tool is written
    bagit = run(out, *python, str(TOOLS / "bagit.py"), "--quiet", "--validate", ".")
    assert (bagit.returncode, bagit.stderr) == (0, "")
    payload = f"data/content/certifications/113/{STUDENT}/{NAME}/0001-certified.json"
    keys = "data/content/trust/allowed_signers"
    command = f"ssh-keygen -Y verify -f {keys} -I t904 -n certification@licheng.invalid"
    done = run(out, "sh", "-c", f"{command} -Overify-time=20261120040000Z -s {payload}.sig < {payload}")
    assert done.stdout.startswith('Good "certification@licheng.invalid" signature for t904 ')
    assert verified(out) == "全部相符 / all verified: 6 個檔案 files, 1 份認證 certifications\n"


def as_substitute() -> Certified:
    return substituted("2026-11-18T15:59:59Z")


def by_passkey() -> Certified:
    made = with_passkey()
    made.decide(folder(), signer=MY_PASSKEY, issued_at="2026-11-20T04:00:00Z")
    return made


def returned_first() -> Certified:
    made = Certified.school()
    made.output()
    made.decide(folder(), "returned", issued_at="2026-11-19T04:00:00Z")
    made.decide(folder(), issued_at="2026-11-20T04:00:00Z")
    return made


def one_touch_for_many() -> Certified:
    return by_list()[0]


def elsewhere() -> Certified:
    made = releasing(claimed())
    made.files[CONSENT] = text(made).replace(f"{TERM}/pendulum", "113-2/pendulum").encode()
    made.files[f"{HOME}/selection/113/regular.yaml"] = (
        b"kind: selection/v1\non: 2026-11-22\noutputs: [113-2/pendulum]\nactivities: []\n"
    )
    return made


@pytest.mark.parametrize(
    ("made", "certifications"),
    [
        (lambda: agreed(as_substitute()), 1),
        (lambda: agreed(by_passkey()), 1),
        (lambda: agreed(one_touch_for_many()), 1),
        (lambda: agreed(returned_first()), 2),
        (elsewhere, 1),
    ],
    ids=["substitute", "passkey", "list", "returned-first", "claimed"],
)
def test_every_way_of_certifying_is_verified(
    made: Callable[[], Certified], certifications: int, tmp_path: Path
) -> None:
    out = packed(made(), tmp_path / "out")
    assert f", {certifications} 份認證" in verified(out)
    # Each signature is looked at: without the keys none holds.
    (out / "data/content/trust/allowed_signers").write_text("")
    resealed(out)
    assert run(out, "sh", "verify.sh").returncode == 1


def resealed(out: Path) -> None:
    """Both manifests made anew, as whoever changes a package would."""
    for sums, top in (("manifest-sha256.txt", "data"), ("tagmanifest-sha256.txt", ".")):
        paths = (path for path in (out / top).rglob("*") if path.is_file() and not path.is_symlink())
        names = sorted(path.relative_to(out).as_posix() for path in paths)
        kept = [name for name in names if top == "data" or not name.startswith(("data/", "tagmanifest"))]
        lines = (f"{hashlib.sha256((out / name).read_bytes()).hexdigest()}  {name}\n" for name in kept)
        (out / sums).write_text("".join(lines))


def more(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def moved(out: Path) -> None:
    """The decision on one work laid over another."""
    for top in ("certifications", "students"):
        below = out / f"data/content/{top}/113/{STUDENT}/terms/{TERM}/outputs"
        (below / "pendulum").rename(below / "optics")


TAMPERED: dict[str, Callable[[Path], object]] = {
    "a byte more in a work": lambda out: more(out / f"data/{HOME}/{NAME}/report.pdf"),
    "a file more in a work": lambda out: (out / f"data/{HOME}/{NAME}/more.pdf").write_bytes(b"x"),
    "a file less in a work": lambda out: (out / f"data/{HOME}/{NAME}/report.pdf").unlink(),
    "a link in a work": lambda out: (out / f"data/{HOME}/{NAME}/more.pdf").symlink_to("/etc/hostname"),
    "a byte more in a decision": lambda out: more(next(out.rglob("0001-certified.json"))),
    "a broken signature": lambda out: next(out.rglob("*.sig")).write_bytes(
        Certified.one_item().files[f"content/certifications/113/{STUDENT}/{NAME}/0001-certified.json.sig"][:-60]
    ),
    "no signature": lambda out: next(out.rglob("*.sig")).unlink(),
    "another work's decision": moved,
    "no keys": lambda out: (out / "data/content/trust/allowed_signers").unlink(),
}


@pytest.mark.parametrize("what", TAMPERED)
@pytest.mark.parametrize("again", [False, True], ids=["as-it-was", "sealed-anew"])
def test_what_was_changed_is_not_verified(what: str, again: bool, tmp_path: Path) -> None:
    out = packed(agreed(), tmp_path / "out")
    TAMPERED[what](out)
    if again:
        resealed(out)
    done = run(out, "sh", "verify.sh")
    assert done.returncode == 1, what
    assert "all verified" not in done.stdout


def test_what_no_signature_covers_is_told_by_the_digest_in_the_record(tmp_path: Path) -> None:
    """Sealed anew, another consent passes the script: which is why the pages say to ask for the record's digest."""
    tree = agreed().tree()
    digest = written(prepared(tree, TODAY, ASKED, COMMIT), tree, tmp_path / "out")
    out = tmp_path / "out"
    assert hashlib.sha256((out / "tagmanifest-sha256.txt").read_bytes()).hexdigest() == digest
    more(out / "data" / CONSENT)
    assert run(out, "sh", "verify.sh").returncode == 1
    resealed(out)
    verified(out)
    assert hashlib.sha256((out / "tagmanifest-sha256.txt").read_bytes()).hexdigest() != digest
    assert "tagmanifest-sha256.txt" in (out / "index.html").read_text(encoding="utf-8")


def test_a_work_without_its_decision_is_said_to_have_none(tmp_path: Path) -> None:
    out = packed(agreed(), tmp_path / "out")
    for path in out.rglob("0001-certified.*"):
        path.unlink()
    resealed(out)
    assert verified(out).startswith(f"沒有認證 / not certified: {NAME}\n")


def test_the_same_commit_and_day_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (packed(agreed(), tmp_path / name) for name in ("first", "second"))
    assert run(tmp_path, "diff", "-r", str(first), str(second)).returncode == 0


class Links(HTMLParser):
    """Where a page leads, what it runs, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"} and value is not None]


def test_the_pages_lead_to_every_file_and_nowhere_else_and_run_nothing(tmp_path: Path) -> None:
    made = agreed()
    body = made.files[f"{HOME}/{NAME}/item.md"] + b"<script>alert(1)</script>\n"
    made.files[f"{HOME}/{NAME}/item.md"] = body
    made.files = {path: data for path, data in made.files.items() if "/certifications/" not in path}
    made.decide(folder())
    out = packed(made, tmp_path / "out")
    for name, other, language in (("index.html", "index.en.html", "zh-TW"), ("index.en.html", "index.html", "en")):
        page = (out / name).read_text(encoding="utf-8")
        links = Links(page)
        assert f'<html lang="{language}">' in page
        assert not {"script", "img", "link", "iframe", "form"}.intersection(links.tags)
        assert {other, f"data/{HOME}/{NAME}/report.pdf", f"data/{CONSENT}"} <= {*links.links}
        assert all((out / link).is_file() for link in links.links)
        assert "&lt;script&gt;" in page


def test_nothing_in_it_but_what_was_agreed_to(tmp_path: Path) -> None:
    made = agreed()
    where = made.output(folder(slug="optics"))
    made.decide(where)
    out = packed(made, tmp_path / "out")
    assert not [path for path in out.rglob("*") if "optics" in path.name]
    assert b"optics" not in b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())


def test_of_two_consents_the_one_that_names_the_work_goes_along() -> None:
    made = agreed()
    made.files[CONSENT.replace("university", "another")] = made.files[CONSENT].replace(
        f"{TERM}/pendulum".encode(), f"{TERM}/optics".encode()
    )
    release = prepared(made.tree(), TODAY, ASKED._replace(items=(f"{TERM}/pendulum",)), COMMIT)
    assert [record.slug for record in release.consents] == ["university"]
    assert refusal(made.tree()).values["items"] == (f"terms/{TERM}/outputs/optics",)


# What may not go.


def edited(path: str, old: str, new: str) -> Callable[[], Certified]:
    def make() -> Certified:
        made = agreed()
        assert old in text(made, path)
        made.files[path] = text(made, path).replace(old, new).encode()
        return made

    return make


def without(part: str) -> Callable[[], Certified]:
    def make() -> Certified:
        made = agreed()
        made.files = {path: data for path, data in made.files.items() if part not in path}
        return made

    return make


def of_another_student() -> Certified:
    """The other student's consent, laid into a package of this one's."""
    made = agreed()
    made.files[CONSENT.replace(STUDENT, "s1139902")] = made.files.pop(CONSENT)
    made.files["content/students/113/s1139902/student.yaml"] = made.tree().files[f"{HOME}/student.yaml"]
    return made


NO_CONSENT = {
    "nobody agreed": (without("release-consent"), "APP436"),
    "another student agreed": (of_another_student, "APP436"),
    "to another committee": (edited(CONSENT, COMMITTEE, "測試大學招生委員會"), "APP436"),
    "agreed from tomorrow": (edited(CONSENT, "on: 2026-11-21", "on: 2026-11-24"), "APP436"),
    "revoked today": (lambda: releasing(selecting(Certified.one_item()), revoked_on="2026-11-23"), "APP437"),
    "revoked before": (lambda: releasing(selecting(Certified.one_item()), revoked_on="2026-11-22"), "APP437"),
    "agreed to nothing": (edited(CONSENT, f"[{TERM}/pendulum]", "[]"), "APP440"),
}


@pytest.mark.parametrize("why", NO_CONSENT)
def test_without_a_consent_in_force_nothing_goes(why: str) -> None:
    make, code = NO_CONSENT[why]
    assert refusal(make().tree()).code == code


@pytest.mark.parametrize("why", NO_CONSENT)
def test_of_an_earlier_commit_nothing_goes_that_the_student_no_longer_agrees_to(why: str) -> None:
    make, code = NO_CONSENT[why]
    tree = agreed().tree()
    release = prepared(tree, TODAY, ASKED, COMMIT)
    record = recorded(release, written(release, tree, None), tree).plan.creates
    must_go_again(release, tree, tree.over(record))
    with pytest.raises(UsageError) as refused:
        must_go_again(release, tree, make().tree().over(record))
    assert refused.value.code == {"APP440": "APP438"}.get(code, code)


def test_of_an_earlier_commit_nothing_goes_that_did_not_go_before() -> None:
    tree = agreed().tree()
    with pytest.raises(UsageError) as refused:
        must_go_again(prepared(tree, TODAY, ASKED, COMMIT), tree, decided("revoked")().tree())
    assert refused.value.code == "APP442"
    must_go_again(prepared(tree, TODAY, AskedRelease(STUDENT), COMMIT), tree, tree)  # the own copy asks nobody


def test_until_the_day_of_its_revocation_a_consent_holds(tmp_path: Path) -> None:
    made = releasing(selecting(Certified.one_item()), revoked_on="2026-11-24")
    verified(packed(made, tmp_path / "out"))
    assert refusal(made.tree(), today=date(2026, 11, 24)).code == "APP437"


def test_who_revoked_one_consent_and_gave_another_agrees_to_that_alone() -> None:
    made = releasing(selecting(Certified.one_item()), revoked_on="2026-11-22")
    later = made.files[CONSENT].replace(b"revoked_on: 2026-11-22\n", b"").replace(b"outputs: [", b"outputs: [] #")
    made.files[CONSENT.replace("university", "again")] = later
    assert refusal(made.tree()).code == "APP440"


def submitted_no_more() -> Certified:
    return edited(f"{HOME}/{NAME}/item.md", "submitted: true", "submitted: false")()


def decided(decision: str) -> Callable[[], Certified]:
    def make() -> Certified:
        made = agreed()
        made.decide(folder(), decision, issued_at="2026-11-22T04:00:00Z")
        return made

    return make


def pending() -> Certified:
    made = with_passkey()
    made.decide(folder(), signer=MY_PASSKEY, issued_at="2026-11-22T04:00:00Z")
    return agreed(made)


def forged() -> Certified:
    made = agreed()
    path = f"content/certifications/113/{STUDENT}/{NAME}/0001-certified.json"
    made.files[path] = made.files[path].replace(b'"sequence":1', b'"sequence":2')
    return made


def other_bytes() -> Certified:
    """Certified as it lies there, but not what its own record lists."""
    made = without("/certifications/")()
    made.files[f"{HOME}/{NAME}/report.pdf"] += b"\n"
    made.decide(folder())
    return made


OBSTACLES: dict[str, Callable[[], Certified]] = {
    "not-selected": without("/selection/"),
    "missing": without(f"/{NAME}/"),
    "draft": submitted_no_more,
    "undecided": forged,
    "uncertified": without("/certifications/"),
    "returned": decided("returned"),
    "revoked": decided("revoked"),
    "stale": edited(f"{HOME}/{NAME}/item.md", "\n---\n", "\n---\n又改了。\n"),
    "unsettled": pending,
    "other-files": other_bytes,
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_is_not_as_it_must_be_is_refused_for_what_it_is(obstacle: str) -> None:
    refused = refusal(OBSTACLES[obstacle]().tree())
    assert (refused.code, refused.values["case"], refused.values["items"]) == ("APP438", obstacle, (NAME,))


def test_every_obstacle_was_met_and_has_words() -> None:
    assert {*OBSTACLES, "not-agreed"} == {obstacle.value for obstacle in ReleaseObstacle}
    for language in ("zh-TW", "en"):
        assert catalog(language).data["labels"]["obstacle"].keys() == {*ReleaseObstacle}


@pytest.mark.parametrize("item", ["115-1/optics", "115/fair", "statement", "../../school", "115-1/pendulum/item.md"])
def test_what_the_student_did_not_tick_is_refused(item: str) -> None:
    refused = refusal(agreed().tree(), ASKED._replace(items=(f"{TERM}/pendulum", item)))
    assert (refused.code, refused.values["case"]) == ("APP438", "not-agreed")


def test_a_selection_of_tomorrow_ticks_nothing_today() -> None:
    made = releasing(selecting(Certified.one_item(), on="2026-11-24"))
    assert refusal(made.tree()).values["case"] == "not-selected"


def test_nobody_is_released_whom_the_school_does_not_have() -> None:
    assert refusal(agreed().tree(), ASKED._replace(student="s1139999")).code == "APP435"
    assert refusal(agreed().tree(), ASKED._replace(student="../113/s1139901")).code == "APP435"
    assert refusal(agreed().tree(), ASKED._replace(by="t999")).code == "APP429"


def test_a_link_in_place_of_a_file_is_never_followed() -> None:
    tree, path = agreed().tree(), f"{HOME}/{NAME}/report.pdf"
    linked = tree.over({path: b"/etc/hostname"})
    linked.modes[path] = SYMLINK
    assert refusal(linked).values["case"] == "stale"


def test_a_file_whose_object_is_not_here_is_not_released_as_its_pointer() -> None:
    made, path = agreed(), f"{HOME}/{NAME}/report.pdf"
    data = made.files[path]
    made.files[path] = pointer_to(hashlib.sha256(data).hexdigest(), len(data))
    refused = refusal(made.tree())
    assert (refused.code, refused.values) == ("APP439", {"path": path, "case": "absent"})


def test_a_bag_refuses_names_that_its_manifest_could_not_hold() -> None:
    for path in ("a\nb", "a%0Ab", "a\\b"):
        with pytest.raises(ValueError, match="not a plain path"):
            list(bag([(path, b"")], {}, {}))
    with pytest.raises(ValueError, match="more than one line"):
        list(bag([], {"External-Description": "a\nPayload-Oxum: 0.0"}, {}))


# The student's own copy.


def test_the_own_copy_asks_nobody_and_tells_every_work_for_what_it_is(tmp_path: Path) -> None:
    made = Certified.one_item()
    certified, returned = folder(), made.output(folder(slug="optics"))
    made.decide(returned, "returned")
    stale = made.output(folder(slug="lenses"))
    made.decide(stale)
    made.files[f"{stale}/item.md"] += "又改了。\n".encode()
    out = packed(made, tmp_path / "out", AskedRelease(STUDENT))
    assert verified(out) == (
        f"沒有認證 / not certified: {stale.removeprefix(f'{HOME}/')}\n"
        f"沒有認證 / not certified: {returned.removeprefix(f'{HOME}/')}\n"
        "全部相符 / all verified: 11 個檔案 files, 2 份認證 certifications\n"
    )
    page = (out / "index.html").read_text(encoding="utf-8")
    states = re.findall(r"<p>(已認證|已退回|認證後有更動)</p>", page)
    assert states == ["認證後有更動", "已退回", "已認證"]
    assert (out / "data" / certified / "item.md").is_file()


def test_drafts_are_in_no_package() -> None:
    tree = submitted_no_more().tree()
    assert refusal(tree, AskedRelease(STUDENT)).code == "APP440"
    assert refusal(tree, AskedRelease(STUDENT, items=(f"{TERM}/pendulum",))).code == "APP438"


# The record, and the command.


def test_the_record_names_the_very_files_and_stands_the_check(tmp_path: Path) -> None:
    tree = agreed().tree()
    release = prepared(tree, TODAY, ASKED, COMMIT)
    manifest = written(release, tree, tmp_path / "out")
    record = recorded(release, manifest, tree)
    assert record.path == f"{HOME}/releases/university.yaml"
    after = tree.over(record.plan.creates)
    digests = {
        name: hashlib.sha256(tree.files[f"{HOME}/{NAME}/{name}"]).hexdigest() for name in ("item.md", "report.pdf")
    }
    payload = tree.files[f"content/certifications/113/{STUDENT}/{NAME}/0001-certified.json"]
    assert yaml.parse(record.plan.creates[record.path].decode()) == {
        "kind": "release/v1",
        "committee": COMMITTEE,
        "on": "2026-11-23",
        "by": "t903",
        "commit": COMMIT,
        "consents": ["university"],
        "items": [
            {
                "item": NAME,
                "certification": hashlib.sha256(payload).hexdigest(),
                "files": [
                    {"name": name, "size": len(tree.files[f"{HOME}/{NAME}/{name}"]), "sha256": digest}
                    for name, digest in digests.items()
                ],
            }
        ],
        "manifest": hashlib.sha256((tmp_path / "out/tagmanifest-sha256.txt").read_bytes()).hexdigest(),
    }
    assert {finding.code for finding in check(after, TODAY).findings} == set()
    # Made again it is the same, and not recorded twice; on another day it is another.
    assert not recorded(release, manifest, after).plan.creates
    assert recorded(release, "ab" * 32, after).path == f"{HOME}/releases/university-2.yaml"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The school of one student as a repository, which refused commands leave as it is."""
    root = tmp_path_factory.mktemp("release") / "school"
    for path, data in agreed().tree().files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "school"]):
        commit(root, *command)
    return root


@pytest.fixture
def repository(founded: Path, tmp_path: Path) -> Path:
    """One of its own."""
    return shutil.copytree(founded, tmp_path / "school")


WHOSE = (STUDENT, "--to", COMMITTEE, "--by", "t903", "--today", "2026-11-23", "--no-pdf")


def status(root: Path) -> str:
    return subprocess.run(["git", "status", "--short"], cwd=root, capture_output=True, text=True, check=True).stdout


def head(root: Path) -> str:
    return subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True).stdout[
        :-1
    ]


def commit(root: Path, *command: str) -> None:
    who = ("-c", "user.name=t903", "-c", "user.email=t903@licheng.invalid")
    subprocess.run(["git", *who, *command], cwd=root, check=True)


def test_the_command_writes_all_or_nothing(repository: Path) -> None:
    out = repository.parent / "out"
    tried = licheng(repository, "release", *WHOSE, "--out", str(out), "--dry-run")
    assert (tried.returncode, out.exists(), status(repository)) == (0, False, "")
    assert tried.stdout.startswith(f"+ {HOME}/releases/university.yaml")
    done = licheng(repository, "release", *WHOSE, "--out", str(out))
    assert (done.returncode, done.stdout) == (0, tried.stdout)
    assert f"?? {HOME}/releases/" in status(repository)
    verified(out)
    again = licheng(repository, "release", *WHOSE, "--out", str(repository.parent / "again"))
    assert again.returncode == 0
    assert "+ " not in again.stdout
    assert run(repository.parent, "diff", "-r", "out", "again").returncode == 0
    # Once the record is in, the commit has to be named.
    made = head(repository)
    commit(repository, "add", "-A")
    commit(repository, "commit", "-qm", "released")
    third = licheng(repository, "release", *WHOSE, "--out", "../third", "--at", made)
    assert (third.returncode, third.stderr) == (0, "")
    assert run(repository.parent, "diff", "-r", "out", "third").returncode == 0


def test_the_index_lies_beside_the_package_as_a_tagged_pdf_of_its_digest(repository: Path) -> None:
    out = repository.parent / "out"
    assert licheng(repository, "release", *WHOSE, "--out", str(repository.parent / "plain")).returncode == 0
    with_pdf = (*WHOSE[:-1], "--pdf", "--out", str(out))
    assert licheng(repository, "release", *with_pdf, "--dry-run").returncode == 0
    assert sorted(path.name for path in repository.parent.iterdir()) == ["plain", "school"]
    done = licheng(repository, "release", *with_pdf)
    assert (done.returncode, done.stderr) == (0, "")
    assert run(repository.parent, "diff", "-r", "out", "plain").returncode == 0, "the package is the same without"
    digest = hashlib.sha256((out / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    for name, language, title in (
        ("out.pdf", "zh-TW", "學習歷程資料包"),
        ("out.en.pdf", "en", "Package of learning portfolio works"),
    ):
        path = repository.parent / name
        assert path.stat().st_mode & 0o777 == 0o600
        book: Any = PdfReader(path)
        root = book.trailer["/Root"]
        assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == (language, True, True)
        shown = "".join(page.extract_text() for page in book.pages)
        bare = "".join(shown.split())
        assert title in shown
        assert digest in bare
        assert "擺角愈大，週期愈長。" in bare, "the student's own words"
        fonts = {str(font["/BaseFont"]) for page in book.pages for font in page["/Resources"]["/Font"].values()}
        assert any("CJK" in font for font in fonts)
        links = {str(note["/A"]["/URI"]) for page in book.pages for note in page.get("/Annots", ())}
        assert f"out/data/{HOME}/{NAME}/report.pdf" in links
        assert all((repository.parent / link).is_file() for link in links), links
    before = status(repository)
    out.rename(repository.parent / "other")
    refused = licheng(repository, "release", *with_pdf)
    assert (refused.returncode, refused.stderr[:6], out.exists()) == (2, "APP009", False)
    assert status(repository) == before


@pytest.mark.parametrize(("lacks", "says"), [("package", "pip install"), ("library", "libpango"), ("font", "U+12000")])
def test_where_no_pdf_can_be_made_it_says_what_lacks_and_goes_without_if_asked(
    lacks: str, says: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lacks == "package":
        monkeypatch.setitem(sys.modules, "weasyprint", None)
    elif lacks == "library":
        monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
        monkeypatch.setattr(builtins, "__import__", without_pango)
    else:
        school = repository / "content/school/school.yaml"
        school.write_text(school.read_text().replace("zh: ", "zh: \U00012000", 1))
        commit(repository, "commit", "-qam", "a name that no font shows")
    before = status(repository)
    done = licheng(repository, "release", *WHOSE[:-1], "--out", "../out")
    assert done.returncode == 2
    assert says in done.stderr
    assert "--no-pdf" in done.stderr
    assert (status(repository), [path.name for path in repository.parent.iterdir()]) == (before, ["school"])
    assert licheng(repository, "release", *WHOSE, "--out", "../out").returncode == 0


_import = builtins.__import__


def without_pango(name: str, *arguments: Any) -> ModuleType:
    """As `import weasyprint` fails where the system has no Pango."""
    if name == "weasyprint":
        raise OSError("cannot load library 'libpango-1.0-0'")
    return _import(name, *arguments)


@pytest.mark.parametrize("where", ["full", "link", "inside", "file"])
def test_no_folder_is_written_over_or_through(where: str, founded: Path, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if where == "full":
        out.mkdir()
        (out / "mine").write_text("x")
    elif where == "link":
        out.symlink_to(elsewhere)
    elif where == "file":
        out.write_text("x")
    else:
        out = founded / "content/out"
    done = licheng(founded, "release", *WHOSE, "--out", str(out))
    assert done.returncode == 2
    assert ("APP171" if where == "inside" else "APP016") in done.stderr
    assert (status(founded), [*elsewhere.iterdir()]) == ("", [])


@pytest.mark.parametrize(
    "arguments",
    [
        (STUDENT,), (STUDENT, "--to", COMMITTEE), (STUDENT, "--own-copy", "--by", "t903"),
        (STUDENT, "--own-copy", "--to", COMMITTEE, "--by", "t903"),
    ],
)  # fmt: skip
def test_for_whom_and_by_whom_is_said_or_nothing_is_done(
    arguments: tuple[str, ...], founded: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = licheng(founded, "release", *arguments, "--out", str(out), "--today", "2026-11-23")
    assert (done.returncode, out.exists(), status(founded)) == (2, False, "")
    assert done.stderr.startswith("APP441")


def test_the_commit_before_a_revocation_is_no_way_around_it(repository: Path) -> None:
    with (repository / CONSENT).open("a") as consent:
        consent.write("revoked_on: 2026-11-23\n")
    commit(repository, "commit", "-qam", "revoked")
    done = licheng(repository, "release", *WHOSE, "--out", "../out", "--at", "HEAD~1")
    assert (done.returncode, done.stderr[:6], (repository.parent / "out").exists()) == (2, "APP437", False)


def test_what_is_only_on_the_disk_is_not_released(repository: Path) -> None:
    (repository / CONSENT).write_text((repository / CONSENT).read_text().replace(COMMITTEE, "另一所大學"))
    done = licheng(repository, "release", STUDENT, "--to", "另一所大學", "--by", "t903", "--out", "../out",
                   "--today", "2026-11-23")  # fmt: skip
    assert (done.returncode, (repository.parent / "out").exists()) == (2, False)
    assert done.stderr.startswith("APP436")
