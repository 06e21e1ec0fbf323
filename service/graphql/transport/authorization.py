"""The key in the payload of a WebSocket connection, for browsers, which cannot send a header there."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import WebSocketException


def key_of(payload: Mapping[str, Any]) -> str | None:
    """Return the key in a payload as a value of the `Authorization` header, None if the payload is empty.

    The key may be in any of the places that clients use. Raises WebSocketException if the payload is not empty and has
    no key, so that a client does not get public access by mistake.
    """
    if not payload:
        return None
    lowered = _lowered(payload)
    headers = lowered.get("headers")
    places = (lowered, _lowered(headers) if isinstance(headers, dict) else {})
    found = (place.get(name) for place in places for name in ("authorization", "token"))
    key = next((value for value in found if value is not None), None)
    if not (isinstance(key, str) and key.strip()):
        raise WebSocketException(4400, "Expected the key in authorization, token or headers")
    return key if key.lower().startswith("bearer ") else f"Bearer {key}"


def _lowered(members: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name.lower(): value for name, value in members.items()}
