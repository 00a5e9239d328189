"""Odd values for every field of every kind of record: what nobody sound writes, and somebody will."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from licheng.core.layout import BY_NAME, Form, Home, home, student_folder
from licheng.signing.canonical import encode
from licheng.sources import schemas
from licheng.sources.reading import parse
from licheng.sources.shelf import Readings
from tests.trees import FIXTURES, ROOT, MemoryTree, load

Pointer = tuple[str | int, ...]

# Four students who between them have a record of every kind, so that a check takes a tenth of a second.
STUDENTS = 4
_DEEP: Any = 1
for _ in range(19):
    _DEEP = [_DEEP]

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 10**17, -(10**17), 2**63, 10**400, 1.5, 1e999),
    *("", " ", "   \n ", "\n", "1e999", "0x10", "１２３", "壹", "-1", "1_000", "١٢٣"),
    *([], {}, [None], [[]], [{}], {"x": None}, {"": ""}, {"id": []}, _DEEP, [1, "a", None, {}], ["115-1", "115-1"]),
    *("2026-02-30", "9999-99-99", "0000-01-01", "0001-01-01", "9999-12-31", "2026-11-23", "2026-1-1", "20261123"),
    *("2026-W48-1", "2026-11-23T04:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z"),
    *("2026-11-23T24:00:00Z", "2026-11-23T23:59:60Z", "２０２６-１１-２３"),
    *("115-3", "999-9", "115-1", "999-1", "100-1", "0-0", "115", "999", "100", "000"),
    *("../..", "/etc/passwd", "content/students/113", "a/../b", "terms/999-1/outputs/x", "a" * 10_000, "歷" * 300),
    *("😀", "\u202eabc", "a\u200bb", "e\u0301", "\ufeff", "ſ", "ß", "İ"),
    *("{x}", "{0}", "{", "}", "%s", "%(x)s", "{{7*7}}", "<script>alert(1)</script>", "::error::x", "@someone", "|a|b|"),
    *("t001", "t999", "s1130001", "s9999999", "-", "null", "true", "~", "*", "!", "**/*", "[", "content/**", "&a"),
    *("SHA256:" + "A" * 43, "ssh-ed25519 AAAA", "0" * 64, "z" * 64, "00:00", "24:00", "12:60", "https://", "http://["),
    *("A123456789", "０"),
)  # fmt: skip


@cache
def school() -> Mapping[str, bytes]:
    """A small school of real records, of every kind."""
    files = {path: data for path, data in load(ROOT).items() if not path.startswith("content/handbook/")}
    kept = _students(files)
    small = {path: data for path, data in files.items() if (student_folder(path) or "") in {"", *kept}}
    extra = FIXTURES / "KEY004/good/by-an-appointed-coordinator/content/trust/coordinators/t904.yaml"
    small["content/trust/coordinators/t009.yaml"] = extra.read_bytes()
    small["content/trust/overrides/example.yaml"] = _OVERRIDE.encode()
    omission = "content/training/114-1/omissions/teachers.yaml"
    small[omission] = (FIXTURES / "TRN010/bad/by-the-head-of-the-office" / omission).read_bytes()
    stated = sorted((FIXTURES / "CHG001/good").glob("*/content/changes/*/*/*"))[:2]  # a statement and its signature
    small |= {file.as_posix().partition("/good/")[2].partition("/")[2]: file.read_bytes() for file in stated}
    phone = FIXTURES / "CHG002/good/signed/content/students/113/s1139901"
    [said] = (phone / "hand-ins").glob("*.json")
    claim = "content/students/113/s1139901/claims/113-2/pendulum.yaml"
    of_others = {
        "content/students/{0}/claims/113-2/pendulum.yaml": FIXTURES / "CER023/good/listed" / claim,
        "content/students/{0}/signatures/115/first.yaml": ROOT / "tests/schools/yongping/content/students/113/s1139901"
        "/signatures/115/first.yaml",
        "content/students/{0}/keys.yaml": phone / "keys.yaml",
        f"content/students/{{0}}/hand-ins/{said.name}": said,
        f"content/students/{{0}}/hand-ins/{said.name}.sig": said.with_name(f"{said.name}.sig"),
        "content/notices/115-1/windows.yaml": ROOT / "tests/schools/yongping/content/notices/115-1/windows.yaml",
    }
    one = min(kept).removeprefix("content/students/")
    small["content/exports/114/course-outputs.yaml"] = _example("roster-export")
    small["content/receipts/114/course-outputs/0001.yaml"] = _example("receipt")
    small["content/receipt-notices/114/all.yaml"] = _example("receipt-notice")
    for kind in ("receipt-confirmation", "receipt-sheet", "receipt-answer"):
        small[f"content/students/{one}/{kind}s/114/first.yaml"] = _example(kind)
    small[f"content/students/{one}/releases/first.yaml"] = _example("release")
    small["content/seals/109/s1090001/seal.yaml"] = _example("seal")
    small["content/seals/109/s1090001/unsealings/2033-03-01-request.yaml"] = _example("unsealing")
    small["content/seals/109/s1090001/forgetting.yaml"] = _example("forgetting")
    return small | {path.format(one): file.read_bytes() for path, file in of_others.items()}


def tree(files: Mapping[str, bytes]) -> MemoryTree:
    """The school with some other files; what is as in the school is read once for all trees."""
    return MemoryTree({**school(), **files}, readings=_READINGS)


_READINGS = Readings()
_OVERRIDE = f"""kind: override/v1
change: {"0" * 64}
reason: 學年初重新上傳。
by: t006
signed_at: 2026-11-23T03:00:00Z
signature: |
  -----BEGIN SSH SIGNATURE-----
  AAAA
  -----END SSH SIGNATURE-----
"""


def _example(kind: str) -> bytes:
    """The first example of a kind's schema, as YAML: what only a machine writes."""
    [example, *_] = schemas.load()[kind]["examples"]
    return json.dumps(example, ensure_ascii=False).encode() + b"\n"


def _students(files: Mapping[str, bytes]) -> set[str]:
    """Few students who together have records of all kinds that students have."""
    kinds: dict[str, set[str]] = {}
    for path in files:
        folder, where = student_folder(path), home(path)
        if folder is not None and where is not None:
            kinds.setdefault(folder, set()).add(where.kind.name)
    chosen, missing = set(), set().union(*kinds.values())
    while missing:
        best = max(sorted(kinds), key=lambda folder: len(kinds[folder] & missing))
        chosen.add(best)
        missing -= kinds[best]
    return chosen


@cache
def seeds() -> Mapping[str, str]:
    """The path of a record of each kind."""
    found: dict[str, str] = {}
    for path in school():
        where = home(path)
        if where is not None:
            found.setdefault(where.kind.name, path)
    return found


@cache
def places() -> tuple[tuple[str, Pointer], ...]:
    """Every field of every kind, nested ones and those that a record leaves out too: (kind, pointer)."""
    return tuple((kind, pointer) for kind in sorted(seeds()) for pointer in _pointers(kind))


def _pointers(kind: str) -> Iterator[Pointer]:
    schema = schemas.followed(kind, schemas.load()[kind])
    yield from dict.fromkeys(_below(value(kind), schema, ()))


def _below(data: Any, schema: Any, pointer: Pointer) -> Iterator[Pointer]:
    if isinstance(data, dict):
        for name in dict.fromkeys([*data, *_names(schema)]):
            yield (*pointer, name)
            yield from _below(data.get(name), _inner(schema, name), (*pointer, name))
    elif isinstance(data, list) and data:
        yield (*pointer, 0)
        yield from _below(data[0], schema.get("items", {}) if isinstance(schema, dict) else {}, (*pointer, 0))


def _parts(schema: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for word in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(word, ()):
                yield from _parts(part)
        for word in ("then", "else"):
            yield from _parts(schema.get(word))


def _names(schema: Any) -> list[str]:
    return [name for part in _parts(schema) for name in part.get("properties", {})]


def _inner(schema: Any, name: str) -> Any:
    return next((part["properties"][name] for part in _parts(schema) if name in part.get("properties", {})), {})


@cache
def value(kind: str) -> Any:
    """The data of the record of a kind, which nobody changes."""
    path = seeds()[kind]
    text = school()[path].decode()
    if BY_NAME[kind].form is Form.SIGNED:
        return json.loads(text)
    record, _ = parse(path, _home(path), text)
    assert record is not None
    return record.data


def _home(path: str) -> Home:
    where = home(path)
    assert where is not None
    return where


@cache
def short(kind: str) -> Any:
    """The same with one entry of each list, as odd values go into the first; whole, where one would be too few."""
    data = _first_entries(value(kind))
    return data if BY_NAME[kind].form is not Form.SIGNED and schemas.is_valid(kind, data) else value(kind)


def _first_entries(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _first_entries(inner) for name, inner in data.items()}
    return [_first_entries(inner) for inner in data[:1]] if isinstance(data, list) else data


def with_odd(kind: str, pointer: Pointer, odd: Any, record: Callable[[str], Any] = value) -> tuple[str, bytes]:
    """The record of a kind with an odd value at a place: (path, bytes)."""
    return seeds()[kind], written(kind, mutated(kind, pointer, odd, record))


def mutated(kind: str, pointer: Pointer, odd: Any, record: Callable[[str], Any] = value) -> Any:
    """The data of the record of a kind with an odd value at a place."""
    data = copy.copy(record(kind))
    inner = data
    for step in pointer[:-1]:  # what lies beside the way stays that of the record
        beside = isinstance(inner, dict) and not isinstance(inner.get(step), (dict, list))
        inner[step] = {} if beside else copy.copy(inner[step])
        inner = inner[step]
    inner[pointer[-1]] = odd
    return data


def written(kind: str, data: Any) -> bytes:
    """Data as the file of a kind: YAML in its JSON form, front matter likewise; signed ones in canonical form."""
    if BY_NAME[kind].form is Form.SIGNED:
        try:
            return encode(data)
        except (TypeError, ValueError):
            return json.dumps(data, ensure_ascii=False).encode()
    text = json.dumps(data, ensure_ascii=False)
    return (f"---\n{text}\n---\n內文。\n" if BY_NAME[kind].form is Form.MARKDOWN else f"{text}\n").encode()
