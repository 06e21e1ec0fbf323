"""The manifest beside an export, by which its recipient can check that nothing is missing."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final, Self

import orjson

from events.store.reading import Selection
from service.replay.errors import NotWhole
from service.replay.export_format import ExportFormat
from service.replay.origin import LogMark, Origin

VERSION: Final = 1
SUFFIX: Final = ".manifest.json"
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export; its path is relative to the manifest's folder, as it was when exported."""

    path: str
    size_bytes: int
    sha256: str

    @classmethod
    def parsed(cls, content: Mapping[str, Any]) -> Self:
        """Return the file in a JSON object, which anybody may have written. Raises ValueError, TypeError."""
        file = cls(**content)
        path = PurePosixPath(file.path)
        if not path.parts or path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{file.path!r} is not a path in an export")
        return file

    def place(self, out: Path) -> Path:
        """Return the path of the file in the export that is called `out` now; a copy may have another name.

        Raises NotWhole if a symbolic link in the export leads out of it.
        """
        path = out.joinpath(*PurePosixPath(self.path).parts[1:])
        if path != out and not path.resolve().is_relative_to(out.resolve()):
            raise NotWhole(f"{path} is not in the export: a symbolic link leads out of it")
        return path


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of an export. It is written last, atomically; without it, the export is unfinished.

    The same range of the same log for the same viewer gives the same manifest, regardless of when and where it is
    exported. `origin` is None in manifests of release 0.1.0.

    `amended_through` is the position up to which the columns `voided_by` and `corrected_by` have what is known; it is
    None for a form without columns, and for one of an earlier release, which has other columns. `partition` are the
    columns by which a folder is partitioned.
    """

    form: str
    selection: Selection
    events: int
    first: LogMark | None
    last: LogMark | None
    files: tuple[ExportedFile, ...] = field(default=())
    origin: Origin | None = None
    amended_through: int | None = None
    partition: tuple[str, ...] = ()

    def write(self, out: Path) -> None:
        """Write the manifest beside the export; afterwards it is on disk."""
        content = {"howcanwe": "export", "version": VERSION, **asdict(self)}
        text = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        replace(place(out), text)

    @classmethod
    def read(cls, out: Path) -> Self:
        """Return the manifest beside an export. Raises NotWhole if there is none or it is damaged."""
        try:
            text = place(out).read_bytes()
        except FileNotFoundError:
            raise NotWhole(
                f"{out} is not whole: its manifest {place(out).name}, which is written last, is missing"
            ) from None
        except OSError as error:
            raise NotWhole(f"{place(out)} is not a valid manifest: {error}") from None
        return cls.parsed(text, place(out))

    @classmethod
    def beside(cls, out: Path) -> Self | None:
        """Return the manifest beside an export, or None. Raises NotWhole if it is damaged."""
        return cls.read(out) if place(out).exists() else None

    @classmethod
    def parsed(cls, text: bytes, path: Path | str) -> Self:
        """Return the manifest in a text that was read from `path`. Raises NotWhole if it is not a manifest."""
        try:
            content: dict[str, Any] = orjson.loads(text)
            if (content["howcanwe"], content["version"]) != ("export", VERSION):
                raise ValueError(f"it is not the manifest of an export, version {VERSION}")
            if not ExportFormat(content["form"]).is_folder and len(content["files"]) != 1:
                raise ValueError(f"an export as {content['form']} has exactly one file")
            found = cls(
                form=content["form"],
                selection=selection_of(content["selection"]),
                events=content["events"],
                first=content["first"] and LogMark(**content["first"]),
                last=content["last"] and LogMark(**content["last"]),
                files=tuple(map(ExportedFile.parsed, content["files"])),
                origin=Origin.parsed(content.get("origin")),
                amended_through=content.get("amended_through"),
                partition=tuple(content.get("partition", ())),
            )
            found._check_edges()
            return found
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotWhole(f"{path} is not a valid manifest: {error}") from None

    def _check_edges(self) -> None:
        """Raise ValueError if the first or last event is outside the selection."""
        selected = self.selection
        for edge in (self.first, self.last):
            if edge is not None and not (
                selected.after < edge.position
                and (selected.through is None or edge.position <= selected.through)
            ):
                raise ValueError(f"position {edge.position} is outside the selection")

    def faults(self, out: Path) -> Iterator[str]:
        """Yield a sentence for each difference between the files at `out` and the manifest."""
        yield from faults(self.files, out)


def faults(
    files: Iterable[ExportedFile], out: Path, *, hashes: bool = True, alone: bool = True
) -> Iterator[str]:
    """Yield how the export at `out` differs from these files: by names, sizes and, unless `hashes` is false, hashes.

    Other files in a folder are faults, too, unless `alone` is false.
    """
    expected = set()
    for file in files:
        path = file.place(out)
        expected.add(path)
        try:
            size = path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            yield f"{path} is missing"
            continue
        if size != file.size_bytes:
            what = "is truncated" if size < file.size_bytes else "has grown"
            yield f"{path} {what}: {size} bytes; expected {file.size_bytes}"
        elif hashes and digest(path) != file.sha256:
            yield f"{path} is not what was exported: its SHA-256 differs"
    if alone and out.is_dir():
        there = {*out.rglob("*.parquet"), *out.rglob("*.json")}
        for path in sorted(there - expected):
            yield f"{path} is not part of the export"


def selection_of(content: Mapping[str, Any]) -> Selection:
    """Return the selection in a JSON object."""
    return Selection(
        after=content["after"],
        through=content["through"],
        streams=tuple(content["streams"]),
        types=tuple(content["types"]),
        from_us=content["from_us"],
        to_us=content["to_us"],
    )


def place(out: Path) -> Path:
    """Return the path of an export's manifest."""
    return beside(out, SUFFIX)


def beside(out: Path, suffix: str) -> Path:
    """Return the path of the file beside an export with the export's name and this suffix."""
    out = named(out)
    return out.with_name(out.name + suffix)


def named(out: Path) -> Path:
    """Return the path in a form that ends with a name, which `.` and `..` do not."""
    return out.resolve() if out.name in ("", "..") else out


def exported(path: Path, out: Path) -> ExportedFile:
    """Return the manifest's entry for a file of the export `out`."""
    return ExportedFile(path.relative_to(out.parent).as_posix(), *sized(path))


def sized(path: Path) -> tuple[int, str]:
    """Return the size and the SHA-256 of a file."""
    return path.stat().st_size, digest(path)


def digest(path: Path) -> str:
    """Return the lower-case hex SHA-256 of a file."""
    hashed = sha256()
    with path.open("rb") as file:
        while data := file.read(_CHUNK_BYTES):
            hashed.update(data)
    return hashed.hexdigest()


def replace(path: Path, text: bytes) -> None:
    """Replace the file's content atomically; afterwards it is on disk."""
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
