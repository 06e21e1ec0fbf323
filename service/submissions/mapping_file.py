"""Reads a mapping from the TOML file of an operator, and finds every fault of it at once."""

import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from events.access.policy import may_ever_record
from events.access.principal import Role
from events.vocabulary.catalogue import EventKind
from events.vocabulary.faults import expected
from events.vocabulary.stream import is_key
from events.vocabulary.types import Mark
from events.vocabulary.values.identity import is_uri_reference
from events.vocabulary.values.likeness import closest
from service.errors import MappingRefused
from service.hooks.tool import Tool
from service.pages.record.form import Field
from service.pages.sheets.columns import fields_of, kind_called, made_by, plain
from service.pages.sheets.values import Unfit, attribute_of
from service.submissions.expressions import Expression, Unusable
from service.submissions.items import Each
from service.submissions.mapping import Condition, EventPlan, Mapping, in_plain_letters
from service.submissions.values import (
    Answer,
    Computed,
    Constant,
    Created,
    OfItem,
    Terms,
    Value,
    fitted,
    is_empty,
)

CHARACTERS_MAX: Final = 64 * 1024
EVENTS_MAX: Final = 20
SOURCE: Final = "urn:howcanwe:hook:"
"""The beginning of the source of what a hook records; its name follows, unless the mapping has a source."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_MEMBERS: Final = (
    *(
        "name",
        "tool",
        "organisation",
        "cohort",
        "source",
        "zone",
        "submission",
        "terms",
        "each",
        "events",
    ),
)
_PLACES: Final = ("id", "time", "answers")
_OF_EVENT: Final = ("type", "each", "when", "time", "visibility", "data")
_OF_EACH: Final = ("items", "key")
_FROM: Final = ("answer", "from", "created_by", "item")
"""What says where a value comes from; each value has one of them."""


def mapping_of(text: str) -> Mapping:
    """Return the mapping in a file. Raises MappingRefused with all of its faults."""
    if len(text) > CHARACTERS_MAX:
        raise MappingRefused([f"The file has more than {CHARACTERS_MAX:,} characters."])
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingRefused([f"The file is not TOML: {error}."]) from None
    reader = _Reader(raw)
    mapping = reader.mapping()
    if reader.faults or mapping is None:
        raise MappingRefused(reader.faults)
    return mapping


@dataclass
class _Reader:
    """Reads the content of a file. `faults` has everything that is wrong with it, once `mapping` was called."""

    raw: Table[str, Any]
    faults: list[str] = field(default_factory=list)
    plans: list[EventPlan | None] = field(default_factory=list)
    """The events so far; None for one that cannot be used."""
    terms: dict[str, Terms] = field(default_factory=dict)
    lists: dict[str, Each | None] = field(default_factory=dict)
    """The lists that are gone through, by their names; None for one that cannot be used."""
    each: str | None = None
    """The name of the list of the event that is being read."""
    organisation: str = ""

    def mapping(self) -> Mapping | None:
        """Return the mapping; None if it has a fault."""
        self._known(self.raw, _MEMBERS, "")
        name = self._text("name", _NAME.fullmatch, "1 to 64 small letters, digits and dashes")
        tool = self._text("tool", _is_tool, f"one of {', '.join(Tool)}")
        self.organisation = self._text("organisation", is_key, "the key of an organisation") or ""
        given = "source" in self.raw
        source = self._text("source", is_uri_reference, "a URI reference") if given else None
        places = {
            one: expression
            for one, text in self._table(self.raw, "submission", "", _PLACES).items()
            if (expression := self._expression(text, f"submission.{one}")) is not None
        }
        for title, entries in self._table(self.raw, "terms", "").items():
            self.terms[title] = self._entries(entries, f"terms.{title}")
        for title, raw in self._table(self.raw, "each", "").items():
            self.lists[title] = self._list(title, raw)
        zone = self._zone()
        cohort = (
            self._text("cohort", is_key, "the key of a cohort") if "cohort" in self.raw else None
        )
        events = self.raw.get("events")
        if not isinstance(events, list) or not 1 <= len(events) <= EVENTS_MAX:
            self._fault("events", f"Expected 1 to {EVENTS_MAX} tables [[events]].")
            return None
        for number, event in enumerate(events, 1):
            self.plans.append(self._event(number, event, cohort))
        if self.faults or name is None or tool is None:
            return None
        return Mapping(
            name,
            Tool(tool),
            self.organisation,
            source or f"{SOURCE}{name}",
            zone,
            places,
            [plan for plan in self.plans if plan is not None],
        )

    def _fault(self, place: str, detail: str) -> None:
        self.faults.append(f"{place}: {detail}" if place else detail)

    def _known(self, table: Table[str, Any], members: Iterable[str], place: str) -> None:
        members = list(members)
        for name in table:
            if name not in members:
                found = closest(name, members)
                hint = f" Did you mean {found!r}?" if found else f" Known: {', '.join(members)}."
                self._fault(place, f"There is no {name!r} here.{hint}")

    def _text(self, name: str, check: Any, what: str) -> str | None:
        value = self.raw.get(name)
        if isinstance(value, str) and check(value):
            return value
        is_missing = name not in self.raw
        self._fault(name, f"This is required: {what}." if is_missing else expected(what, value))
        return None

    def _table(
        self, of: Table[str, Any], name: str, place: str, members: Iterable[str] | None = None
    ) -> Table[str, Any]:
        value = of.get(name, {})
        place = f"{place}{name}"
        if not isinstance(value, dict):
            self._fault(place, expected("a table", value))
            return {}
        if members is not None:
            self._known(value, members, place)
        return value

    def _zone(self) -> tzinfo:
        name = self.raw.get("zone", "UTC")
        try:
            return ZoneInfo(name) if name != "UTC" else UTC
        except (ValueError, LookupError, TypeError, OSError):
            self._fault("zone", expected("a time zone, such as Europe/London", name))
            return UTC

    def _expression(self, text: Any, place: str) -> Expression | None:
        if not isinstance(text, str):
            self._fault(place, expected("an expression, as a text", text))
            return None
        try:
            return Expression.of(text)
        except Unusable as unusable:
            self._fault(place, str(unusable))
            return None

    def _entries(self, entries: Any, place: str) -> Terms:
        if not isinstance(entries, dict):
            self._fault(place, expected("a table of answers, each with what is recorded", entries))
            return {}
        for answer, term in entries.items():
            if not isinstance(term, str | int | float | bool):
                self._fault(f"{place}.{answer}", expected("a text, a number, true or false", term))
        return {plain(answer): term for answer, term in entries.items()}

    def _list(self, name: str, raw: Any) -> Each | None:
        place = f"each.{name}"
        if not isinstance(raw, dict):
            self._fault(place, expected('a table, such as { items = "body.trials" }', raw))
            return None
        self._known(raw, _OF_EACH, place)
        items = self._expression(raw.get("items"), f"{place}.items")
        key = self._expression(raw["key"], f"{place}.key") if "key" in raw else None
        return None if items is None else Each(name, items, key)

    def _each(self, raw: Table[str, Any], place: str) -> Each | None:
        """Return the list whose items an event is made for; None if it is made once."""
        self.each = None
        name = raw.get("each")
        if name is not None and name not in self.lists:
            found = closest(str(name), self.lists)
            hint = f" Did you mean {found!r}?" if found else ""
            self._fault(f"{place}, each", f"There is no table [each.{name}].{hint}")
        elif name is not None:
            self.each = name
        return None if self.each is None else self.lists[self.each]

    def _event(self, number: int, raw: Any, cohort: str | None) -> EventPlan | None:
        place = f"event {number}"
        if not isinstance(raw, dict):
            self._fault(place, expected("a table", raw))
            return None
        called = raw.get("type")
        kind = kind_called(called) if isinstance(called, str) else None
        if kind is None:
            what = "a type of events, such as failure.recorded"
            self._fault(place, f"type: {expected(what, called)}")
            return None
        place = f"{place} ({kind.name})"
        self._known(raw, _OF_EVENT, place)
        each = self._each(raw, place)
        if kind.mark in (Mark.VOIDS, Mark.CORRECTS) or not may_ever_record(Role.ORGANISATION, kind):
            self._fault(
                place, "A hook records for an organisation, which does not record this type."
            )
        attributes = {
            name: value
            for name in ("time", "visibility")
            if name in raw and (value := self._attribute(name, raw[name], place)) is not None
        }
        when = self._condition(raw["when"], f"{place}, when") if "when" in raw else None
        data = self._data(kind, self._table(raw, "data", f"{place}, "), place, cohort)
        earlier = sum(plan is not None and plan.kind is kind for plan in self.plans)
        id_ = kind.name if not earlier else f"{kind.name}-{earlier + 1}"
        return EventPlan(id_, kind, when, attributes, data, each)

    def _attribute(self, name: str, raw: Any, place: str) -> Value | None:
        value = self._value(raw, f"{place}, {name}", None)
        if isinstance(value, Created):
            self._fault(f"{place}, {name}", "An event that was created is no value for this.")
        if name == "visibility" and isinstance(value, Constant):
            try:
                attribute_of(name, value.value)
            except Unfit as unfit:
                self._fault(f"{place}, {name}", str(unfit))
        return value

    def _condition(self, raw: Any, place: str) -> Condition | None:
        if not isinstance(raw, dict):
            self._fault(place, expected('a table, such as { answer = "…", is = "…" }', raw))
            return None
        given = {name: value for name, value in raw.items() if name != "is"}
        value = self._value(given, place, None)
        if "is" not in raw:
            any_of = None
        else:
            wanted = raw["is"] if isinstance(raw["is"], list) else [raw["is"]]
            any_of = in_plain_letters(wanted)
        if isinstance(value, Created):
            self._fault(place, "An event that was created is no value for this.")
        return None if value is None else Condition(value, any_of)

    def _data(
        self, kind: EventKind, raw: Table[str, Any], place: str, cohort: str | None
    ) -> dict[str, Value]:
        fields, made = fields_of(kind), made_by(kind)
        given = dict(_flat(raw, fields))
        for name in (kind.organisation_field, kind.model.required_of_organisation):
            if name is not None:
                # One that cannot be used is a fault already.
                given.setdefault(name, self.organisation or "unknown")
        if kind.cohort_field is not None and cohort is not None:
            given.setdefault(kind.cohort_field, cohort)
        self._known(given, [*fields, *made], f"{place}, data")
        found = {
            name: value
            for name, one in given.items()
            if name in fields or name in made
            if (value := self._value(one, f"{place}, data.{name}", fields.get(name))) is not None
        }
        parts = {name.partition(".")[0] for name in given}
        for name in sorted(kind.required - parts - {*made}):
            self._fault(f"{place}, data.{name}", "This field is required.")
        return found

    def _value(self, raw: Any, place: str, of: Field | None) -> Value | None:
        """Return where a value comes from; None if that is a fault."""
        if not isinstance(raw, dict):
            return self._constant(raw, place, of)
        given = [name for name in _FROM if name in raw]
        self._known(raw, (*_FROM, "terms"), place)
        if len(given) != 1 or not isinstance(raw[given[0]], str):
            self._fault(place, f"Expected one of {', '.join(_FROM)}, with a text.")
            return None
        text, terms = raw[given[0]], self._terms(raw.get("terms", {}), place, of)
        match given[0]:
            case "answer":
                return Answer(text, terms)
            case "item":
                if self.each is None:
                    self._fault(place, "Only an event with 'each' has an item.")
                return OfItem(text, terms)
            case "from":
                expression = self._expression(text, place)
                return None if expression is None else Computed(expression, terms)
            case _:
                return self._created(text, place, of)

    def _constant(self, raw: Any, place: str, of: Field | None) -> Constant | None:
        if is_empty(raw):
            self._fault(place, "The value is empty. Leave it out instead.")
            return None
        self._fit(raw, place, of)
        return Constant(raw)

    def _terms(self, raw: Any, place: str, of: Field | None) -> Terms:
        if isinstance(raw, str):
            if raw not in self.terms:
                found = closest(raw, self.terms)
                hint = f" Did you mean {found!r}?" if found else ""
                self._fault(place, f"There is no table [terms.{raw}].{hint}")
            terms = self.terms.get(raw, {})
        else:
            terms = self._entries(raw, f"{place}, terms")
        for term in terms.values():
            if not is_empty(term):
                self._fit(term, place, of)
        return terms

    def _fit(self, raw: Any, place: str, of: Field | None) -> None:
        if of is not None:
            try:
                fitted(of, raw)
            except Unfit as unfit:
                self._fault(place, str(unfit))

    def _created(self, text: str, place: str, of: Field | None) -> Created | None:
        kind = kind_called(text)
        places = [
            place for place, plan in enumerate(self.plans) if plan is not None and plan.kind is kind
        ]
        kinds = () if of is None else of.kinds
        creating = [one for one in (kind.references if kind else ()) if one.creates in kinds]
        if len(places) != 1 or len(creating) != 1 or creating[0].creates is None:
            wanted = " or ".join(kinds) or "subject"
            self._fault(
                place,
                expected(f"the type of one event above this one that creates a new {wanted}", text),
            )
            return None
        of_list = self.plans[places[0]]
        if of_list is not None and of_list.each not in (None, self.lists.get(self.each or "")):
            self._fault(
                place,
                f"The event that {text!r} names is made for each item of another list than this one.",
            )
        return Created(places[0], creating[0].field, creating[0].creates)


def _is_tool(text: str) -> bool:
    return text in [*Tool]


def _flat(raw: Table[str, Any], fields: Table[str, Field]) -> Iterable[tuple[str, Any]]:
    """Yield the fields of data; those of an object with the name of the object before them."""
    for name, value in raw.items():
        parts = [one for one in fields if one.startswith(f"{name}.")]
        if parts and isinstance(value, dict):
            yield from ((f"{name}.{part}", one) for part, one in value.items())
        else:
            yield name, value
