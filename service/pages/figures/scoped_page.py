"""A page whose scope is in its address: there is nothing at an address with a scope that is none."""

from service.pages.figures.scope import InvalidScope, scope_of
from service.pages.frame.page import Page, Query, Visit


class ScopedPage(Page):
    """A page with a scope."""

    def query(self, visit: Visit) -> Query | None:
        """Return the query for a visit, None if there is nothing at this address."""
        found = super().query(visit)
        return found and self.scoped(found, visit)

    def scoped(self, query: Query, visit: Visit) -> Query | None:
        """Return the query if the scope in the address is one."""
        try:
            scope_of(visit)
        except InvalidScope:
            return None
        return query
