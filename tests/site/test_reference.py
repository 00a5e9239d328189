"""The commands' pages say what the commands are: their examples parse, both languages are said."""

from __future__ import annotations

import shlex

import click
import pytest

from licheng.cli.main import main
from licheng.cli.reference import EXAMPLES, commands
from licheng.core.languages import LANGUAGES
from licheng.outputs.words import words

NAMES = [name for name, _ in commands(main)]


def test_every_command_has_an_example_and_no_example_lacks_a_command() -> None:
    assert sorted(EXAMPLES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_what_the_command_takes(name: str) -> None:
    command: click.Command = main
    program, *arguments = shlex.split(EXAMPLES[name])
    assert program == "licheng"
    for part in name.split():
        assert arguments.pop(0) == part
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), part)
        assert found is not None
        command = found
    command.make_context(name, arguments)  # raises what the command line would say


@pytest.mark.parametrize("name", NAMES)
def test_the_help_is_said_in_both_languages(name: str) -> None:
    command = dict(commands(main))[name]
    assert " / " in (command.help or "")


def test_both_word_files_have_the_same_keys_but_for_the_regulation() -> None:
    chinese, english = (words(language).data for language in LANGUAGES)
    assert keys(chinese) - keys({"regulation": chinese["regulation"]}) == keys(english)


def keys(value: object, above: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {above}
    return {key for name, inner in value.items() for key in keys(inner, f"{above}/{name}")}
