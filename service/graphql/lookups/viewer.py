"""The field `viewer` of `Query`: the party that sent the request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from events.access.policy import may_ever_record
from events.vocabulary.catalogue import VOCABULARY
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import Field, Row
from service.graphql.lookups.subjects import Root
from service.graphql.selection import Selected

NAME: Final = "Viewer"


@dataclass(frozen=True)
class ToViewer:
    """Leads to the viewer."""

    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the fields that are selected of the viewer."""
        viewer = loading.viewer
        for row in rows:
            row[selected.slot] = {
                "role": viewer.role,
                "organisation": viewer.organisation,
                "may_record": [
                    kind.name for kind in VOCABULARY.kinds if may_ever_record(viewer.role, kind)
                ],
            }
        await loading.fill(NAME, [row[selected.slot] for row in rows], selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the viewer."""
        return row[slot]


@dataclass(frozen=True)
class OwnCohorts:
    """Leads to the cohorts of the viewer, None for a facilitator of everything."""

    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the cohorts."""
        viewer = loading.viewer
        keys = sorted(viewer.cohorts)
        if viewer.organisation is not None:
            joined = await _joined(loading, viewer.organisation)
            keys = [key for key in joined if not viewer.cohorts or key in viewer.cohorts]
        found = await loading.subjects(loading.shapes["cohort"], keys, selected.nodes)
        cohorts = [found[key] for key in keys if key in found]
        for row in rows:
            row[selected.slot] = None if viewer.facilitates_everything else cohorts

    def read(self, row: Row, slot: str) -> Any:
        """Return the rows of the cohorts."""
        return row[slot]


async def _joined(loading: Loading, organisation: str) -> list[str]:
    """Return the cohorts that the organisation ever joined, in the order in which it joined them."""
    visible = loading.visible(loading.shapes["Membership"])
    rows = visible.rows
    statement = (
        select(rows.c.cohort)
        .where(rows.c.organisation == organisation, visible.condition)
        .order_by(rows.c.position)
    )
    return [row["cohort"] for row in await loading.rows(lambda: statement)]


def own_cohorts(description: str) -> Any:
    """Declare the field that leads to the cohorts of the viewer."""
    return Field(description, lambda place: OwnCohorts())


def viewer() -> Any:
    """Declare the field that leads to the viewer."""
    return Root(
        "The party that sent the request: the holder of a key, or the public.",
        lambda place: ToViewer(),
    )
