"""Elements of Atom feeds (RFC 4287), as every feed of the pages is written."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement

from service.pages.parts import xml

MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"

LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
"""The attribute with the language of an element."""

_ATOM: Final = "http://www.w3.org/2005/Atom"


def feed(id_: str, title: str, updated: str, language: str) -> Element:
    """Return the root of a feed, with the elements that each has."""
    root = Element("feed", {"xmlns": _ATOM, LANG: language})
    add(root, "id", id_)
    add(root, "title", title)
    add(root, "updated", updated)
    return root


def add(parent: Element, name: str, text: str) -> None:
    """Add an element with a text."""
    SubElement(parent, name).text = xml.text(text)


def link(parent: Element, relation: str, address: str, type_: str | None = None) -> None:
    """Add a link to an address with this media type."""
    given = {"rel": relation, **({"type": type_} if type_ else {}), "href": xml.text(address)}
    SubElement(parent, "link", given)


def by(parent: Element, name: str) -> None:
    """Add an author."""
    add(SubElement(parent, "author"), "name", name)
