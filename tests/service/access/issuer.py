"""A small real OpenID Connect issuer on a port of this machine: discovery, published keys, and tokens."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


class Issuer:
    """Signs tokens with its present key. `rotate` gives it another; old ones stay published without `forget`."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.is_away = False
        self._keys: dict[str, Any] = {}
        self.rotate()

    def rotate(self, *, forget: bool = False, curve: bool = False) -> None:
        """Sign with a new key from now on."""
        if forget:
            self._keys.clear()
        name = f"key-{len(self.asked)}-{time.monotonic_ns()}"
        self._keys[name] = (
            ec.generate_private_key(ec.SECP256R1())
            if curve
            else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )
        self.present = name

    def token(self, *, signed_by: Any = None, headers: Any = None, **claims: Any) -> str:
        """Return a token; claims that are None are left out."""
        now = int(time.time())
        body = {
            "iss": self.url,
            "aud": "howcanwe",
            "sub": "ada",
            "iat": now,
            "exp": now + 300,
            "howcanwe_role": "analyst",
            **claims,
        }
        key = signed_by or self._keys[self.present]
        algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
        return jwt.encode(
            {name: value for name, value in body.items() if value is not None},
            key,
            algorithm=algorithm,
            headers={"kid": self.present, **(headers or {})},
        )

    def _published(self) -> dict[str, Any]:
        keys = []
        for name, key in self._keys.items():
            public = key.public_key()
            curve = isinstance(key, ec.EllipticCurvePrivateKey)
            jwk = orjson.loads((ECAlgorithm if curve else RSAAlgorithm).to_jwk(public))
            keys.append({**jwk, "kid": name, "use": "sig", "alg": "ES256" if curve else "RS256"})
        return {"keys": [*keys, {"kty": "XYZ", "kid": "odd"}]}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split()[1]
        self.asked.append(path)
        body: Any = {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
            },
            "/keys": self._published(),
        }.get(path)
        status = "503 Away" if self.is_away else "200 OK" if body else "404 Not Found"
        content = orjson.dumps(body)
        writer.write(
            f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n"
            f"content-length: {len(content)}\r\n\r\n".encode()
            + content
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """Run an issuer."""
    issuer = Issuer()
    server = await asyncio.start_server(issuer.answer, "127.0.0.1", 0)
    issuer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield issuer
    finally:
        server.close()
        await server.wait_closed()
