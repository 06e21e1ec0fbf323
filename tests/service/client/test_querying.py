"""GraphQL by a client: the data, all errors, and reads after writes."""

import pytest

from howcanwe.vocabulary import NoteAdded, OrganisationRegistered
from service.client.errors import Problem, QueryFailed
from service.client.plans.retries import Retries
from tests.service.client.conftest import Connect
from tests.service.client.proxy import Proxy

NAME = "query Name($key: String!) { organisation(key: $key) { name } }"


async def test_a_query_sees_what_was_just_recorded(connect: Connect, proxy: Proxy) -> None:
    client = connect(proxy.url)
    receipt = await client.do(
        "record", OrganisationRegistered(organisation="guild", name_="Gilde ☕", sector="crafts")
    )
    found = await client.do("query", NAME, {"key": "guild"}, min_position=receipt.position)
    assert found == {"organisation": {"name": "Gilde ☕"}}
    assert proxy.requests[-1].headers["min-position"] == str(receipt.position)


async def test_one_of_several_operations_is_chosen_by_name(connect: Connect) -> None:
    text = NAME + " query Other { __typename }"
    assert await connect().do("query", text, operation="Other") == {"__typename": "Query"}


async def test_every_error_of_a_query_is_in_the_exception(connect: Connect) -> None:
    with pytest.raises(QueryFailed) as caught:
        await connect().do("query", "{ nothing neither }")
    assert len(caught.value.errors) == 2
    assert "nothing" in str(caught.value)
    assert "neither" in str(caught.value)
    assert caught.value.data is None


async def test_a_position_that_is_never_reached_is_an_error(connect: Connect) -> None:
    once = Retries(seconds_max=0)
    with pytest.raises(QueryFailed, match="The read models are at position"):
        await connect(retries=once).do("query", "{ __typename }", min_position=10_000)


async def test_a_query_under_a_wrong_key_is_an_error(connect: Connect) -> None:
    client = connect(who="analyst")
    receipt_of = NoteAdded(about="organisation/mill", text="Not by an analyst.")
    with pytest.raises(Problem) as caught:
        await client.do("record", receipt_of)
    assert caught.value.status == 403
