"""The field `summary` of an entry: a sentence that names only subjects that the viewer may see, and no persons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import Stream, stream_of
from projections.queries import timelines
from service.graphql.fields.field import Field, Row
from service.graphql.types.entries.sentence import KnownSubject, noun, quoted, together, unnamed
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
        owners = {owner for subject in found.values() for owner in _owners(subject)}
        found |= await _known(loading, owners - found.keys())
        retitling = sorted({row["position"] for row in rows if row["type"] in timelines.RETITLING})
        titled = await loading.rows(lambda: timelines.former_titles(retitling)) if retitling else []
        former = {row["position"]: row["former"] for row in titled}
        for row in rows:
            row[selected.slot] = sentence({**row, "former": former.get(row["position"])}, found)

    def read(self, row: Row, slot: str) -> Any:
        """Return the sentence."""
        return row[slot]


def sentence(row: Row, found: Mapping[str, Row]) -> str:
    """Return the sentence about an entry with its `former` title.

    `found` has the subjects that the viewer may see, by stream, and their owners.
    """
    kind = VOCABULARY.named(row["type"])
    field = kind.organisation_field
    acting = row[f"data.{field}"] if field is not None else None
    known = {
        stream: KnownSubject(_phrase(found[stream], found), _owner(found[stream], acting, found))
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
        peers = [known[owner]["title"] for owner in _owners(subject) if owner in known]
        return f"the pairing of {together(peers)}" if len(peers) > 1 else unnamed(kind)
    return unnamed(kind) if title is None else f"the {noun(kind)} {quoted(title)}"


def _owner(subject: Row, acting: str | None, known: Mapping[str, Row]) -> str | None:
    """Return the name of a subject's owner; None if it is the acting organisation, or for what is named after it."""
    if subject["kind"] in ("organisation", "pairing") or subject["title"] is None:
        return None
    names = [
        known[owner]["title"]
        for owner in _owners(subject)
        if owner in known and owner != stream_of("organisation", acting or "")
    ]
    return names[0] if names else None


def _owners(subject: Row) -> list[Stream]:
    return [stream_of("organisation", key) for key in subject["owners"] or ()]


def summary(description: str) -> Any:
    """Declare the field with the summary of an entry."""
    return Field(description, lambda place: Summary())
