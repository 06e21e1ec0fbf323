"""The description is true: what it allows is accepted, what it forbids is refused, and every answer is as it says.

What it cannot say in a schema it says in words, as `x-beyond-schema`. A request that is refused for that alone is none
that the description allows.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from events.rules import RULES, STAGES
from events.vocabulary.catalogue import VOCABULARY
from service.http.openapi.events import name_of
from tests.processes import Serving, data_folder, key_for, run
from tests.service.http.openapi.described import document, resolved
from tests.service.http.openapi.test_examples import HOOK

pytestmark = pytest.mark.generated

CASES_MAX: Final = 25
BOUNDS: Final = settings(
    max_examples=CASES_MAX,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BEYOND: Final = "x-beyond-schema"
OF_STATE: Final = frozenset({404, 409, 412})
"""Statuses that say what is not there, or is so already."""
OF_RULES: Final = {*(rule.id for rule in RULES), *(stage.id for stage in STAGES)} - {"field"}
EVENTS: Final = ("/events", "/events/validate")
HOOKS: Final = "/hooks/{name}"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Mapping[str, str]]]:
    """The address of a service with the sample cohort, and keys for it: of an admin for keys, else of a facilitator.

    `hook` is the secret of a hook.
    """
    with data_folder() as data, Serving(data) as service:
        service.ready()
        admin = run("keys", "create", "--role", "admin", "--data", data).stdout.decode().strip()
        mapping = data / "trial-notes.toml"
        mapping.write_text(HOOK)
        secret = orjson.loads(run("hooks", "add", mapping, "--data", data).stdout)["secret"]
        yield (
            service.address,
            {"facilitator": key_for(data), "admin": admin, "hook": secret},
        )
        assert service.stop() == 0
        assert "unexpected error" not in service.err.text, service.err.text
        assert "trace=" not in service.err.text, service.err.text


def says(part: Any) -> bool:
    """Return whether a part of the description, or a part of that, has words beyond its schema."""
    part = resolved(part)
    if isinstance(part, dict):
        return BEYOND in part or any(says(one) for one in part.values())
    return isinstance(part, list) and any(map(says, part))


def parts_at(schema: Any, names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the schemas of a value, and of all that it is in, down from a schema."""
    schema = resolved(schema)
    yield schema
    for kind in ("allOf", "anyOf", "oneOf"):
        for one in schema.get(kind, []):
            yield from parts_at(one, names)
    if not names:
        return
    if names[0] in schema.get("properties", {}):
        yield from parts_at(schema["properties"][names[0]], names[1:])
    elif names[0].isdigit() and "items" in schema:
        yield from parts_at(schema["items"], names[1:])


def is_said_of_event(pointer: str, event: Any) -> bool:
    """Return whether the schema of an event's type says in words that more is asked for at a place."""
    kind, *names = [unquote(name) for name in pointer.removeprefix("/").split("/")]
    found = VOCABULARY.find(event["type"])
    assert found is not None
    schema = {"$ref": f"#/components/schemas/{name_of(found[0])}"}
    known = any(kind in part.get("properties", {}) for part in parts_at(schema, []))
    if not known:
        return says({"$ref": "#/components/schemas/EventAttributes"})  # An extension.
    return any(BEYOND in part for part in parts_at(schema, [kind, *names]))


def is_said(fault: Mapping[str, Any], case: Case[Any], operation: dict[str, Any]) -> bool:
    """Return whether the description says in words what a request was refused for."""
    body = resolved(operation.get("requestBody", {}))
    parameters = [resolved(one) for one in operation.get("parameters", [])]
    match fault["rule"]:
        case "json" if case.path == HOOKS:
            return case.media_type not in (None, "application/json")
        case _ if case.path == HOOKS:
            # What a mapping needs of a submission is its own.
            return BEYOND in body
        case rule if rule in OF_RULES or rule in ("grant", "webhooks.too_many"):
            return BEYOND in body
        case "if_match":
            return any(one["name"] == "If-Match" and says(one) for one in parameters)
        case "query":
            named = fault["detail"].split()[0]
            return any(one["name"] == named and says(one) for one in parameters)
        case "field" if case.path in EVENTS:
            headers = {name.lower() for name in case.headers or {}}
            is_json = case.media_type == "application/json"
            if is_json and (
                any(name.startswith("ce-") for name in headers) or not _is_of_events(case.body)
            ):
                return (
                    BEYOND in body
                )  # Binary mode: the data of an event, and its attributes in headers.
            events = case.body if isinstance(case.body, list) else [case.body]
            return is_said_of_event(fault["pointer"], events[fault["index"] or 0])
        case "field":
            schema = body["content"]["application/json"]["schema"]
            names = [unquote(name) for name in fault["pointer"].removeprefix("/").split("/")]
            return any(BEYOND in part for part in parts_at(schema, names))
        case "json":
            return case.media_type not in (None, "application/json")
    return False


def _is_of_events(body: Any) -> bool:
    return isinstance(body, list) or (isinstance(body, dict) and "specversion" in body)


def is_explained(response: Any, case: Case[Any], operation: dict[str, Any]) -> bool:
    """Return whether a request was refused for nothing but what the description says in words."""
    if response.status_code in OF_STATE:
        return True
    answer = response.json()
    if case.path == "/graphql":
        return says(operation) and all("extensions" in one for one in answer["errors"])
    return all(is_said(fault, case, operation) for fault in answer["errors"])


def attack(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, key: str) -> None:
    """Send requests of an operation. Raises Unsatisfiable if nothing about it can be wrong."""
    checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS
    words = document()["paths"][operation.path][operation.method]

    @BOUNDS
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Case[Any]) -> None:
        # These may be answered with 503 in time, which is not what is looked for here.
        for part, name in ((case.query, "min_position"), (case.headers, "Min-Position")):
            if part:
                part.pop(name, None)
        if case.path == HOOKS:
            case.path_parameters["name"] = "trial-notes"
        response = case.call(headers={"Authorization": f"Bearer {key}"}, timeout=30)
        case.validate_response(response, checks=checks)
        if mode is GenerationMode.POSITIVE and not 200 <= response.status_code < 300:
            assert is_explained(response, case, words), response.text

    answers()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_requests_by_the_description_are_answered_as_it_says(
    served: tuple[str, Mapping[str, str]], mode: GenerationMode
) -> None:
    address, keys = served
    described = schemathesis.openapi.from_url(f"{address}/openapi.json")
    tried = set()
    for found in described.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.path == "/health/ready":
            continue  # It says 503 until the read models are there.
        with suppress(Unsatisfiable):
            first = operation.path.split("/")[1]
            key = keys[{"keys": "admin", "hooks": "hook"}.get(first, "facilitator")]
            attack(operation, mode, key)
            tried.add((operation.method, operation.path))
    assert {("post", "/events"), ("get", "/events"), ("post", "/events/validate")} <= tried
