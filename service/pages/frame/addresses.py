"""Addresses of pages. A subject's page is at the plural of its kind and its key, such as `/learnings/ask-first`."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from events.vocabulary.stream import key_of, kind_of
from service.pages.frame.page import Visit

_SIGNING = ("/sign-in", "/sign-out")


def plural(kind: str) -> str:
    """Return the first part of the addresses of a kind."""
    return f"{kind}s"


@lru_cache(maxsize=10_000)
def of_kind(kind: str, key: str) -> str:
    """Return the address of the subject of this kind with this key."""
    return f"/{plural(kind)}/{quote(key, safe='')}"


def of_stream(stream: Any) -> str:
    """Return the address of the subject with this stream."""
    return of_kind(kind_of(stream), key_of(stream))


def of_subject(subject: Mapping[str, Any]) -> str:
    """Return the address of a subject of the graph that was asked for with its `stream`."""
    return of_stream(subject["stream"])


def with_query(path: str, query: Mapping[str, str | None]) -> str:
    """Return the path with those parameters that have a value."""
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def local(path: str) -> str:
    """Return a path as it stands in addresses of this service: what follows two slashes would be another host."""
    return quote("/" + path.lstrip("/\\"), safe="/:@!$&'()*+,;=")


def sign_in(visit: Visit) -> str:
    """Return the address at which the visitor signs in and then comes back."""
    if visit.path in _SIGNING:
        return _SIGNING[0]
    here = with_query(visit.path, visit.query)
    return with_query(_SIGNING[0], {"to": None if here == "/" else here})


def live(visit: Visit, scope: Mapping[str, str | None]) -> str:
    """Return the address of the new entries in a scope, for a page that the visitor has open."""
    is_signed_in = "yes" if visit.is_signed_in else None
    given = {"language": visit.query.get("language"), "signed-in": is_signed_in}
    return with_query("/live", {**scope, **given})
