"""All things of the sample cohort, as a facilitator sees them and as others do."""

from collections.abc import Mapping
from html import unescape
from typing import Final

from service.pages.things import PAGES
from tests.service.app import Api

NAMING: Final = {
    "question": "text",
    "iteration": "title",
    "failure": "actual",
    "learning": "statement",
    "inspiration": "title",
    "ask": "text",
    "outcome": "description",
    "publication": "title",
    "session": "title",
    "commitment": "text",
    "pairing": "purpose",
}
"""The kinds that have pages, with a field of each that has words of its own."""


async def things(site: Api, who: str | None = "facilitator") -> Mapping[str, str]:
    """Return the addresses of the things that somebody sees, each with words that only it has."""
    lists = " ".join(
        f"{kind}s(first: 100) {{ nodes {{ key {field} }} }}" for kind, field in NAMING.items()
    )
    answer = await site.client.post(
        "/graphql", json={"query": f"{{ {lists} }}"}, headers=site.headers(who)
    )
    data = answer.json()["data"]
    return {
        f"/{kind}s/{node['key']}": node[field]
        for kind, field in NAMING.items()
        for node in data[f"{kind}s"]["nodes"]
    }


async def source(site: Api, path: str, who: str | None = "facilitator") -> str:
    """Return what is in a page's source, with its characters as they were recorded."""
    return unescape((await site.get(path, who, accept_language="en")).text)


def test_there_is_a_page_for_each_kind() -> None:
    assert {page.path for page in PAGES} == {f"/{kind}s/{{key}}" for kind in NAMING}
