"""Templates to Markdown: every expression that is not markup is made inert, undefined names are errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from licheng.outputs.inert import inert


def renderer(templates: Path, compiled: jinja2.BytecodeCache | None = None) -> Callable[[str, Mapping[str, Any]], str]:
    """A function that fills the templates of a folder; text of records is data there, never a template.

    Args:
        templates: the folder.
        compiled: what each template was compiled to before.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        bytecode_cache=compiled,
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=inert,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["inert"] = inert

    def render(name: str, values: Mapping[str, Any]) -> str:
        # One line feed at the end; front matter begins on the first line.
        return environment.get_template(name).render(values).strip("\n") + "\n"

    return render
