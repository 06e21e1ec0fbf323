"""All layouts of sheets, by what a sheet may be called."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from service.pages.record.offers import FIRST, SOONER
from service.pages.sheets.columns import Layout, layout_of, plain
from service.pages.sheets.trials import TRIAL

COMMON: Final = (
    TRIAL,
    *(layout_of(kind) for kind in VOCABULARY.kinds if kind.model in (*FIRST, *SOONER)),
)
"""The layouts of which a template has a sheet: that of workshops, then common types in the order of the vocabulary."""


@cache
def _layouts() -> Mapping[str, Layout]:
    kinds = {
        plain(name): layout_of(kind)
        for kind in VOCABULARY.kinds
        for name in (kind.name, layout_of(kind).title, *kind.wire_names)
    }
    return {**kinds, plain(TRIAL.name): TRIAL, plain(TRIAL.title): TRIAL}


def layout_called(text: str) -> Layout | None:
    """Return the layout with this short name, title, or full name of a type; None if there is none."""
    return _layouts().get(plain(text))


@cache
def known_names() -> frozenset[str]:
    """Return what a first row may have for a column of any layout."""
    return frozenset(name for layout in _layouts().values() for name in layout.names)
