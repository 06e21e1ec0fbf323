"""The events of the log that have the ids of a group's events. The recorder looks them up, `Repeats` reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from events.recording.request import Request
from events.store import lookups
from events.store.lookups import Stored
from events.vocabulary.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class RecordedIds:
    """Events by (source, id), and the wrapped keys of the persons that they introduced, by person."""

    events: Mapping[tuple[str, str], Stored]
    person_keys: Mapping[str, bytes]


async def look_up(
    connection: asyncpg.Connection, catalogue: Catalogue, requests: Sequence[Request]
) -> RecordedIds:
    """Return what the log has under the ids of the requests' events."""
    events = await lookups.identities(
        connection, [identity for request in requests for identity in request.identities]
    )
    persons = [
        stored.recorded.content["data"]["person"]
        for stored in events.values()
        if _is_sealed(stored, catalogue)
    ]
    keys = await lookups.person_keys(connection, persons) if persons else {}
    return RecordedIds(events, keys)


def _is_sealed(stored: Stored, catalogue: Catalogue) -> bool:
    found = catalogue.find(stored.recorded.content["type"])
    return found is not None and bool(found[0].personal)
