"""Records as a student or a unit would write them, for changes in the gate's tests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from licheng.demo.media import pdf

STUDENT, OTHER = "s1130003", "s1130002"
HOME, OTHERS_HOME = f"content/students/113/{STUDENT}", f"content/students/113/{OTHER}"
TERM = "115-1"
TUTOR = "t012"  # of class 12a
PDF = pdf("gate")


@lru_cache(maxsize=1)  # a film is asked for as a file, as a pointer and as a line of a list
def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def output(
    slug: str,
    *,
    home: str = HOME,
    term: str = TERM,
    course: str = "pe-5",
    submitted: bool = True,
    summary: str = "以影像分析比較兩種起跑姿勢。",
    body: str = "同一位同學重複三次，取平均。",
    files: Mapping[str, bytes] | None = None,
    listed: str | None = None,
    extra: str = "",
) -> dict[str, bytes]:
    """A course output with its attachments, by path: a report where it is submitted and none are given."""
    if files is None:
        files = {"report.pdf": pdf(f"{home}/{term}/{slug}")} if submitted and listed is None else {}
    rows = listed if listed is not None else "".join(attachment(name, data) for name, data in files.items())
    folder = f"{home}/terms/{term}/outputs/{slug}"
    head = f"---\nkind: course-output/v1\ncourse: {course}\nsummary: {summary}\nsubmitted: {str(submitted).lower()}\n"
    text = f"{head}{extra}attachments:{rows or ' []'}\n---\n{body}\n"
    return {f"{folder}/item.md": text.encode()} | {f"{folder}/{name}": data for name, data in files.items()}


def stored(slug: str, name: str, data: bytes, *, home: str = HOME, size: int | None = None) -> dict[str, bytes]:
    """A course output whose file is in the store: a pointer to it, perhaps with another size."""
    return output(slug, home=home, files={name: pointer(data, size)}, listed=attachment(name, data))


def attachment(name: str, data: bytes, kind: str = "application/pdf") -> str:
    """A line of the list of attachments."""
    return f"\n  - name: {name}\n    size: {len(data)}\n    sha256: {sha256(data)}\n    type: {kind}"


def activity(slug: str, *, home: str = HOME, year: str = "115", submitted: bool = True) -> dict[str, bytes]:
    """An activity of the plainest category."""
    text = (
        "---\nkind: activity/v1\ncategory: work\nname: 校園鳥類觀察手札\non: 2026-10-10\n"
        f"summary: 一個月的觀察與素描。\nsubmitted: {str(submitted).lower()}\nattachments: []\n---\n記錄十二種鳥。\n"
    )
    return {f"{home}/years/{year}/activities/{slug}/item.md": text.encode()}


def pointer(data: bytes, size: int | None = None) -> bytes:
    """A Git LFS pointer to some bytes."""
    oid, length = sha256(data), len(data) if size is None else size
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {length}\n".encode()


def consultation(on: str = "2026-11-20") -> bytes:
    """What a course counsellor writes."""
    return (
        f'kind: consultation/v1\non: {on}\ntime: "12:10"\nplace: 班級教室\nmode: 2\n'
        "content: 討論選修的方向。\nopinion: 先看看物理的先備課程。\n"
    ).encode()


def position(ends: str = "2027-01-20") -> bytes:
    """What 訓育組 writes."""
    return (
        f"kind: position/v1\norganisation: 班級\ntitle: 衛生股長\nlevel: 2\nstarts: 2026-09-01\nends: {ends}\n".encode()
    )
