"""Two OpenID providers on a real socket: oidc-provider, as it is, and one of our own whose tokens can be bent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from licheng.platform.login.oidc import Client
from licheng.storage.files import alone
from tests.trees import ROOT

CALLBACK = "http://localhost:8001/login/oidc/callback"
CLIENT, SECRET = "licheng", "a secret: of 100% demo+signs"
FOLDER = Path(__file__).parent / "provider"
MODULES = ROOT / ".cache/oidc-provider"


@cache
def new_key(name: str) -> RSAKey:
    """An RSA key, the same for the same name."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@dataclass
class BentProvider:
    """A provider that keeps the rules, but for what a test changes.

    Attributes:
        claims: what its next tokens say otherwise; None leaves a claim out.
        header: likewise of their headers.
        metadata: likewise of what it says of itself.
        asked: the paths that were asked for.
        key: what signs its tokens.
        published: the keys that it says it signs with; its key, where it says nothing else.
        secret: what signs them where the header says HS256.
        now: the instant of its tokens.
        status: of all that it answers.
        callback: the one address to which it sends browsers back.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: RSAKey | ECKey = field(default_factory=lambda: new_key("first"))
    published: list[RSAKey | ECKey] | None = None
    secret: bytes = b""
    port: int = 0
    now: datetime | None = None
    status: int = 200
    callback: str = CALLBACK
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def client(self) -> Client:
        return Client(self.issuer, CLIENT, SECRET, CALLBACK)

    def come_back(self, address: str, **changes: str | None) -> dict[str, str]:
        """The query with which a browser that was sent to an address comes back, once somebody has signed in."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["response_type"], asked["scope"], asked["redirect_uri"]) == ("code", "openid", self.callback)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], **changes}
        return {name: value for name, value in answer.items() if value is not None}

    def answer(self, path: str) -> dict[str, Any]:
        """What is published."""
        self.asked.append(path)
        if path == "/jwks":
            return {"keys": [key.as_dict(private=False) for key in self.published or [self.key]]}
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
            addresses = {name: f"{self.issuer}/{path}" for name, path in names.items()}
            return {"issuer": self.issuer, **addresses, **self.metadata}
        return {}

    def redeem(self, authorization: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The tokens for a code: of the client that it was given to, for what it asked, once."""
        self.asked.append("/token")
        client = base64.b64encode(f"{CLIENT}:{urlencode({'': SECRET})[1:]}".encode()).decode()
        asked = self._codes.pop(form.get("code", ""), None)
        if authorization != f"Basic {client}" or asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if asked["code_challenge"] != _text(hashlib.sha256(form["code_verifier"].encode()).digest()):
            return 400, {"error": "invalid_grant"}
        assert self.now is not None
        at = int(self.now.timestamp())
        claims: dict[str, Any] = {"iss": self.issuer, "sub": "wang", "aud": CLIENT, "iat": at, "exp": at + 300}
        claims |= {"nonce": asked["nonce"], **self.claims}
        header = {"alg": "RS256", "kid": self.key.kid, **self.header}
        return self.status, {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(header, claims)}

    def _signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        parts = [{name: value for name, value in part.items() if value is not None} for part in (header, claims)]
        if header["alg"] not in {"none", "HS256"}:
            return jwt.encode(parts[0], parts[1], self.key, algorithms=[header["alg"]])
        body = ".".join(_text(json.dumps(part).encode()) for part in parts)
        signature = b"" if header["alg"] == "none" else hmac.digest(self.secret, body.encode(), "sha256")
        return f"{body}.{_text(signature)}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@contextmanager
def bent_provider() -> Iterator[BentProvider]:
    """One that listens."""
    provider = BentProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(provider.status, provider.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*provider.redeem(self.headers["Authorization"], dict(parse_qsl(body))))

        def _say(self, status: int, value: dict[str, Any]) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Tests keep no log."""

    with ThreadingHTTPServer(("localhost", 0), Handler) as server:
        provider.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def real_provider(folder: Path, key: RSAKey | ECKey, port: int | None = None) -> Iterator[Client]:
    """oidc-provider, a certified implementation, in a process of its own."""
    MODULES.mkdir(parents=True, exist_ok=True)
    with alone(MODULES):
        subprocess.run(["sh", str(FOLDER / "install.sh"), str(MODULES)], check=True)
    port = port or free_port()
    configuration = folder / "provider.json"
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    client = {"client_id": CLIENT, "client_secret": SECRET, "id_token_signed_response_alg": algorithm}
    said = {"client": client, "redirect": CALLBACK, "keys": [key.as_dict(private=True)], "port": port}
    configuration.write_text(json.dumps(said))
    command = ["node", str(FOLDER / "provider.mjs"), str(MODULES), str(configuration)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Client(f"http://localhost:{port}", CLIENT, SECRET, CALLBACK)
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def sign_in_there(address: str, who: str) -> dict[str, str]:
    """What a person does at oidc-provider's own pages, and the query with which the browser comes back."""
    with httpx.Client(trust_env=False) as browser:
        answer = browser.get(address)
        for _ in range(10):
            if answer.is_redirect:
                there = urljoin(str(answer.url), answer.headers["Location"])
                if there.startswith(CALLBACK):
                    return {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
                answer = browser.get(there)
                continue
            form = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
            assert form is not None, answer.text
            assert prompt is not None, answer.text
            fields = {"prompt": prompt[1], "login": who, "password": "x"}
            answer = browser.post(urljoin(str(answer.url), form[1]), data=fields)
    raise AssertionError(answer.text)
