"""The page of one figure, whose query asks for that figure alone, and the same as files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from service.graphql.figure_documents import fragment
from service.pages.figures.fitting import FITTING
from service.pages.frame.page import Page, Query, Visit, read_query


@dataclass(frozen=True)
class FigurePage(Page):
    """A page about the figure that the path names."""

    @cached_property
    def _by_figure(self) -> Mapping[str, Query]:
        return {
            name: Query(f"figures-figure-{name}.graphql", one.document)
            for name in FITTING
            for one in (read_query(self.folder, fragment("Figure", [name])),)
        }

    @property
    def queries(self) -> Sequence[Query]:
        """The queries, one for each figure."""
        return tuple(self._by_figure.values())

    def query(self, visit: Visit) -> Query | None:
        """Return the query for the figure of a visit, None if there is nothing at this address."""
        return self._by_figure.get(visit.inside["figure"])
