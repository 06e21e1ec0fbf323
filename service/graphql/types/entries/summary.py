"""The summary of an entry: a sentence that names what the viewer may see, and nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from events.vocabulary.stream import stream_of
from projections.queries import timelines
from service.graphql.fields.field import Field, Row
from service.graphql.types.entries.sentence import noun, quoted, together, unnamed
from service.graphql.types.entries.sentences import SENTENCES

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected


@dataclass(frozen=True)
class Summary:
    """Says in a sentence what happened."""

    needs: Sequence[str] = ()

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Say it of each entry, with what the viewer may see of what the entries name."""
        found = await _known(loading, {stream for row in rows for stream in _streams(row)})
        of_pairings = (one["owners"] for one in found.values() if one["kind"] == "pairing")
        owners = {stream_of("organisation", key) for keys in of_pairings for key in keys}
        found |= await _known(loading, owners - found.keys())
        for row in rows:
            row[selected.slot] = sentence(row, found)

    def read(self, row: Row, slot: str) -> Any:
        """Return the sentence."""
        return row[slot]


def sentence(row: Row, found: Mapping[str, Row]) -> str:
    """Return what is said of an entry, with what was found of the subjects that the viewer may see, by stream."""
    known = {
        stream: _phrase(found[stream], found)
        for stream in _streams(row)
        # A key that was taken back may be another subject's by now.
        if stream in found and found[stream]["position"] <= row["position"]
    }
    return SENTENCES[row["type"]].said(row, known)


def _streams(row: Row) -> list[str]:
    return [*SENTENCES[row["type"]].streams(row)]


async def _known(loading: "Loading", streams: Iterable[str]) -> dict[str, Row]:
    """Return those of the subjects that the viewer may see, by stream."""
    wanted = sorted(streams)
    if not wanted:
        return {}
    return {row["stream"]: row for row in await loading.rows(lambda: timelines.known(wanted))}


def _phrase(subject: Row, known: Mapping[str, Row]) -> str:
    """Return what a sentence calls a subject that may be seen."""
    kind, title = subject["kind"], subject["title"]
    if kind == "organisation":
        return str(title)
    if kind == "pairing":
        owners = (stream_of("organisation", key) for key in subject["owners"])
        peers = [known[owner]["title"] for owner in owners if owner in known]
        return f"the pairing of {together(peers)}" if len(peers) > 1 else unnamed(kind)
    return unnamed(kind) if title is None else f"the {noun(kind)} {quoted(title)}"


def summary(description: str) -> Any:
    """Declare the field of an entry's summary."""
    return Field(description, lambda place: Summary())
