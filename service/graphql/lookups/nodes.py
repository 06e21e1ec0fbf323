"""What ids and streams lead to: a place for each, null for what is hidden as for what is unknown, at the same cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import orjson
import strawberry
from graphql import FieldNode

from events.vocabulary.fields import INTEGER_MAX
from events.vocabulary.stream import KINDS
from projections.folding.step import Step
from projections.queries import timelines as entries
from service.graphql import arguments
from service.graphql.errors import argument_refusal, refusal
from service.graphql.fetching.entries import entry_row, event_row
from service.graphql.fetching.loading import Loading
from service.graphql.fetching.past import Past
from service.graphql.fetching.reads_after_writes import wait_for
from service.graphql.fields.field import Row, argument
from service.graphql.fields.references import HIDDEN
from service.graphql.journeys.journey import journey_row
from service.graphql.lists.pages import LIST_SIZE_MAX
from service.graphql.lookups.subjects import Root
from service.graphql.node_ids import ENTRY, EVENT, JOURNEY, THEN, Identity, Moment
from service.graphql.selection import Selected

ORGANISATION: Final = "organisation"


@dataclass(frozen=True)
class ById:
    """Leads to what an id, or each of some, is of."""

    argument: str
    is_list: bool
    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch what the ids are of."""
        wanted = self.wanted(selected.arguments, loading.context.limits.list_size_max)
        for place, identity in enumerate(wanted):
            if identity.kind not in (ENTRY, EVENT, JOURNEY) and identity.kind not in loading.shapes:
                argument = f"{self.argument}.{place}" if self.is_list else self.argument
                raise argument_refusal("argument.malformed", argument, "an id, as a node gave it")
        found = await _found(loading, wanted, selected.nodes, self.argument)
        for row in rows:
            row[selected.slot] = [found.get(identity) for identity in wanted]

    def wanted(self, given: Mapping[str, Any], most: int) -> list[Identity]:
        """Return what the arguments name. Raises GraphQL errors about them."""
        value, name = given[self.argument], self.argument
        if not self.is_list:
            return [Identity.read(value, name)]
        ids = _bounded(value, name, most)
        return [Identity.read(id_, f"{name}.{place}") for place, id_ in enumerate(ids)]

    def read(self, row: Row, slot: str) -> Any:
        """Return the nodes' rows, or the only one; None where there is none that the viewer may see."""
        return row[slot] if self.is_list else row[slot][0]


@dataclass(frozen=True)
class ByStreams:
    """Leads to the subjects of some streams."""

    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the subjects."""
        wanted = self.wanted(selected.arguments, loading.context.limits.list_size_max)
        found = await loading.streams(wanted, selected.nodes)
        for row in rows:
            row[selected.slot] = [found.get(stream) for stream in wanted]

    def wanted(self, given: Mapping[str, Any], most: int) -> list[str]:
        """Return the streams that the arguments name. Raises GraphQL errors about them."""
        streams = _bounded(given["streams"], "streams", most)
        return [
            arguments.stream(stream, f"streams.{place}") for place, stream in enumerate(streams)
        ]

    def read(self, row: Row, slot: str) -> Any:
        """Return the subjects' rows, None for each that the viewer may not see."""
        return row[slot]


def _bounded(given: Sequence[str], name: str, most: int) -> Sequence[str]:
    """Return what is given. Raises a GraphQL error where that is too much."""
    if len(given) > most:
        raise refusal("argument.too_many", f"{name}: expected at most {most} values", argument=name)
    return given


async def _found(
    loading: Loading, wanted: Sequence[Identity], nodes: Sequence[FieldNode], argument: str
) -> dict[Identity, Row]:
    """Return what the viewer may see of this, with what is selected of it."""
    now = [identity for identity in wanted if identity.moment is None]
    found = await _at(loading, now, nodes)
    then = [identity for identity in wanted if identity.moment is not None]
    if then:
        pasts = await _pasts(loading, then)
        most = loading.context.limits.pasts_max
        if len(pasts) > most:
            text = f"{argument}: expected what stood in at most {most} journeys, each at a moment"
            raise refusal("argument.too_many", text, argument=argument)
        for (organisation, moment), identities in pasts.items():
            past = await Past.of(loading, organisation, moment)
            found |= await _at(past, identities, nodes)
    return found


async def _at(
    loading: Loading, wanted: Sequence[Identity], nodes: Sequence[FieldNode]
) -> dict[Identity, Row]:
    """Return what of this there is at the moment that is looked at."""
    rows = await loading.streams({one.stream for one in wanted}, nodes)
    made = {**await _events(loading, wanted), **await _journeys(loading, wanted)}
    await loading.fill_each([*made.values()], nodes)
    rows |= made
    return {
        one: row
        for one in wanted
        # Of two ids of the past for the same thing, one is given.
        if (row := rows.get(one.stream)) is not None and row.get(THEN, "") == one.then
    }


async def _events(loading: Loading, wanted: Iterable[Identity]) -> dict[str, Row]:
    """Return the entries of timelines, and the events as the log keeps them."""
    positions = {
        kind: sorted(int(one.name) for one in wanted if one.kind == kind) for kind in (ENTRY, EVENT)
    }
    if not any(positions.values()):
        return {}
    catalogue = loading.context.log.catalogue
    rows = {
        row["position"]: loading.as_it_stands(entry_row(row, catalogue))
        for row in await loading.rows(lambda: entries.at(sorted(set(chain(*positions.values())))))
        if loading.has(row["position"], row["occurred_at"])
    }
    found = {f"{ENTRY}/{place}": rows[place] for place in positions[ENTRY] if place in rows}
    if positions[EVENT]:
        for row in await loading.rows(lambda: entries.given(positions[EVENT])):
            if (place := row["position"]) in rows:
                found[f"{EVENT}/{place}"] = event_row(rows[place])
    return found


async def _journeys(loading: Loading, wanted: Iterable[Identity]) -> dict[str, Row]:
    """Return the journeys of the organisations that the viewer may see."""
    keys = sorted(one.name for one in wanted if one.kind == JOURNEY)
    if not keys:
        return {}
    seen = await loading.subjects(loading.shapes[ORGANISATION], keys, [])
    return {f"{JOURNEY}/{key}": journey_row(loading, key) for key in seen}


async def _pasts(
    loading: Loading, wanted: Sequence[Identity]
) -> dict[tuple[str, Moment], list[Identity]]:
    """Return the journeys, each at a moment, as parts of which this is asked for.

    There are none for what the viewer may not see now: what is hidden takes no longer than what is unknown.
    """
    await wait_for(loading.context, max(one.moment.position for one in wanted if one.moment))
    owners = await _owners(loading, [one for one in wanted if one.told is None])
    told = [one.told for one in wanted if one.told is not None]
    seen = await loading.subjects(loading.shapes[ORGANISATION], told, [])
    found: dict[tuple[str, Moment], list[Identity]] = {}
    for one in wanted:
        organisation = (
            owners.get(one) if one.told is None else one.told if one.told in seen else None
        )
        if organisation is not None and one.moment is not None:
            found.setdefault((organisation, one.moment), []).append(one)
    return found


async def _owners(loading: Loading, wanted: Sequence[Identity]) -> dict[Identity, str]:
    """Return whose each was: the organisation of the event that made it, if the viewer may see that."""
    if not wanted:
        return {}
    streams = [one.stream for one in wanted if one.kind in KINDS]
    created = await loading.rows(lambda: entries.creations(streams))
    made = {one: _made(one, created) for one in wanted}
    positions = sorted({position for position in made.values() if position is not None})
    catalogue = loading.context.log.catalogue
    owners = {
        row["position"]: Step(
            orjson.loads(row["line"]), orjson.loads(row["streams"]), catalogue
        ).owner
        for row in await loading.rows(lambda: entries.at(positions))
    }
    found = {one: owners.get(position or 0) for one, position in made.items()}
    return {one: owner for one, owner in found.items() if owner is not None}


def _made(identity: Identity, created: Sequence[Row]) -> int | None:
    """Return the position of the event that made it: of subjects with the same key, that of the last one by then."""
    if identity.kind not in KINDS:
        return int(identity.name)
    then = identity.moment.position if identity.moment else INTEGER_MAX
    positions = [row["position"] for row in created if row["stream"] == identity.stream]
    return max((position for position in positions if position <= then), default=None)


_NULLS: Final = "Null in place of each that does not exist or that you are not allowed to see."
_ID: Final = "The `id` of a node. An id taken from a past state leads to that past state."


def node() -> Any:
    """Declare the field that leads to what an id is of."""
    return Root(
        f"The node with this id. {HIDDEN}",
        lambda place: ById("id", is_list=False),
        arguments=lambda _: [argument("id", strawberry.ID, _ID)],
        form="X | None",
    )


def nodes() -> Any:
    """Declare the field that leads to what some ids are of."""
    return Root(
        f"The nodes with these ids, in the order of the ids. {_NULLS}",
        lambda place: ById("ids", is_list=True),
        arguments=lambda _: [
            argument("ids", list[strawberry.ID], f"The ids, at most {LIST_SIZE_MAX}. May be empty.")
        ],
        form="list[X | None]",
    )


def subjects() -> Any:
    """Declare the field that leads to the subjects of some streams."""
    text = f"The streams, as `<kind>/<key>`, at most {LIST_SIZE_MAX}. May be empty."
    return Root(
        f"The subjects of these streams, in the order of the streams. {_NULLS}",
        lambda place: ByStreams(),
        arguments=lambda _: [argument("streams", list[str], text)],
        form="list[X | None]",
    )
