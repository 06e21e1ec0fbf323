"""All layouts of sheets, by what a sheet may be called."""

from functools import cache
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from service.pages.record.offers import FIRST, SOONER
from service.pages.sheets.columns import Layout, kind_called, layout_of, plain
from service.pages.sheets.trials import TRIAL

COMMON: Final = (
    TRIAL,
    *(layout_of(kind) for kind in VOCABULARY.kinds if kind.model in (*FIRST, *SOONER)),
)
"""The layouts of which a template has a sheet: that of workshops, then common types in the order of the vocabulary."""


def layout_called(text: str) -> Layout | None:
    """Return the layout with this short name, title, or full name of a type; None if there is none."""
    if plain(text) in (plain(TRIAL.name), plain(TRIAL.title)):
        return TRIAL
    kind = kind_called(text)
    return None if kind is None else layout_of(kind)


@cache
def known_names() -> frozenset[str]:
    """Return what a first row may have for a column of any layout."""
    layouts = (TRIAL, *map(layout_of, VOCABULARY.kinds))
    return frozenset(name for layout in layouts for name in layout.names)
