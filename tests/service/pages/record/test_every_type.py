"""The whole sample cohort can be recorded through forms alone, and reads as it does when programs record it."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio

from events.vocabulary.catalogue import VOCABULARY, EventKind
from service.pages.record.form import form_of
from service.pages.record.reading import (
    ACTION,
    ID,
    OFFSET,
    OPENED,
    PRECISION,
    SOURCE,
    TIME,
    VISIBILITY,
    given_of,
)
from service.pages.record.routes import LOOK
from service.samples import demo
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.app import Api, open_api
from tests.service.graphql.client import caught_up
from tests.service.pages.record.forms import FormReader, opened, position_in, send, signed_in
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVENTS: list[dict[str, Any]] = [orjson.loads(line) for line in demo.lines()]


class Typist:
    """Types the events of the sample cohort into forms. `keys` are those that the server made, by the demo's."""

    def __init__(self, api: Api, visitor: Visitor, token: str) -> None:
        self.api = api
        self.visitor = visitor
        self.token = token
        self.keys: dict[str, str] = {}
        self.positions: dict[str, int] = {}

    async def type(self, event: Mapping[str, Any]) -> None:
        """Type an event, send its form, and check that the log has the same."""
        found = VOCABULARY.find(event["type"])
        assert found is not None
        kind = found[0]
        time = event["time"]
        data = self._with_keys(kind, event["data"])
        values = {
            **given_of(form_of(kind).fields, {n: v for n, v in data.items() if n != "fields"}),
            "token": [self.token],
            ID: [str(uuid4())],
            OPENED: ["2026-01-01T00:00:00+00:00"],
            TIME: [time[:19]],
            OFFSET: [time[19:].replace("Z", "+00:00")],
            PRECISION: [event.get("timeprecision", "")],
            VISIBILITY: [event.get("visibility", "")],
        }
        path = f"/record/{kind.name}"
        if "fields" in data:
            await caught_up(self.api.service)
            shown = await send(self.visitor, path, {**values, ACTION: [LOOK]})
            fields = {n: v for n, v in FormReader(shown.text).values.items() if n[:7] == "fields."}
            corrected = {f"fields.{name}": value for name, value in data["fields"].items()}
            values |= fields | {name: [str(value)] for name, value in corrected.items()}
        answer = await send(self.visitor, path, values)
        assert answer.status_code == 303, (event, FormReader(answer.text).values, answer.text)
        self._compare(kind, event, data, await self._recorded(position_in(answer)))

    async def _recorded(self, position: int) -> dict[str, Any]:
        content = (await self.api.service.log.events([position]))[0].content
        return dict(content)

    def _compare(
        self,
        kind: EventKind,
        event: Mapping[str, Any],
        data: Mapping[str, Any],
        recorded: Mapping[str, Any],
    ) -> None:
        made = {one.field: one.kinds[0] for one in kind.references if one.creates}
        for name, of in made.items():
            self.keys[f"{of}/{event['data'][name]}"] = recorded["data"][name]
        self.positions[event["id"]] = recorded["position"]
        hidden = {*made, *kind.personal}
        assert recorded["source"] == SOURCE
        assert recorded["time"][:19] == event["time"][:19]
        assert recorded.get("visibility") == event.get("visibility")
        assert {n: v for n, v in recorded["data"].items() if n not in hidden} == {
            n: v for n, v in kind.without_absent(dict(data)).items() if n not in hidden
        }

    def _with_keys(self, kind: EventKind, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return data that names what the forms made, by the keys that the server gave."""
        found = dict(data)
        for reference in kind.references:
            value = found.get(reference.field)
            if reference.creates or value is None:
                continue
            one = self._named(reference.kinds)
            found[reference.field] = [one(item) for item in value] if reference.many else one(value)
        about = kind.about_field
        if about and isinstance(found[about], dict):
            found[about] = self.positions[found[about]["id"]]
        return found

    def _named(self, kinds: tuple[str, ...]) -> Any:
        if len(kinds) == 1:
            return lambda key: self.keys[f"{kinds[0]}/{key}"]
        return lambda stream: (
            # The positions are those of the demo.
            stream
            if stream.startswith("event/")
            else f"{stream.partition('/')[0]}/{self.keys[stream]}"
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def typed(copies: dict[str, Copies]) -> AsyncIterator[set[str]]:
    """The names of the types whose events were typed into forms."""
    async with (
        copies[TEMPLATE].copy() as url,
        open_api(url, lives=True, key_requests_per_second=10_000) as api,
    ):
        visitor = await signed_in(api, "facilitator")
        [token] = (await opened(visitor, "/record/note.added"))["token"]
        typist = Typist(api, visitor, token)
        names = set()
        for event in EVENTS:
            await typist.type(event)
            names.add(event["type"].removeprefix("org.howcanwe.")[:-3])
        yield names


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
async def test_an_event_of_every_type_is_recorded_through_its_form(
    typed: set[str], kind: EventKind
) -> None:
    assert kind.name in typed
