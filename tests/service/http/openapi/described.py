"""The OpenAPI document as its tests read it."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs

from service.app import create_app


class Call(NamedTuple):
    """A call of the document: its method, its path and its description."""

    method: str
    path: str
    described: dict[str, Any]


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    return create_app(None).openapi()


def calls() -> list[Call]:
    """Return every call."""
    return [
        Call(method.upper(), path, call)
        for path, item in document()["paths"].items()
        for method, call in item.items()
    ]


def resolved(part: Any) -> Any:
    """Return a part, or the component that it refers to. Raises KeyError if there is none."""
    while isinstance(part, dict) and "$ref" in part:
        found: Any = document()
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def references(part: Any) -> Iterator[str]:
    """Yield every reference in a part."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for one in part.values():
            yield from references(one)
    elif isinstance(part, list):
        for one in part:
            yield from references(one)


@cache
def validator(schema: str) -> jsonschema_rs.Validator:
    """Return a validator of values by one of the schemas of the components."""
    root = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/components/schemas/{schema}",
        "components": document()["components"],
    }
    return jsonschema_rs.validator_for(root)
