"""What attachments may take to inspect: each for itself, and all of a change together."""

from __future__ import annotations

import zlib
from functools import reduce

from licheng.demo.media import pdf
from licheng.policy.gate import MOST_INSPECTED
from licheng.sources.lfs import LfsStore
from tests.gate.corpus.registry import Ask, accepted, by, refused
from tests.gate.items import HOME, STUDENT, attachment, output, pointer, sha256
from tests.gate.scene import Scene
from tests.inspection import samples

_MEDIA_MAX = 10 << 20  # what the agency takes of a film


def _packed(part: bytes, times: int) -> bytes:
    """As zlib packs so many of a part one after the other (RFC 1950), which is done once."""
    packer = zlib.compressobj(9)
    first, more = (packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    checksum = reduce(lambda before, _: zlib.adler32(part, before), range(times), 1)
    return first + more * (times - 1) + b"\x03\x00" + checksum.to_bytes(4, "big")


@refused("ATT013")
def an_attachment_that_fills_memory(s: Scene) -> Ask:
    """Two kilobytes that unfold to a quarter of a gigabyte of names."""
    names = zlib.compress(_packed(b"/ab" * (1 << 19), 86), 9)
    data = samples.document(samples.stream(names, b"/Filter [/FlateDecode /FlateDecode]", packed=False))
    return by(s, STUDENT, output("running", files={"report.pdf": data}))


@refused("ATT013")
def an_attachment_that_takes_for_ever(s: Scene) -> Ask:
    """A run of digits, on which some patterns need the square of its length."""
    data = samples.document(samples.stream(b"1" * 60_000, packed=False)).replace(b"%%EOF", b"")
    return by(s, STUDENT, output("running", files={"report.pdf": data}))


@refused("GAT030")
def more_attachments_than_one_change_may_bring(s: Scene) -> Ask:
    """Each of them is as large as it may be; together they are more than the gate reads for one change."""
    store = LfsStore.of(s.root)
    assert store is not None
    files: dict[str, bytes] = {}
    rows: dict[str, str] = {}
    for number in range(MOST_INSPECTED // _MEDIA_MAX + 2):
        film = samples.film(samples.box(b"free", number.to_bytes(4, "big")))
        data = film.ljust(_MEDIA_MAX, b"\0")
        path = store.path(sha256(data))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(film)
            file.truncate(_MEDIA_MAX)  # a hole, so that the test takes no half a gigabyte of the disk
        item, name = f"films-{number // 20}", f"film-{number}.mp4"
        files[f"{HOME}/terms/115-1/outputs/{item}/{name}"] = pointer(data)
        rows[item] = rows.get(item, "") + attachment(name, data, "video/mp4")
    for item, listed in rows.items():
        files |= output(item, submitted=False, listed=listed)
    return by(s, STUDENT, files)


@accepted
def many_attachments_at_once(s: Scene) -> Ask:
    """Sixty files of three drafts, some of them of megabytes: an ordinary day before the window closes."""
    store = LfsStore.of(s.root)
    assert store is not None
    files: dict[str, bytes] = {}
    for item in ("first", "second", "third"):
        small = {f"report-{number}.pdf": pdf(f"{item} {number}") for number in range(18)}
        film = samples.film(after=samples.box(b"mdat", item.encode() * 500_000))
        sound = samples.frames() * 20
        rows = "".join(attachment(name, data) for name, data in small.items())
        rows += attachment("film.mp4", film, "video/mp4") + attachment("sound.mp3", sound, "audio/mpeg")
        path = store.path(sha256(film))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(film)
        held = {**small, "film.mp4": pointer(film), "sound.mp3": sound}
        files |= output(item, submitted=False, files=held, listed=rows)
    return by(s, STUDENT, files)
