"""Words that are markup or addresses: in any form that they are typed into, the pages that show them show words."""

from typing import Final

import pytest

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import kind_of
from service.pages.frame.addresses import of_kind
from service.pages.record.form import Form, Widget, form_of, kind_named
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import opened, position_in, send, signed_in
from tests.service.pages.record.sent import SAYS, THEN

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKUP: Final = (
    "</textarea><img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7 * 7 }}"
    " javascript:alert(3) [here](javascript:alert(4)) &lt;b&gt;"
)
ADDRESSES: Final = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " \tjavascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//example.org/x",
    "/record",
    "https://user@example.org@evil.example/",
)
TEXTS: Final = (Widget.LINE, Widget.LINES)
GIVEN: Final = {
    "organisation.registered": {},
    "question.framed": {"text": [f"How can we {MARKUP}?"]},
    "iteration.planned": {"question": ["mill-strangers"]},
    "failure.recorded": {"degree": ["outright_failure"], "for_whom": ["staff"]},
    "learning.captured": {
        "loop": ["single"],
        "evidence_level": ["1"],
        "from": ["failure/mill-coats-on"],
    },
    "help.asked": {},
    "session.held": {"cohort": [COHORT], "kind": ["workshop"]},
    "commitment.made": {"organisation": ["mill-museum"]},
    "note.added": {"about": ["cohort/heritage-2024"]},
    "outcome.harvested": {
        "change_type": ["practice"],
        "anticipated": ["yes"],
        "sign": ["positive"],
        "happened_on": ["2024-05-01"],
    },
}
"""What else each form needs."""


UNSAFE: Final = ("javascript:", "data:", "vbscript:", "//")


def _texts(form: Form) -> dict[str, list[str]]:
    return {
        field.name: [MARKUP]
        for field in form.walked()
        if field.widget in TEXTS and field.name not in ("language", "country", "licence")
    }


@pytest.mark.parametrize("name", GIVEN)
async def test_markup_that_was_recorded_is_shown_as_words_wherever_it_appears(
    site: Api, name: str
) -> None:
    visitor = await signed_in(site, "facilitator")
    kind = kind_named(name)
    assert kind is not None
    path = f"/record/{name}"
    given = {**await opened(visitor, path), **THEN, **_texts(form_of(kind)), **GIVEN[name]}
    if kind.organisation_field in given:
        given[str(kind.organisation_field)] = ["mill-museum"]
    position = position_in(await send(visitor, path, given))
    await caught_up(site.service)
    recorded = await site.service.log.event(position)
    assert recorded is not None
    event = recorded.event(VOCABULARY)
    assert event.subject is not None
    own = of_kind(kind_of(event.subject), event.subject.partition("/")[2])
    cohort = f"/cohorts/{COHORT}"
    shown = (
        f"/record/done/{position}",
        own,
        cohort,
        f"{cohort}/week",
        "/record/visibility.changed",
    )
    for link in shown:
        page = PageReader((await visitor.get(link)).text)
        assert page.faults == [], link
        assert all("onerror" not in given for _, given in page.elements)
        assert not [one for one in page.links if one.lower().strip().startswith(UNSAFE)]
        if link == own and name != "note.added":
            assert "onerror=alert(1)" in page.text
            assert "{{ 7 * 7 }}" in page.text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("name", "field"), [("inspiration.shared", "url"), ("failure.recorded", "links")]
)
async def test_an_address_that_leads_nowhere_safe_is_refused_beside_its_field(
    site: Api, name: str, field: str, address: str
) -> None:
    visitor = await signed_in(site, "facilitator")
    path = f"/record/{name}"
    before = await site.head()
    given = {
        **await opened(visitor, path),
        **THEN,
        **SAYS,
        "organisation": ["mill-museum"],
        "cohort": [COHORT],
        "kind": ["tool"],
        "title": ["A hammer"],
        field: [address],
    }
    answer = await send(visitor, path, given)
    if address.startswith("https://"):
        # It is an address, and it is shown whole, so everybody sees where it leads.
        assert answer.status_code in (303, 422)
        return
    page = PageReader(answer.text)
    assert answer.status_code == 422
    assert f"#f-{field}" in page.links
    assert not [link for link in page.links if link.lower().strip().startswith(UNSAFE)]
    assert await site.head() == before
