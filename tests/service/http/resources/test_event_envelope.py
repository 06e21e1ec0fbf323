"""The schema of the envelope accepts what the service accepts, and says where the service asks for more."""

from typing import Any, Final

import jsonschema_rs
import orjson
import pytest

from events.access.principal import RECORD
from events.lines.candidate import SERVER_SET
from events.recording.envelope import CONTEXT_ATTRIBUTES, NAMED_EXTENSIONS, Envelopes, Malformed
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import TimePrecision, Visibility
from events.vocabulary.words.envelope import EXAMPLE, OTHERS
from service.http.envelope_schema import envelope_schema
from service.samples import demo
from tests.releases import RELEASES
from tests.service.app import Api

SCHEMA: Final = envelope_schema()
VALIDATOR: Final = jsonschema_rs.validator_for(SCHEMA)
ENVELOPES: Final = Envelopes(VOCABULARY)
FILLED_IN: Final = ("time", "timeprecision", "visibility")
"""What a person fills in, and a form asks."""

VALUES: Final[tuple[Any, ...]] = (
    *(None, True, 12, 12.0, 1.5, 2**31, -(2**31), [], {}, "", " ", "a", "ä" * 200, "x" * 2_000),
    *("1.0", "urn:x", "a b", "\0", "person/a", "service/a b", "organisation/mill"),
    *("2024-02-10T13:30:00Z", "2024-02-10", "0001-01-01T00:00:00Z", "2024-02-10T13:30:00+00:00"),
    *("year", "Year", "public", "Public", "application/json", "text/plain", "iteration/tea-first"),
    *("org.howcanwe.note.added.v1", "note.added"),
)


def is_accepted(event: dict[str, Any]) -> bool:
    """Return whether an event of this form can be recorded."""
    try:
        return not ENVELOPES.read(event, RECORD).faults
    except Malformed:
        return False


@pytest.mark.parametrize("name", [*SCHEMA["properties"], "ours", "Not ours"])
def test_schema_and_service_accept_the_same_values(name: str) -> None:
    found = SCHEMA["properties"].get(name, SCHEMA["additionalProperties"])
    verdicts = set()
    for value in VALUES:
        event = {**EXAMPLE, name: value}
        if name in ("type", "data"):
            # Data of another type is not the envelope's fault.
            event["data"] = {"about": "organisation/mill", "text": "a"} if name == "type" else value
        is_valid = VALIDATOR.is_valid(event)
        if is_accepted(event):
            assert is_valid, value
        elif is_valid:
            assert "x-beyond-schema" in found, value
        verdicts.add(is_valid)
    # What the log sets is replaced, so a sender may give anything.
    assert verdicts == ({True} if found.get("readOnly") else {True, False})


def test_every_attribute_of_an_envelope_is_described() -> None:
    known = {*CONTEXT_ATTRIBUTES, *NAMED_EXTENSIONS, *SERVER_SET}
    assert SCHEMA["properties"].keys() == known | {"data", "data_base64", "datacontenttype"}
    for name, one in SCHEMA["properties"].items():
        if name != "data_base64":
            assert one["title"], name
            assert "?" in one["description"], name
            assert one["examples"], name
        assert one.get("readOnly", False) is (name in SERVER_SET)
    for name in FILLED_IN:
        assert SCHEMA["properties"][name]["x-hint"].endswith(".")
    for name, terms in (("timeprecision", TimePrecision), ("visibility", Visibility)):
        reference = SCHEMA["properties"][name]["anyOf"][0]["$ref"]
        listed = SCHEMA["$defs"][reference.rpartition("/")[2]]["oneOf"]
        assert [one["const"] for one in listed] == [term.value for term in terms]
        assert all(one["title"] and one["description"] for one in listed)


def test_its_examples_are_an_event_of_the_demo_and_what_this_event_lacks() -> None:
    assert EXAMPLE in [orjson.loads(line) for line in demo.lines()]
    assert EXAMPLE.keys() | OTHERS.keys() | {"data_base64"} == SCHEMA["properties"].keys()
    together = {**EXAMPLE, **OTHERS}
    assert VALIDATOR.is_valid(dict(EXAMPLE))
    assert VALIDATOR.is_valid(together)
    assert is_accepted(together)


async def test_it_is_published_beside_the_types_and_accepts_what_is_sent_and_stored(
    story: Api,
) -> None:
    listed = (await story.get("/event-types", None)).json()
    response = await story.get(listed["envelope"], None)
    assert response.headers["content-type"] == "application/schema+json"
    schema = response.json()
    assert schema == SCHEMA
    jsonschema_rs.meta.validate(schema)
    used = {key for one in schema["properties"].values() for key in one if key.startswith("x-")}
    assert used <= listed["keywords"].keys()
    for line in [*map(orjson.loads, demo.lines()), *await story.lines()]:
        VALIDATOR.validate(line)


def test_lines_of_an_earlier_release_are_valid_by_it() -> None:
    files = sorted(RELEASES.rglob("*.ndjson"))
    lines = [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]
    assert len(lines) > 100
    assert [line for line in lines if not VALIDATOR.is_valid(line)] == []
