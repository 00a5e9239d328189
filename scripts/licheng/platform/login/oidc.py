"""Signing in with the school's own accounts: OpenID Connect Core 1.0, the authorization code flow with PKCE (RFC 7636).

Issuer and subject alone say who somebody is, and only as `accounts.yaml` knows them (decision 0014). An e-mail address
is no identity: it changes hands.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from licheng.core.errors import UsageError

# Signatures with a key that only the provider has: never `none`, nor one with a secret that both have.
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
SKEW = 60  # seconds by which two clocks may differ
_PATIENCE = httpx.Timeout(10)
# Whom TLS believes is read once: that takes longer than all else of a question.
_TLS = cache(httpx.create_ssl_context)
_METADATA_LASTS = timedelta(hours=1)
_WELL_KNOWN = "/.well-known/openid-configuration"
_LONGEST = 200_000  # bytes of an answer


class Client(NamedTuple):
    """The platform as the provider knows it.

    Attributes:
        issuer: of the provider, as its tokens say it.
        client_id: of the platform.
        secret: of the platform.
        callback: the address of the platform to which the provider sends people back.
        claim: of a token, what says who somebody is at this issuer, for good: `sub`, or one as lasting.
    """

    issuer: str
    client_id: str
    secret: str
    callback: str
    claim: str = "sub"


class Errand(NamedTuple):
    """What a browser is sent to the provider with; it brings it back in a signed cookie.

    Attributes:
        state: what the provider gives back unchanged.
        nonce: what the token must hold.
        verifier: what proves that who redeems the code is who asked for it.
    """

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Errand:
        """One that nobody can guess."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


@dataclass(frozen=True)
class _Metadata:
    """What the provider says of itself (OpenID Connect Discovery 1.0), and when it was asked."""

    values: dict[str, Any]
    asked_at: datetime


class Provider:
    """The school's provider of accounts, asked over the network.

    Its answers are refused with APP314 where there are none, with APP315 where they may not count.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: _Metadata | None = None
        self._keys: KeySet | None = None

    async def address(self, errand: Errand, now: datetime) -> str:
        """Where to send the browser.

        Raises:
            UsageError: APP314.
        """
        metadata = await self._metadata(now)
        return str(
            prepare_grant_uri(
                metadata["authorization_endpoint"],
                self._client.client_id,
                "code",
                redirect_uri=self._client.callback,
                scope="openid",
                state=errand.state,
                nonce=errand.nonce,
                code_challenge=create_s256_code_challenge(errand.verifier),
                code_challenge_method="S256",
            )
        )

    async def end_address(self, now: datetime) -> str | None:
        """Where a person signs out at the provider too (OpenID Connect RP-Initiated Logout 1.0); None of many."""
        address = (await self._metadata(now)).get("end_session_endpoint")
        return str(address) if is_safe(address) else None

    async def subject(self, errand: Errand, answer: dict[str, str], now: datetime) -> str:
        """Who has signed in at the provider, as a token says that is for us, of now, and of this errand.

        Args:
            errand: with which the browser was sent.
            answer: the query with which it came back.
            now: the instant.

        Raises:
            UsageError: APP314, APP315.
        """
        metadata = await self._metadata(now)
        if not secrets.compare_digest(answer.get("state", "").encode(), errand.state.encode()):
            raise _unacceptable("state")
        # RFC 9207: an answer of another provider is not taken to this one.
        says_issuer = metadata.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", None if says_issuer else self._client.issuer) != self._client.issuer:
            raise _unacceptable("issuer")
        if "code" not in answer:
            raise _unacceptable("declined" if answer.get("error") == "access_denied" else "code")
        tokens = await self._redeemed(answer["code"], errand.verifier, metadata["token_endpoint"])
        token = await self._read(str(tokens.get("id_token", "")), metadata)
        return self._judged(token, errand, tokens.get("access_token"), now)

    async def _redeemed(self, code: str, verifier: str, address: str) -> dict[str, Any]:
        """The tokens for a code (RFC 6749, 4.1.3): of a code that was used, or is of somebody else, there are none."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._client.callback,
                "code_verifier": verifier}  # fmt: skip
        who = httpx.BasicAuth(quote_plus(self._client.client_id), quote_plus(self._client.secret))
        try:
            async with _session() as session:
                answer = await session.post(address, data=form, auth=who)
        except httpx.HTTPError as error:
            raise UsageError("APP314", issuer=self._client.issuer) from error
        if answer.is_client_error:
            raise _unacceptable("code")
        return self._object(answer)

    async def _read(self, id_token: str, metadata: dict[str, Any]) -> jwt.Token:
        """What the token says, signed by a key of the provider, whose keys are asked for again once."""
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        for asks_again in (self._keys is not None, False):
            if self._keys is None:
                address = metadata["jwks_uri"]
                try:
                    self._keys = KeySet.import_key_set(await self._get(address))  # type: ignore[arg-type]
                except (JoseError, ValueError, TypeError, KeyError) as error:
                    raise UsageError("APP314", issuer=self._client.issuer, case="other") from error
            try:
                return jwt.decode(id_token, self._keys, registry=registry)
            except (InvalidKeyIdError, BadSignatureError) as error:
                self._keys = None
                if not asks_again:
                    raise _unacceptable("signature") from error
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise _unacceptable("token") from error
        raise AssertionError

    def _judged(self, token: jwt.Token, errand: Errand, access_token: object, now: datetime) -> str:
        options = {"iss": {"essential": True, "value": self._client.issuer},
                   "aud": {"essential": True, "value": self._client.client_id},
                          "sub": {"essential": True}}  # fmt: skip
        params = {"nonce": errand.nonce, "client_id": self._client.client_id, "access_token": access_token}
        try:
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(now.timestamp()), leeway=SKEW)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _unacceptable(getattr(error, "claim", None) or "token") from error
        subject = claims.get(self._client.claim)
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise _unacceptable("token")
        return subject

    async def _metadata(self, now: datetime) -> dict[str, Any]:
        known = self._known
        if known is None or not timedelta(0) <= now - known.asked_at < _METADATA_LASTS:
            values = await self._get(self._client.issuer.rstrip("/") + _WELL_KNOWN)
            endpoints = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if values.get("issuer") != self._client.issuer or not all(is_safe(values.get(name)) for name in endpoints):
                raise UsageError("APP314", issuer=self._client.issuer, case="other")
            self._known = known = _Metadata(values, now)
        return known.values

    async def _get(self, address: str) -> dict[str, Any]:
        try:
            async with _session() as session:
                return self._object(await session.get(address))
        except httpx.HTTPError as error:
            raise UsageError("APP314", issuer=self._client.issuer) from error

    def _object(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            value = answer.json() if answer.is_success and len(answer.content) <= _LONGEST else None
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise UsageError("APP314", issuer=self._client.issuer, case="other")
        return value


def _session() -> httpx.AsyncClient:
    """Without the machine's proxies and passwords, and never sent on to another address."""
    return httpx.AsyncClient(timeout=_PATIENCE, trust_env=False, follow_redirects=False, verify=_TLS(trust_env=False))


def _unacceptable(part: str) -> UsageError:
    """The refusal of an answer for a part of it."""
    return UsageError("APP315", case=part, part=part)


def is_safe(address: object) -> bool:
    """Whether nobody on the way can read or change what is said at an address: https, or this very machine."""
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"})
