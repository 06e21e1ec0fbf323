"""The field `summary` of an entry: a sentence that names only subjects that the viewer may see, and no persons."""

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
    """The sentence about the event of an entry."""

    needs: Sequence[str] = ()

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Make the sentence of each entry, with those of the subjects that it names which the viewer may see."""
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
    """Return the sentence about an entry; `found` has the subjects that the viewer may see, by stream."""
    known = {
        stream: _phrase(found[stream], found)
        for stream in _streams(row)
        # The key of a voided subject may belong to another subject now.
        if stream in found and found[stream]["position"] <= row["position"]
    }
    return SENTENCES[row["type"]].text(row, known)


def _streams(row: Row) -> list[str]:
    return [*SENTENCES[row["type"]].streams(row)]


async def _known(loading: "Loading", streams: Iterable[str]) -> dict[str, Row]:
    """Return those of the subjects that the viewer may see, by stream."""
    wanted = sorted(streams)
    if not wanted:
        return {}
    return {row["stream"]: row for row in await loading.rows(lambda: timelines.known(wanted))}


def _phrase(subject: Row, known: Mapping[str, Row]) -> str:
    """Return the phrase for a subject that the viewer may see."""
    kind, title = subject["kind"], subject["title"]
    if kind == "organisation":
        return str(title)
    if kind == "pairing":
        owners = (stream_of("organisation", key) for key in subject["owners"])
        peers = [known[owner]["title"] for owner in owners if owner in known]
        return f"the pairing of {together(peers)}" if len(peers) > 1 else unnamed(kind)
    return unnamed(kind) if title is None else f"the {noun(kind)} {quoted(title)}"


def summary(description: str) -> Any:
    """Declare the field with the summary of an entry."""
    return Field(description, lambda place: Summary())
