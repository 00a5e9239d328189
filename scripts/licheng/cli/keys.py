"""`licheng keys` and `licheng delegate`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from licheng.app.day import day_of, now_of
from licheng.app.loading.load import Loaded, load
from licheng.app.trust import keys as app
from licheng.app.trust import passkeys, student_keys
from licheng.app.trust.delegate import delegate as plan_delegation
from licheng.cli.options import carry_out, dry_run_option, now_option, writable_root
from licheng.cli.paths import from_root
from licheng.cli.signer import Signer
from licheng.core.dates import TAIPEI
from licheng.core.errors import UsageError
from licheng.policy.keys import fault
from licheng.signing.public_key import short_fingerprint
from licheng.sources.tree import WorkTree

_KEY = click.option("--key", required=True, type=click.Path(path_type=Path), help="金鑰 / key")
_FINGERPRINT = click.argument("fingerprint")
_STAFF = click.argument("staff")
_SECOND = click.option("--as", "second", metavar="STAFF", required=True, help="第二人：一位協調者 / the second person")


def _loaded(now: str | None, dry_run: bool = True) -> tuple[Path, Loaded, datetime]:
    root = writable_root(dry_run)
    tree = WorkTree(root)
    return root, load(tree, day_of(tree, None)), now_of(tree, now)


def _second(staff: str, key: Path) -> app.Witness:
    return app.Witness(staff, Signer.of(key))


@click.group()
def keys() -> None:
    """教職員的簽署金鑰。 / The signing keys of staff."""


@keys.command()
@_STAFF
@_KEY
@click.option("--witness", metavar="STAFF", help="見證人：另一位協調者 / the second person, a coordinator")
@click.option("--witness-key", type=click.Path(path_type=Path), help="見證人的金鑰 / the witness's key")
@dry_run_option()
@now_option()
def add(staff: str, key: Path, witness: str | None, witness_key: Path | None, dry_run: bool, now: str | None) -> None:
    """登錄一把新金鑰；見證人也可以之後再簽（keys witness）。 / Enrol a new key."""
    if (witness is None) != (witness_key is None):
        raise UsageError("APP017", name="--witness, --witness-key", value=str(witness or witness_key))
    root, loaded, moment = _loaded(now, dry_run)
    second = _second(witness, witness_key) if witness is not None and witness_key is not None else None
    signer = Signer.of(key)
    carry_out(app.add(loaded, staff, signer.public, moment, signer, second), root, dry_run)


@keys.command()
@_STAFF
@_FINGERPRINT
@_KEY
@_SECOND
@dry_run_option()
def witness(staff: str, fingerprint: str, key: Path, second: str, dry_run: bool) -> None:
    """見證別人的新金鑰。 / Vouch for somebody's new key."""
    root, loaded, _ = _loaded(None, dry_run)
    click.echo(short_fingerprint(fingerprint))  # what the holder's own device shows
    carry_out(app.witnessed(loaded, staff, fingerprint, _second(second, key)), root, dry_run)


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
@dry_run_option()
@now_option()
def enrol(file: Path, dry_run: bool, now: str | None) -> None:
    """登錄簽署頁交出來的通行密鑰；之後由協調者見證（keys witness）。 / Enrol a passkey of the signing page."""
    root, loaded, moment = _loaded(now, dry_run)
    with file.open("rb") as stream:
        data = stream.read(passkeys.MAX_BYTES + 1)
    carry_out(passkeys.enrol(loaded, data, moment, str(file)), root, dry_run)


@keys.command()
@_STAFF
@click.option("--from", "starts", metavar="TIME", required=True, help="2026-08-01T00:00:00Z")
@click.option("--until", "ends", metavar="TIME", help="卸任的時間；留空表示還在任 / empty while in office")
@click.option("--by", "signers", metavar="STAFF", nargs=2, required=True, help="兩位現任協調者 / two coordinators")
@click.option("--key", "files", nargs=2, type=click.Path(path_type=Path), required=True, help="兩人的金鑰 / their keys")
@dry_run_option()
@now_option()
def appoint(
    staff: str,
    starts: str,
    ends: str | None,
    signers: tuple[str, str],
    files: tuple[Path, Path],
    dry_run: bool,
    now: str | None,
) -> None:
    """由兩位協調者任命新的協調者，或寫下協調者卸任的時間。 / Appoint a coordinator, or end one."""
    root, loaded, moment = _loaded(now, dry_run)
    until = now_of(loaded.tree, ends) if ends is not None else None
    two = [_second(who, file) for who, file in zip(signers, files, strict=True)]
    carry_out(app.appoint(loaded, staff, now_of(loaded.tree, starts), until, moment, two), root, dry_run)


@keys.command()
@_STAFF
@_FINGERPRINT
@_KEY
@_SECOND
@dry_run_option()
@now_option()
def retire(staff: str, fingerprint: str, key: Path, second: str, dry_run: bool, now: str | None) -> None:
    """停用金鑰；它已簽的認證仍然有效。 / Retire a key; what it signed still counts."""
    root, loaded, moment = _loaded(now, dry_run)
    carry_out(app.end(loaded, staff, fingerprint, "retired", moment, _second(second, key)), root, dry_run)


@keys.command()
@_STAFF
@_FINGERPRINT
@_KEY
@_SECOND
@click.option("--lost", is_flag=True, help="遺失，沒有外洩 / lost, not compromised")
@click.option("--since", metavar="TIME", help="外洩起點：之後簽的無效 / what was signed from then on does not count")
@dry_run_option()
@now_option()
def revoke(
    staff: str,
    fingerprint: str,
    key: Path,
    second: str,
    lost: bool,
    since: str | None,
    dry_run: bool,
    now: str | None,
) -> None:
    """因遺失或外洩結束金鑰。 / End a key that was lost or compromised."""
    if lost == (since is not None):
        raise UsageError("APP017", name="--lost | --since", value=str(since))
    root, loaded, moment = _loaded(now, dry_run)
    start = now_of(loaded.tree, since) if since is not None else None
    reason = "lost" if lost else "compromised"
    carry_out(app.end(loaded, staff, fingerprint, reason, moment, _second(second, key), start), root, dry_run)


@keys.command()
@_STAFF
@_FINGERPRINT
@click.argument("items", nargs=-1, required=True, type=click.Path(path_type=Path))
@_KEY
@_SECOND
@dry_run_option()
def reaffirm(staff: str, fingerprint: str, items: tuple[Path, ...], key: Path, second: str, dry_run: bool) -> None:
    """協調者確認後，讓已結束金鑰的決定重新有效。 / Let decisions of an ended key count again."""
    root, loaded, _ = _loaded(None, dry_run)
    folders = [from_root(root, item) for item in items]
    carry_out(app.reaffirm(loaded, staff, fingerprint, folders, _second(second, key)), root, dry_run)


@keys.command("list")
def listing() -> None:
    """列出所有金鑰與狀態。 / List every key and how it stands."""
    _, loaded, _ = _loaded(None)
    for key in loaded.school.trust.keys:
        wrong = fault(key, loaded.school)
        ended = key.ending.reason if key.ending is not None else "-"
        until = _local(key.valid_until) if key.valid_until is not None else "-"
        click.echo(f"{key.staff}  {key.fingerprint}  {_local(key.valid_from)}  {until}  {ended}  {wrong or 'ok'}")


def _local(when: datetime) -> str:
    """The school's time, to the minute."""
    return f"{when.astimezone(TAIPEI):%Y-%m-%dT%H:%M}"


@keys.command("allowed-signers")
@dry_run_option()
def allowed_signers(dry_run: bool) -> None:
    """由金鑰紀錄重新產生 allowed_signers。 / Write allowed_signers anew from the records."""
    root, loaded, _ = _loaded(None, dry_run)
    carry_out(app.signers(loaded), root, dry_run)


@keys.command("signers")
@click.option("--student", metavar="STUDENT", required=True, help="學生代號 / the student's id")
def of_student(student: str) -> None:
    """印出一位學生的 allowed_signers，給 ssh-keygen 驗證。 / A student's keys, for ssh-keygen."""
    _, loaded, _ = _loaded(None)
    click.echo(student_keys.signers(loaded, student), nl=False)


@click.command()
@click.argument("slug")
@_KEY
@click.option("--by", required=True, metavar="STAFF", help="簽署人：教師本人或執行秘書 / who signs")
@click.option("--from", "principal", required=True, metavar="STAFF", help="被代理的教師 / the teacher")
@click.option("--to", "substitute", required=True, metavar="STAFF", help="代理人 / the substitute")
@click.option("--course", "courses", required=True, multiple=True, metavar="TERM/COURSE", help="例如 115-1/physics")
@click.option("--starts", required=True, metavar="TIME", help="2026-10-01T00:00:00Z")
@click.option("--ends", required=True, metavar="TIME", help="2026-12-31T15:59:59Z")
@click.option("--reason", required=True, help="原因 / why")
@dry_run_option()
@now_option()
def delegate(
    slug: str,
    key: Path,
    by: str,
    principal: str,
    substitute: str,
    courses: tuple[str, ...],
    starts: str,
    ends: str,
    reason: str,
    dry_run: bool,
    now: str | None,
) -> None:
    """委託他人代理認證。 / Let somebody else certify for some courses and days."""
    root, loaded, moment = _loaded(now, dry_run)
    signer = Signer.of(key)
    for text in courses:
        if not text.partition("/")[2]:
            raise UsageError("APP017", name="--course", value=text)
    plan = plan_delegation(
        loaded,
        slug,
        principal=principal,
        substitute=substitute,
        by=by,
        fingerprint=signer.public.fingerprint,
        courses=[(term, course) for term, _, course in (text.partition("/") for text in courses)],
        starts=now_of(loaded.tree, starts),
        ends=now_of(loaded.tree, ends),
        reason=reason,
        now=moment,
        sign=signer,
    )
    carry_out(plan, root, dry_run)
