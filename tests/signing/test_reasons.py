"""Every reason is given by some test, and keeps its spelling."""

from __future__ import annotations

import re

from licheng.signing.refusal import Reason
from tests.signing import test_canonical, test_lists, test_public_key, test_sshsig, test_webauthn


def test_every_reason_has_its_test() -> None:
    tested: set[Reason | None] = {reason for _, reason in test_canonical.REFUSED.values()}
    tested |= {reason for _, reason in test_public_key.REFUSED.values()}
    tested |= set(test_sshsig.ARMORS.values()) | set(test_sshsig.FIELDS.values())
    tested |= set(test_webauthn.OFFENCES) | set(test_lists.FAULTS.values())
    assert set(Reason) - tested == {Reason.OTHER_NAMESPACE}  # see test_what_it_was_signed_for_counts


def test_a_reason_is_spelt_like_its_name() -> None:
    for reason in Reason:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", reason.value)
        assert reason.value == reason.name.lower().replace("_", "-")
