"""A command that was typed wrongly, as our own error: click's English words never reach a person."""

from __future__ import annotations

import re

import click

from licheng.core.errors import UsageError

# What click says of a value → our case; the first that is in its sentence.
_OF_VALUES = {
    "is not a valid": "number",
    "does not exist": "no-file",
    "No such file": "no-file",
    "is a file": "not-a-folder",
    "is a directory": "not-a-file",
    "is not readable": "unreadable",
}
_QUOTED = re.compile(r"'([^']*)'")


def misuse(error: click.ClickException, command: str) -> UsageError:
    """The error in words of ours.

    Args:
        error: what click raised.
        command: whose `--help` shows how it is used.
    """
    message = error.message
    quoted = match[1] if (match := _QUOTED.search(message)) is not None else ""
    case, values = "other", dict[str, str | tuple[str, ...]]()
    match error:
        case click.NoSuchOption(option_name=name):
            case, values = _guess("no-option", name, error.possibilities)
        case click.exceptions.NoSuchCommand(command_name=name):
            case, values = _guess("no-command", name, error.possibilities)
        case click.BadOptionUsage(option_name=name):
            case, values = "takes-no-value" if "does not take" in message else "needs-value", {"name": name}
        case click.MissingParameter(param=click.Parameter(type=click.Choice(choices=choices))):
            case, values = "missing-choice", {"name": _name(error), "allowed": tuple(map(str, choices))}
        case click.MissingParameter():
            case, values = "missing", {"name": _name(error)}
        case click.BadParameter():
            case, values = _bad_value(error, quoted)
        case _ if "unexpected extra" in message:
            case, values = "too-much", {"value": message.partition("(")[2].rpartition(")")[0]}
    return UsageError("APP025", command=command, case=case, **values)


def _bad_value(error: click.BadParameter, quoted: str) -> tuple[str, dict[str, str | tuple[str, ...]]]:
    kind = error.param.type if error.param is not None else None
    values: dict[str, str | tuple[str, ...]] = {"name": _name(error), "value": quoted}
    if isinstance(kind, click.Choice):
        return "choice", {**values, "allowed": tuple(map(str, kind.choices))}
    if isinstance(kind, click.IntRange):
        bounds = (("≥", kind.min), ("≤", kind.max))
        shown = tuple(f"{sign} {bound}" for sign, bound in bounds if bound is not None)
        return "range", {**values, "value": quoted or error.message.partition(" is not in")[0], "range": shown}
    return next((ours for words, ours in _OF_VALUES.items() if words in error.message), "value"), values


def _guess(case: str, name: str, possibilities: list[str] | None) -> tuple[str, dict[str, str | tuple[str, ...]]]:
    if possibilities:
        return f"{case}-but", {"name": name, "allowed": tuple(possibilities)}
    return case, {"name": name}


def _name(error: click.BadParameter) -> str:
    """How the option or argument is typed: `--today`, `ITEM`."""
    if error.param is None:
        return ""
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.make_metavar(error.ctx) if error.ctx is not None else (error.param.name or "").upper()
