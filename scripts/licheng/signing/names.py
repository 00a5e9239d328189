"""The names that stand in signatures and in `allowed_signers`: nothing that could be read as an option or a pattern."""

from __future__ import annotations

import re

_PRINCIPAL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
_NAMESPACE = re.compile(r"[a-z][a-z0-9-]{0,31}@[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?", re.ASCII)


def checked_principal(text: str) -> str:
    """A staff id, as it stands in `allowed_signers` and behind `ssh-keygen -I`.

    Raises:
        ValueError: it has another character than `a-z`, `0-9` and `-`, or begins or ends with `-`.
    """
    if _PRINCIPAL.fullmatch(text) is None:
        raise ValueError(f"not a principal: {text!a}")
    return text


def checked_namespace(text: str) -> str:
    """A namespace of ours, `certification@…`: never `git`, `file` or `email`, which belong to others.

    Raises:
        ValueError: it has not that form.
    """
    if _NAMESPACE.fullmatch(text) is None:
        raise ValueError(f"not a namespace of a school: {text!a}")
    return text
