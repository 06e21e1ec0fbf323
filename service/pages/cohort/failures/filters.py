"""The filters of the failures. They stand in the address, as the words of events: `?type=basic&facet=practice`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.pages.frame import addresses, terms
from service.pages.frame.page import Visit

LISTS: Final = {"type": "FailureType", "facet": "Facet", "degree": "Degree"}
"""The closed lists by the names of the filters."""

_FIELDS: Final = {"type": "failureType", "facet": "facet", "degree": "degree"}


@dataclass(frozen=True)
class Filters:
    """Which failures are asked for: those of an organisation, and with these terms, as the graph writes them."""

    path: str
    organisation: str | None
    terms: Mapping[str, str]

    @property
    def are_set(self) -> bool:
        """Whether anything is filtered."""
        return self.organisation is not None or bool(self.terms)

    @property
    def where(self) -> Mapping[str, Any]:
        """The filter for the graph."""
        chosen = {_FIELDS[name]: [term] for name, term in self.terms.items()}
        return (
            chosen if self.organisation is None else {"organisation": [self.organisation], **chosen}
        )

    def having(self, name: str, term: str | None) -> str:
        """Return the address with another term of this filter; None is any."""
        query: dict[str, str | None] = {"organisation": self.organisation}
        query |= {given: value.lower() for given, value in self.terms.items()}
        query[name] = term and term.lower()
        return addresses.with_query(self.path, query)


def filters_of(visit: Visit) -> Filters:
    """Return the filters in the address. What is no term is left out."""
    given = {name: visit.query.get(name, "").upper() for name in LISTS}
    return Filters(
        visit.path,
        visit.query.get("organisation") or None,
        {name: term for name, term in given.items() if term in terms.words(LISTS[name])},
    )
