"""MP3: the tags are cut off; the frames of the sound stay byte for byte."""

from __future__ import annotations

from licheng.core.inspection import ACTIVE, TRAILING, Flaw
from licheng.sources.cleaning.harmless import TAGS
from licheng.sources.inspection import mp3


def cleaned(data: bytes, everything: bool) -> tuple[bytes, frozenset[Flaw]]:
    """The copy and what was taken out; the same bytes and nothing where there was nothing.

    Args:
        data: the whole file.
        everything: also a tag that carries a file; else such a tag stays, and so does every other.

    Raises:
        RefusedError: it cannot be read.
    """
    layout = mp3.read(data)
    taken = {flaw for tag in layout.tags for flaw in mp3.of_tag(*tag)}
    if not everything and any(flaw.code == ACTIVE for flaw in taken):
        return data, frozenset()
    if layout.tags and not taken:
        taken.add(TAGS)
    sound = data[layout.start : layout.end]
    end = mp3.sound_end(sound)
    if sound[end:].strip(b"\0"):
        taken.add(Flaw(TRAILING, "after-the-end"))
    return (sound[:end], frozenset(taken)) if taken else (data, frozenset())
