"""The inspection itself, where it runs: in the process that has limits."""

from __future__ import annotations

from importlib import import_module

from licheng.core.inspection import TRAILING, UNREADABLE, Flaw
from licheng.sources.inspection.disguise import other_formats
from licheng.sources.inspection.programs import program
from licheng.sources.inspection.refusal import RefusedError

# Media type → the module that reads it; what it needs is imported when there is such a file.
FORMATS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpeg",
    "image/png": "png",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}


def look(data: bytes, media_type: str) -> tuple[dict[str, object], bytes]:
    """For `confined.ask`: the flaws, and where there are some the program that wrote the file."""
    seen = flaws(data, media_type)
    wrote = program(data, media_type) if seen else ""
    return {"flaws": [[flaw.code, flaw.reason] for flaw in seen], "program": wrote}, b""


def flaws(data: bytes, media_type: str) -> tuple[Flaw, ...]:
    """Everything for which a file is refused, sorted.

    Raises:
        MemoryError: the limit was met; the bytes are not judged.
    """
    name = FORMATS.get(media_type)
    if name is None:
        return (Flaw(UNREADABLE, "no-inspector"),)
    inspector = import_module(f"licheng.sources.inspection.{name}")
    seen = {Flaw(TRAILING, reason) for reason in other_formats(data, media_type)}
    try:
        seen.update(inspector.flaws(data))
    except Exception as error:  # a library or our own code met what it did not expect: never a pass
        cause: BaseException | None = error
        while cause is not None:
            # Pillow tells of missing memory as of a broken picture.
            if isinstance(cause, MemoryError) or (isinstance(cause, OSError) and "out of memory" in str(cause)):
                raise MemoryError from error
            cause = cause.__cause__ or cause.__context__
        seen.add(error.flaw if isinstance(error, RefusedError) else Flaw(UNREADABLE, "broken"))
    return tuple(sorted(seen))
