"""A submission: what somebody filled in, read from the JSON of a form tool."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from events.vocabulary.faults import Fault, expected
from events.vocabulary.values.strict_json import JsonError, oddities, parse, unmarked
from service.hooks.tool import Tool
from service.pages.sheets.columns import plain

RULE: Final = "hook.submission"
_MICROSOFTS_TIME: Final = "%m/%d/%Y %I:%M:%S %p"


class Unreadable(Exception):
    """The JSON is no submission of the tool. `faults` say what is missing."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(faults)


@dataclass(frozen=True)
class Submission:
    """What somebody filled in. `answers` has each answer by its question, and by the tool's own name for that."""

    id: str
    time: str
    answers: Mapping[str, Any]
    body: Any
    ambiguous: frozenset[str] = frozenset()
    """The questions that several fields ask, in plain letters. Only the tool's own names distinguish these."""
    item: Any = None
    """The item of a list that is gone through, None outside."""
    number: str | None = None
    """What the ids of events of the item have: its key or place."""
    _by_question: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        found = {plain(question): answer for question, answer in self.answers.items()}
        object.__setattr__(self, "_by_question", found)

    @property
    def document(self) -> Mapping[str, Any]:
        """What expressions look into."""
        of_item = {} if self.number is None else {"item": self.item, "number": self.number}
        own = {"id": self.id, "time": self.time, "answers": self.answers, "body": self.body}
        return {**own, **of_item}

    def with_item(self, item: Any, number: str) -> "Submission":
        """Return the submission as it is seen with an item of one of its lists."""
        return replace(self, item=item, number=number)

    def of_item(self, name: str) -> Sequence[Any]:
        """Return what the item has under a name; several values if names differ in nothing but plain letters."""
        parts = self.item if isinstance(self.item, dict) else {}
        if name in parts:
            return [parts[name]]
        return [value for one, value in parts.items() if plain(one) == plain(name)]

    def answer(self, question: str) -> Any:
        """Return the answer to a question; None if there is none."""
        return self._by_question.get(plain(question))

    def has(self, question: str) -> bool:
        """Return whether the submission has the question. Some tools leave out what was not answered."""
        return plain(question) in self._by_question


class Answers:
    """Collects answers, by their questions and by the tool's own names."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._asked: dict[str, str] = {}
        self.ambiguous: set[str] = set()

    def add(self, question: object, name: object, answer: Any) -> None:
        """Add an answer. A question that was asked before is ambiguous, and its answers have only their names."""
        if isinstance(name, str) and name:
            self.found[name] = answer
        if not isinstance(question, str) or not question.strip():
            return
        asked = plain(question)
        if asked in self._asked:
            self.ambiguous.add(asked)
            self.found.pop(self._asked[asked], None)
        elif asked not in self.ambiguous:
            self._asked[asked] = question
            self.found[question] = answer


def parsed(content: bytes) -> Any:
    """Return the JSON value of a body, of the types that expressions know. Raises JsonError, Unreadable."""
    odd = [Fault(RULE, pointer, detail, None) for pointer, detail in oddities(parse(content))]
    if odd:
        raise Unreadable(*odd)
    try:
        return orjson.loads(unmarked(content))
    except orjson.JSONDecodeError:
        raise JsonError("The text has a lone surrogate") from None


def read(
    tool: Tool, body: Any, places: Mapping[str, Callable[[Any], Any]] | None = None
) -> Submission:
    """Return the submission in the JSON of a tool. `places` say where its parts are, if elsewhere than usual.

    Raises Unreadable.
    """
    if not isinstance(body, dict):
        raise Unreadable(Fault(RULE, "", expected("a JSON object", body), None))
    given = {name: find(body) for name, find in (places or {}).items()}
    usual, answers, faults = _READERS[tool](body)
    if faults:
        raise Unreadable(*faults)
    parts = {**usual, **{name: value for name, value in given.items() if value is not None}}
    pointers = _POINTERS.get(tool, {})
    id_, at = parts.get("id"), parts.get("time")
    if isinstance(id_, int) and not isinstance(id_, bool):
        id_ = str(id_)
    if not isinstance(id_, str) or not id_.strip():
        faults.append(_missing("the id of the submission", pointers.get("id", "/id"), id_))
    if not isinstance(at, str) or not at.strip():
        faults.append(_missing("when it was submitted", pointers.get("time", "/time"), at))
    if isinstance(given.get("answers"), dict):
        answers = _plain_answers(given["answers"])
    if answers is None:
        found = parts.get("answers")
        faults.append(_missing("an object with the answers, by question", "/answers", found))
    if faults or answers is None or not isinstance(id_, str) or not isinstance(at, str):
        raise Unreadable(*faults)
    return Submission(id_.strip(), at.strip(), answers.found, body, frozenset(answers.ambiguous))


def _missing(what: str, pointer: str, found: Any) -> Fault:
    detail = f"This is required: {what}." if found is None else expected(what, found)
    return Fault(RULE, pointer, detail, None)


def _plain_answers(given: Mapping[str, Any]) -> Answers:
    answers = Answers()
    for question, answer in given.items():
        answers.add(question, None, answer)
    return answers


_Read = tuple[dict[str, Any], Answers | None, list[Fault]]
"""The usual parts of a submission, its answers, and what is wrong."""


def _json(body: Mapping[str, Any]) -> _Read:
    given = body.get("answers")
    answers = _plain_answers(given) if isinstance(given, dict) else None
    return {name: body.get(name) for name in ("id", "time", "answers")}, answers, []


def _any_json(body: Mapping[str, Any]) -> _Read:
    """Read any JSON. It may have no answers, as expressions look into all of it."""
    parts, answers, faults = _json(body)
    is_left_out = parts.get("answers") is None
    return parts, Answers() if is_left_out else answers, faults


def _microsoft_forms(body: Mapping[str, Any]) -> _Read:
    """Read what a flow sends: choices are there as texts with a JSON list, and times as Americans write them."""
    parts, _, faults = _json(body)
    given = body.get("answers")
    if not isinstance(given, dict):
        return parts, None, faults
    answers = _plain_answers({name: _listed(value) for name, value in given.items()})
    at = parts.get("time") or given.get("submitDate")
    if isinstance(at, str):
        with suppress(ValueError):
            at = datetime.strptime(at, _MICROSOFTS_TIME).replace(tzinfo=UTC).isoformat()
    return {**parts, "time": at}, answers, faults


def _listed(value: Any) -> Any:
    if not (isinstance(value, str) and value.startswith("[")):
        return value
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return found if all(isinstance(one, str) for one in found) else value


def _typeform(body: Mapping[str, Any]) -> _Read:
    response = body.get("form_response")
    if body.get("event_type") != "form_response" or not isinstance(response, dict):
        found = body.get("event_type")
        fault = Fault(RULE, "/event_type", expected('"form_response"', found), None)
        return {}, None, [fault]
    definition = response.get("definition")
    asked = {
        str(one.get("id")): one.get("title")
        for one in _objects(definition.get("fields") if isinstance(definition, dict) else None)
    }
    answers = Answers()
    for one in _objects(response.get("answers")):
        of = one["field"] if isinstance(one.get("field"), dict) else {}
        answers.add(asked.get(str(of.get("id"))), of.get("ref"), _typeforms_answer(one))
    hidden = response.get("hidden")
    for name, value in hidden.items() if isinstance(hidden, dict) else ():
        answers.add(None, name, value)
    return {"id": response.get("token"), "time": response.get("submitted_at")}, answers, []


def _typeforms_answer(answer: Mapping[str, Any]) -> Any:
    value = answer.get(str(answer.get("type")))
    if not isinstance(value, dict):
        return value
    chosen = value.get("labels", value.get("label"))
    other = value.get("other")
    if isinstance(chosen, list):
        return [*chosen, *([other] if other else [])]
    return other if chosen is None else chosen


def _tally(body: Mapping[str, Any]) -> _Read:
    data = body.get("data")
    if body.get("eventType") != "FORM_RESPONSE" or not isinstance(data, dict):
        fault = Fault(RULE, "/eventType", expected('"FORM_RESPONSE"', body.get("eventType")), None)
        return {}, None, [fault]
    answers = Answers()
    for one in _objects(data.get("fields")):
        options = {str(of.get("id")): of.get("text") for of in _objects(one.get("options"))}
        value = one.get("value")
        chosen = (
            [options.get(item, item) if isinstance(item, str) else item for item in value]
            if isinstance(value, list)
            else value
        )
        answers.add(one.get("label"), one.get("key"), chosen)
    return {"id": data.get("responseId"), "time": data.get("createdAt")}, answers, []


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


_READERS: Final[Mapping[Tool, Callable[[Mapping[str, Any]], _Read]]] = {
    Tool.GOOGLE_FORMS: _json,
    Tool.MICROSOFT_FORMS: _microsoft_forms,
    Tool.TYPEFORM: _typeform,
    Tool.TALLY: _tally,
    Tool.JSON: _any_json,
}
_POINTERS: Final[Mapping[Tool, Mapping[str, str]]] = {
    Tool.TYPEFORM: {"id": "/form_response/token", "time": "/form_response/submitted_at"},
    Tool.TALLY: {"id": "/data/responseId", "time": "/data/createdAt"},
}
"""Where a tool has the parts of a submission, unless it is `/id` and `/time`."""
