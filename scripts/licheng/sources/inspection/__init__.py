"""What an attachment's bytes hold besides the work: active content, names, places, other files.

`inspect` is the one door. It is a function of the bytes alone: no file, no clock, no network. Limits are counts
(bytes expanded, pixels, boxes), never seconds, so that the same bytes get the same verdict on every machine.
Whatever cannot be read to its end is refused: an exception is a flaw, never a pass.
"""

from __future__ import annotations

from importlib import import_module

from licheng.core.inspection import TRAILING, UNREADABLE, Flaw
from licheng.policy.attachments import FileType
from licheng.sources.inspection.disguise import other_formats
from licheng.sources.inspection.refusal import RefusedError

# Part of every stored verdict's key: raise it whenever a verdict may change.
VERSION = 1

# Media type → the module that reads it; what it needs is imported when there is such a file.
_INSPECTORS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpeg",
    "image/png": "png",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}


def inspect(data: bytes, kind: FileType) -> tuple[Flaw, ...]:
    """Everything for which a file is refused, sorted; empty where it is fine.

    Args:
        data: the whole file.
        kind: the type that its name says and that its first bytes have (ATT006 judges those); a type that nobody
            here can inspect is refused, so that a new one in the agency's rules cannot pass unseen.
    """
    name = _INSPECTORS.get(kind.media_type)
    if name is None:
        return (Flaw(UNREADABLE, "no-inspector"),)
    inspector = import_module(f"{__name__}.{name}")
    found = {Flaw(TRAILING, reason) for reason in other_formats(data, kind.media_type)}
    try:
        found.update(inspector.flaws(data))
    except RefusedError as refused:
        found.add(refused.flaw)
    except Exception:  # a library or our own code met what it did not expect: never a pass
        found.add(Flaw(UNREADABLE, "broken"))
    return tuple(sorted(found))
