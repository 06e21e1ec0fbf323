"""The dictionary of a download: `datapackage.json` (https://datapackage.org) describes every table and column."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.words import field_words
from service.pages.commons.downloads.tables import Column, Table
from service.pages.frame import terms
from service.pages.frame.site import Licence

_NOT_NAMED: Final = re.compile(r"[^a-z0-9._-]")


def dictionary(
    key: str,
    title: str,
    address: str,
    licence: Licence | None,
    position: int,
    of: Sequence[Table],
) -> Mapping[str, Any]:
    """Return the descriptor of a cohort's tables, complete up to a position."""
    return {
        "profile": "tabular-data-package",
        "name": _NOT_NAMED.sub("-", key.lower()),
        "title": title,
        "description": f"What is public of the cohort {title}, complete up to position {position} of its log.",
        "homepage": address,
        "position": position,
        **({} if licence is None else {"licenses": [_licence(licence)]}),
        "resources": [_resource(one) for one in of],
    }


def _licence(licence: Licence) -> Mapping[str, str]:
    return {**({"name": licence.spdx} if licence.spdx else {}), "path": licence.address}


def _resource(one: Table) -> Mapping[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": one.name,
        "path": f"{one.name}.csv",
        "description": one.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(one, column) for column in one.columns],
            "missingValues": [""],
            **({} if one.key is None else {"primaryKey": [one.key]}),
        },
    }


def _field(table: Table, column: Column) -> Mapping[str, Any]:
    title = _titles(table.kind).get(column.name)
    return {
        "name": column.name,
        **({} if title is None else {"title": title}),
        "description": column.description,
        "type": "array" if column.is_list else column.type,
        **_values(column),
    }


@cache
def _titles(type_: str) -> Mapping[str, str]:
    """Return the titles of fields, in people's words, of the events that create subjects of a type of the graph."""
    found: dict[str, str] = {}
    for kind in VOCABULARY.kinds:
        if type_.lower() in kind.creates:
            words = {name: field_words(kind, name) for name in kind.model.model_fields}
            found |= {name: one.title for name, one in words.items() if one is not None}
    return found


def _values(column: Column) -> Mapping[str, Any]:
    """Return the values that a column of terms takes, each with its title and what it means."""
    if column.terms is None or column.is_list or not terms.has_words(column.terms):
        return {}
    found = terms.words(column.terms)
    return {
        "constraints": {"enum": [name.lower() for name in found]},
        "categories": [
            {"value": name.lower(), "label": f"{term.title}. {term.meaning}"}
            for name, term in found.items()
        ],
    }
