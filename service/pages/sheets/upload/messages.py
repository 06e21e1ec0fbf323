"""The messages of this room that are not in its templates, for the catalogues."""

from collections.abc import Iterator

from service.pages.sheets.layouts import COMMON
from service.pages.sheets.upload import judged, routes, view


def messages() -> Iterator[str]:
    """Yield the English messages."""
    yield from (layout.title for layout in COMMON)
    for module in (judged, routes, view):
        yield from module.messages()
