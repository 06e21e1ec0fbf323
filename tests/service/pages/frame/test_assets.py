"""The files that pages load: ours, small, and named by their content."""

import re

import pytest

from service.pages.frame.assets import STYLESHEET, asset, assets, by_address
from tests.service.app import Api

MODULE_LINES_MAX = 60


def test_modules_are_short_and_load_nothing_from_elsewhere() -> None:
    for one in assets().values():
        text = one.content.decode()
        assert "//" not in text.replace("http://www.w3.org/2000/svg", "").replace(" // ", ""), one
        if one.name.endswith(".js"):
            assert len(text.splitlines()) < MODULE_LINES_MAX


def test_the_palette_and_the_frame_come_first_in_the_stylesheet() -> None:
    text = assets()[STYLESHEET].content.decode()
    assert text.index("--ink") < text.index(".counts")


def test_the_dark_only_changes_the_values_of_named_colours() -> None:
    """So that what fits, and what stands on what, is the same in the dark."""
    text = assets()[STYLESHEET].content.decode()
    dark = re.findall(r"@media[^{]*prefers-color-scheme[^{]*\{\s*:root \{([^}]*)\}\s*\}", text)
    assert len(dark) == text.count("prefers-color-scheme") > 0
    for block in dark:
        assert re.fullmatch(r"(\s*--[\w-]+: #[0-9a-f]{6};)+\s*", block), block


async def test_a_file_is_kept_for_ever_and_an_unknown_one_is_404(api: Api) -> None:
    for name, one in by_address().items():
        response = await api.get(f"/assets/{name}", None)
        assert response.content == one.content
        assert response.headers["content-type"] == one.media_type
        assert "immutable" in response.headers["cache-control"]
    assert (await api.get("/assets/howcanwe.css", None)).status_code == 404


async def test_modules_of_a_page_are_one_file_each_in_a_block_of_its_own(api: Api) -> None:
    both = asset("zone.js", "draft.js")
    response = await api.get(both.address, None)
    assert response.content == both.content
    assert response.headers["content-type"] == both.media_type
    texts = [assets()[name].content.decode() for name in ("zone.js", "draft.js")]
    assert both.content.decode() == "".join(f"{{\n{text}}}\n" for text in texts)
    for other in ("draft+zone", "zone+zone", "zone+howcanwe", "zone+none"):
        wrong = both.address.replace("zone+draft", other)
        assert (await api.get(wrong, None)).status_code == 404


@pytest.mark.parametrize("name", ["home.html", "../frame/page.py", "home"])
async def test_only_queries_are_given_at_queries(api: Api, name: str) -> None:
    assert (await api.get(f"/queries/{name}", None)).status_code == 404
