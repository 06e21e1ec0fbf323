"""Requests for an operation, as HTTP and WebSockets carry them."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from graphql import GraphQLError

from service.graphql.errors import refusal

PREFIX: Final = "sha256:"


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """An operation that is asked for."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: Mapping[str, Any] | None

    @classmethod
    def read(cls, body: object, trusted: Mapping[str, str] | None) -> "GraphQLRequest":
        """Return the request of a JSON value; with trusted documents, none but those. Raises GraphQLError."""
        if isinstance(body, list):
            raise refusal("request.malformed", "Requests come one at a time: batches are off.")
        if not isinstance(body, Mapping):
            raise refusal("request.malformed", "A request is an object.")
        variables = _member(body, "variables", dict)
        name = _member(body, "operationName", str)
        extensions = _member(body, "extensions", dict)
        query = _member(body, "query", str)
        return cls(_document(body, query, extensions, trusted), variables, name, extensions)


def _member(body: Mapping[str, Any], name: str, type_: type) -> Any:
    value = body.get(name)
    if value is not None and not isinstance(value, type_):
        expected = "an object" if type_ is dict else "a string"
        raise refusal("request.malformed", f"{name}: expected {expected}", argument=name)
    return value


def _document(
    body: Mapping[str, Any],
    query: str | None,
    extensions: Mapping[str, Any] | None,
    trusted: Mapping[str, str] | None,
) -> str:
    if trusted is None:
        if query is None:
            raise refusal("request.malformed", "query: expected a string", argument="query")
        return query
    hash_ = _hash(body, extensions)
    if hash_ is None and query is not None:
        hash_ = sha256(query.encode("utf-8", "surrogatepass")).hexdigest()
    found = trusted.get(hash_ or "")
    if found is None:
        raise refusal("document.not_trusted", "documentId: expected the hash of a trusted document")
    return found


def _hash(body: Mapping[str, Any], extensions: Mapping[str, Any] | None) -> str | None:
    """Return the hash that names the document, in either of the two ways clients do it."""
    document = body.get("documentId")
    if isinstance(document, str):
        return document.removeprefix(PREFIX)
    persisted = (extensions or {}).get("persistedQuery")
    if isinstance(persisted, Mapping) and isinstance(persisted.get("sha256Hash"), str):
        return str(persisted["sha256Hash"])
    return None


def formatted(error: GraphQLError) -> dict[str, Any]:
    """Return an error as answers tell it."""
    return dict(error.formatted)
