"""The names of the evaluators of cohorts, for viewers who may know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from events.access.principal import sees_evaluators
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import Field, Row
from service.graphql.selection import Selected


@dataclass(frozen=True)
class EvaluatorNames:
    """The names of those who evaluate a cohort now, also where its row is of an earlier moment."""

    needs: Sequence[str] = ("key",)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the names for those of the cohorts whose evaluators the viewer may know."""
        viewer, context = loading.viewer, loading.context
        joined: frozenset[str] = frozenset()
        if viewer.organisation is not None:
            memberships = await context.log.memberships([viewer.organisation])
            joined = memberships.get(viewer.organisation, joined)
        cohorts = {row["key"] for row in rows if sees_evaluators(viewer, row["key"], joined)}
        found = await context.evaluators(cohorts) if cohorts else {}
        for row in rows:
            row[selected.slot] = found.get(row["key"])

    def read(self, row: Row, slot: str) -> Any:
        """Return the names, None if the viewer may not know them."""
        return row[slot]


def evaluator_names(description: str) -> Any:
    """Declare a field with the names of a cohort's evaluators."""
    return Field(description, lambda place: EvaluatorNames())
