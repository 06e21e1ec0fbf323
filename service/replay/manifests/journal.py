"""The journal of an unfinished export, so that it can be resumed without a gap or a repeat."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import orjson

from events.store.reading import Selection
from service.replay.errors import ReplayError
from service.replay.line_pages import first_line
from service.replay.manifests import manifest
from service.replay.manifests.manifest import ExportedFile, Manifest
from service.replay.manifests.stamp import Stamp
from service.replay.origin import LogMark, Origin

PART: Final = ".part"
"""The suffix of a file's name until its export ends."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The progress of an export: `size_bytes` of its file (or `windows` of its folder) have `events` up to `last`.

    `sha256` is of these bytes; `files` are those of the windows. Journals of release 0.1.0 have none of these and no
    origin. `amended_through` and `partition` are as in the manifest; of a folder, the windows that are not yet written
    will have later amendments, too.
    """

    form: str
    selection: Selection
    origin: Origin | None = None
    events: int = 0
    size_bytes: int = 0
    sha256: str = ""
    windows: int = 0
    files: tuple[ExportedFile, ...] = ()
    first: LogMark | None = None
    last: LogMark | None = None
    ended: bool = False
    amended_through: int | None = None
    partition: tuple[str, ...] = ()

    @classmethod
    def read(cls, out: Path) -> Self | None:
        """Return the journal of an unfinished export, or None. Raises ReplayError if the file is not a journal."""
        try:
            content: dict[str, Any] = orjson.loads(place(out).read_bytes())
            selection = manifest.selection_of(content.pop("selection"))
            first, last = content.pop("first"), content.pop("last")
            return cls(
                selection=selection,
                origin=Origin.parsed(content.pop("origin", None)),
                files=tuple(map(ExportedFile.parsed, content.pop("files", ()))),
                first=first and LogMark(**first),
                last=last and LogMark(**last),
                partition=tuple(content.pop("partition", ())),
                **content,
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReplayError(f"{place(out)} is not the journal of an export: {error}") from None

    @classmethod
    def of_whole(cls, found: Manifest, out: Path) -> Self:
        """Return the journal of a whole export, from its manifest."""
        files = tuple(
            replace(file, path=file.place(out).relative_to(out.parent).as_posix())
            for file in found.files
        )
        return cls(
            form=found.form,
            selection=found.selection,
            origin=found.origin,
            events=found.events,
            size_bytes=files[0].size_bytes if len(files) == 1 else 0,
            sha256=files[0].sha256 if len(files) == 1 else "",
            files=files,
            first=found.first,
            last=found.last,
            ended=True,
            amended_through=found.amended_through,
            partition=found.partition,
        )

    def manifest(self, files: tuple[ExportedFile, ...]) -> Manifest:
        """Return the manifest of the finished export."""
        return Manifest(
            self.form,
            self.selection,
            self.events,
            self.first,
            self.last,
            files,
            self.origin,
            self.amended_through,
            self.partition,
        )

    def write(self, out: Path) -> None:
        """Write the journal beside the export; afterwards it is on disk."""
        manifest.replace(place(out), orjson.dumps(asdict(self)))

    def begin(self, out: Path) -> None:
        """Write the journal, and remove the manifest, so that nobody takes the export for whole."""
        self.write(out)
        manifest.place(out).unlink(missing_ok=True)

    def advanced(self, page: bytes) -> "Journal":
        """Return the journal after another page of lines."""
        return replace(
            self,
            events=self.events + page.count(b"\n"),
            first=self.first or LogMark.of(first_line(page)),
            last=LogMark.last_of(page),
        )

    def emptied(self) -> "Journal":
        """Return the journal of the same export before its first page."""
        return replace(
            self, events=0, size_bytes=0, sha256="", windows=0, files=(), first=None, last=None
        )

    @property
    def reached(self) -> int:
        """The position up to which the export is complete."""
        return self.last.position if self.last else self.selection.after

    def rest(self) -> Selection:
        """Return the part of the selection that is not exported yet."""
        return replace(self.selection, after=self.reached)

    def remove(self, out: Path) -> None:
        """Remove the journal: the export has ended."""
        place(out).unlink(missing_ok=True)


def place(out: Path) -> Path:
    """Return the path of an export's journal."""
    return manifest.beside(out, ".journal.json")


def stamp(out: Path) -> Stamp:
    """Return the stamp of an export, of which a writer changes the manifest or the journal first."""
    return Stamp(out, manifest.place(out), place(out))


def is_under_way(path: Path) -> bool:
    """Return whether a path is an unfinished export, by its final name or by its name until then."""
    if manifest.place(path).exists():
        return False
    return place(path).exists() or (
        path.suffix == PART and place(path.with_name(path.stem)).exists()
    )
