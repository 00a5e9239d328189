"""The cleaning itself, where it runs: in the process that has limits."""

from __future__ import annotations

from importlib import import_module

from licheng.sources.inspection.look import FORMATS


def wash(data: bytes, media_type: str, everything: bool) -> tuple[list[list[str]], bytes]:
    """For `confined.ask`: what was taken out, sorted, and the copy; a file that cannot be read stays as it is."""
    name = FORMATS.get(media_type)
    if name is None:
        return [], data
    try:
        copy, taken = import_module(f"licheng.sources.cleaning.{name}").cleaned(data, everything)
    except MemoryError:
        raise
    except Exception:  # the inspection says why
        return [], data
    return [[flaw.code, flaw.reason] for flaw in sorted(taken)], bytes(copy)
