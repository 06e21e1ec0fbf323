"""The events that a submission becomes, by a mapping, or every fault of it."""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from events.vocabulary.catalogue import JsonObject
from events.vocabulary.faults import Fault
from events.vocabulary.stream import stream_of
from service.pages.record.form import form_of
from service.pages.record.reading import ID as FORM_ID
from service.pages.record.reading import data_of
from service.pages.sheets.columns import fields_of, made_by
from service.pages.sheets.ids import random_of
from service.pages.sheets.values import Unfit, attribute_of, text_of, time_of
from service.submissions import submission as submissions
from service.submissions.expressions import Failed, Steps
from service.submissions.items import ITEMS_MAX
from service.submissions.mapping import EventPlan, Mapping
from service.submissions.submission import Submission, Unreadable
from service.submissions.values import Computed, Constant, Created, Value, fitted, found, is_empty

_RULE = "field"
_EXPRESSION = "hook.expression"


@dataclass(frozen=True, slots=True)
class Made:
    """An event that a submission becomes, with what is wrong with it so far.

    `sources` say in words where the parts of its data come from, by their JSON pointers.
    """

    content: JsonObject
    faults: Sequence[Fault]
    sources: Table[str, str]

    def explained(self, fault: Fault) -> Fault:
        """Return a fault of the event, which also says where the value comes from."""
        pointer = fault.pointer
        while pointer and pointer not in self.sources:
            pointer = pointer.rpartition("/")[0]
        if not pointer:
            return fault
        detail = f"{fault.detail} It comes from {self.sources[pointer]}."
        return Fault(fault.rule, fault.pointer, detail, fault.index)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a submission becomes: its events, and the ids of those for which a condition does not hold.

    `beyond` are the ids that events of further items would have, if items are known by their places.
    """

    events: Sequence[Made]
    left_out: Sequence[str]
    beyond: Sequence[str]


def submission_of(mapping: Mapping, body: Any, steps: Steps) -> Submission:
    """Return the submission in the JSON of the mapping's tool. Raises Unreadable."""

    def find(expression: Any) -> Any:
        try:
            return expression.value(body, steps)
        except Failed as failed:
            raise Unreadable(Fault(_EXPRESSION, "", str(failed), None)) from None

    places = {
        name: lambda _, expression=expression: find(expression)
        for name, expression in mapping.places.items()
    }
    return submissions.read(mapping.tool, body, places)


def events_of(mapping: Mapping, submission: Submission, steps: Steps) -> Outcome:
    """Return the events of a submission, each with its faults.

    An event has the submission's id before its own, so that the same submission is a repeat, and one that was changed
    contradicts what is recorded. Raises Unreadable if what an event is made for each item of is no list.
    """
    made: dict[_At, Made | None] = {}
    left_out: list[str] = []
    beyond: list[str] = []
    for each, plans in groupby(enumerate(mapping.events), lambda one: one[1].each):
        items = [submission] if each is None else each.of(submission, steps)
        of_each = [*plans]
        for item in items:
            for place, plan in of_each:
                builder = _Builder(mapping, item, steps, plan, made)
                one = made[place, item.number] = builder.made()
                if one is None:
                    left_out.append(builder.id)
        if each is not None and each.key is None:
            known = {item.number for item in items}
            others = {str(place) for place in range(1, ITEMS_MAX + 1)} - known
            beyond += [
                _id_of(plan, submission.id, number) for _, plan in of_each for number in others
            ]
    return Outcome([one for one in made.values() if one is not None], left_out, beyond)


_At: TypeAlias = tuple[int, str | None]
"""The place of an event in a mapping, and the item that it is made for."""


def _id_of(plan: EventPlan, submission: str, number: str | None) -> str:
    return f"{submission}/{plan.id}" if number is None else f"{submission}/{plan.id}/{number}"


class _Builder:
    """Makes one event."""

    def __init__(
        self,
        mapping: Mapping,
        submission: Submission,
        steps: Steps,
        plan: EventPlan,
        earlier: Table[_At, Made | None],
    ) -> None:
        self._mapping = mapping
        self._submission = submission
        self._steps = steps
        self._plan = plan
        self._earlier = earlier
        self._faults: list[Fault] = []
        self._sources: dict[str, str] = {}
        self.id = _id_of(plan, submission.id, submission.number)

    def made(self) -> Made | None:
        """Return the event; None if its condition does not hold."""
        plan = self._plan
        if plan.when is not None:
            try:
                if not plan.when.holds(self._submission, self._steps):
                    return None
            except Failed as failed:
                self._faults.append(Fault(_EXPRESSION, "", str(failed)))
        content = {
            "specversion": "1.0",
            "id": self.id,
            "source": self._mapping.source,
            "type": plan.kind.wire_name,
            **self._attributes(),
            "data": self._data(),
        }
        return Made(content, self._faults, self._sources)

    def _attributes(self) -> JsonObject:
        attributes = self._plan.attributes
        found: JsonObject = {}
        at = self._found("/time", attributes["time"]) if "time" in attributes else None
        try:
            given = self._submission.time if at is None or is_empty(at) else at
            found["time"], is_day = time_of(given, self._mapping.zone)
            if is_day:
                found["timeprecision"] = "day"
        except Unfit as unfit:
            self._fault("/time", str(unfit))
        if "visibility" in attributes:
            level = self._found("/visibility", attributes["visibility"])
            try:
                if not is_empty(level):
                    found["visibility"] = attribute_of("visibility", level)
            except Unfit as unfit:
                self._fault("/visibility", str(unfit))
        return found

    def _data(self) -> JsonObject:
        plan = self._plan
        fields, made = fields_of(plan.kind), made_by(plan.kind)
        given: dict[str, list[str]] = {}
        keys: dict[str, str] = {}
        for name, value in plan.data.items():
            pointer = f"/data/{name.replace('.', '/')}"
            answer = self._found(pointer, value)
            if is_empty(answer):
                continue
            try:
                if name in made:
                    keys[name] = text_of(answer)
                else:
                    given[name] = fitted(fields[name], answer)
            except Unfit as unfit:
                self._fault(pointer, str(unfit))
        # The bits of keys are always the same for an id, but not the same in another form with such ids.
        random = random_of(f"{self._mapping.source}/{self.id}")
        data = data_of(form_of(plan.kind), {**given, FORM_ID: [random]})
        return {name: keys.get(name, value) for name, value in data.items()}

    def _found(self, pointer: str, value: Value) -> Any:
        if not isinstance(value, Constant):
            number = self._submission.number
            self._sources[pointer] = str(value) if number is None else f"{value}, item {number}"
        if isinstance(value, Created):
            return self._created(pointer, value)
        try:
            return found(value, self._submission, self._steps)
        except Failed as failed:
            rule = _EXPRESSION if isinstance(value, Computed) else _RULE
            self._faults.append(Fault(rule, pointer, str(failed)))
            return None

    def _created(self, pointer: str, value: Created) -> str | None:
        """Return how a field names what an earlier event creates; None if there is no such event."""
        is_of_item = self._mapping.events[value.event].each is not None
        number = self._submission.number if is_of_item else None
        earlier = self._earlier.get((value.event, number))
        key = None if earlier is None else earlier.content["data"].get(value.field)
        if key is None:
            return None
        kinds = fields_of(self._plan.kind)[pointer.removeprefix("/data/")].kinds
        return key if len(kinds) == 1 else stream_of(value.kind, key)

    def _fault(self, pointer: str, detail: str) -> None:
        self._faults.append(Fault(_RULE, pointer, detail))
