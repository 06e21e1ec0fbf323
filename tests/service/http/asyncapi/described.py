"""Validators by the messages of the AsyncAPI document."""

from functools import cache

import jsonschema_rs

from service.http.asyncapi.document import asyncapi


@cache
def message(name: str, part: str) -> jsonschema_rs.Validator:
    """Return a validator of the payload or the headers of one of the document's messages."""
    root = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/components/messages/{name}/{part}",
        "components": asyncapi()["components"],
    }
    return jsonschema_rs.validator_for(root)
