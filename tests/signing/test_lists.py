"""Lists of payloads: one text for one set of digests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.signing import lists
from licheng.signing.refusal import Reason

A, B, C = "a" * 64, "b" * 64, "c" * 64
MANY = sorted(f"{number:064x}" for number in range(101))

FAULTS: dict[bytes, Reason | None] = {
    f"{A}\n".encode(): None,
    f"{A}\n{B}\n".encode(): None,
    f"{B}\n{C}\n".encode(): Reason.NOT_LISTED,
    b"": Reason.BAD_LIST,
    A.encode(): Reason.BAD_LIST,
    f"{A}\n\n".encode(): Reason.BAD_LIST,
    f"\n{A}\n".encode(): Reason.BAD_LIST,
    f"{B}\n{A}\n".encode(): Reason.BAD_LIST,
    f"{A}\n{A}\n".encode(): Reason.BAD_LIST,
    f"{A}\r\n".encode(): Reason.BAD_LIST,
    f"{A} \n".encode(): Reason.BAD_LIST,
    f"{A.upper()}\n".encode(): Reason.BAD_LIST,
    f"{A[:-1]}\n".encode(): Reason.BAD_LIST,
    f"{A}a\n".encode(): Reason.BAD_LIST,
    f"{A}  item.json\n".encode(): Reason.BAD_LIST,
    f"\ufeff{A}\n".encode(): Reason.BAD_LIST,
    ("\n".join([*MANY, ""])).encode(): Reason.BAD_LIST,
}


@pytest.mark.parametrize("data", FAULTS)
def test_a_list_names_a_digest_or_it_does_not(data: bytes) -> None:
    assert lists.fault(data, A) == FAULTS[data]


@given(st.sets(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=100))
def test_what_is_written_names_exactly_its_digests(digests: set[str]) -> None:
    data = lists.encode(digests)
    assert all(lists.fault(data, digest) is None for digest in digests)
    assert lists.fault(data, "0" * 63 + "g") == Reason.NOT_LISTED
    assert len(data) == 65 * len(digests)


@pytest.mark.parametrize("digests", [[], MANY, ["x"], [A.upper()], [A + "\n" + B]])
def test_what_is_no_list_is_not_written(digests: list[str]) -> None:
    with pytest.raises(ValueError, match="no list"):
        lists.encode(digests)
