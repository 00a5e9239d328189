"""What every command takes and says, as data: `licheng docs` writes it, the site's command pages show it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import click

_SLASH = re.compile(r"\s*/ ")
PATH = "scripts/licheng/outputs/pages/commands.json"
SUMMARIES = "scripts/licheng/cli/summaries.json"  # read by `licheng.cli.lazy`

# One example a command; a test parses each of them with the command itself.
_ITEM = "content/students/113/s1139901/terms/115-1/outputs/pendulum"
_KEY = "~/.ssh/id_ed25519.pub"
_PRINT = "SHA256:0123456789abcdef0123456789abcdef0123456789a"
EXAMPLES: dict[str, str] = {
    "accounts check": "licheng accounts check",
    "accounts end": "licheng accounts end --dry-run",
    "accounts key": "licheng accounts key ~/it/oidc.key --dry-run",
    "accounts open": "licheng accounts open students --dry-run",
    "amend": "licheng amend --in-force 2027-08-01 --passed 2027-06-30 --dry-run",
    "attach": f"licheng attach {_ITEM} report.pdf --dry-run",
    "audit": "licheng audit s1139901",
    "backup": "licheng backup /mnt/backup --repo /srv/school.git --recipients recipients.txt",
    "certify": f"licheng certify {_ITEM} --key {_KEY}",
    "chain": f"licheng chain {_ITEM}",
    "check": "licheng check content/students/113/s1139901",
    "delegate": (
        f"licheng delegate sick-leave --key {_KEY} --by t002 --from t012 --to t019 --course 115-1/physics"
        " --starts 2026-11-23T00:00:00Z --ends 2027-01-20T00:00:00Z --reason 'sick leave'"
    ),
    "demo": "licheng demo /tmp/demo --students 60 --faults",
    "docs": "licheng docs --check",
    "doctor": "licheng doctor",
    "evaluate": "licheng evaluate 114 --dry-run",
    "explain": "licheng explain QUO001",
    "export": (
        "licheng export course-outputs --year 115 --batch 1 --out ~/registry/115-outputs"
        " --identities ~/registry/identities.age --by t004 --dry-run"
    ),
    "fleet check": "licheng fleet check fleet.yaml --out 115-1-check",
    "fleet evaluate": "licheng fleet evaluate fleet.yaml 114 --out 114-evaluation",
    "fleet status": "licheng fleet status fleet.yaml --out 115-1-status --scheduler tls://10.0.0.5:8786",
    "gate": (f"licheng gate --base {'a' * 40} --head {'b' * 40} --actor github:10000012"),
    "hook announce": "licheng hook announce --repo /srv/school.git",
    "hook authorized-keys": "licheng hook authorized-keys --repo /srv/school.git --dry-run",
    "hook install": "licheng hook install /srv/school.git --dry-run",
    "hook landed": f"licheng hook landed {'a' * 40} --repo /srv/school.git",
    "hook post-receive": "licheng hook post-receive",
    "hook pre-receive": "licheng hook pre-receive",
    "hook shell": f"licheng hook shell {_PRINT} --repo /srv/school.git",
    "identities backup": "licheng identities backup /media/registry --identities ~/registry/identities.age --dry-run",
    "identities check": "licheng identities check --identities ~/registry/identities.age",
    "identities forget": (
        "licheng identities forget s1150123 --identities ~/registry/identities.age --reason request --dry-run"
    ),
    "identities import": (
        "licheng identities import students.csv --identities ~/registry/identities.age --cohort 115 --dry-run"
    ),
    "identities new": (
        "licheng identities new --identities ~/registry/identities.age --recipients recipients.txt --dry-run"
    ),
    "identities recipients": (
        "licheng identities recipients --identities ~/registry/identities.age --recipients recipients.txt --dry-run"
    ),
    "identities show": "licheng identities show s1150123 --identities ~/registry/identities.age",
    "import": (
        "licheng import marks marks.xlsx --columns marks.yaml --term 115-1"
        " --identities ~/registry/identities.age --dry-run"
    ),
    "init": (
        "licheng init our-school --name 示範高中 --code 000000 --coordinators dean.pub registrar.pub"
        " --engine licheng-0.1.0-py3-none-any.whl --dry-run"
    ),
    "keys add": f"licheng keys add t012 --key {_KEY} --dry-run",
    "keys allowed-signers": "licheng keys allowed-signers --dry-run",
    "keys enrol": "licheng keys enrol ~/enrolment.json --dry-run",
    "keys list": "licheng keys list",
    "keys appoint": (
        f"licheng keys appoint t012 --from 2026-11-23T00:00:00Z --by t002 t004 --key {_KEY} {_KEY} --dry-run"
    ),
    "keys reaffirm": f"licheng keys reaffirm t012 {_PRINT} {_ITEM} --key {_KEY} --as t002",
    "keys retire": f"licheng keys retire t012 {_PRINT} --key {_KEY} --as t002 --dry-run",
    "keys revoke": f"licheng keys revoke t012 {_PRINT} --lost --key {_KEY} --as t002 --dry-run",
    "keys signers": "licheng keys signers --student s1139901",
    "keys witness": f"licheng keys witness t012 {_PRINT} --as t019 --key {_KEY}",
    "new": "licheng new course-output --student s1139901 --term 115-1 --slug pendulum --set course=physics --dry-run",
    "hook update": "licheng hook update refs/heads/main OLD NEW",
    "verify-receipt": "licheng verify-receipt -",
    "verify-records": "licheng verify-records --by t004 --identities ~/registry/identities.age --dry-run",
    "lfs-transfer": "licheng lfs-transfer /srv/school.git upload",
    "not-held": (
        "licheng not-held 114-2 students --what-happened 'typhoon' --instead 'held with the next one' "
        f"--instead-by 2026-09-30 --key {_KEY} --dry-run"
    ),
    "override": f"licheng override {'0' * 64} --slug renumbering --reason 'class renumbered' --key {_KEY} --dry-run",
    "platform invite": "licheng platform invite --config /etc/licheng/platform.toml --class 10a --to ~/it/10a.html",
    "platform serve": "licheng platform serve --config /etc/licheng/platform.toml",
    "platform uninvite": "licheng platform uninvite t012 --config /etc/licheng/platform.toml --passkeys",
    "promote": "licheng promote 116 --dry-run --graduation 2027-06-04",
    "queue": "licheng queue --teacher t012",
    "receipt": (
        "licheng receipt ~/registry/114-receipt.xlsx --export 114/course-outputs-first"
        " --identities ~/registry/identities.age --by t004 --dry-run"
    ),
    "forget": "licheng forget s1139901 --by t004 --reason ended --keys ~/registry/keys --dry-run",
    "seal": "licheng seal --due --today 2032-05-01",
    "unseal": (
        "licheng unseal ~/sealed/s1139901.tar.age.age --student s1139901 --by t004 --reason request"
        " --keys ~/registry/keys --out ~/unsealed --dry-run"
    ),
    "release": "licheng release s1139901 --to 大學甄選入學委員會 --by t004 --out ~/releases/s1139901 --dry-run",
    "renew": "licheng renew --repo /srv/school.git --to /srv/school-2032.git --by t006 --dry-run",
    "remind": "licheng remind --today 2027-01-25",
    "restore-drill": "licheng restore-drill /mnt/backup /tmp/drill --identity key.txt",
    "rules": "licheng rules --lang en",
    "simulate": "licheng simulate --rulebook content/rulebook/2018-05-30.yaml",
    "site signing": "licheng site signing --out /tmp/signing --dry-run",
    "site write": "licheng site write /tmp/pages",
    "status": "licheng status --term 115-1 --public",
    "verify": "licheng verify --all",
    "claim": f"licheng claim claims.csv --platform former --key {_KEY} --dry-run",
    "transfer in": "licheng transfer in 000000_20270215100000.zip --identities ~/registry/identities.age --dry-run",
    "transfer out": "licheng transfer out s1139901 --identities ~/registry/ids.age --output ~/registry --dry-run",
    "waive": (
        f"licheng waive {_ITEM} --stage submission --until 2027-02-10 --reason 'official leave' --key {_KEY} --dry-run"
    ),
    "who-may": f"licheng who-may {_ITEM}/item.md",
}


def reference(main: click.Group) -> str:
    """Every command as JSON, groups as their commands, in the order of names."""
    described = []
    for name, command in commands(main):
        context = click.Context(command, info_name=f"licheng {name}", **command.context_settings)
        pieces = " ".join(command.collect_usage_pieces(context))
        entry = {
            "name": name,
            "usage": f"licheng {name} {pieces}",
            "about": _twins(command.help or ""),
            "parameters": list(map(_parameter, command.params)),
            "example": EXAMPLES.get(name, ""),
        }
        described.append(entry)
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def summaries(main: click.Group) -> str:
    """What each command and group says of itself, as JSON by name: `licheng --help` reads it instead of all modules."""
    helps = {name: command.help or "" for name, command in _with_groups(main)}
    return json.dumps(helps, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _with_groups(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield prefix + name, command
        if isinstance(command, click.Group):
            yield from _with_groups(command, f"{prefix}{name} ")


def commands(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    """Names as they are typed after `licheng`, and the commands."""
    for name, command in _with_groups(group, prefix):
        if not isinstance(command, click.Group) and not command.hidden:
            yield name, command


def _parameter(parameter: click.Parameter) -> dict[str, Any]:
    option = parameter if isinstance(parameter, click.Option) else None
    flag = option is not None and option.is_flag
    return {
        "name": ", ".join([*parameter.opts, *parameter.secondary_opts]) if option else parameter.human_readable_name,
        "value": "" if flag else parameter.make_metavar(click.Context(click.Command(""))),
        "option": option is not None,
        "about": _twins(option.help or "" if option else ""),
        "choices": list(parameter.type.choices) if isinstance(parameter.type, click.Choice) else [],
        "default": str(option.default) if option and option.show_default and not flag else "",
        "repeat": option.multiple if option else parameter.nargs == -1,
        "required": parameter.required,
    }


def _twins(text: str) -> dict[str, str]:
    """Help is written zh-TW first, English after a slash; what has no English is the same in both."""
    first, *second = _SLASH.split(" ".join(text.split()), maxsplit=1)
    return {"zh": first, "en": second[0] if second else first}
