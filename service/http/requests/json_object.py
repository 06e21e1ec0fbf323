"""Reads JSON objects that a pydantic model describes, and reports all of their faults at once.

Routes read their bodies so, and tools for assistants their arguments.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import Request

from events.vocabulary.data_faults import faults_of
from events.vocabulary.faults import Fault, expected
from events.vocabulary.values.likeness import closest
from events.vocabulary.values.strict_json import JsonError, oddities, parse
from service.http.requests.body import read_body
from service.problems import malformed, refusal

M = TypeVar("M", bound=BaseModel)


async def read_object(
    request: Request,
    model: type[M],
    *,
    bytes_max: int,
    rule: str,
    refused: str,
    called: str | None = None,
    context: Mapping[str, Any] | None = None,
    may_be_empty: bool = False,
) -> M:
    """Return the object in the body; with `may_be_empty`, no body is an empty object.

    `rule` is the rule of its faults, `refused` what is refused because of them; `called` is the object's name, if it
    has another one. Raises Problem (400, 413, 415, 422).
    """
    body = await read_body(request, bytes_max)
    try:
        raw = {} if may_be_empty and not body else parse(body)
    except JsonError as error:
        raise malformed(str(error), "json") from None
    return object_of(raw, model, rule=rule, refused=refused, called=called, context=context)


def object_of(
    raw: Any,
    model: type[M],
    *,
    rule: str,
    refused: str,
    called: str | None = None,
    context: Mapping[str, Any] | None = None,
) -> M:
    """Return a value of `parse` as the object that the model describes. Raises Problem (422)."""
    detail = f"The {called or refused} is invalid; see errors"
    odd = [Fault("field", pointer, detail, None) for pointer, detail in oddities(raw)]
    if odd:
        raise refusal(odd, detail, refused=refused)
    try:
        return model.model_validate(raw, context=dict(context or {}))
    except ValidationError as error:
        faults = zip(faults_of(error), error.errors(), strict=True)
        raise refusal(
            [
                Fault(rule, fault.pointer.removeprefix("/data"), _detail(fault, found, model), None)
                for fault, found in faults
            ],
            detail,
            refused=refused,
        ) from None


def _detail(fault: Fault, error: ErrorDetails, model: type[BaseModel]) -> str:
    """Return the sentence for a fault of an object, of which one member is at fault."""
    if error["type"] != "extra_forbidden":
        return fault.detail
    members = [field.alias or name for name, field in model.model_fields.items()]
    name = str(error["loc"][-1])
    found = closest(name, members)
    what = f"{found}, one of the members" if found else "one of"
    return expected(f"{what} {', '.join(members)}", name)
