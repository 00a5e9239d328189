"""What of Git's settings would change records, hide history or show another one."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.diagnosis import Diagnosis, Health
from licheng.sources.repository import Repository


def examine(repository: Repository) -> Iterator[Diagnosis]:
    """Line ends, completeness, replacements."""
    autocrlf = (repository.setting("core.autocrlf") or "false").lower()
    yield Diagnosis("DOC031", Health.OK if autocrlf == "false" else Health.WRONG, {"value": autocrlf})
    # A shallow clone shows the tip's dates as if they were all; a partial one asks for objects when they are read.
    partial = any(name.endswith(".promisor") for name in repository.settings)
    incomplete = partial or repository.says("rev-parse", "--is-shallow-repository") == "true"
    yield Diagnosis("DOC032", Health.WRONG if incomplete else Health.OK)
    replaced = repository.says("for-each-ref", "--format=%(refname)", "refs/replace/")
    grafts = repository.git_dir / "info" / "grafts"
    masks = [*replaced.split(), *([str(grafts)] if grafts.exists() else [])]
    yield Diagnosis("DOC033", Health.WRONG if masks else Health.OK, {"found": ", ".join(masks)})
