"""No more events through forms than the recorder lets in: every role sends every form and gets its answer."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio

from events.access.policy import may_ever_record
from events.access.principal import Role
from events.vocabulary.catalogue import VOCABULARY, EventKind
from service.access.signing_in.cookies import LOOPBACK
from service.access.signing_in.sessions import form_token
from service.pages.record.form import form_of
from service.pages.record.reading import (
    ID,
    OFFSET,
    OPENED,
    TIME,
    VISIBILITY,
    Given,
    event_of,
    given_of,
)
from service.samples import demo
from tests.service.app import STRUCTURED, Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.record.forms import position_in, send, signed_in
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

MILL, OTHER = "mill-museum", "library-trust"
ROLES = {
    "facilitator": Role.FACILITATOR,
    "elsewhere": Role.FACILITATOR,
    MILL: Role.ORGANISATION,
    OTHER: Role.ORGANISATION,
    "guest": Role.GUEST,
    "guest elsewhere": Role.GUEST,
    "evaluator": Role.EVALUATOR,
    "analyst": Role.ANALYST,
    "admin": Role.ADMIN,
}


def examples() -> Mapping[str, Mapping[str, Any]]:
    """Return an event of each type of the sample cohort, of the mill where there is one."""
    found: dict[str, Mapping[str, Any]] = {}
    for line in demo.lines():
        event = orjson.loads(line)
        kind, _ = VOCABULARY.find(event["type"]) or (None, 0)
        assert kind is not None
        if kind.name not in found or "mill" in orjson.dumps(event["data"]).decode():
            found[kind.name] = event
    return found


EXAMPLES = examples()


def filled(kind: EventKind) -> dict[str, list[str]]:
    """Return a form that says what happened in the sample cohort, once more."""
    event = EXAMPLES[kind.name]
    data = {name: one for name, one in event["data"].items() if name != "fields"}
    if kind.about_field and isinstance(data.get(kind.about_field), dict):
        data[kind.about_field] = 1
    return {
        **given_of(form_of(kind).fields, data),
        ID: [str(uuid4())],
        OPENED: ["2026-01-01T00:00:00+00:00"],
        TIME: [event["time"][:16]],
        OFFSET: ["+00:00"],
        VISIBILITY: [event.get("visibility", "")],
    }


@dataclass
class Crowd:
    """A visitor of each role, and how often each recorded something."""

    site: Api
    visitors: dict[str, Visitor]
    recorded: Counter[str] = field(default_factory=Counter)

    async def would_record(self, who: str, kind: EventKind, given: Given) -> bool:
        """Return whether the recorder would let in the same event from a program with the same key."""
        event = event_of(form_of(kind), {**given, ID: [str(uuid4())]})
        asked = await self.site.send(orjson.dumps(event), STRUCTURED, who, "/events/validate")
        return asked.status_code == 200

    async def records(self, who: str, kind: EventKind, given: Given) -> bool:
        """Send the form, and return whether it was recorded; the log has one event more then, and otherwise none."""
        visitor = self.visitors[who]
        before = await self.site.head()
        token = form_token(visitor.cookies[LOOPBACK])
        answer = await send(visitor, f"/record/{kind.name}", {**given, "token": [token]})
        after = await self.site.head()
        if answer.status_code == 303:
            assert position_in(answer) == after == before + 1
            self.recorded[who] += 1
            return True
        assert after == before
        allowed = may_ever_record(ROLES[who], kind)
        assert answer.status_code == (422 if allowed else 404), answer.text
        return False


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowd(site: Api) -> AsyncIterator[Crowd]:
    """Everybody; afterwards those who may record have recorded something."""
    site.keys["elsewhere"] = await site.key(Role.FACILITATOR, cohorts=("elsewhere",))
    site.keys["guest"] = await site.guest(MILL, COHORT)
    site.keys["guest elsewhere"] = await site.guest(MILL, "elsewhere")
    found = Crowd(site, {who: await signed_in(site, who) for who in ROLES})
    yield found
    assert found.recorded.keys() >= {"facilitator", MILL, "guest"}, found.recorded
    assert not found.recorded.keys() & {"guest elsewhere", "evaluator", "analyst"}


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
async def test_a_form_records_what_the_recorder_lets_in_and_nothing_else(
    crowd: Crowd, kind: EventKind
) -> None:
    for who in ROLES:
        given = filled(kind)
        if ROLES[who] is Role.GUEST and given[VISIBILITY] != [""]:
            given[VISIBILITY] = ["cohort"]
        expected = await crowd.would_record(who, kind, given)
        assert await crowd.records(who, kind, given) == expected, (who, kind.name)


async def test_nobody_records_without_a_session(crowd: Crowd) -> None:
    before = await crowd.site.head()
    for kind in VOCABULARY.kinds:
        nobody = Visitor(crowd.site)
        answer = await send(nobody, f"/record/{kind.name}", {**filled(kind), "token": ["0" * 64]})
        assert answer.status_code == 401, kind.name
    assert await crowd.site.head() == before
