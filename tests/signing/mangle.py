"""Signatures, valid and mangled, by name: what two verifiers are compared on."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from licheng.signing.wire import string
from tests.signing import edwards
from tests.signing.forge import (
    MESSAGE,
    NAMESPACE,
    Keys,
    StockKey,
    Wire,
    ed25519_blob,
    line_of,
    mpint,
    rsa_blob,
)

BEGIN, END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"


@dataclass(frozen=True)
class Case:
    """One question to both verifiers.

    Attributes:
        valid: both must say yes; otherwise it is only known that we may not say yes where the other says no.
        key: the line of `allowed_signers` that fits the signature best.
    """

    name: str
    armored: bytes
    key: str
    message: bytes = MESSAGE
    namespace: str = NAMESPACE
    valid: bool = False


def all_cases(keys: Keys) -> list[Case]:
    makers = (valid, other_context, armors, fields, flips, weak_keys, rsa_forms, scalars, small_orders, mixed_orders)
    return [case for maker in makers for case in maker(keys)]


def _of_wire(name: str, wire: Wire, **more: Any) -> Case:
    return Case(name, wire.armored, line_of(wire.key), **more)


def valid(keys: Keys) -> Iterator[Case]:
    """Made by ssh-keygen, over messages and namespaces of many lengths."""
    for length in (0, 1, 2, 63, 64, 65, 127, 128, 1000, 16_384):
        message = random.Random(length).randbytes(length)
        for stock in (keys.ed25519, keys.rsa3072):
            yield Case(f"{length} bytes", stock.stock(message), stock.line, message, valid=True)
    for length in range(1, 71):  # every length of the last line of the armor
        namespace = "key@" + "n" * length if length < 60 else "delegation@" + "n" * (length - 50)
        armored = keys.ed25519.stock(namespace=namespace)
        yield Case(f"namespace of {len(namespace)}", armored, keys.ed25519.line, namespace=namespace, valid=True)
    for stock in (keys.ed25519, keys.rsa3072):
        for name in ("sha256", "sha512"):
            yield Case(f"stock {name}", stock.stock(MESSAGE, "-O", f"hashalg={name}"), stock.line, valid=True)
            yield Case(f"ours {name}", stock.sign(hash=name.encode()).armored, stock.line, valid=True)
    yield Case(
        "rsa-sha2-256", keys.rsa3072.sign(algorithm=b"rsa-sha2-256").armored, keys.rsa3072.line, valid=True
    )  # fmt: skip


def other_context(keys: Keys) -> Iterator[Case]:
    """Right signatures of something else."""
    for stock in (keys.ed25519, keys.rsa3072):
        good = stock.stock()
        yield Case("another message", good, stock.line, MESSAGE + b"\n")
        yield Case("CRLF copy", good, stock.line, MESSAGE.replace(b"\n", b"\r\n"))
        yield Case("no message", good, stock.line, b"")
        yield Case("another namespace", good, stock.line, namespace="delegation@licheng.example")
        yield Case("prefix of the namespace", good, stock.line, namespace=NAMESPACE[:-1])
        yield Case("namespace git", stock.stock(namespace="git"), stock.line)
        yield Case("another's key in its place", _put_key(stock.sign(), keys.other).armored, keys.other.line)
    for at in range(0, len(MESSAGE), 3):
        message = bytearray(MESSAGE)
        message[at] ^= 1
        yield Case(f"message flipped at {at}", keys.ed25519.stock(), keys.ed25519.line, bytes(message))


def _put_key(wire: Wire, key: StockKey) -> Wire:
    return replace(wire, key=key.blob)


def armors(keys: Keys) -> Iterator[Case]:
    """The same signature, dressed differently; the first of each is right."""
    for stock in (keys.ed25519, keys.rsa3072):
        for name, armored in armor_forms(stock.stock()).items():
            yield Case(f"armor: {name}", armored, stock.line)


def armor_forms(good: bytes) -> dict[str, bytes]:
    """Every way to dress an armor wrongly that we could think of."""
    body = good[len(BEGIN) + 1 : -len(END) - 1]
    text = body.replace(b"\n", b"")
    lines = body.splitlines()
    blob = base64.b64decode(text)
    return {
        "leading text": b"Signed by me\n" + good,
        "leading newline": b"\n" + good,
        "leading space": b" " + good,
        "byte order mark": b"\xef\xbb\xbf" + good,
        "CRLF": good.replace(b"\n", b"\r\n"),
        "CR": good.replace(b"\n", b"\r"),
        "CRLF inside": good.replace(b"\n", b"\r\n", 3).replace(b"\r\n", b"\n", 1),
        "CRLF at the end": good[:-1] + b"\r\n",
        "no END": good[: -len(END) - 1],
        "END not on its own line": good.replace(b"\n" + END, END),
        "END twice": good + END + b"\n",
        "END indented": good.replace(END, b" " + END),
        "END in lower case": good.replace(END, END.lower()),
        "no BEGIN": good[len(BEGIN) + 1 :],
        "BEGIN twice": BEGIN + b"\n" + good,
        "text after BEGIN": good.replace(BEGIN, BEGIN + b" ", 1),
        "no newline after BEGIN": good.replace(BEGIN + b"\n", BEGIN, 1),
        "BEGIN of PGP": good.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"),
        "no final newline": good[:-1],
        "two final newlines": good + b"\n",
        "trailing text": good + b"and more\n",
        "trailing space": good[:-1] + b" \n",
        "trailing NUL": good + b"\0",
        "two blocks": good + good,
        "two blocks, joined": good[:-1] + good,
        "block within a block": BEGIN + b"\n" + good + END + b"\n",
        "one line": BEGIN + b"\n" + text + b"\n" + END + b"\n",
        **{f"lines of {width}": _dress(text, width) for width in (4, 64, 69, 71, 76)},
        "blank line": good.replace(b"\n", b"\n\n", 2),
        "blank line first": good.replace(b"\n", b"\n\n", 1),
        "blank line last": good.replace(b"\n" + END, b"\n\n" + END),
        "space inside": good.replace(lines[0], lines[0][:10] + b" " + lines[0][10:]),
        "space at a line's end": good.replace(lines[0], lines[0] + b" "),
        "tab at a line's start": good.replace(lines[1], b"\t" + lines[1]),
        "NUL inside": good.replace(lines[0], lines[0][:10] + b"\0" + lines[0][10:]),
        "junk inside": good.replace(lines[0], lines[0][:10] + b"!*%" + lines[0][10:]),
        "junk for a letter": good.replace(lines[1], b"!" + lines[1][1:]),
        "a header line": good.replace(BEGIN + b"\n", BEGIN + b"\nComment: x\n\n", 1),
        "URL-safe letters": good.replace(body, body.replace(b"+", b"-").replace(b"/", b"_") + b"-"),
        "padding in the middle": good.replace(lines[0], lines[0][:68] + b"=="),
        "more padding": good.replace(b"\n" + END, b"=\n" + END),
        "much padding": good.replace(b"\n" + END, b"====\n" + END),
        "less padding": _dress(text.rstrip(b"=") + b"=" * max(text.count(b"=") - 1, 0), 70),
        "stray bits": _dress(_stray_bits(text), 70),
        "a letter more": _dress(text.rstrip(b"=") + b"A", 70),
        "a letter less": _dress(text.rstrip(b"=")[:-1], 70),
        "a line less": good.replace(lines[1] + b"\n", b""),
        "lines swapped": good.replace(lines[0] + b"\n" + lines[1], lines[1] + b"\n" + lines[0]),
        "first letter in lower case": good.replace(b"\nU", b"\nu", 1),
        "empty": b"",
        "empty block": BEGIN + b"\n" + END + b"\n",
        "only a newline inside": BEGIN + b"\n\n" + END + b"\n",
        "the bare blob": blob,
        "UTF-16": good.decode().encode("utf-16-le"),
        "padded to 20 kB": good.replace(b"\n", b"\n" + b"\n" * 20_000, 1),
    }


def _dress(text: bytes, width: int) -> bytes:
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return b"\n".join([BEGIN, *lines, END, b""])


def _stray_bits(text: bytes) -> bytes:
    """Another last letter that decodes to the same bytes (or, without padding, to others)."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bare = text.rstrip(b"=")
    last = letters[letters.index(bare[-1]) ^ 1]
    return bare[:-1] + bytes([last]) + text[len(bare) :]


def fields(keys: Keys) -> Iterator[Case]:
    """Right mathematics, wrong fields; and fields that do not fit each other."""
    for stock in (keys.ed25519, keys.rsa3072):
        for name, wire in field_forms(stock).items():
            yield _of_wire(f"field: {name}", wire)
        good = stock.sign()
        for cut in (1, 2, 5, 40, len(good.blob) // 2, len(good.blob) - 8, len(good.blob) - 1):
            yield Case(f"blob cut by {cut}", _dress(base64.b64encode(good.blob[:-cut]), 70), stock.line)
    ed, rsa = keys.ed25519.sign(), keys.rsa3072.sign()
    yield _of_wire("Ed25519 key, RSA signature", replace(ed, algorithm=rsa.algorithm, raw=rsa.raw))
    yield _of_wire("RSA key, Ed25519 signature", replace(rsa, algorithm=ed.algorithm, raw=ed.raw))
    yield _of_wire("RSA key, Ed25519 by name", replace(rsa, algorithm=b"ssh-ed25519"))
    yield _of_wire("rsa-sha2-512 called rsa-sha2-256", replace(rsa, algorithm=b"rsa-sha2-256"))
    yield _of_wire("ssh-rsa with SHA-1", keys.rsa3072.sign(algorithm=b"ssh-rsa"))
    yield _of_wire("rsa-sha2-512 called ssh-rsa", replace(rsa, algorithm=b"ssh-rsa"))
    sha256 = keys.ed25519.sign(hash=b"sha256")
    yield _of_wire("SHA-256 called SHA-512", replace(sha256, hash=b"sha512"))


def field_forms(stock: StockKey) -> dict[str, Wire]:
    """One wrong field each; signed as it stands wherever that can be signed."""
    good = stock.sign()
    return {
        "reserved bytes": stock.sign(reserved=b"x"),
        "reserved bytes, not signed": replace(good, reserved=b"x"),
        "much reserved": stock.sign(reserved=bytes(1000)),
        "trailing byte": replace(good, tail=b"\0"),
        "trailing field": replace(good, tail=string(b"x")),
        "trailing byte after the signature": replace(good, inner_tail=b"\0"),
        "trailing field after the signature": replace(good, inner_tail=string(b"x")),
        "key with a trailing byte": replace(good, key=good.key + b"\0"),
        "version 0": replace(good, version=0),
        "version 2": replace(good, version=2),
        "version 2^24": replace(good, version=1 << 24),
        "magic in lower case": replace(good, magic=b"sshsig"),
        "no magic": replace(good, magic=b""),
        "magic twice": replace(good, magic=b"SSHSIGSSHSIG"),
        "no namespace": stock.sign(namespace=b""),
        "namespace with a NUL": stock.sign(namespace=NAMESPACE.encode() + b"\0"),
        "namespace with a newline": stock.sign(namespace=NAMESPACE.encode() + b"\n"),
        "namespace in Chinese": stock.sign(namespace="認證@licheng.example".encode()),
        "namespace with stray bytes": stock.sign(namespace=b"certification@\xff"),
        "long namespace": stock.sign(namespace=b"n" * 129),
        "MD5": stock.sign(hash=b"md5"),
        "SHA-1": stock.sign(hash=b"sha1"),
        "SHA-224": stock.sign(hash=b"sha224"),
        "SHA-384": stock.sign(hash=b"sha384"),
        "SHA3-256": stock.sign(hash=b"sha3_256"),
        "SHA-512 in capitals": stock.sign(hash=b"SHA512"),
        "SHA-256, not signed": replace(good, hash=b"sha256"),
        "no hash": replace(good, hash=b""),
        "hash with a NUL": replace(good, hash=b"sha512\0"),
        "no algorithm": replace(good, algorithm=b""),
        "algorithm in capitals": replace(good, algorithm=good.algorithm.upper()),
        "algorithm with a NUL": replace(good, algorithm=good.algorithm + b"\0"),
        "a certificate's algorithm": replace(good, algorithm=b"ssh-ed25519-cert-v01@openssh.com"),
        "a hardware key's algorithm": replace(good, algorithm=b"sk-ssh-ed25519@openssh.com"),
        "no signature": replace(good, raw=b""),
        "signature cut": replace(good, raw=good.raw[:-1]),
        "signature longer": replace(good, raw=good.raw + b"\0"),
        "signature longer in front": replace(good, raw=b"\0" + good.raw),
        "signature of zeros": replace(good, raw=bytes(len(good.raw))),
        "signature of ones": replace(good, raw=b"\xff" * len(good.raw)),
        "no key": replace(good, key=b""),
        "key without its body": replace(good, key=good.key[:11]),
    }


def flips(keys: Keys) -> Iterator[Case]:
    """A changed bit at every byte of an Ed25519 blob and armor, and at many of an RSA one."""
    dice = random.Random(20261123)
    for stock, step in ((keys.ed25519, 1), (keys.rsa3072, 16)):
        wire = stock.sign()
        for at in range(0, len(wire.blob), step):
            blob = bytearray(wire.blob)
            blob[at] ^= 1 << dice.randrange(8)
            yield Case(f"blob flipped at {at}", _dress(base64.b64encode(blob), 70), _fitting_line(bytes(blob), stock))
        for at in range(0, len(wire.armored), step * 3):
            armored = bytearray(wire.armored)
            armored[at] ^= 1 << dice.randrange(8)
            yield Case(f"armor flipped at {at}", bytes(armored), stock.line)


def _fitting_line(blob: bytes, stock: StockKey) -> str:
    """The key that a changed blob names, as far as it can be told."""
    start = len(b"SSHSIG") + 8
    return line_of(blob[start : start + len(stock.blob)], stock.line.split()[0])


def weak_keys(keys: Keys) -> Iterator[Case]:
    """Right signatures by keys that we do not take."""
    for name in ("rsa1024", "rsa2048", "ecdsa"):
        stock = getattr(keys, name)
        yield Case(f"stock {name}", stock.stock(), stock.line)
    numbers = keys.rsa3072.private.public_key().public_numbers()
    good = keys.rsa3072.sign()
    padded = string(b"ssh-rsa") + mpint(numbers.e) + string(b"\0" + mpint(numbers.n)[4:])
    yield _of_wire("modulus with a needless zero", replace(good, key=padded))
    padded = string(b"ssh-rsa") + string(b"\0\0" + mpint(numbers.e)[4:]) + mpint(numbers.n)
    yield _of_wire("exponent with needless zeros", replace(good, key=padded))
    yield _of_wire("exponent and modulus swapped", replace(good, key=rsa_blob(numbers.n, numbers.e)))
    # With exponent 1 everyone can sign: the signature is the padded digest itself.
    everyone = Wire(rsa_blob(1, numbers.n), algorithm=b"rsa-sha2-512")
    yield _of_wire("exponent 1", replace(everyone, raw=_padded(everyone, SHA512_INFO)))
    cubic = generate_private_key(public_exponent=3, key_size=3072)
    public = cubic.public_key().public_numbers()
    wire = Wire(rsa_blob(3, public.n), algorithm=b"rsa-sha2-512")
    raw = pow(int.from_bytes(_padded(wire, SHA512_INFO), "big"), cubic.private_numbers().d, public.n)
    yield _of_wire("exponent 3", replace(wire, raw=raw.to_bytes(384, "big")))


SHA512_INFO = bytes.fromhex("3051300d060960864801650304020305000440")
_SHA512_INFO_WITHOUT_NULL = bytes.fromhex("304f300b0609608648016503040203 0440")
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def _padded(wire: Wire, info: bytes, size: int = 384, *, fill: bytes = b"\xff", head: bytes = b"\0\1") -> bytes:
    """PKCS #1 v1.5 padding of what a wire signs, by hand."""
    name = "sha512" if info is not _SHA256_INFO else "sha256"
    tail = b"\0" + info + hashlib.new(name, wire.to_sign()).digest()
    return head + fill * (size - len(head) - len(tail)) + tail


def rsa_forms(keys: Keys) -> Iterator[Case]:
    """What an owner of an RSA key can make that looks nearly right."""
    private = keys.rsa3072.private.private_numbers()
    d, n = private.d, private.public_numbers.n
    wire = Wire(keys.rsa3072.blob, algorithm=b"rsa-sha2-512")
    forms = {
        "by hand": _padded(wire, SHA512_INFO),
        "no NULL in the algorithm": _padded(wire, _SHA512_INFO_WITHOUT_NULL),
        "no algorithm": _padded(wire, b""),
        "another algorithm": _padded(wire, _SHA256_INFO),
        "padding of zeros": _padded(wire, SHA512_INFO, fill=b"\0"),
        "padding of type 2": _padded(wire, SHA512_INFO, head=b"\0\2"),
        "short padding, garbage behind": _padded(wire, SHA512_INFO, 256) + bytes(128),
    }
    for name, message in forms.items():
        raw = pow(int.from_bytes(message, "big"), d, n).to_bytes(384, "big")
        yield replace(_of_wire(f"RSA {name}", replace(wire, raw=raw)), valid=name == "by hand")
    yield from _rsa_lengths(keys.rsa3072, n)


def _rsa_lengths(stock: StockKey, modulus: int) -> Iterator[Case]:
    """A signature that begins with a zero, without it; and one that is too large by the modulus."""
    for attempt in range(4000):
        message = b"%d" % attempt
        wire = stock.sign(message)
        if wire.raw[0] == 0:
            yield replace(_of_wire("RSA leading zero", wire), message=message, valid=True)
            yield replace(_of_wire("RSA leading zero left out", replace(wire, raw=wire.raw[1:])), message=message)
            more = (int.from_bytes(wire.raw, "big") + modulus).to_bytes(384, "big")
            yield replace(_of_wire("RSA plus the modulus", replace(wire, raw=more)), message=message)
            return


def scalars(keys: Keys) -> Iterator[Case]:
    """S and R written otherwise: a signature that many could change is not a name for what was signed."""
    wire = keys.ed25519.sign()
    r, s = wire.raw[:32], int.from_bytes(wire.raw[32:], "little")
    for factor in range(1, 16):
        number = s + factor * edwards.L
        if number < 2**256:
            yield _of_wire(f"S + {factor} L", replace(wire, raw=r + number.to_bytes(32, "little")))
    yield _of_wire("L - S", replace(wire, raw=r + (edwards.L - s).to_bytes(32, "little")))
    yield _of_wire("S = 0", replace(wire, raw=r + bytes(32)))
    for bit in (253, 254, 255):
        yield _of_wire(f"S with bit {bit}", replace(wire, raw=r + (s | 1 << bit).to_bytes(32, "little")))
    for number in (0, 1, edwards.P - 1, edwards.P, edwards.P + 1, 2**255 - 1, 2**255, 2**255 + 1, 2**256 - 1):
        yield _of_wire(f"R = {number:x}", replace(wire, raw=number.to_bytes(32, "little") + wire.raw[32:]))


def small_orders(keys: Keys) -> Iterator[Case]:
    """Keys under which a signature without a secret fits every message, or every eighth."""
    encodings = {edwards.encode(point) for point in edwards.torsion()}
    encodings |= {y.to_bytes(32, "little") for y in (1 | 1 << 255, edwards.P, edwards.P + 1, 2**255 + edwards.P + 1)}
    for point in sorted(encodings):
        for index, r in enumerate(edwards.torsion()):
            raw = edwards.encode(r) + bytes(32)
            yield _of_wire(f"small order {point.hex()} {index}", Wire(ed25519_blob(point), raw=raw))


def mixed_orders(keys: Keys) -> Iterator[Case]:
    """Keys with a secret and a part of small order: verifiers that multiply by eight say yes more often."""
    points = edwards.torsion()
    signed = Wire(b"").to_sign()
    for nonce in range(1, 17):
        key, raw = edwards.sign(987654321, points[nonce % 8], nonce + 2**200, points[nonce // 3 % 8], signed)
        yield _of_wire(f"mixed order {nonce}", Wire(ed25519_blob(key), raw=raw))
    for index, twist in enumerate(points):
        key, raw = edwards.sign(987654321, points[0], 2**199 + 1, twist, signed)
        yield _of_wire(f"R of mixed order {index}", Wire(ed25519_blob(key), raw=raw))
