"""Editor settings that follow from the layout and the schemas: which schema belongs to which file, and snippets."""

from __future__ import annotations

import json
import re
from typing import Any

from licheng.core.layout import CONTENT, KINDS, Form
from licheng.sources import schemas

SETTINGS = ".vscode/settings.json"
SNIPPETS = ".vscode/licheng.code-snippets"


def files() -> dict[str, str]:
    """The generated files by path from the root.

    YAML records are completed and validated by the schema of their path; Markdown by the task `licheng check`. No
    editor validates front matter by itself, so its fields are offered: one snippet a Markdown kind.
    """
    settings = {
        "yaml.schemas": {
            f"./schemas/{kind.name}.schema.json": [f"{CONTENT}/" + re.sub(r"{\w+}", "*", kind.template)]
            for kind in KINDS
            if kind.form is Form.YAML
        },
        "yaml.schemaStore.enable": False,
        "yaml.format.enable": False,
        "files.eol": "\n",
        "files.encoding": "utf8",
        "files.insertFinalNewline": True,
        "[yaml]": {"editor.insertSpaces": True, "editor.tabSize": 2},
        "[markdown]": {"editor.quickSuggestions": {"other": True, "comments": False, "strings": True}},
    }
    snippets = {}
    for kind in KINDS:
        if kind.form is Form.MARKDOWN:
            schema = schemas.load()[kind.name]
            required = [name for name in schema.get("required", ()) if name != "kind"]
            fields = [f"{name}: ${{{index}}}" for index, name in enumerate(required, start=1)]
            snippets[kind.name] = {
                "scope": "markdown",
                "prefix": kind.name,
                "description": schema["title"],
                "body": ["---", f"kind: {kind.name}/v1", *fields, "---", "$0"],
            }
    return {SETTINGS: _json(settings), SNIPPETS: _json(snippets)}


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
