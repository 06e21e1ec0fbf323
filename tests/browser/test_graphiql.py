"""GraphiQL in a browser: it asks with a key, and follows a subscription."""

from datetime import UTC, datetime
from urllib.parse import quote

import orjson
import pytest
from playwright.async_api import expect

from service.errors import NoGraphiQL
from service.graphql.transport import graphiql
from tests.browser.conftest import Site
from tests.events.samples import noted
from tests.service.graphql.client import caught_up

pytestmark = pytest.mark.asyncio(loop_scope="module")

SELECTED = '{ organisation(key: "mill-museum") { notes(last: 1) { nodes { text } } } }'
FOLLOWED = 'subscription { timeline(organisation: "mill-museum", after: %d) { ... on NoteAdded { text } } }'


@pytest.fixture(scope="module")
def installed() -> None:
    """GraphiQL's files, as scripts/install fetches them."""
    try:
        graphiql.fetch()
    except NoGraphiQL as missing:
        pytest.skip(str(missing))


async def test_f06_graphiql_asks_with_a_key_and_follows_a_subscription(
    browsed: Site, installed: None
) -> None:
    api = browsed.served.api
    before = await api.head()
    note = noted("organisation/mill-museum", text="Kept to ourselves.")
    note |= {"visibility": "private", "time": datetime.now(UTC).isoformat()}
    assert (await api.post(note)).status_code == 201
    await caught_up(api.service)
    headers = orjson.dumps({"Authorization": api.headers("mill-museum")["authorization"]})
    for query in (SELECTED, FOLLOWED % before):
        async with browsed.visited(f"/graphql?q={quote(query)}&headers={quote(headers)}") as tab:
            # By then it has asked for the schema, and knows what the query is.
            await tab.page.locator(".graphiql-doc-explorer, .cm-property").first.wait_for()
            await tab.page.locator(".graphiql-execute-button").click()
            await expect(tab.page.locator(".graphiql-response")).to_contain_text(
                "Kept to ourselves."
            )
            own = (f"{browsed.address}/", f"ws{browsed.address.removeprefix('http')}/", "data:")
            assert [address for address in tab.requested if not address.startswith(own)] == []
