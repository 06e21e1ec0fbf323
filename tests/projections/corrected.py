"""Corrections at random, and what a log would be if its events had been written as they read after them."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

import orjson

from events.lines.recorded import Recorded
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.json_schemas import alternatives, definition_name, json_schema

Json = dict[str, Any]


def random_fields(random: Random, type_: str, data: Json) -> Json:
    """Return other values for some fields of an event that may be corrected, as likely as not; none if it has none."""
    found = VOCABULARY.find(type_)
    assert found is not None
    kind, _ = found
    fields: Json = {}
    for name in kind.correctable:
        if random.random() < 0.5:
            value = _value(random, json_schema(kind)["properties"][name], name, data.get(name))
            fields[name] = None if name not in kind.required and random.random() < 0.2 else value
    return fields


def _value(random: Random, schema: Json, name: str, before: Any) -> Any:
    [option] = alternatives(schema)
    word = random.choice(("water", "light", "trust", "cafés", "Wärme"))
    match option:
        case {"type": "array"} if name == "links":
            return [f"https://example.org/{word}"]
        case {"type": "array"}:
            return random.sample(["water", "light", "trust", "young people"], random.randrange(4))
        case {"type": "integer"}:
            low, high = option.get("minimum", 0), option.get("maximum", 2**53)
            return random.choice((low, min(high, low + 7), float(low + 1)))
        case {"type": "number"}:
            return random.choice((0, 2.5, 12.0, 1e16, 7))
        case _ if definition_name(option) == "Cost":
            return {"amount": random.choice((1, 9.99, 120.0)), "currency": "EUR"}
        case _ if name == "due_on":
            return random.choice(("2024-05-06", "2026-12-31", "2027-01-02"))
        case _ if definition_name(option) == "Day":
            return random.choice(("2015-01-01", "2014-05-06"))
        case _ if definition_name(option) == "Address":
            return f"https://example.org/{word}"
        case {"pattern": "^[A-Z]{2}$"}:
            return random.choice(("GB", "DE"))
        case _ if name == "language":
            return random.choice(("en", "en-GB", "fr"))
        case _ if name == "licence":
            return random.choice(("CC0-1.0", "NOASSERTION"))
        case _ if isinstance(before, str) and before.lower().startswith("how can we"):
            return f"How can we share {word} {random.randrange(9)} times?"
        case _ if name == "measure" and isinstance(before, str):
            return random.choice((before.upper(), word))
        case _:
            return f"Some {word}, {random.randrange(100)}."


def as_written(log: Sequence[Recorded]) -> list[Recorded]:
    """Return the log as it would be had its events been written as they now read, without corrections.

    This is written from the vocabulary, and shares nothing with the code that reads corrected events.
    """
    voided = {_about(one) for one in log if one.content["type"] == "org.howcanwe.event.voided.v1"}
    corrections = [one for one in log if one.content["type"] == "org.howcanwe.event.corrected.v1"]
    gone = {one.position for one in corrections}
    written = []
    for recorded in log:
        if recorded.position in gone or _about(recorded) in gone:
            continue
        content = recorded.content
        data = dict(content["data"])
        for one in corrections:
            if _about(one) == recorded.position and one.position not in voided:
                data |= one.content["data"]["fields"]
        if data != content["data"]:
            data = {name: value for name, value in data.items() if value is not None}
            line = orjson.dumps({**content, "data": data})
            recorded = Recorded(recorded.position, line, recorded.streams)
        written.append(recorded)
    return written


def _about(recorded: Recorded) -> int | None:
    content = recorded.content
    if "about" in content:
        return int(content["about"])
    of = str(content["data"].get("of", ""))
    return int(of.removeprefix("event/")) if of.startswith("event/") else None


def without_marks(
    tables: Iterable[tuple[str, Sequence[Mapping[str, Any]]]], gone: set[int]
) -> dict[str, list[Json]]:
    """Return rows without what corrections add: their own rows, and when something was last updated."""
    kept: dict[str, list[Json]] = {}
    for name, rows in tables:
        if name != "corrections":
            kept[name] = [
                {column: value for column, value in row.items() if not column.startswith("updated")}
                for row in rows
                if row["position"] not in gone and row.get("voided_by") not in gone
            ]
    return kept
