"""The journal of an export under way: how far it is, so that it goes on after a break without a gap or a repeat."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import orjson

from events.chain import line_hash
from events.store.reading import Selection
from service.replay import manifest
from service.replay.errors import ReplayError
from service.replay.manifest import Edge
from service.replay.pages import first_line, last_line
from service.replay.source import position_of


@dataclass(frozen=True, slots=True)
class Journal:
    """How far an export is: `size_bytes` of its file (or `windows` of its folder) hold `events` up to `last`."""

    form: str
    selection: Selection
    events: int = 0
    size_bytes: int = 0
    windows: int = 0
    first: Edge | None = None
    last: Edge | None = None
    ended: bool = False

    @classmethod
    def read(cls, out: Path) -> Self | None:
        """Return the journal of the export, None where none is under way. Raises ReplayError for one not of ours."""
        try:
            content: dict[str, Any] = orjson.loads(place(out).read_bytes())
            selection = manifest.selection_of(content.pop("selection"))
            first, last = content.pop("first"), content.pop("last")
            return cls(
                selection=selection,
                first=first and Edge(**first),
                last=last and Edge(**last),
                **content,
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise ReplayError(f"{place(out)} is no journal of an export: {error}") from None

    def write(self, out: Path) -> None:
        """Put it beside the export; afterwards it is on disk."""
        manifest.replace(place(out), orjson.dumps(asdict(self)))

    def advanced(self, page: bytes) -> "Journal":
        """Return the journal after a page of lines."""
        first, last = first_line(page), last_line(page)
        return replace(
            self,
            events=self.events + page.count(b"\n"),
            first=self.first or Edge(position_of(first), line_hash(first)),
            last=Edge(position_of(last), line_hash(last)),
        )

    def rest(self) -> Selection:
        """Return what of the selection is still to come."""
        return replace(self.selection, after=self.last.position) if self.last else self.selection

    def remove(self, out: Path) -> None:
        """Take it away: the export has ended."""
        place(out).unlink(missing_ok=True)


def place(out: Path) -> Path:
    """Return where the journal of an export is."""
    return out.with_name(out.name + ".journal.json")


def begun(out: Path, form: str, selection: Selection) -> Journal:
    """Return the journal of this export: the one under way, else a new one.

    A range without an end is that of the export under way. Raises ReplayError where another export has the place.
    """
    found = Journal.read(out)
    if found is None:
        if out.exists():
            raise ReplayError(f"{out} exists: name another, or remove it")
        return Journal(form, selection)
    if selection.through is None:
        selection = replace(selection, through=found.selection.through)
    if found.form != form or found.selection != selection:
        raise ReplayError(
            f"{out} is under way with other options: remove {place(out).name} to begin anew"
        )
    return found
