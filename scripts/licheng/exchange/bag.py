"""A BagIt package (RFC 8493, version 1.0) as its files: payload, tags and both manifests, in SHA-256.

Names are those of the school's records: no line feed and no percent sign, so that none has to be encoded (RFC 8493
2.1.3) and `sha256sum -c` reads the manifests as they are. `bagit-python` writes the draft before the RFC (0.97), into
the folder that it takes the payload from; it is the reader that our tests ask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from licheng.core.school import School

MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def bag(
    payload: Iterable[tuple[str, bytes]], info: Mapping[str, str], tags: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    """Every file of a bag by its place in it, as it comes; the manifest of the tags is the last.

    Args:
        payload: by path below `data/`, each once.
        info: metadata, by the names of RFC 8493 2.2.2; one line each. `Payload-Oxum` is added.
        tags: further files beside the manifests, outside the payload.

    Raises:
        ValueError: a path or a line of metadata that would have to be encoded or folded.
    """
    sums, size = list[tuple[str, str]](), 0
    for path, data in payload:
        sums.append((path, _digest(data)))
        size += len(data)
        yield f"data/{path}", data
    facts = {**info, "Payload-Oxum": f"{size}.{len(sums)}"}
    if any("\n" in fact or "\r" in fact for fact in facts.values()):
        raise ValueError("metadata of more than one line")
    own = {
        "bag-info.txt": "".join(f"{name}: {fact}\n" for name, fact in sorted(facts.items())).encode(),
        "bagit.txt": _DECLARATION.encode(),
        MANIFEST: manifest(sums),
        **tags,
    }
    yield from sorted(own.items())
    yield TAG_MANIFEST, "".join(_line(path, _digest(data)) for path, data in sorted(own.items())).encode()


def metadata(school: School, student: str, what: str, commit: str) -> dict[str, str]:
    """What a bag of a student's files says of itself (RFC 8493 2.2.2).

    Args:
        school: whose it is; the day is the school's, as everything is judged by it.
        student: the id.
        what: the bag is for.
        commit: that the files are of.
    """
    own = school.one("school")
    return {
        "Source-Organization": str(own.data["name"]["en"]) if own is not None else "",
        "External-Identifier": student,
        "External-Description": what,
        "Bagging-Date": school.today.isoformat(),
        "Internal-Sender-Identifier": commit,
    }


def manifest(sums: Iterable[tuple[str, str]]) -> bytes:
    """The manifest of a payload, whatever the order in which it comes.

    Args:
        sums: paths below `data/`, each with the SHA-256 of its file in hex.

    Raises:
        ValueError: a path that would have to be encoded.
    """
    named = sorted((f"data/{path}", digest) for path, digest in sums)
    return "".join(_line(path, digest) for path, digest in named).encode()


def manifest_digest(sums: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of `manifest`, in hex."""
    return _digest(manifest(sums))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _line(path: str, digest: str) -> str:
    if {"\n", "\r", "%", "\\"}.intersection(path):
        raise ValueError(f"not a plain path: {path!a}")
    return f"{digest}  {path}\n"
