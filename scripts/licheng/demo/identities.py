"""The demo school's registrar: invented rows of an identity table, and what checks of basic data commit to.

Everything follows from the plan's seed, so anybody can compute it: nothing here is secret, and nobody exists. A real
school draws its nonces at random (`licheng identities import`) and never comes here. Written apart from
`licheng.policy.commitments`, so that neither repeats a mistake of the other.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from licheng.demo.dice import Dice

_FAMILY, _GIVEN = "趙錢孫李周吳鄭王", "子丑寅卯辰巳午未申酉戌亥"


def row(seed: int, student: str) -> tuple[str, str, str, str]:
    """學號, 姓名, 身分證號 and day of birth of an invented student; the ID number begins with 00 and has no owner."""
    dice = Dice(seed, student, "identity")
    name = dice.pick(_FAMILY) + dice.pick(_GIVEN) + dice.pick(_GIVEN)
    born = f"{int(student[1:4]) + 1911 - 16}-{dice.between(1, 12):02}-{dice.between(1, 28):02}"
    return f"0{student[1:]}", name, f"A100{dice.below(1_000_000):06}", born


def nonce(seed: int, student: str, term: str) -> bytes:
    """32 bytes that look drawn."""
    dice = Dice(seed, student, "nonce", term)
    return b"".join(dice.below(1 << 64).to_bytes(8, "big") for _ in range(4))


def commitment(seed: int, student: str, term: str) -> str:
    """What a check of a student's basic data in a term commits to, in hex."""
    fields = ["licheng-basic-data/v1", student, term, *row(seed, student)]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(nonce(seed, student, term), text.encode(), hashlib.sha256).hexdigest()
