"""The forms in which a replay can be written."""

from enum import Enum
from pathlib import Path
from typing import Final, Self

from service.replay.errors import ReplayError


class ExportFormat(Enum):
    """What a file holds. `NDJSON`, `ARROW` and `PARQUET` lose nothing: each event's exact line is in them."""

    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"
    ARROW = "arrow"
    OCEL = "ocel"

    @property
    def is_lossless(self) -> bool:
        """Whether a log can be restored from it."""
        return self in (ExportFormat.NDJSON, ExportFormat.ARROW, ExportFormat.PARQUET)

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the form that a path's name tells; a folder is one of Parquet files, anything unknown NDJSON."""
        if path.is_dir():
            return cls("parquet")
        name = path.name.removesuffix(".gz").removesuffix(".zst")
        return cls(_SUFFIXES.get("." + name.rpartition(".")[2], "ndjson"))

    @classmethod
    def written(cls, path: Path) -> Self:
        """Return the form of a file that is written under this name. Raises ReplayError for an ending of no form."""
        name = path.name.removesuffix(".gz").removesuffix(".zst")
        _, dot, ending = name.rpartition(".")
        if dot and not path.is_dir() and "." + ending not in _SUFFIXES:
            known = ", ".join(_SUFFIXES)
            raise ReplayError(f".{ending} is the ending of no form: {known}, or say --format")
        return cls.of(path)


_SUFFIXES: Final = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".parquet": "parquet",
    ".json": "ocel",
}


def compression_of(path: Path | None) -> str | None:
    """Return how a file of this name is compressed: gz, zst or not at all."""
    suffix = path.suffix if path is not None else ""
    return suffix[1:] if suffix in (".gz", ".zst") else None


def can_grow(form: ExportFormat, out: Path) -> bool:
    """Say whether events can be put behind a whole file, to the bytes that an export of all of them has."""
    return form in (ExportFormat.NDJSON, ExportFormat.CSV) and compression_of(out) is None


def check(form: ExportFormat, out: Path | None, *, follow: bool) -> None:
    """Raise ReplayError where a form cannot be written so."""
    if form is ExportFormat.PARQUET and out is None:
        raise ReplayError("Parquet is written to a folder: name it with --out")
    if compression_of(out) is not None and form not in (ExportFormat.NDJSON, ExportFormat.CSV):
        raise ReplayError(f"{form.value} is not compressed by .gz or .zst: it has its own ways")
    if follow and (
        form in (ExportFormat.PARQUET, ExportFormat.OCEL) or compression_of(out) is not None
    ):
        raise ReplayError("what is followed has no end: ndjson, csv or arrow, not compressed")
