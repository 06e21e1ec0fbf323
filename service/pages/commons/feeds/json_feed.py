"""Feeds as JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from service.pages.commons.feeds.feed import Feed
from service.pages.commons.works import Work

MEDIA_TYPE: Final = "application/feed+json; charset=utf-8"


def json_feed(feed: Feed) -> bytes:
    """Return the feed as JSON. What the format has no place for stands in `_howcanwe`: the licence."""
    licence = feed.site.licence
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": feed.home,
            "feed_url": feed.address("feed.json"),
            "language": "en",
            "items": [_item(feed, one) for one in feed.works],
            **_extension(None if licence is None else licence.address),
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _item(feed: Feed, one: Work) -> Mapping[str, Any]:
    given = {
        "id": feed.id_of(one),
        "url": feed.site.address + one.path,
        "external_url": one.url,
        "title": f"{one.noun}: {one.title}",
        "content_text": one.text or one.title,
        "summary": one.title,
        "date_published": one.time,
        "date_modified": one.updated,
        "authors": [{"name": name} for name in one.by],
        "tags": list(one.themes),
        "language": one.language,
        **_extension(one.licence),
    }
    return {name: value for name, value in given.items() if value}


def _extension(licence: str | None) -> Mapping[str, Any]:
    about = "https://www.rfc-editor.org/rfc/rfc4946"
    return {} if licence is None else {"_howcanwe": {"about": about, "licence": licence}}
