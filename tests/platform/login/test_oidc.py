"""Single sign-on against providers on a real socket: a certified one, and one whose tokens are bent one way each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from joserfc.jwk import ECKey, RSAKey

from licheng.core.errors import UsageError
from licheng.platform.login.oidc import SKEW, Client, Errand, Provider, is_safe
from tests.platform.login.providers import SECRET, BentProvider, bent_provider, new_key, real_provider, sign_in_there

NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
T = TypeVar("T")


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """What it comes to, on a thread of its own: a test in a browser leaves its loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture
def bent() -> Iterator[BentProvider]:
    with bent_provider() as provider:
        provider.now = NOW
        yield provider


def signed_in(bent: BentProvider, provider: Provider | None = None, changes: Mapping[str, str | None] = {}) -> str:
    """Whom a provider says that somebody is who signed in there."""
    provider, errand = provider or Provider(bent.client), Errand.new()
    address = awaited(provider.address(errand, NOW))
    return awaited(provider.subject(errand, bent.come_back(address, **changes), NOW))


def refusal(run: Callable[[], object]) -> tuple[str, object]:
    """Code and case of a refusal."""
    with pytest.raises(UsageError) as caught:
        run()
    return caught.value.code, caught.value.values.get("case")


def test_a_real_provider_says_who_signed_in_and_redeems_a_code_once(tmp_path: Path) -> None:
    with real_provider(tmp_path, new_key("real")) as client:
        provider, errand, now = Provider(client), Errand.new(), datetime.now(UTC)
        answer = sign_in_there(awaited(provider.address(errand, now)), "wang@school.example")
        assert answer["iss"] == client.issuer, "RFC 9207"
        assert awaited(provider.subject(errand, answer, now)) == "wang@school.example"
        assert refusal(lambda: awaited(provider.subject(errand, answer, now))) == ("APP315", "code"), "replayed"
        stolen = sign_in_there(awaited(provider.address(errand, now)), "wang@school.example")
        thief = Errand.new()._replace(state=errand.state, nonce=errand.nonce)
        assert refusal(lambda: awaited(provider.subject(thief, stolen, now))) == ("APP315", "code"), "PKCE"
        honest = sign_in_there(awaited(provider.address(errand, now)), "lin")
        other = {**honest, "iss": "https://other.example"}
        assert refusal(lambda: awaited(provider.subject(errand, other, now))) == ("APP315", "issuer"), "mix-up"
        del other["iss"]
        assert refusal(lambda: awaited(provider.subject(errand, other, now))) == ("APP315", "issuer"), "left out"
        late = now + timedelta(days=1)
        assert refusal(lambda: awaited(provider.subject(errand, honest, late))) == ("APP315", "exp")


def test_a_real_provider_changes_its_key(tmp_path: Path) -> None:
    with real_provider(tmp_path, new_key("old")) as client:
        provider, errand, now = Provider(client), Errand.new(), datetime.now(UTC)
        answer = sign_in_there(awaited(provider.address(errand, now)), "wang")
        assert awaited(provider.subject(errand, answer, now)) == "wang"
        port = int(client.issuer.rsplit(":", 1)[1])
    with real_provider(tmp_path, ECKey.generate_key("P-256", {"kid": "new", "use": "sig"}), port):
        answer = sign_in_there(awaited(provider.address(errand, now)), "wang")
        assert awaited(provider.subject(errand, answer, now)) == "wang"
    assert refusal(lambda: awaited(provider.subject(errand, answer, now))) == ("APP314", None), "it is down"


def test_the_bent_one_unbent_is_believed(bent: BentProvider) -> None:
    assert signed_in(bent) == "wang"


BENT: dict[str, tuple[dict[str, Any], str]] = {
    "of another issuer": ({"iss": "https://other.example"}, "iss"),
    "of no issuer": ({"iss": None}, "iss"),
    "for another audience": ({"aud": "library"}, "aud"),
    "for no audience": ({"aud": None}, "aud"),
    "for others only": ({"aud": ["library", "canteen"]}, "aud"),
    "for several without a party": ({"aud": ["licheng", "library"]}, "azp"),
    "for several and another party": ({"aud": ["licheng", "library"], "azp": "library"}, "azp"),
    "for us and another party": ({"azp": "library"}, "azp"),
    "with another nonce": ({"nonce": "of yesterday"}, "nonce"),
    "with several nonces": ({"nonce": ["of yesterday"]}, "nonce"),
    "without a nonce": ({"nonce": None}, "nonce"),
    "expired": ({"exp": int(NOW.timestamp()) - SKEW}, "exp"),
    "that never expires": ({"exp": None}, "exp"),
    "that expires in words": ({"exp": "tomorrow"}, "exp"),
    "of the future": ({"iat": int(NOW.timestamp()) + SKEW + 1}, "iat"),
    "of no time": ({"iat": None}, "iat"),
    "not valid yet": ({"nbf": int(NOW.timestamp()) + SKEW + 1}, "nbf"),
    "of nobody": ({"sub": None}, "sub"),
    "of an empty name": ({"sub": ""}, "sub"),
    "of a number": ({"sub": 7}, "sub"),
    "of a very long name": ({"sub": "x" * 256}, "token"),
    "with the hash of another token": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
}


@pytest.mark.hostile("single sign-on")
@pytest.mark.parametrize("way", BENT)
def test_a_token_that_may_not_count_is_refused(bent: BentProvider, way: str) -> None:
    bent.claims, case = BENT[way]
    assert refusal(lambda: signed_in(bent)) == ("APP315", case)


def test_another_claim_may_say_who_somebody_is(bent: BentProvider) -> None:
    provider = Provider(bent.client._replace(claim="oid"))
    assert refusal(lambda: signed_in(bent, provider)) == ("APP315", "token")
    bent.claims = {"oid": "0f1e"}
    assert signed_in(bent, provider) == "0f1e"


def test_clocks_may_differ_a_little(bent: BentProvider) -> None:
    at = int(NOW.timestamp())
    bent.claims = {"iat": at + SKEW, "nbf": at + SKEW, "exp": at - SKEW + 1, "azp": "licheng"}
    assert signed_in(bent) == "wang"


@pytest.mark.hostile("single sign-on")
def test_a_signature_counts_only_if_the_provider_alone_could_make_it(bent: BentProvider) -> None:
    provider = Provider(bent.client)
    assert signed_in(bent, provider) == "wang"
    for kid in (bent.key.kid, None):
        bent.header = {"alg": "none", "kid": kid}
        assert refusal(lambda: signed_in(bent, provider)) == ("APP315", "token"), "not signed at all"
    for secret in (bent.key.as_pem(private=False), SECRET.encode()):
        bent.header, bent.secret = {"alg": "HS256", "kid": bent.key.kid}, secret
        assert refusal(lambda: signed_in(bent, provider)) == ("APP315", "token"), "with what others know"
    own, bent.published = bent.key, [bent.key]
    bent.key, bent.header = RSAKey.generate_key(2048, {"kid": "first"}), {}
    assert refusal(lambda: signed_in(bent, provider)) == ("APP315", "signature"), "somebody else's key of that name"
    bent.key = new_key("unknown")
    assert refusal(lambda: signed_in(bent, provider)) == ("APP315", "signature")
    bent.key = own
    assert signed_in(bent, provider) == "wang"


def test_keys_are_asked_for_again_once_when_they_change(bent: BentProvider) -> None:
    provider = Provider(bent.client)
    for _ in range(3):
        signed_in(bent, provider)
    assert bent.asked.count("/jwks") == 1
    bent.key = new_key("second")
    assert signed_in(bent, provider) == "wang"
    assert bent.asked.count("/jwks") == 2
    bent.key, bent.published = new_key("third"), [bent.key]
    assert refusal(lambda: signed_in(bent, provider)) == ("APP315", "signature")
    assert bent.asked.count("/jwks") == 3, "once, not for ever"


@pytest.mark.hostile("single sign-on")
@pytest.mark.parametrize(
    ("changes", "case"),
    [
        ({"state": "another"}, "state"),
        ({"state": None}, "state"),
        ({"state": "中文"}, "state"),
        ({"iss": "https://other.example"}, "issuer"),
        ({"code": None, "error": "access_denied"}, "declined"),
        ({"code": None, "error": "server_error"}, "code"),
        ({"code": "guessed"}, "code"),
    ],
)
def test_a_browser_that_comes_back_otherwise_is_refused(
    bent: BentProvider, changes: dict[str, str | None], case: str
) -> None:
    assert refusal(lambda: signed_in(bent, changes=changes)) == ("APP315", case)
    assert ("/token" in bent.asked) == (changes.get("code") == "guessed"), "no code is redeemed for it"


@pytest.mark.hostile("single sign-on")
def test_a_code_of_another_browser_does_not_sign_in(bent: BentProvider) -> None:
    provider, mine, theirs = Provider(bent.client), Errand.new(), Errand.new()
    answer = bent.come_back(awaited(provider.address(theirs, NOW)), state=mine.state)
    assert refusal(lambda: awaited(provider.subject(mine, answer, NOW))) == ("APP315", "code")


@pytest.mark.hostile("single sign-on")
@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://other.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_says_odd_things_of_itself_is_not_asked(bent: BentProvider, metadata: dict[str, Any]) -> None:
    bent.metadata = metadata
    assert refusal(lambda: signed_in(bent)) == ("APP314", "other")


def test_a_provider_in_trouble_is_told_apart_from_a_wrong_answer(bent: BentProvider) -> None:
    provider, errand = Provider(bent.client), Errand.new()
    answer = bent.come_back(awaited(provider.address(errand, NOW)))
    bent.status = 503
    assert refusal(lambda: awaited(provider.subject(errand, answer, NOW))) == ("APP314", "other")
    nobody = Provider(Client("http://localhost:1", "licheng", "x", "http://localhost:8001/"))
    assert refusal(lambda: awaited(nobody.address(errand, NOW))) == ("APP314", None)


def test_what_the_provider_says_of_itself_is_asked_for_again_after_an_hour(bent: BentProvider) -> None:
    provider = Provider(bent.client)
    for minutes in (0, 30, 59, 61):
        awaited(provider.address(Errand.new(), NOW + timedelta(minutes=minutes)))
    assert bent.asked.count("/.well-known/openid-configuration") == 2


def test_where_somebody_may_sign_out_too(bent: BentProvider) -> None:
    assert awaited(Provider(bent.client).end_address(NOW)) is None
    bent.metadata = {"end_session_endpoint": "https://provider.example/out"}
    assert awaited(Provider(bent.client).end_address(NOW)) == "https://provider.example/out"
    bent.metadata = {"end_session_endpoint": "javascript:alert(1)"}
    assert awaited(Provider(bent.client).end_address(NOW)) is None


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://accounts.school.example/auth", True),
        ("http://localhost:3000/auth", True),
        ("http://localhost.evil.example/auth", False),
        ("http://accounts.school.example/auth", False),
        ("ftp://localhost/", False),
        (None, False),
    ],
)
def test_which_addresses_nobody_can_listen_to(address: str | None, safe: bool) -> None:
    assert is_safe(address) is safe
