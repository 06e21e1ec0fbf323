"""Feeds as Atom (RFC 4287)."""

from xml.etree.ElementTree import Element, SubElement

from service.pages.commons.feeds.feed import Feed
from service.pages.commons.works import Work
from service.pages.parts import xml
from service.pages.parts.atom import LANG, add, by, link
from service.pages.parts.atom import feed as root_of


def atom(feed: Feed) -> bytes:
    """Return the feed as XML."""
    root = root_of(feed.id, feed.title, feed.updated, "en")
    link(root, "self", feed.address("feed.atom"), "application/atom+xml")
    link(root, "alternate", feed.home, "text/html")
    link(root, "alternate", feed.address("feed.json"), "application/feed+json")
    licence = feed.site.licence
    if licence is not None:
        link(root, "license", licence.address)
        add(root, "rights", licence.name)
    by(root, "howcanwe")
    for one in feed.works:
        _entry(SubElement(root, "entry"), feed, one)
    return xml.written(root)


def _entry(entry: Element, feed: Feed, one: Work) -> None:
    if one.language:
        entry.set(LANG, one.language)
    add(entry, "id", feed.id_of(one))
    add(entry, "title", f"{one.noun}: {one.title}")
    add(entry, "updated", one.updated or feed.updated)
    if one.time:
        add(entry, "published", one.time)
    link(entry, "alternate", feed.site.address + one.path, "text/html")
    for name in one.by:
        by(entry, name)
    for theme in one.themes:
        SubElement(entry, "category", {"term": xml.text(theme)})
    add(entry, "summary", one.text or one.title)
    if one.licence:
        add(entry, "rights", one.licence)
