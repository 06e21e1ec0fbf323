"""The summary of an entry: a sentence that names what the viewer may see, and nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.graphql.entries import FIELDS
from service.graphql.fields.field import Field, Row
from service.graphql.types.entries.sentence import TITLES, noun, quoted, together, words
from service.graphql.types.entries.sentences import SENTENCES

if TYPE_CHECKING:
    from service.graphql.loading import Loading, Selected


@dataclass(frozen=True)
class Summary:
    """Says in a sentence what happened."""

    needs: Sequence[str] = (
        "position",
        "type",
        *{f"data.{n}" for names in FIELDS.values() for n in names},
    )

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Say it of each entry, with what the viewer may see of what the entries name."""
        found = await _subjects(loading, {s for row in rows for s in _streams(row)})
        owners = {key for subject in found.values() for key in subject.get("organisations", ())}
        found |= await _subjects(loading, {f"organisation/{key}" for key in owners} - found.keys())
        names = {
            stream.removeprefix("organisation/"): words(subject["name"])
            for stream, subject in found.items()
            if "name" in subject
        }
        for row in rows:
            # A key that was taken back may be another subject's by now.
            known = {
                stream: _phrase(stream, found[stream], names)
                for stream in _streams(row)
                if stream in found and found[stream]["position"] <= row["position"]
            }
            row[selected.slot] = SENTENCES[row["type"]].said(row, known)

    def read(self, row: Row, slot: str) -> Any:
        """Return the sentence."""
        return row[slot]


def _streams(row: Row) -> list[str]:
    return [*SENTENCES[row["type"]].streams(row)]


async def _subjects(loading: "Loading", streams: Iterable[str]) -> dict[str, Row]:
    """Return those of the subjects that the viewer may see, by stream; persons are left out."""
    by_kind: dict[str, list[str]] = {}
    for stream in sorted(streams):
        kind, _, key = stream.partition("/")
        if kind in TITLES:
            by_kind.setdefault(kind, []).append(key)
    if not by_kind:
        return {}
    wanted = {kind: (keys, ("key", "position", TITLES[kind])) for kind, keys in by_kind.items()}
    return {f"{kind}/{row['key']}": row for kind, row in await loading.gathered(wanted)}


def _phrase(stream: str, subject: Row, names: Mapping[str, str]) -> str:
    """Return what a sentence calls a subject that may be seen."""
    kind, _, key = stream.partition("/")
    if kind == "organisation":
        return names[key]
    if kind == "pairing":
        peers = [names[key] for key in subject["organisations"] if key in names]
        return f"the pairing of {together(peers)}" if len(peers) > 1 else "a pairing"
    return f"the {noun(kind)} {quoted(subject[TITLES[kind]])}"


def summary(description: str) -> Any:
    """Declare the field of an entry's summary."""
    return Field(description, lambda place: Summary())
