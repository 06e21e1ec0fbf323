"""The key that comes in the payload of a connection, as browsers cannot send it in a header."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import WebSocketException


def key_of(payload: Mapping[str, Any]) -> str | None:
    """Return the key of a payload, in whichever of its usual places, as the header has it; None of an empty payload.

    Raises WebSocketException where something is sent, and no key: nobody is to be the public by mistake.
    """
    if not payload:
        return None
    given = _lowered(payload)
    headers = given.get("headers")
    places = (given, _lowered(headers) if isinstance(headers, dict) else {})
    found = (place.get(name) for place in places for name in ("authorization", "token"))
    key = next((value for value in found if value is not None), None)
    if not (isinstance(key, str) and key.strip()):
        raise WebSocketException(4400, "Expected the key as authorization, token or in headers")
    return key if key.lower().startswith("bearer ") else f"Bearer {key}"


def _lowered(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name.lower(): value for name, value in given.items()}
