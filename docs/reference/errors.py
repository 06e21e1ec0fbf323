"""The error codes, found where the code raises them: problems over HTTP, and errors of GraphQL."""

import ast
from collections.abc import Iterator
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

import service
from docs.reference.markdown import cell, page, table

INTRODUCTION: Final = """Codes do not change; texts may. Over HTTP a refusal is
`application/problem+json` (RFC 9457) with a list `errors`, each with `index` (the event's place in
the request), `pointer` (a JSON pointer into the event), `rule` and `detail`. An event that breaks a
rule of the vocabulary has that rule's id; these are listed under [Rules](rules.md)."""
HTTP: Final = """## HTTP

The status, and the `rule` of a refusal that is about the request as a whole."""
GRAPHQL: Final = """## GraphQL

An error has its code in `extensions.code`. In the texts, "…" stands for a value."""

_GRAPHQL: Final = {"refusal": 0, "_as": 1}
"""The functions that make an error of GraphQL, with the index of the argument for its code. The text follows it."""


class Code(NamedTuple):
    """A code that is raised somewhere, with its HTTP status, if it has one, and its text."""

    name: str
    status: int | None
    text: str


def _constant(node: ast.expr, module: str) -> str | int | None:
    """Return the value of an expression that is a text or a number, or names one; else None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
        return node.value
    if isinstance(node, ast.Name):
        found = getattr(import_module(module), node.id, None)
        return found if isinstance(found, str | int) else None
    return None


def _text(node: ast.expr, module: str) -> str:
    """Return a text with … for each value in it, or an empty text if it comes from elsewhere."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    found = _constant(node, module)
    return found if isinstance(found, str) else ""


def _codes(tree: ast.Module, module: str) -> Iterator[Code]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name, arguments = node.func.id, node.args
        if name == "problem" and len(arguments) >= 3:
            status, rule = _constant(arguments[0], module), _constant(arguments[1], module)
            if isinstance(status, int) and isinstance(rule, str):
                yield Code(rule, status, _text(arguments[2], module))
        elif name == "argument_refusal":
            code = _constant(arguments[0], module)
            if isinstance(code, str):
                expected = _text(arguments[2], module)
                text = f"The argument `…` is invalid: expected {expected or '…'}, found …."
                yield Code(code, None, text)
        elif name in _GRAPHQL and len(arguments) > _GRAPHQL[name] + 1:
            code = _constant(arguments[_GRAPHQL[name]], module)
            if isinstance(code, str):
                yield Code(code, None, _text(arguments[_GRAPHQL[name] + 1], module))


def codes() -> list[Code]:
    """Return every code that is raised in the service, ordered by name, each text once."""
    root = Path(str(service.__file__)).parent
    found: set[Code] = set()
    for path in sorted(root.rglob("*.py")):
        module = ".".join(["service", *path.relative_to(root).with_suffix("").parts])
        found.update(_codes(ast.parse(path.read_text()), module.removesuffix(".__init__")))
    return sorted(found, key=lambda code: (code.name, code.status or 0, code.text))


def _by_code(found: list[Code]) -> Iterator[tuple[str, str, str]]:
    together: dict[tuple[str, int | None], list[str]] = {}
    for code in found:
        texts = together.setdefault((code.name, code.status), [])
        if code.text:
            texts.append(cell(code.text))
    for (name, status), texts in together.items():
        shown = f"{status} {HTTPStatus(status).phrase}" if status else ""
        yield f"`{name}`", shown, "<br>".join(texts)


def written() -> str:
    """Return the page of error codes."""
    found = codes()
    http = _by_code([code for code in found if code.status])
    graphql = _by_code([code for code in found if not code.status])
    return page(
        "Errors",
        INTRODUCTION,
        HTTP,
        table(("rule", "status", "text"), http),
        GRAPHQL,
        table(("code", "text"), ((name, text) for name, _, text in graphql)),
    )
