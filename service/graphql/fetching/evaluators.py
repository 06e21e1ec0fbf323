"""The names of the evaluators of cohorts, for viewers who may know them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.access.principal import sees_evaluators
from service.graphql.context import Context
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import Field, Row
from service.graphql.selection import Selected


@dataclass(frozen=True)
class EvaluatorNames:
    """The names of those who evaluate a cohort now, also where its row is of an earlier moment."""

    needs: Sequence[str] = ("key",)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the names for those of the cohorts whose evaluators the viewer may know."""
        found = await shown_evaluators({row["key"] for row in rows}, loading.context)
        for row in rows:
            row[selected.slot] = found.get(row["key"])

    def read(self, row: Row, slot: str) -> Any:
        """Return the names, None if the viewer may not know them."""
        return row[slot]


async def shown_evaluators(
    cohorts: Collection[str], context: Context
) -> Mapping[str, Sequence[str]]:
    """Return the names for those of the cohorts whose evaluators the viewer may know."""
    viewer = context.viewer
    joined: frozenset[str] = frozenset()
    if viewer.organisation is not None:
        memberships = await context.log.memberships([viewer.organisation])
        joined = memberships.get(viewer.organisation, joined)
    known = [cohort for cohort in cohorts if sees_evaluators(viewer, cohort, joined)]
    return await context.evaluators(known) if known else {}


def evaluator_names(description: str) -> Any:
    """Declare a field with the names of a cohort's evaluators."""
    return Field(description, lambda place: EvaluatorNames())
