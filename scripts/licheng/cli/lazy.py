"""A group of commands, each imported when it is called; to be listed it needs only the line that it says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from pathlib import Path

import click

# Written by `licheng docs`, which also says when it drifted from the commands.
SUMMARIES = Path(__file__).with_name("summaries.json")
# What a command answers with its help.
HELP = ("-h", "--help")


class LazyGroup(click.Group):
    """A group whose commands lie in modules of their own."""

    modules: Mapping[str, str]

    @classmethod
    def of(cls, modules: Mapping[str, str]) -> type[LazyGroup]:
        """The group of these commands: name → module of `licheng.cli`, where the command is called by its name."""
        return type("LazyCommands", (cls,), {"modules": modules})

    def list_commands(self, _context: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted(self.modules)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of that name; it knows itself what asks for its help, as do those that it may hold.

        click asks the context of the first use and keeps the answer, so without its group a command would forget `-h`.
        """
        if name not in self.modules:
            return None
        function = f"{name}_" if iskeyword(name) else name.replace("-", "_")
        command: click.Command = getattr(import_module(f"licheng.cli.{self.modules[name]}"), function)
        for each in (command, *(command.commands.values() if isinstance(command, click.Group) else ())):
            each.context_settings.setdefault("help_option_names", [*HELP])
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does, with stand-ins that bear the commands' names and help."""
        # What each command and group says of itself, by its whole name; the root's own may be `python -m licheng`.
        summaries = json.loads(SUMMARIES.read_text(encoding="utf-8"))
        above = context.command_path.removeprefix(context.find_root().command_path)
        stands = {name: click.Command(name, help=summaries[f"{above} {name}".strip()]) for name in self.modules}
        click.Group(commands=stands).format_commands(context, formatter)
