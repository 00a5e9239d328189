"""Samsung's trailer behind a picture (`SEFH` … `SEFT`) and in a film (`sefd`): blocks by name, listed at the end."""

from __future__ import annotations

# What its cameras write of themselves: the time, the country's code of the network, the mode of the shot.
_PLAIN = frozenset(
    {
        "Image_UTC_Data", "MCC_Data", "Camera_Capture_Mode_Info", "Camera_Scene_Info", "Color_Display_P3",
        "Camera_Sticker_Info", "PhotoHDR_Info", "Video_Snapshot_Info", "Single_Shot_Info", "Pro_Mode_Info",
        "Watermark_Info", "Copy_Available_Edit_Info",
    }
)  # fmt: skip
_MOST_BLOCKS = 64
_MOST_BYTES = 4_096


def is_plain_trailer(trailer: bytes) -> bool:
    """Whether all of it is such blocks, each small, and nothing lies between them."""
    trailer = trailer.rstrip(b"\0\xff")
    head = trailer.rfind(b"SEFH")
    if head < 0 or not trailer.endswith(b"SEFT"):
        return False
    count, end = int.from_bytes(trailer[head + 8 : head + 12], "little"), len(trailer) - 8
    if count > _MOST_BLOCKS or head + 12 + 12 * count != end:
        return False
    entries = [trailer[at : at + 12] for at in range(head + 12, end, 12)]
    blocks = [(head - _number(entry[4:8]), _number(entry[8:12])) for entry in entries]
    if sum(size for _, size in blocks) != head:
        return False
    for block in (trailer[start : start + size] for start, size in blocks if start >= 0):
        length = _number(block[4:8])  # of its name, behind two zeros and its type; then what it says
        name = block[8 : 8 + length].decode("ascii", "replace")
        if name not in _PLAIN or len(block) - 8 - length > _MOST_BYTES:
            return False
    return True


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")
