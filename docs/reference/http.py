"""The HTTP interface, from its OpenAPI description."""

from collections.abc import Mapping
from typing import Any, Final

from docs.reference.markdown import cell, page, table
from service.app import create_app

INTRODUCTION: Final = """This page follows from `/openapi.json`, which `howcanwe openapi` prints.
The service shows the same at `/docs`, to read and to try, and describes its streams and webhooks in
`/asyncapi.json`. A key is sent as `Authorization: Bearer …`. Every refusal is
`application/problem+json` ([errors](errors.md)). `HEAD` is answered wherever `GET` is."""

_REFUSAL: Final = "#/components/responses/"


def _found(part: Mapping[str, Any], described: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part, or the component that it refers to."""
    if "$ref" not in part:
        return part
    _, _, section, name = part["$ref"].split("/")
    found: Mapping[str, Any] = described["components"][section][name]
    return found


def _parameter(parameter: Mapping[str, Any]) -> tuple[str, str, str]:
    required = "required" if parameter.get("required") else ""
    return (
        f"`{parameter['name']}`",
        " ".join(filter(None, (parameter["in"], required))),
        cell(parameter.get("description", "")),
    )


def _call(method: str, path: str, call: Mapping[str, Any], described: Mapping[str, Any]) -> str:
    parameters = [_parameter(_found(one, described)) for one in call.get("parameters", ())]
    body = _found(call.get("requestBody", {}), described)
    media = [f"`{name}`" for name in body.get("content", {})]
    answers, refused = [], []
    for status, answer in call["responses"].items():
        if answer.get("$ref", "").startswith(_REFUSAL):
            refused.append(f"`{status}`")
        else:
            answers.append((f"`{status}`", cell(answer["description"])))
    return "\n\n".join(
        filter(
            None,
            [
                f"## {method.upper()} {path}",
                call["description"],
                f"Body: {', '.join(media)}." if media else "",
                table(("parameter", "where", "what"), parameters) if parameters else "",
                table(("status", "what it means"), answers),
                f"Refused with {', '.join(refused)}." if refused else "",
            ],
        )
    )


def written() -> str:
    """Return the page of the HTTP interface."""
    described = create_app(None).openapi()
    calls = [
        _call(method, path, call, described)
        for path, methods in described["paths"].items()
        for method, call in methods.items()
    ]
    return page("HTTP", INTRODUCTION, *calls)
