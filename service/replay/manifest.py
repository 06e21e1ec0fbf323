"""The manifest beside an export: what it holds, so that whoever gets it can tell that nothing is missing."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

import orjson

from events.store.reading import Selection
from service.replay.errors import NotWhole

VERSION: Final = 1
SUFFIX: Final = ".manifest.json"
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Edge:
    """The first or the last event of an export: its position and its line's hash."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export, by its path beside the manifest."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds. It is written last, in one step: where there is none, the export has not ended.

    The same range of the same log gives the same manifest: it tells nothing of when or where it was made.
    """

    form: str
    selection: Selection
    events: int
    first: Edge | None
    last: Edge | None
    files: tuple[ExportedFile, ...] = field(default=())

    def write(self, out: Path) -> None:
        """Put it beside the export; afterwards it is on disk."""
        content = {"howcanwe": "export", "version": VERSION, **asdict(self)}
        text = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        replace(place(out), text)

    @classmethod
    def read(cls, out: Path) -> Self:
        """Return the manifest beside an export. Raises NotWhole where there is none, or no whole one."""
        try:
            text = place(out).read_bytes()
        except FileNotFoundError:
            raise NotWhole(
                f"{out} is not whole: its manifest {place(out).name} is missing, which is written last"
            ) from None
        except OSError as error:
            raise NotWhole(f"{place(out)} is no whole manifest: {error}") from None
        return cls.parsed(text, place(out))

    @classmethod
    def parsed(cls, text: bytes, path: Path | str) -> Self:
        """Return the manifest that a text is, which was read at `path`. Raises NotWhole where it is none."""
        try:
            content: dict[str, Any] = orjson.loads(text)
            return cls(
                form=content["form"],
                selection=selection_of(content["selection"]),
                events=content["events"],
                first=content["first"] and Edge(**content["first"]),
                last=content["last"] and Edge(**content["last"]),
                files=tuple(ExportedFile(**found) for found in content["files"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise NotWhole(f"{path} is no whole manifest: {error}") from None

    def faults(self, out: Path) -> Iterator[str]:
        """Yield what the files are not that the manifest says: one sentence for each."""
        for said in self.files:
            path = out.parent / said.path
            try:
                size = path.stat().st_size
            except FileNotFoundError:
                yield f"{said.path} is missing"
                continue
            if size != said.size_bytes:
                what = "is cut" if size < said.size_bytes else "has grown"
                yield f"{said.path} {what}: {size} bytes, not {said.size_bytes}"
            elif digest(path) != said.sha256:
                yield f"{said.path} is not what was exported: its SHA-256 is another"
        if out.is_dir():
            told = {out.parent / said.path for said in self.files}
            for path in sorted(set(out.rglob("*.parquet")) - told):
                yield f"{path.relative_to(out.parent)} is not part of the export"


def selection_of(content: Mapping[str, Any]) -> Selection:
    """Return the selection that JSON tells."""
    return Selection(
        after=content["after"],
        through=content["through"],
        streams=tuple(content["streams"]),
        types=tuple(content["types"]),
        from_us=content["from_us"],
        to_us=content["to_us"],
    )


def place(out: Path) -> Path:
    """Return where the manifest of an export is."""
    return out.with_name(out.name + SUFFIX)


def exported(path: Path, out: Path) -> ExportedFile:
    """Return what is to be said of a file of the export `out`."""
    return ExportedFile(path.relative_to(out.parent).as_posix(), path.stat().st_size, digest(path))


def digest(path: Path) -> str:
    """Return the lower-case hex SHA-256 of a file."""
    hashed = sha256()
    with path.open("rb") as file:
        while data := file.read(_CHUNK_BYTES):
            hashed.update(data)
    return hashed.hexdigest()


def replace(path: Path, text: bytes) -> None:
    """Let the file hold the text, wholly or as before, whatever happens; afterwards it is on disk."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
