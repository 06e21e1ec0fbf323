"""A feed: which of the public's things it has, in which order, and the ids of its entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from events.vocabulary.stream import is_key
from service.pages.commons.works import Work, work
from service.pages.frame.addresses import with_query
from service.pages.frame.page import Answer
from service.pages.frame.site import Site

ENTRIES_MAX: Final = 50
"""The number of entries, the last changed first."""

_LISTS: Final = {
    "question": "questions",
    "iteration": "iterations",
    "failure": "failures",
    "learning": "learnings",
    "outcome": "outcomes",
    "publication": "publications",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """The things of a feed, the last changed first. `query` are the parameters that choose them."""

    site: Site
    title: str
    query: Mapping[str, str | None]
    works: Sequence[Work]

    def address(self, name: str) -> str:
        """Return the absolute address of the feed with this file name."""
        return self.site.address + with_query(f"/{name}", self.query)

    @property
    def home(self) -> str:
        """The address of the page that shows the same to people."""
        cohort = self.query["cohort"]
        return self.site.address + (f"/cohorts/{quote(cohort, safe='')}" if cohort else "/")

    @property
    def updated(self) -> str:
        """When something in it last changed; without entries, the beginning of 1970."""
        return max((one.updated or "" for one in self.works), default="1970-01-01T00:00:00Z")

    @property
    def id(self) -> str:
        """Its id, which stays the same."""
        return self.site.tag(with_query("feed", self.query))

    def id_of(self, one: Work) -> str:
        """Return the id of an entry, which stays the same when the thing changes.

        It has the position, too: once a creation is voided, its key may be given to another thing.
        """
        return self.site.tag(f"{one.stream}@{one.position}")


def variables(cohort: str | None, theme: str | None) -> Mapping[str, Any]:
    """Return the variables of `feed.graphql`."""
    return {
        "cohort": cohort or "",
        "cohorts": None if cohort is None else [cohort],
        "themes": None if theme is None else [theme],
        "byCohort": cohort is not None,
        # The other kinds have no themes.
        "all": theme is None,
    }


def is_possible(cohort: str | None, theme: str | None) -> bool:
    """Return whether there can be a cohort with this key and a theme with this text, as far as they are given."""
    return (cohort is None or is_key(cohort)) and "\0" not in (theme or "")


def feed(answer: Answer, site: Site, cohort: str | None, theme: str | None) -> Feed | None:
    """Return the feed, None if there is no such cohort for the public."""
    title = "What organisations asked, tried, failed at and learned"
    if cohort is not None:
        if answer["cohort"] is None:
            return None
        title = answer["cohort"]["title"]
    found = [
        (one["updatedPosition"], work(kind, one))
        for kind, name in _LISTS.items()
        for one in answer.get(name, {"nodes": ()})["nodes"]
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].stream))
    works = [one for _, one in found[:ENTRIES_MAX]]
    named = title if theme is None else f"{title}: {theme}"
    return Feed(site, named, {"cohort": cohort, "theme": theme}, works)
