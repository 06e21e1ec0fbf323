"""The HTTP interface, from its OpenAPI description."""

from collections.abc import Mapping
from typing import Any, Final

from docs.reference.markdown import cell, page, table
from service.app import create_app

INTRODUCTION: Final = """This page follows from `/openapi.json`, which `howcanwe openapi` prints.
The service shows the same at `/docs`, to read and to try. A key is sent as `Authorization: Bearer
…`. Every refusal is `application/problem+json` ([errors](errors.md)). `HEAD` is answered wherever
`GET` is."""


def _parameter(parameter: Mapping[str, Any]) -> tuple[str, str, str]:
    required = "required" if parameter.get("required") else ""
    return (
        f"`{parameter['name']}`",
        " ".join(filter(None, (parameter["in"], required))),
        cell(parameter.get("description", "")),
    )


def _call(method: str, path: str, call: Mapping[str, Any]) -> str:
    parameters = [_parameter(one) for one in call.get("parameters", ())]
    media = [f"`{name}`" for name in call.get("requestBody", {}).get("content", {})]
    answers = [
        (f"`{status}`", cell(answer["description"]))
        for status, answer in call["responses"].items()
        if answer["description"] != "Refused"
    ]
    refused = [
        f"`{status}`"
        for status, answer in call["responses"].items()
        if answer["description"] == "Refused"
    ]
    return "\n\n".join(
        filter(
            None,
            [
                f"## {method.upper()} {path}",
                call.get("description", call["summary"]),
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
        _call(method, path, call)
        for path, methods in described["paths"].items()
        for method, call in methods.items()
    ]
    return page("HTTP", INTRODUCTION, *calls)
