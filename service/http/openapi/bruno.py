"""The calls of the OpenAPI document as a collection for Bruno. `howcanwe openapi --bruno` writes it.

Each call is a request with its example. What an answer links to is kept as a variable, so that requests that need an id
of another one run after it; within a folder, they stand in this order.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final, NamedTuple

import orjson

from service.http.openapi.document import SUMMARY, TITLE

ADDRESS: Final = "http://127.0.0.1:8000"
ENVIRONMENT: Final = "local"

_JSON: Final = "application/json"
_METHODS: Final = ("post", "put", "options", "get", "patch", "delete")
_INDENT: Final = "  "
_POINTER: Final = "$response.body#/"
# Not an assertion: Bruno may evaluate the first ones before it has started its sandbox.
_TEST: Final = """test("it succeeds", function () {{
  expect([{}]).to.include(res.getStatus());
}});"""
_HOOK: Final = "hook"
"""The scheme of the secret of a hook, and the variable for it."""
_COLLECTION: Final = f"""{SUMMARY}

Choose the environment `{ENVIRONMENT}`, and set `address` and the secret `key` there. The calls of `keys` need an
admin's key, those that record one that may record. Those of `hooks` have the secret `{_HOOK}` of a hook instead. The
examples fit the sample cohort of `howcanwe serve --demo`."""


class _Link(NamedTuple):
    """A value of an answer that other calls need: the variable, the steps to it, and the parameters of which calls."""

    source: str
    variable: str
    steps: str
    targets: frozenset[tuple[str, str]]


def collection(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of the collection: the text of each, by its path."""
    calls = _Calls(document)
    files = {
        "bruno.json": orjson.dumps(
            {"version": "1", "name": TITLE, "type": "collection", "ignore": [".git"]},
            option=orjson.OPT_INDENT_2,
        ).decode()
        + "\n",
        "collection.bru": _file(
            _pairs("auth", {"mode": "bearer"}),
            _pairs("auth:bearer", {"token": "{{key}}"}),
            _text("docs", _COLLECTION),
        ),
        f"environments/{ENVIRONMENT}.bru": f"vars {{\n  address: {ADDRESS}\n}}\nvars:secret [\n  key,\n  {_HOOK}\n]\n",
    }
    order = [tag["name"] for tag in document["tags"]]
    for tag, found in groupby(calls.in_order(order), key=lambda call: call["tags"][0]):
        files[f"{tag}/folder.bru"] = _file(
            _pairs("meta", {"name": tag, "seq": order.index(tag) + 1}),
            _pairs("auth", {"mode": "inherit"}),
        )
        for number, call in enumerate(found, start=1):
            files[f"{tag}/{call['operationId']}.bru"] = calls.request(call, number)
    return files


class _Calls:
    """The calls of a document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._calls = [
            {"method": method, "path": path, **described}
            for path, item in document["paths"].items()
            for method, described in item.items()
        ]
        self._links = list(self._linked())

    def in_order(self, tags: list[str]) -> list[dict[str, Any]]:
        """Return the calls in the order in which they stand and run."""

        def place(call: Mapping[str, Any]) -> tuple[int, bool, int]:
            is_later = any(self._variable(call, one) for one in self._parameters(call, "path"))
            return tags.index(call["tags"][0]), is_later, _METHODS.index(call["method"])

        return sorted(self._calls, key=place)

    def request(self, call: Mapping[str, Any], number: int) -> str:
        """Return the file of a call."""
        path = call["path"].replace("{", ":").replace("}", "")
        in_path = {
            one["name"]: self._variable(call, one) or one["example"]
            for one in self._parameters(call, "path")
        }
        query = [(one, _value(one)) for one in self._parameters(call, "query")]
        asked = "&".join(f"{one['name']}={value}" for one, value in query if "example" in one)
        body = self._body(call)
        address = f"{{{{address}}}}{path}{f'?{asked}' if asked else ''}"
        is_of_hook = {_HOOK: []} in call["security"]
        auth = "bearer" if is_of_hook else "inherit" if call["security"] else "none"
        kept = [
            f'bru.setVar("{one.variable}", res.getBody(){one.steps});'
            for one in self._links_of(call)
        ]
        successes = [status for status in call["responses"] if status.startswith("2")]
        return _file(
            _pairs("meta", {"name": _words(call["operationId"]), "type": "http", "seq": number}),
            _pairs(
                call["method"], {"url": address, "body": "json" if body else "none", "auth": auth}
            ),
            _pairs(
                "params:query", _enabled([(one, value, "example" in one) for one, value in query])
            ),
            _pairs("params:path", in_path),
            _pairs(
                "headers",
                _enabled(
                    [
                        (one, _value(one), one.get("required", False))
                        for one in self._parameters(call, "header")
                    ]
                ),
            ),
            _pairs("auth:bearer", {"token": f"{{{{{_HOOK}}}}}"} if is_of_hook else {}),
            _text("body:json", body),
            _text("script:post-response", "\n".join(kept)),
            _text("tests", _TEST.format(", ".join(successes))),
            _text("docs", "\n".join(self._about(call))),
        )

    def _about(self, call: Mapping[str, Any]) -> Iterator[str]:
        yield call["description"]
        parameters = [self._found(one) for one in call.get("parameters", ())]
        if parameters:
            yield ""
        for one in parameters:
            yield f"- `{one['name']}` ({one['in']}): {one['description']}"

    def _parameters(self, call: Mapping[str, Any], where: str) -> list[Mapping[str, Any]]:
        found = [self._found(one) for one in call.get("parameters", ())]
        return [one for one in found if one["in"] == where]

    def _body(self, call: Mapping[str, Any]) -> str:
        """Return the example of a body as JSON; empty if the call has none."""
        if "requestBody" not in call:
            return ""
        example = self._found(call["requestBody"])["content"][_JSON]["example"]
        return orjson.dumps(example, option=orjson.OPT_INDENT_2).decode()

    def _linked(self) -> Iterator[_Link]:
        for call in self._calls:
            links = [
                (one["parameters"], one["operationId"])
                for answer in call["responses"].values()
                for one in self._found(answer).get("links", {}).values()
            ]
            pointers = {pointer for parameters, _ in links for pointer in parameters.values()}
            for pointer in sorted(pointers):
                names = pointer.removeprefix(_POINTER).split("/")
                steps = (f"[{name}]" if name.isdigit() else name for name in names)
                yield _Link(
                    call["operationId"],
                    call["operationId"] + names[-1].capitalize(),
                    "".join(f"?.{step}" for step in steps),
                    frozenset(
                        (operation, name)
                        for parameters, operation in links
                        for name, value in parameters.items()
                        if value == pointer
                    ),
                )

    def _links_of(self, call: Mapping[str, Any]) -> list[_Link]:
        return [one for one in self._links if one.source == call["operationId"]]

    def _variable(self, call: Mapping[str, Any], parameter: Mapping[str, Any]) -> str | None:
        """Return the variable from which a parameter without an example has its value, as it is written."""
        target = (call["operationId"], parameter["name"])
        found = [one.variable for one in self._links if target in one.targets]
        return f"{{{{{found[0]}}}}}" if found and "example" not in parameter else None

    def _found(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a part, or the component that it refers to."""
        if "$ref" not in part:
            return part
        _, _, section, name = part["$ref"].split("/")
        found: Mapping[str, Any] = self._document["components"][section][name]
        return found


def _enabled(given: list[tuple[Mapping[str, Any], str, bool]]) -> dict[str, str]:
    """Return the values by the names of parameters; what is not sent has a sign before its name."""
    return {f"{'' if is_sent else '~'}{one['name']}": value for one, value, is_sent in given}


def _value(parameter: Mapping[str, Any]) -> str:
    return str(parameter.get("example", ""))


def _words(operation: str) -> str:
    spaced = "".join(f" {one.lower()}" if one.isupper() else one for one in operation)
    return spaced.capitalize()


def _file(*blocks: str) -> str:
    return "\n".join(block for block in blocks if block)


def _pairs(name: str, pairs: Mapping[str, Any]) -> str:
    """Return a block of names and values; nothing if there are none."""
    lines = "".join(f"{_INDENT}{one}: {value}\n" for one, value in pairs.items())
    return f"{name} {{\n{lines}}}\n" if lines else ""


def _text(name: str, text: str) -> str:
    """Return a block of text; nothing if there is none."""
    lines = "".join(f"{_INDENT if line else ''}{line}\n" for line in text.splitlines())
    return f"{name} {{\n{lines}}}\n" if lines else ""
