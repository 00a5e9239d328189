"""Two verifiers of different origin: whatever we accept, stock OpenSSH accepts."""

from __future__ import annotations

import pytest

from licheng.signing.refusal import Refusal
from licheng.signing.ssh_keygen import verify_with_ssh_keygen
from licheng.signing.sshsig import Signature, VerifiedSignature, parse, verify
from tests.signing.forge import MESSAGE, NAMESPACE, NOW, PRINCIPAL, Keys
from tests.signing.mangle import Case, all_cases

# What `ssh-keygen` accepts and we do not: the reason for a parser of our own. If OpenSSH becomes stricter, we hear it.
KNOWN_GAPS = {
    "stock rsa1024",
    "stock ecdsa",
    "exponent 1",
    "modulus with a needless zero",
    "field: version 0",
    "field: reserved bytes, not signed",
    "armor: two blocks",
    "armor: trailing text",
    "armor: space inside",
    "RSA leading zero left out",
}


def _we_accept(case: Case) -> bool:
    signature = parse(case.armored)
    verdict = signature if isinstance(signature, Refusal) else verify(signature, case.message, case.namespace)
    return isinstance(verdict, VerifiedSignature) and verdict.key.line == case.key


def _they_accept(case: Case) -> bool:
    signers = f'{PRINCIPAL} namespaces="{case.namespace}" {case.key}\n'
    return verify_with_ssh_keygen(
        case.armored,
        case.message,
        allowed_signers=signers,
        principal=PRINCIPAL,
        namespace=case.namespace,
        at=NOW,
    ).accepted


def test_what_we_accept_ssh_keygen_accepts(keys: Keys) -> None:
    cases = set(all_cases(keys))
    valid = {case for case in cases if case.valid}
    ours = {case for case in cases if _we_accept(case)}
    theirs = {case for case in cases if _they_accept(case)}
    assert ours - theirs == set()
    assert valid - ours == set()
    # The comparison has something to compare.
    assert len(valid) >= 90
    assert len(cases - theirs) >= 500
    only_theirs = {case.name for case in theirs - ours}
    assert only_theirs.issuperset(KNOWN_GAPS)
    assert sum(name.startswith("small order") for name in only_theirs) >= 5


@pytest.mark.parametrize("name", ["ed25519", "rsa3072"])
def test_what_stock_openssh_signs_we_accept(keys: Keys, name: str) -> None:
    stock = getattr(keys, name)
    signature = parse(stock.stock())
    assert isinstance(signature, Signature)
    assert verify(signature, MESSAGE, NAMESPACE) == VerifiedSignature(signature.key, NAMESPACE)
    assert signature.key.line == stock.line
