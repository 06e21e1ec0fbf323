"""The fields `node`, `nodes` and `subjects` of `Query`.

Each id or stream leads to a node or to null. Hidden and unknown nodes give the same answer, at the same cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import orjson
import strawberry
from graphql import FieldNode

from events.lines.recorded import read_event
from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.stream import KINDS, recorded_streams
from projections.queries import corrections, timelines
from service.graphql import arguments
from service.graphql.errors import argument_refusal
from service.graphql.fetching.entries import entry_rows, event_row
from service.graphql.fetching.loading import Loading
from service.graphql.fetching.past import Past
from service.graphql.fetching.reads_after_writes import wait_for
from service.graphql.fields.field import Row, argument
from service.graphql.fields.references import HIDDEN
from service.graphql.journeys.journey import journey_row
from service.graphql.lists.pages import LIST_SIZE_MAX
from service.graphql.lookups.subjects import Root
from service.graphql.node_ids import ENTRY, EVENT, JOURNEY, THEN, HistoryPoint, Identity
from service.graphql.selection import Selected

ORGANISATION: Final = "organisation"


@dataclass(frozen=True)
class ById:
    """Leads to the node with an id, or to the nodes with several ids."""

    argument: str
    is_list: bool
    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the nodes."""
        wanted = self.wanted(selected.arguments, loading.context.limits.list_size_max)
        for place, identity in enumerate(wanted):
            if identity.kind not in (ENTRY, EVENT, JOURNEY) and identity.kind not in loading.shapes:
                argument = f"{self.argument}.{place}" if self.is_list else self.argument
                raise argument_refusal(
                    "argument.malformed", argument, "the `id` of a node", identity.id
                )
        found = await _found(loading, wanted, selected.nodes, self.argument)
        for row in rows:
            row[selected.slot] = [found.get(identity) for identity in wanted]

    def wanted(self, values: Mapping[str, Any], most: int) -> list[Identity]:
        """Return the nodes that the arguments name. Raises GraphQL errors about them."""
        value, name = values[self.argument], self.argument
        if not self.is_list:
            return [Identity.read(value, name)]
        ids = _bounded(value, name, most)
        return [Identity.read(id_, f"{name}.{place}") for place, id_ in enumerate(ids)]

    def read(self, row: Row, slot: str) -> Any:
        """Return the rows of the nodes, or of the only one; None in place of each that the viewer may not see."""
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

    def wanted(self, values: Mapping[str, Any], most: int) -> list[str]:
        """Return the streams that the arguments name. Raises GraphQL errors about them."""
        streams = _bounded(values["streams"], "streams", most)
        return [
            arguments.stream(stream, f"streams.{place}") for place, stream in enumerate(streams)
        ]

    def read(self, row: Row, slot: str) -> Any:
        """Return the rows of the subjects, None in place of each that the viewer may not see."""
        return row[slot]


def _bounded(values: Sequence[str], name: str, most: int) -> Sequence[str]:
    """Return the values. Raises a GraphQL error if there are too many."""
    if len(values) > most:
        raise argument_refusal("argument.too_many", name, f"at most {most} values", len(values))
    return values


async def _found(
    loading: Loading, wanted: Sequence[Identity], nodes: Sequence[FieldNode], argument: str
) -> dict[Identity, Row]:
    """Return those of the wanted nodes that the viewer may see, with the fields that are selected."""
    now = [identity for identity in wanted if identity.moment is None]
    found = await _at(loading, now, nodes)
    then = [identity for identity in wanted if identity.moment is not None]
    if then:
        pasts = await _pasts(loading, then)
        most = loading.context.limits.pasts_max
        if len(pasts) > most:
            expected = f"ids from at most {most} past states of journeys"
            raise argument_refusal("argument.too_many", argument, expected, len(pasts))
        for (organisation, moment), identities in pasts.items():
            past = await Past.of(loading, organisation, moment)
            found |= await _at(past, identities, nodes)
    return found


async def _at(
    loading: Loading, wanted: Sequence[Identity], nodes: Sequence[FieldNode]
) -> dict[Identity, Row]:
    """Return those of the wanted nodes that exist at the point in history at which `loading` reads."""
    rows = await loading.streams({one.stream for one in wanted}, nodes)
    made = {**await _events(loading, wanted), **await _journeys(loading, wanted)}
    await loading.fill_each([*made.values()], nodes)
    rows |= made
    return {
        one: row
        for one in wanted
        # The id of a past state may name the organisation or not. Only the id that the row itself has leads to it.
        if (row := rows.get(one.stream)) is not None and row.get(THEN, "") == one.then
    }


async def _events(loading: Loading, wanted: Iterable[Identity]) -> dict[str, Row]:
    """Return the wanted timeline entries, and the wanted events of the log."""
    positions = {
        kind: sorted(int(one.name) for one in wanted if one.kind == kind) for kind in (ENTRY, EVENT)
    }
    if not any(positions.values()):
        return {}
    there = [
        row
        for row in await loading.rows(lambda: timelines.at(sorted(set(chain(*positions.values())))))
        if loading.has(row["position"], row["occurred_at"])
    ]
    rows = {row["position"]: row for row in await entry_rows(loading, there)}
    found = {f"{ENTRY}/{place}": rows[place] for place in positions[ENTRY] if place in rows}
    if positions[EVENT]:
        hidden = {
            row["position"]
            for row in await loading.rows(lambda: corrections.hidden_lines(positions[EVENT]))
        }
        for row in await loading.rows(lambda: timelines.with_visible_lines(positions[EVENT])):
            if (place := row["position"]) in rows:
                found[f"{EVENT}/{place}"] = event_row(rows[place], shows_line=place not in hidden)
    return found


async def _journeys(loading: Loading, wanted: Iterable[Identity]) -> dict[str, Row]:
    """Return the wanted journeys of organisations that the viewer may see."""
    keys = sorted(one.name for one in wanted if one.kind == JOURNEY)
    if not keys:
        return {}
    seen = await loading.subjects(loading.shapes[ORGANISATION], keys, [])
    return {f"{JOURNEY}/{key}": journey_row(loading, key) for key in seen}


async def _pasts(
    loading: Loading, wanted: Sequence[Identity]
) -> dict[tuple[str, HistoryPoint], list[Identity]]:
    """Return the wanted nodes of past states, by the organisation of the journey and the point in history.

    Nodes of journeys that the viewer may not see now are left out. So hidden nodes take no longer than unknown ones.
    """
    await wait_for(loading.context, max(one.moment.position for one in wanted if one.moment))
    owners = await _owners(loading, [one for one in wanted if one.journey_organisation is None])
    named = [one.journey_organisation for one in wanted if one.journey_organisation is not None]
    seen = await loading.subjects(loading.shapes[ORGANISATION], named, [])
    found: dict[tuple[str, HistoryPoint], list[Identity]] = {}
    for one in wanted:
        organisation = one.journey_organisation
        if organisation is None:
            organisation = owners.get(one)
        elif organisation not in seen:
            continue
        if organisation is not None and one.moment is not None:
            found.setdefault((organisation, one.moment), []).append(one)
    return found


async def _owners(loading: Loading, wanted: Sequence[Identity]) -> dict[Identity, str]:
    """Return the owner of each node: the organisation of the event that created it, if the viewer may see that."""
    if not wanted:
        return {}
    streams = [one.stream for one in wanted if one.kind in KINDS]
    created = await loading.rows(lambda: timelines.creations(streams))
    made = {one: _made(one, created) for one in wanted}
    positions = sorted({position for position in made.values() if position is not None})
    catalogue = loading.context.log.catalogue
    owners = {
        row["position"]: read_event(
            orjson.loads(row["line"]), catalogue, recorded_streams(orjson.loads(row["streams"]))
        ).owner
        for row in await loading.rows(lambda: timelines.at(positions))
    }
    found = {one: owners.get(position or 0) for one, position in made.items()}
    return {one: owner for one, owner in found.items() if owner is not None}


def _made(identity: Identity, created: Sequence[Row]) -> int | None:
    """Return the position of the event that created the node.

    If a voided key was used again, the last subject that had been created by that point counts.
    """
    if identity.kind not in KINDS:
        return int(identity.name)
    then = identity.moment.position if identity.moment else INTEGER_MAX
    positions = [row["position"] for row in created if row["stream"] == identity.stream]
    return max((position for position in positions if position <= then), default=None)


_NULLS: Final = "Null in place of each that does not exist or that you are not allowed to see."
_ID: Final = "The `id` of a node. An id taken from a past state leads to that past state."


def node() -> Any:
    """Declare the field that leads to the node with an id."""
    return Root(
        f"The node with this id. {HIDDEN}",
        lambda place: ById("id", is_list=False),
        arguments=lambda _: [argument("id", strawberry.ID, _ID)],
        form="X | None",
    )


def nodes() -> Any:
    """Declare the field that leads to the nodes with several ids."""
    return Root(
        f"The nodes with these ids, in the order of the ids. {_NULLS}",
        lambda place: ById("ids", is_list=True),
        arguments=lambda _: [
            argument("ids", list[strawberry.ID], f"The ids, at most {LIST_SIZE_MAX}. May be empty.")
        ],
        form="list[X | None]",
    )


def subjects() -> Any:
    """Declare the field that leads to the subjects of several streams."""
    text = f"The streams, as `<kind>/<key>`, at most {LIST_SIZE_MAX}. May be empty."
    return Root(
        f"The subjects of these streams, in the order of the streams. {_NULLS}",
        lambda place: ByStreams(),
        arguments=lambda _: [argument("streams", list[str], text)],
        form="list[X | None]",
    )
