"""Timeline entries and their events, as the executor reads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import orjson

from events.lines.recorded import Recorded, read_event
from events.vocabulary.catalogue import VOCABULARY, Catalogue
from events.vocabulary.corrections import latest_fields
from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.json_schemas import json_schema
from events.vocabulary.stream import recorded_streams
from events.vocabulary.types.record import EventCorrected
from projections.folding.step import value_of
from projections.queries import corrections, timelines
from service.graphql.fetching.loading import Loading
from service.graphql.fields.field import TYPE, Row
from service.graphql.node_ids import THEN
from service.graphql.selection import Selected

FIELDS: Final = {kind.name: tuple(json_schema(kind)["properties"]) for kind in VOCABULARY.kinds}
"""The fields of the data of each type of event."""

EVENT_TYPE: Final = "Event"
"""The name of the type of events in the graph."""

_FIELDS: Final = VOCABULARY.of(EventCorrected).checked("fields")


@dataclass(frozen=True)
class EntryEvent:
    """Leads from an entry to its event in the log, if the viewer may see every subject that the event names."""

    needs: Sequence[str] = ()

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Find out which of the events the viewer may see."""
        positions = sorted({row["position"] for row in rows})
        visible = await loading.rows(lambda: timelines.with_visible_lines(positions))
        hidden = {
            row["position"]
            for row in await loading.rows(lambda: corrections.hidden_lines(positions))
        }
        seen = {row["position"]: row["position"] not in hidden for row in visible}
        found: list[Row] = []
        for row in rows:
            row[selected.slot] = None
            shows_line = seen.get(row["position"])
            if shows_line is not None:
                row[selected.slot] = event_row(row, shows_line=shows_line)
                found.append(row[selected.slot])
        await loading.fill(EVENT_TYPE, found, selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the event, None if the viewer may not see it."""
        return row[slot]


def event_row(row: Row, *, shows_line: bool) -> Row:
    """Return the event of an entry as the executor reads it.

    If the viewer may not see its line in the graph, the data is that of the present reading.
    """
    content = row["content"]
    return {
        TYPE: EVENT_TYPE,
        THEN: row.get(THEN, ""),
        "position": row["position"],
        "event_id": content["id"],
        "source": content["source"],
        "type": content["type"],
        "subject": content.get("subject"),
        "time": content["time"],
        "time_precision": row["time_precision"],
        "recorded_time": content["recordedtime"],
        "actor": content["actor"],
        "visibility": content.get("visibility"),
        "organisation": row["organisation"],
        "data": content["data"] if shows_line else row["reading"],
        "line": row["line"] if shows_line else None,
        "voided_by": row["voided_by"],
    }


async def entry_rows(loading: Loading, found: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return entries as the executor reads them, as of the point in history at which `loading` reads.

    `found` are rows of `projections.queries.timelines`. What was corrected since reads as it does now, unless the
    viewer may see how it read before. Raises UnknownType.
    """
    catalogue = loading.context.log.catalogue
    unseen = await loading.unseen_wordings({row["position"] for row in found})
    return [
        loading.as_it_stands(
            entry_row(row, catalogue, INTEGER_MAX if row["position"] in unseen else loading.through)
        )
        for row in found
    ]


def entry_row(found: Mapping[str, Any], catalogue: Catalogue, through: int = INTEGER_MAX) -> Row:
    """Return an entry as the executor reads it, from a row of `projections.queries.timelines`.

    Its data is that of the event as it read at a position. Raises UnknownType.
    """
    line: str = found["line"]
    streams = orjson.loads(found["streams"])
    content = orjson.loads(line)
    event = read_event(content, catalogue, recorded_streams(streams))
    fields = latest_fields_at(found["corrections"] or (), through)
    if fields:
        event = event.corrected(fields)
    data = {f"data.{name}": event.data.get(name) for name in FIELDS[event.kind.name]}
    return {
        TYPE: event.kind.model.__name__,
        **data,
        "position": found["position"],
        "occurred_at": found["occurred_at"],
        "time": content["time"],
        "time_precision": value_of(event.time_precision),
        "recorded_time": content["recordedtime"],
        "type": event.kind.name,
        "actor": content["actor"],
        "provided_visibility": content.get("visibility"),
        "organisation": event.organisation,
        "cohort": event.cohort,
        "subject": content.get("subject"),
        "voided_by": found["voided_by"],
        "recorded": Recorded(found["position"], line.encode(), streams),
        "line": line,
        "content": content,
        "reading": {name: value for name, value in event.data.items() if name != _FIELDS},
    }


def latest_fields_at(corrections: Iterable[Sequence[Any]], through: int) -> Mapping[str, Any]:
    """Return the corrected fields of an event at a position, from its `corrections_as_json`."""
    return latest_fields(
        {field: None if after is None else orjson.loads(after)}
        for field, after, place, voided_by in sorted(corrections, key=itemgetter(2))
        if place <= through and (voided_by is None or voided_by > through)
    )
