"""The plan of a GraphQL query."""

from collections.abc import Mapping
from typing import Any, Final

from service.client.errors import QueryFailed
from service.client.new_event import json_of
from service.client.plans.answers import content, problem
from service.client.plans.retries import answered
from service.client.plans.setup import Setup
from service.client.plans.steps import Call, Steps

PROBLEM: Final = "application/problem+json"

_HEADERS: Final = {
    "Content-Type": "application/json",
    "Accept": "application/graphql-response+json, application/json;q=0.9",
}


def query(
    setup: Setup,
    text: str,
    variables: Mapping[str, Any] | None,
    operation: str | None,
    min_position: int | None,
) -> Steps[Mapping[str, Any]]:
    """Return the data of a query's answer, once the read models have the position. Raises QueryFailed and Problem."""
    asked: dict[str, Any] = {"query": text, "variables": variables or {}}
    if operation is not None:
        asked["operationName"] = operation
    headers = dict(_HEADERS)
    if min_position is not None:
        headers["Min-Position"] = str(min_position)
    answer = yield from answered(
        Call("POST", "/graphql", headers=headers, body=json_of(asked)), setup.retries
    )
    if answer.headers.get("content-type", "").startswith(PROBLEM):
        raise problem(answer)
    given = content(answer)
    if errors := given.get("errors"):
        raise QueryFailed(errors, given.get("data"))
    if "data" not in given:
        raise problem(answer)
    data: Mapping[str, Any] = given["data"]
    return data
