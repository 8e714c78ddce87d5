"""A real OpenID Connect issuer on the loopback interface: discovery, code with PKCE, ID tokens, keys that rotate."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

CLIENT, SECRET = "quoth", "a secret of the client"
Claims = dict[str, Any]


@cache
def rsa_key(number: int) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """`claims` are those of whoever signs in; `changes` overrides what an honest issuer would put into a token."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reset()

    def reset(self) -> None:
        self.claims: Claims = {
            "sub": "7",
            "email": "alice@example.org",
            "email_verified": True,
            "name": "Alice A.",
        }
        self.userinfo: Claims = {"sub": "7"}
        self.changes: Claims = {}
        self.key = 1  # its number; the set has this one alone
        self.signs_with = 0  # 0: with `key`
        self.name = self.url
        self._codes: dict[str, dict[str, str]] = {}

    def authorize(self, asked: dict[str, str]) -> str:
        """Whoever asks is signed in: where the browser goes."""
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> tuple[int, Claims]:
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            not asked
            or challenge != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        honest = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce", ""),
        }
        key = rsa_key(self.signs_with or self.key)
        return jwt.encode(
            honest | self.claims | self.changes, key, "RS256", headers={"kid": f"key {self.key}"}
        )

    def keys(self) -> Claims:
        public = rsa_key(self.key).public_key().public_numbers()
        about = {"kid": f"key {self.key}", "kty": "RSA", "alg": "RS256", "use": "sig"}
        return {"keys": [about | {"n": _base64(public.n), "e": _base64(public.e)}]}

    def configuration(self) -> Claims:
        return {
            "issuer": self.name,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }


def app_of(issuer: Issuer, **settings: object) -> dict[str, Any]:
    """As the settings of the product describe it."""
    defaults = {
        "server_url": issuer.url,
        "oauth_pkce_enabled": True,
        "scope": ["openid", "email"],
        "groups_claim": "groups",
        "roles": {},
        "sign_up": True,
    }
    return {
        "provider_id": "corp",
        "name": "Corp",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": defaults | settings,
    }


def _base64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    server = _Server(("127.0.0.1", 0), _Handler)
    issuer = server.issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    issuer: Issuer


class _Handler(BaseHTTPRequestHandler):
    @property
    def issuer(self) -> Issuer:
        assert isinstance(self.server, _Server)
        return self.server.issuer

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.issuer.authorize(dict(parse_qsl(path.query))))
            self.end_headers()
            return
        pages: dict[str, Callable[[], Claims]] = {
            "/.well-known/openid-configuration": self.issuer.configuration,
            "/keys": self.issuer.keys,
            "/userinfo": lambda: self.issuer.userinfo,
        }
        self._answer(200, pages[path.path]())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(*self.issuer.token(dict(parse_qsl(body))))

    def _answer(self, status: int, found: Claims) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass
