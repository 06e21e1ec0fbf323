"""Pages are sent compressed to who accepts that, but not where their size would disclose what is in them."""

import gzip

import pytest

from service.pages.frame.assets import STYLESHEET, assets
from service.pages.frame.compression import BYTES_MIN
from tests.service.app import Api
from tests.service.pages.conftest import COHORT

pytestmark = pytest.mark.asyncio(loop_scope="module")

JOURNEY = "/organisations/mill-museum"
JOURNEY_BYTES_MAX = 50_000


async def sent(site: Api, path: str, who: str | None, accepts: str) -> tuple[bool, int]:
    """Return whether what is sent is compressed, and how many bytes it has on its way."""
    answer = await site.get(path, who, accept_encoding=accepts)
    assert answer.status_code == 200, answer.text
    assert "Accept-Encoding" in answer.headers["vary"]
    return answer.headers.get("content-encoding") == "gzip", int(answer.headers["content-length"])


@pytest.mark.parametrize("who", ["facilitator", "mill-museum", None])
async def test_a_page_is_the_same_compressed_or_not(site: Api, who: str | None) -> None:
    plain = await site.get(JOURNEY, who, accept_encoding="identity")
    answer = await site.get(JOURNEY, who, accept_encoding="gzip")
    assert "content-encoding" not in plain.headers
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == plain.content
    assert answer.headers.get("etag") == plain.headers.get("etag")
    assert int(answer.headers["content-length"]) < int(plain.headers["content-length"]) / 3


@pytest.mark.parametrize("accepts", ["gzip", "br, gzip;q=0.5", "GZIP; Q=1.0"])
async def test_who_accepts_gzip_gets_it(site: Api, accepts: str) -> None:
    assert (await sent(site, JOURNEY, None, accepts))[0]


@pytest.mark.parametrize("accepts", ["", "br", "gzip;q=0", "gzip; q=0.000, br", "notgzip", "*"])
async def test_who_does_not_ask_for_gzip_does_not_get_it(site: Api, accepts: str) -> None:
    assert not (await sent(site, JOURNEY, None, accepts))[0]


async def test_what_somebody_else_might_have_put_into_a_private_page_is_not_compressed(
    site: Api,
) -> None:
    path = f"/search?q=labels&cohort={COHORT}"
    assert not (await sent(site, path, "mill-museum", "gzip"))[0]
    assert (await sent(site, path, None, "gzip"))[0]


async def test_a_stylesheet_is_compressed_and_what_is_small_is_not(site: Api) -> None:
    for asset in assets().values():
        compressed, _ = await sent(site, asset.address, None, "gzip")
        assert compressed == (len(asset.content) >= BYTES_MIN), asset.name
    assert len(gzip.compress(assets()[STYLESHEET].content)) < JOURNEY_BYTES_MAX / 4


async def test_a_public_page_that_a_client_has_is_not_sent_again(site: Api) -> None:
    answer = await site.get(JOURNEY, None, accept_encoding="gzip")
    again = await site.get(
        JOURNEY, None, accept_encoding="gzip", if_none_match=answer.headers["etag"]
    )
    assert (again.status_code, again.content) == (304, b"")
