"""Why bytes that somebody handed in are refused: a value, of a closed list of reasons."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """The offence, kept for ever: catalogs and tests refer to it."""

    # The canonical form of a payload.
    TOO_LARGE = "too-large"
    BYTE_ORDER_MARK = "byte-order-mark"
    NOT_UTF8 = "not-utf8"
    NOT_JSON = "not-json"
    TOO_DEEP = "too-deep"
    DUPLICATE_KEY = "duplicate-key"
    NOT_AN_INTEGER = "not-an-integer"
    INTEGER_OUT_OF_RANGE = "integer-out-of-range"
    LONE_SURROGATE = "lone-surrogate"
    NOT_CANONICAL = "not-canonical"

    # The armor of a signature.
    CARRIAGE_RETURN = "carriage-return"
    NO_ARMOR = "no-armor"
    LEADING_TEXT = "leading-text"
    NO_END = "no-end"
    SEVERAL_BLOCKS = "several-blocks"
    TRAILING_TEXT = "trailing-text"
    BAD_BASE64 = "bad-base64"
    BAD_LINES = "bad-lines"

    # What the armor holds.
    BAD_MAGIC = "bad-magic"
    BAD_VERSION = "bad-version"
    TRUNCATED = "truncated"
    TRAILING_BYTES = "trailing-bytes"
    BAD_NAMESPACE = "bad-namespace"
    RESERVED_NOT_EMPTY = "reserved-not-empty"
    UNSUPPORTED_HASH = "unsupported-hash"
    WRONG_ALGORITHM = "wrong-algorithm"
    BAD_SIGNATURE_LENGTH = "bad-signature-length"
    SIGNATURE_OUT_OF_RANGE = "signature-out-of-range"

    # What a browser and its authenticator say of a passkey's use.
    USER_NOT_VERIFIED = "user-not-verified"
    BAD_FLAGS = "bad-flags"
    BAD_CLIENT_DATA = "bad-client-data"
    CLIENT_DATA_ORDER = "client-data-order"
    CROSS_ORIGIN = "cross-origin"
    OTHER_ORIGIN = "other-origin"
    OTHER_CHALLENGE = "other-challenge"

    # A list of what was signed at once.
    BAD_LIST = "bad-list"
    NOT_LISTED = "not-listed"

    # Public keys.
    BAD_KEY_LINE = "bad-key-line"
    KEY_TYPE_MISMATCH = "key-type-mismatch"
    UNSUPPORTED_KEY_TYPE = "unsupported-key-type"
    BAD_KEY = "bad-key"
    SMALL_ORDER_KEY = "small-order-key"
    SHORT_KEY = "short-key"
    BAD_EXPONENT = "bad-exponent"

    # The verification itself.
    OTHER_NAMESPACE = "other-namespace"
    DOES_NOT_VERIFY = "does-not-verify"


class Refusal(NamedTuple):
    """A no, with its reason.

    Attributes:
        reason: what a catalog turns into words.
        detail: the value that offends or where it stands, for the person who looks for it; may be empty.
    """

    reason: Reason
    detail: str = ""


class Refused(Exception):  # noqa: N818 - not an error of the tool: it never leaves this package
    """Carries a refusal from where it is seen to the function that returns it."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.refusal = Refusal(reason, detail)
