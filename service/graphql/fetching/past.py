"""Fetching from rows in memory: the past state of a journey, limited to what the viewer may see now.

The types and queries are the same as for the current state. Instead of a statement, the rows of the journey are
searched. Each row names the point in history, and so does its id.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from projections.in_memory.journey import journey_as_of
from projections.models.cohorts import Memberships
from projections.queries import corrections
from projections.queries.lists import BY_VIEWER, PARENT, ListPage, derived
from projections.queries.row_ids import seen_stays
from projections.queries.timelines import Chosen
from service.graphql.fetching.loading import List, Loading
from service.graphql.fields.field import Row
from service.graphql.fields.shapes import Shape
from service.graphql.filters.filters import holds, looked_at, plain
from service.graphql.node_ids import THEN, HistoryPoint, then_of

NAMED_AS_NOW = frozenset({"cohort", "organisation"})
"""Kinds of subjects that are shown in their current state if they are not part of the journey."""


class Past(Loading):
    """Fetches the rows for the fields of one past journey. Use `await Past.of(loading, organisation, moment)`."""

    _tables: dict[str, list[Row]]
    _organisation: str
    _moment: HistoryPoint

    @classmethod
    async def of(cls, loading: Loading, organisation: str, moment: HistoryPoint) -> "Past":
        """Return the rows of the journey, without those that the viewer may not see now."""
        past = cls(loading.info)
        past._organisation, past._moment = organisation, moment
        tables = await journey_as_of(
            loading.context.log,
            organisation,
            position=moment.position,
            occurred_at=moment.occurred_at,
            # A row may have been made by several events, of which the viewer may see some no more.
            without_voided_since=not loading.viewer.facilitates_everything,
            unseen_wordings=past.unseen_wordings,
        )
        past._tables = {
            name: [past.as_it_stands(dict(row)) for row in rows] for name, rows in tables.items()
        }
        for shape in {shape.name: shape for shape in loading.shapes.values()}.values():
            await past._hide(shape)
        await past._add_members()
        return past

    @property
    def through(self) -> int:
        """The position up to which events are taken into account."""
        return self._moment.position

    def has(self, position: int, occurred_at: datetime) -> bool:
        """Return whether an event is taken into account."""
        return self._moment.has(position, occurred_at)

    def chosen(self, chosen: Chosen) -> Chosen:
        """Return those of the chosen entries that are taken into account."""
        return replace(chosen, happened_by=self._moment.occurred_at)

    async def unseen_wordings(self, positions: Collection[int]) -> Collection[int]:
        """Return those of these events that were corrected, and whose wordings are not for the viewer."""
        if self.viewer.facilitates_everything or not positions:
            return ()
        places = sorted(positions)
        rows = await self.rows(lambda: corrections.unseen_wordings(places))
        return {row["position"] for row in rows}

    def as_it_stands(self, row: Row) -> Row:
        """Return the row, which names the point in history from now on."""
        row[THEN] = self._then(row.get("organisation"))
        if (row.get("voided_by") or 0) > self._moment.position:
            row["voided_by"] = None
        return row

    def _then(self, organisation: str | None) -> str:
        is_own = organisation == self._organisation
        return then_of(self._moment, None if is_own else self._organisation)

    async def _add_members(self) -> None:
        """Add the current state of the other organisations in its cohorts: the journey has only their memberships."""
        shape = self.shapes["organisation"]
        there = self._tables[shape.table.name]
        members = {row["organisation"] for row in self._tables[Memberships.table.name]}
        others = sorted(members - {row["key"] for row in there})
        if others:
            names = [column.name for column in shape.table.c]
            found = await super().gathered({"organisation": (others, names)})
            there += [self.as_it_stands(row) for _, row in found]

    async def _hide(self, shape: Shape) -> None:
        name = shape.table.name
        rows = self._tables.get(name, [])
        if shape.table is Memberships.table:
            for row in rows:
                row.update(dict.fromkeys(BY_VIEWER, True))
        if self.viewer.facilitates_everything or not rows:
            return
        visible = self.visible(shape)
        # By position, because the key of a voided subject may belong to another subject now.
        identity = ("organisation", "cohort") if shape.table is Memberships.table else ("position",)
        names = (*identity, *BY_VIEWER) if shape.table is Memberships.table else identity
        column = visible.rows.c[identity[0]]
        statement = (
            select(*visible.columns(names))
            .select_from(visible.source)
            .where(column.in_(sorted({row[identity[0]] for row in rows})), visible.condition)
        )
        seen = {
            tuple(row[part] for part in identity): row for row in await self.rows(lambda: statement)
        }
        kept = [row for row in rows if tuple(row[part] for part in identity) in seen]
        for row in kept:
            row.update(seen[tuple(row[part] for part in identity)])
        if shape.table is Memberships.table:
            # Later stays may be visible to more viewers than these.
            kept = [row for row in kept if seen_stays(row)]
        self._tables[name] = kept

    async def gathered(
        self, wanted: Mapping[str, tuple[Sequence[str], Sequence[str]]]
    ) -> list[tuple[str, Row]]:
        """Return the rows in their past state, and other organisations and cohorts in their current state."""
        here: list[tuple[str, Row]] = []
        others = {}
        for kind, (names, columns) in wanted.items():
            shape = self.shapes[kind]
            missing = set(names)
            for row in self._tables.get(shape.table.name, []):
                name = shape.naming.name(row)
                if name in missing:
                    here.append((kind, dict(row)))
                    missing.discard(name)
            if kind in NAMED_AS_NOW and missing:
                others[kind] = (sorted(missing), columns)
        if others:
            for kind, row in await super().gathered(others):
                row[THEN] = self._then(row["key"] if kind == "organisation" else None)
                here.append((kind, row))
        return here

    async def page(self, list_: List, names: Sequence[str], page: ListPage) -> list[Row]:
        """Return a page of the list of each parent, with rows in their past state."""
        found = await self._lists(list_, list_.where)
        known = derived(list_.shape.table)
        for row in (row for rows in found.values() for row in rows):
            row.update(
                {name: known[name].of(row, self._tables) for name in page.order if name in known}
            )
        return [
            {**row, PARENT: parent}
            for parent, rows in found.items()
            for row in self._part(rows, page)
        ]

    async def counts(self, list_: List) -> list[Row]:
        """Return the number of rows in the list of each parent, in all and filtered."""
        every, filtered = await self._lists(list_, None), await self._lists(list_, list_.where)
        return [
            {PARENT: parent, "total": len(rows), "filtered": len(filtered[parent])}
            for parent, rows in every.items()
        ]

    async def _lists(self, list_: List, where: Mapping[str, Any] | None) -> dict[str, list[Row]]:
        """Return those rows of the list of each parent that match the filter. Raises GraphQL errors about it."""
        shape, belongs = list_.shape, list_.belongs
        members = self._tables[Memberships.table.name]
        rows = self._tables.get(shape.table.name, [])
        where = plain(shape, where)
        others = await self._others(rows, looked_at(shape, where))
        let_in = [row for row in rows if holds(shape, where, row, others)]
        return {
            parent: [
                row for row in let_in if belongs is None or belongs.holds(row, parent, members)
            ]
            for parent in list_.parents
        }

    async def _others(
        self, rows: Sequence[Row], looked_at: Iterable[tuple[str, str, str]]
    ) -> dict[str, dict[str, Row]]:
        """Return those of the subjects that the filter needs which the viewer may see, by kind and key."""
        keys: dict[str, set[str]] = {}
        names: dict[str, set[str]] = {}
        for kind, column, own in looked_at:
            named = (
                row[column] if isinstance(row[column], list) else [row[column]] for row in rows
            )
            keys.setdefault(kind, set()).update(key for several in named for key in several if key)
            names.setdefault(kind, {"key"}).add(own)
        found: dict[str, dict[str, Row]] = {kind: {} for kind in keys}
        wanted = {kind: (sorted(keys[kind]), sorted(names[kind])) for kind in keys}
        for kind, row in await self.gathered(wanted) if wanted else ():
            found[kind][row["key"]] = row
        return found

    @staticmethod
    def _part(rows: Sequence[Row], page: ListPage) -> list[Row]:
        def place(row: Mapping[str, Any]) -> tuple[Any, ...]:
            return tuple(row[name] for name in page.order)

        later, earlier = (page.before, page.after) if page.descending else (page.after, page.before)
        found = [
            row
            for row in rows
            if (later is None or place(row) > tuple(later))
            and (earlier is None or place(row) < tuple(earlier))
        ]
        found.sort(key=place, reverse=page.descending is not page.backwards)
        return found[: page.limit]
