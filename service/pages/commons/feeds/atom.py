"""Feeds as Atom (RFC 4287)."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement

from service.pages.commons import xml
from service.pages.commons.feeds.feed import Feed
from service.pages.commons.works import Work

MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"

_ATOM: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(feed: Feed) -> bytes:
    """Return the feed as XML."""
    root = Element("feed", {"xmlns": _ATOM, _LANG: "en"})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _link(root, "self", feed.address("feed.atom"), "application/atom+xml")
    _link(root, "alternate", feed.home, "text/html")
    _link(root, "alternate", feed.address("feed.json"), "application/feed+json")
    licence = feed.site.licence
    if licence is not None:
        _link(root, "license", licence.address)
        _add(root, "rights", licence.name)
    author = SubElement(root, "author")
    _add(author, "name", "howcanwe")
    for one in feed.works:
        _entry(SubElement(root, "entry"), feed, one)
    return xml.written(root)


def _entry(entry: Element, feed: Feed, one: Work) -> None:
    if one.language:
        entry.set(_LANG, one.language)
    _add(entry, "id", feed.id_of(one))
    _add(entry, "title", f"{one.noun}: {one.title}")
    _add(entry, "updated", one.updated or feed.updated)
    if one.time:
        _add(entry, "published", one.time)
    _link(entry, "alternate", feed.site.address + one.path, "text/html")
    for name in one.by:
        _add(SubElement(entry, "author"), "name", name)
    for theme in one.themes:
        SubElement(entry, "category", {"term": xml.text(theme)})
    _add(entry, "summary", one.text or one.title)
    if one.licence:
        _add(entry, "rights", one.licence)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = xml.text(text)


def _link(parent: Element, relation: str, address: str, type_: str | None = None) -> None:
    given = {"rel": relation, **({"type": type_} if type_ else {}), "href": xml.text(address)}
    SubElement(parent, "link", given)
