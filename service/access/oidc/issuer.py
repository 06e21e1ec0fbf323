"""What the trusted issuer publishes: its discovery document, and the keys that sign its tokens."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx
import jwt

from service.errors import IssuerAway

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
"""Asymmetric algorithms only: with a shared secret, anyone who can verify tokens could create them."""
FETCH_SECONDS_MAX: Final = 5.0
KEYS_BYTES_MAX: Final = 1_048_576

_DISCOVERY: Final = "/.well-known/openid-configuration"


class Issuer:
    """The issuer's discovery document and keys, cached for `keep_seconds`.

    An unknown key refetches them, at most every `again_seconds`. A failed fetch counts too, so that requests do not all
    wait while the issuer is unavailable.
    """

    def __init__(
        self,
        url: str,
        client: httpx.AsyncClient,
        *,
        keep_seconds: float,
        again_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self._client = client
        self._keep_seconds = keep_seconds
        self._again_seconds = again_seconds
        self._clock = clock
        self._tried: float | None = None
        self._trouble: str | None = None
        self._document: Mapping[str, Any] = {}
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._turn = asyncio.Lock()

    async def key(self, key_id: str | None) -> jwt.PyJWK | None:
        """Return the key with this id, or None if the issuer has none. Raises IssuerAway if they cannot be fetched."""
        await self._fetched(lambda: key_id in self._keys)
        if key_id not in self._keys and self._trouble is not None:
            # Without a fetch, old keys are better than refusing everyone; an unknown key cannot be verified.
            raise IssuerAway(self._trouble)
        return self._keys.get(key_id)

    async def document(self) -> Mapping[str, Any]:
        """Return the discovery document, an old one while it cannot be fetched. Raises IssuerAway without any."""
        await self._fetched(lambda: bool(self._document))
        if not self._document:
            raise IssuerAway(self._trouble or "the issuer's discovery document is empty")
        return self._document

    async def endpoint(self, name: str) -> str | None:
        """Return the address of an endpoint of the issuer, None if it has none. Raises IssuerAway."""
        found = (await self.document()).get(name)
        is_address = isinstance(found, str) and found.startswith(("https://", "http://"))
        return found if is_address else None

    async def _fetched(self, is_known: Callable[[], bool]) -> None:
        if self._is_due(is_known()):
            async with self._turn:
                # Another request may have fetched them while this one waited for the lock.
                if self._is_due(is_known()):
                    await self._renew()

    def _is_due(self, is_known: bool) -> bool:
        return self._is_older_than(self._keep_seconds) or (
            not is_known and self._is_older_than(self._again_seconds)
        )

    def _is_older_than(self, seconds: float) -> bool:
        return self._tried is None or self._clock() - self._tried >= seconds

    async def _renew(self) -> None:
        try:
            self._document, self._keys = await self._fetch()
        except IssuerAway as away:
            self._trouble = str(away)
        else:
            self._trouble = None
        self._tried = self._clock()

    async def _fetch(self) -> tuple[Mapping[str, Any], dict[str | None, jwt.PyJWK]]:
        try:
            found = await self._json(self.url.rstrip("/") + _DISCOVERY)
            if found["issuer"] != self.url:
                raise IssuerAway("the issuer's discovery document names another issuer")
            published = await self._json(found["jwks_uri"])
            keys = [entry for entry in published["keys"] if entry.get("use", "sig") == "sig"]
            usable = [key for key in map(_usable, keys) if key is not None]
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ) as error:
            raise IssuerAway(
                f"the issuer's keys cannot be fetched: {type(error).__name__}"
            ) from error
        named: dict[str | None, jwt.PyJWK] = {key.key_id: key for key in usable}
        if len(usable) == 1:
            # A token need not name the key if there is only one.
            named[None] = usable[0]
        return found, named

    async def _json(self, url: str) -> Any:
        response = await self._client.get(url)
        response.raise_for_status()
        if len(response.content) > KEYS_BYTES_MAX:
            raise ValueError("the answer is too large for a set of keys")
        return response.json()


def _usable(entry: Mapping[str, Any]) -> jwt.PyJWK | None:
    try:
        key = jwt.PyJWK.from_dict(dict(entry))
    except jwt.PyJWTError:
        # This kind of key is not supported; others of the set may be.
        return None
    return key if key.algorithm_name in ALGORITHMS else None
