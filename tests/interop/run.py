"""`make interop`: what our commands write, verified by tools that are not ours, a line for each check.

In a scratch folder lie the demo school and the student whose every cell is written by hand (`tests.interop.schools`).
Rosters are read by LibreOffice and openpyxl, packages by `bagit.py`, `sha256sum`, `md5sum` and `ssh-keygen`, sealed
files by `age`; and no identity that was planted is found outside the registrar's folder. All checks run, whatever the
ones before said; one that failed ends it with 1.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, product
from pathlib import Path

from licheng.core.certification import CERTIFICATION_LIST_NAMESPACE, CERTIFICATION_NAMESPACE
from licheng.core.trust import CLAIM_NAMESPACE, DELEGATION_NAMESPACE
from tests.exchange.test_release import (
    agreed,
    as_substitute,
    by_passkey,
    elsewhere,
    one_touch_for_many,
    packed,
    returned_first,
)
from tests.exchange.test_rosters import EXPECTED
from tests.exchange.test_rosters import expected as columns
from tests.interop import schools
from tests.interop.leaks import leaks, tokens
from tests.interop.reading import Texts, by_libreoffice, by_openpyxl, converted, differences, not_texts
from tests.interop.schools import COURSES, GOLDEN, PER_YEAR, Desk

_COVER, _COVER_COLUMNS = "封面", ["學校代碼", "學年度", "學期", "名冊別"]
_CODES = {"course-outputs": "26", "activities": "25", "positions": "24"}
_TOOLS = Path(sys.executable).parent
_NOTHING = "APP428"  # nothing could be in the roster
# Of the demo: who is released to whom.
_RELEASES = (
    ("s1120001", "大學甄選入學委員會"),
    ("s1120002", "四技二專聯合甄選委員會"),
    ("s1120005", ""),
    ("s1130001", ""),
)


class Checks:
    """What was checked, and how it went."""

    def __init__(self) -> None:
        self.counts: Counter[bool] = Counter()

    def say(self, what: str, figure: object, faults: Iterable[str] = ()) -> None:
        """Print a check: what it looked at, and each fault."""
        faults = [*faults]
        self.counts[not faults] += 1
        sys.stdout.write(f"{'FAILED' if faults else 'ok    '}  {what}: {figure}\n")
        sys.stdout.writelines(f"          {fault}\n" for fault in faults)
        sys.stdout.flush()

    def run(self, what: str, *command: str, cwd: Path, figure: str) -> bytes:
        """Run a tool of the system; it must end with 0. Returns what it printed."""
        done: subprocess.CompletedProcess[bytes] = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
        said = done.stderr.decode(errors="replace").strip().splitlines()[-3:]
        faults = [f"{command[0]} ended with {done.returncode}", *said] if done.returncode else []
        self.say(what, figure, faults)
        return done.stdout


# Rosters.


def wanted() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every roster of the agency in every period and batch of a school year, as the command takes it."""
    for roster in EXPECTED:
        periods: Sequence[tuple[str, ...]] = [()] if roster in PER_YEAR else [("--term", "1"), ("--term", "2")]
        batches: Sequence[tuple[str, ...]] = [(), ("--batch", "1"), ("--batch", "2")]
        for period, batch in product(periods, batches if roster in PER_YEAR or roster == "positions" else [()]):
            yield roster, ("--year", "114", *period, *batch)


def export(desk: Desk, roster: str, options: Sequence[str], checks: Checks) -> Path | None:
    """The workbook of a roster; None where the school has nothing for it."""
    out = desk.registrar / "exports" / "-".join((roster, *(each.lstrip("-") for each in options)))
    out.parent.mkdir(exist_ok=True)
    what = ("export", roster, *options, "--out", str(out), "--by", desk.by, "--today", desk.day, *desk.table)
    code, printed = desk.licheng(*what)
    if printed.startswith(_NOTHING) and not out.exists():
        return None
    named = f"{desk.folder.name} export {roster} {' '.join(options)}"
    if code:
        checks.say(named, f"code {code}", printed.splitlines()[:3])
        return None
    for tool, sums in (("sha256sum", "SHA256SUMS"), ("md5sum", "MD5SUMS")):
        lines = (out / sums).read_text(encoding="utf-8").count("\n")
        checks.run(
            f"{named}: {tool} -c", tool, "--check", "--strict", "--quiet", sums, cwd=out, figure=f"{lines} files"
        )
    [workbook] = out.glob("*.xlsx")
    return workbook


def read(desk: Desk, workbooks: Sequence[Path], checks: Checks) -> dict[Path, Texts]:
    """Workbooks as LibreOffice has them; openpyxl must have the same, and every cell must have stayed a text."""
    copies = desk.registrar / "libreoffice"
    converted(workbooks, copies, desk.registrar / "profile")
    texts = {}
    for workbook in workbooks:
        texts[workbook] = by_libreoffice(workbook, copies)
        named = f"{desk.folder.name} {workbook.parent.name}"
        cells = sum(1 for rows in texts[workbook].values() for row in rows for cell in row if cell)
        faults = differences(by_openpyxl(workbook), texts[workbook])
        checks.say(
            f"{named}: openpyxl reads what LibreOffice reads", f"{len(texts[workbook])} sheets, {cells} cells", faults
        )
        count, others = not_texts(copies / f"{workbook.stem}.ods")
        others += [f"{count} cells for {cells}"] if count != cells else []
        checks.say(f"{named}: LibreOffice has every cell as a text", f"{count} cells", others)
    return texts


def golden(desk: Desk, courses: Sequence[str], rosters: Sequence[str], checks: Checks) -> None:
    """Every cell of the student that is known by heart."""
    made = {}
    for roster in rosters:
        period = () if roster in PER_YEAR else ("--term", "2")
        workbook = export(desk, roster, ("--year", "114", *period, "--level", "11"), checks)
        if workbook is None:
            checks.say(f"{desk.folder.name} {roster}", "nothing", ["no workbook"])
        else:
            made[roster] = workbook
    texts = read(desk, [*made.values()], checks)
    for roster, workbook in made.items():
        sheets = list(EXPECTED[roster])
        half = "0" if roster in PER_YEAR else "2"
        cover = {_COVER: [_COVER_COLUMNS, ["demo00", "114", half, _CODES.get(roster, "")]]}
        expected = {**cover, **schools.golden_rows(roster, sheets, courses)}
        rows = sum(len(lines) - 1 for lines in expected.values())
        checks.say(
            f"{desk.folder.name} {roster}: every cell is the one written by hand",
            f"{len(expected)} sheets, {rows} rows",
            differences(texts[workbook], expected),
        )
        told = {sheet: [swapped(row) for row in lines] for sheet, lines in expected.items()}
        seen = len({fault.partition(",")[0] for fault in differences(texts[workbook], told)})
        unseen = [f"{len(told) - seen} sheets"] if seen != len(told) else []
        checks.say(f"{desk.folder.name} {roster}: two swapped columns would be told", f"{seen} sheets", unseen)


def swapped(row: Sequence[str]) -> list[str]:
    """A row with its last two columns in each other's place."""
    return [*row[:-2], row[-1], row[-2]]


def demo(desk: Desk, checks: Checks) -> None:
    """Every roster of the demo school: sheets, columns, how many rows, and whose they are."""
    made, nothing = {}, []
    for roster, options in wanted():
        workbook = export(desk, roster, options, checks)
        if workbook is None:
            nothing.append(" ".join((roster, *options[2:])))
        else:
            made[workbook] = roster
    desk.commit("The registrar exported rosters")
    lacking = {*GOLDEN} - {"retakes"} - {*made.values()}
    checks.say(
        "demo rosters", f"{len(made)} written, nothing for {len(nothing)}: {', '.join(nothing)}", sorted(lacking)
    )
    for workbook, texts in read(desk, [*made], checks).items():
        roster = made[workbook]
        expected = {
            sheet: [["身分證號", *([] if sheet == "學生資料" else ["出生日期"]), *columns(roster, sheet)]]
            for sheet in EXPECTED[roster]
        }
        heads = {sheet: lines[:1] for sheet, lines in texts.items()}
        faults = [*differences(heads, {_COVER: [_COVER_COLUMNS], **expected}), *whose(desk, workbook, texts)]
        rows = sum(len(texts[sheet]) - 1 for sheet in texts if sheet != _COVER)
        checks.say(f"demo {workbook.parent.name}: sheets, columns, whose each row is", f"{rows} rows", faults)


def whose(desk: Desk, workbook: Path, texts: Texts) -> Iterator[str]:
    """Rows of the self-check that are not in the workbook, or that are somebody else's there."""
    with (workbook.parent / "self-check.csv").open(encoding="utf-8", newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if line["row"]]
    if len(lines) != sum(len(rows) - 1 for sheet, rows in texts.items() if sheet != _COVER):
        yield f"{len(lines)} lines in the self-check"
    for line in lines:
        rows, number = texts[line["sheet"]], int(line["row"])
        if rows[number - 1][0] != desk.identities[line["student"]][3]:
            yield f"{line['sheet']}, row {number}: not {line['student']}"


# Packages.


def release(desk: Desk, student: str, committee: str, checks: Checks) -> None:
    """A student's works to a committee, or the own copy, before the tools that the package's reader has."""
    out = desk.folder / "released" / f"{student}-{'to-a-committee' if committee else 'own-copy'}"
    out.parent.mkdir(exist_ok=True)
    to = ("--to", committee, "--by", desk.by) if committee else ("--own-copy",)
    desk.must("release", student, *to, "--out", str(out), "--today", desk.day)
    package(out, checks)


def package(out: Path, checks: Checks) -> None:
    """One package before these tools."""
    named = f"release {out.name}"
    validate = (str(_TOOLS / "python"), str(_TOOLS / "bagit.py"), "--quiet", "--validate", ".")
    checks.run(f"{named}: bagit.py --validate", *validate, cwd=out, figure="valid")
    for sums in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        count = (out / sums).read_text(encoding="utf-8").count("\n")
        sha256sum = ("sha256sum", "--check", "--strict", "--quiet", sums)
        checks.run(f"{named}: sha256sum -c {sums}", *sha256sum, cwd=out, figure=f"{count} files")
    signatures = [*out.rglob("*.sig")]
    faults = [*chain.from_iterable(unverified(out, signature) for signature in signatures)]
    nothing = [] if signatures else ["no signature in it"]
    checks.say(f"{named}: ssh-keygen -Y verify", f"{len(signatures)} signatures", faults + nothing)
    said = checks.run(f"{named}: its own verify.sh", "sh", "verify.sh", cwd=out, figure="all verified").decode()
    if "all verified" not in said:
        checks.say(f"{named}: its own verify.sh", "its last line", [said])


def unverified(out: Path, signature: Path) -> Iterator[str]:
    """What `ssh-keygen` says against a signature of a package; who and when is read from what was signed."""
    signed = signature.with_suffix("")
    payload = json.loads(signed.with_suffix("").read_bytes() if signed.suffix == ".list" else signed.read_bytes())
    value = payload.get("predicate", payload)
    folder = signature.relative_to(out / "data").parts
    if folder[0] == "claims":
        namespace, who, when = CLAIM_NAMESPACE, value["by"], value["signed_at"]
    elif folder[1] == "delegations":
        namespace, who, when = DELEGATION_NAMESPACE, value["by"], value["issued_at"]
    else:
        namespace = CERTIFICATION_LIST_NAMESPACE if signed.suffix == ".list" else CERTIFICATION_NAMESPACE
        who, when = value["certifier"]["id"], value["issued_at"]
    time = "".join(character for character in when if character not in "-:T")
    keys = str(out / "data/content/trust/allowed_signers")
    command = ["ssh-keygen", "-Y", "verify", "-f", keys, "-I", who, "-n", namespace, f"-Overify-time={time}",
               "-s", str(signature)]  # fmt: skip
    done = subprocess.run(command, input=signed.read_bytes(), capture_output=True, check=False)
    if done.returncode:
        yield f"{signature.relative_to(out)}: {done.stderr.decode(errors='replace').strip()}"


# Sealed files: each opens with both keys, one made by `age-keygen` and one by `ssh-keygen`.


def sealed_table(desk: Desk, checks: Checks) -> None:
    """The identity table, and the copy that the registrar keeps of it."""
    table = desk.registrar / "identities.age"
    for key in desk.keys:
        plain = opened(table, key, "the identity table", checks).decode()
        lacking = [student for student, row in desk.identities.items() if row[3] not in plain or row[2] not in plain]
        checks.say(f"what {key.name} opens is the list that was read in", f"{len(desk.identities)} people", lacking)
    copies = desk.registrar / "copies"
    copies.mkdir()
    desk.must("identities", "backup", str(copies), *desk.table)
    [sums] = copies.glob("*.sha256")
    checks.run(
        "identities backup: sha256sum -c", "sha256sum", "--check", "--strict", sums.name, cwd=copies, figure="1 file"
    )
    opened(next(copies.glob("*.age")), desk.keys[1], "identities backup", checks)


def sealed_transfer(desk: Desk, checks: Checks) -> None:
    """An exchange file for another platform."""
    folder = desk.registrar / "transfer"
    folder.mkdir()
    desk.must("transfer", "out", "s1130001", *desk.table, "--output", str(folder), "--recipients", str(desk.recipients))
    [package] = folder.iterdir()
    for key in desk.keys:
        plain = folder / f"{key.name}.zip"
        plain.write_bytes(opened(package, key, "transfer out", checks))
        tested = (sys.executable, "-m", "zipfile", "-t", plain.name)
        checks.run(f"transfer out, {key.name}: a ZIP", *tested, cwd=folder, figure=f"{plain.stat().st_size} bytes")


def sealed_backup(desk: Desk, checks: Checks) -> None:
    """The server's backup: every file in it opens, and its history is a bundle that stock git verifies."""
    server, folder = desk.folder / "school.git", desk.folder / "backup"
    subprocess.run(["git", "clone", "-q", "--bare", str(desk.school), str(server)], check=True)
    desk.must("backup", str(folder), "--repo", str(server), "--recipients", str(desk.recipients),
              "--identities", str(desk.registrar / "identities.age"), "--now", f"{desk.day}T04:00:00Z")  # fmt: skip
    for path in sorted(folder.rglob("*.age")):
        plain = desk.registrar / "opened" / path.stem
        plain.parent.mkdir(exist_ok=True)
        plain.write_bytes(opened(path, desk.keys[1], f"backup {path.relative_to(folder)}", checks))
        if path.suffixes[-2:-1] == [".bundle"]:
            checks.run("backup: git bundle verify", "git", "bundle", "verify", str(plain), cwd=server, figure="valid")


def sealed_student(desk: Desk, checks: Checks) -> None:
    """A student's whole records: the archive's key opens the outer file, the student's the inner one, `tar` the bag."""
    student, day = "s1120001", "2032-04-21"
    path = desk.school / f"content/students/{student[1:4]}/{student}/student.yaml"
    left = "  - {on: 2027-04-20, event: application}\n  - {on: 2027-06-05, event: graduation}\n"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{left}", encoding="utf-8")
    desk.commit("A student applied, and left")
    tops = [f"content/{top}/{student[1:4]}/{student}" for top in ("certifications", "students")]
    listed = [path for top in tops for path in sorted((desk.school / top).rglob("*")) if path.is_file()]
    files = {path.relative_to(desk.school).as_posix(): path.read_bytes() for path in listed}
    keys, out = desk.registrar / "keys", desk.folder / "sealed"
    archive = desk.recipients.read_text(encoding="utf-8").splitlines()
    desk.must("seal", student, "--by", desk.by, *(part for key in archive for part in ("--archive", key)),
              "--identity", str(desk.keys[0]), "--keys", str(keys), "--out", str(out), "--today", day)  # fmt: skip
    [sealed] = out.iterdir()
    for key in desk.keys:
        place = desk.registrar / "unsealed" / key.name
        place.mkdir(parents=True)
        inner = place / "inner.age"
        inner.write_bytes(opened(sealed, key, "seal, outer", checks))
        (place / "bag.tar").write_bytes(opened(inner, keys / f"{student}.key", "seal, inner", checks))
        checks.run("seal: tar -x", "tar", "-xf", "bag.tar", cwd=place, figure=f"{len(files)} files")
        bag = place / student
        for sums in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            sha256sum = ("sha256sum", "--check", "--strict", "--quiet", sums)
            checks.run(f"seal: sha256sum -c {sums}", *sha256sum, cwd=bag, figure="valid")
        validate = (str(_TOOLS / "python"), str(_TOOLS / "bagit.py"), "--quiet", "--validate", ".")
        checks.run("seal: bagit.py --validate", *validate, cwd=bag, figure="valid")
        data = {path.relative_to(bag / "data").as_posix(): path.read_bytes() for path in (bag / "data").rglob("*")
                if path.is_file()}  # fmt: skip
        other = sorted(path for path in {*data, *files} if data.get(path) != files.get(path))
        checks.say("seal: what came out is what went in", f"{len(data)} files", other)
    for what, key in (("the student's key alone", keys / f"{student}.key"), ("a stranger's", desk.registrar / "other")):
        if not key.exists():
            subprocess.run(["age-keygen", "-o", str(key)], check=True, capture_output=True)
        done = subprocess.run(["age", "-d", "-i", str(key), str(sealed)], capture_output=True, check=False)
        checks.say(f"seal: {what} opens nothing", f"code {done.returncode}", [] if done.returncode else ["it opened"])


# A command that writes sealed files gets its function here.
SEALED: tuple[Callable[[Desk, Checks], None], ...] = (sealed_table, sealed_transfer, sealed_backup, sealed_student)


def opened(path: Path, key: Path, what: str, checks: Checks) -> bytes:
    """What stock `age` makes of a sealed file with a key."""
    named = f"{what}: age -d with {key.name}"
    return checks.run(
        named, "age", "-d", "-i", str(key), str(path), cwd=path.parent, figure=f"{path.stat().st_size} bytes"
    )


# Identities.


def unseen(desk: Desk, checks: Checks) -> None:
    """No planted identity is outside the registrar's folder, nor in what of an export may leave it."""
    desk.must("site", "write", str(desk.folder / "site"))
    desk.licheng("check")
    sought = tokens(part for row in desk.identities.values() for part in row[1:4])
    count = sum(1 for path in desk.folder.rglob("*") if path.is_file() and not path.is_relative_to(desk.registrar))
    found = leaks(desk.folder, sought, [desk.registrar])
    checks.say("no identity outside the registrar's folder", f"{3 * len(desk.identities)} texts, {count} files", found)
    shown = [desk.registrar / "exports", *(desk.registrar / "exports").rglob("*.xlsx")]
    checks.say(
        "none in an export beside its workbook", "self-check, checksums, files", leaks(shown[0], sought, shown[1:])
    )
    blind = [path.parent.name for path in shown[1:] if not [*leaks(path.parent, sought)]]
    checks.say("but in every workbook the same search finds them", f"{len(shown) - 1} workbooks", blind)


def main() -> int:
    """Make, read, say."""
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    checks = Checks()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        golden(schools.golden(folder / "golden", COURSES[0]), COURSES[0], GOLDEN, checks)
        golden(schools.golden(folder / "golden-2", COURSES[1]), COURSES[1], ("course-outputs",), checks)
        desk = schools.demo(folder / "demo")
        demo(desk, checks)
        for student, committee in _RELEASES:
            release(desk, student, committee, checks)
        for way in (as_substitute, by_passkey, one_touch_for_many, returned_first):
            package(packed(agreed(way()), folder / way.__name__.replace("_", "-")), checks)
        package(packed(elsewhere(), folder / "elsewhere"), checks)
        desk.commit("The registrar released works")
        for sealed in SEALED:
            sealed(desk, checks)
        unseen(desk, checks)
    sys.stdout.write(f"{checks.counts.total()} checks, {checks.counts[False]} failed\n")
    return 1 if checks.counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
