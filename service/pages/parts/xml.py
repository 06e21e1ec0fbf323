"""XML documents, as feeds and sitemaps are written."""

import re
from typing import Final
from xml.etree.ElementTree import Element, tostring

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(given: str) -> str:
    """Return the text with a replacement for each character that XML cannot have."""
    return _NOT_XML.sub("\ufffd", given)


def written(root: Element) -> bytes:
    """Return the document with this root, in UTF-8."""
    whole: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return whole + b"\n"
