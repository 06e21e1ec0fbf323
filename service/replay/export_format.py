"""The formats of exports."""

from enum import Enum
from pathlib import Path
from typing import Final, Self

from service.replay.errors import ReplayError


class ExportFormat(Enum):
    """The format of a file. `NDJSON`, `ARROW` and `PARQUET` are lossless: they contain each event's exact line.

    `EXCEL` is CSV for people.
    """

    NDJSON = "ndjson"
    CSV = "csv"
    EXCEL = "excel"
    PARQUET = "parquet"
    ARROW = "arrow"
    DELTA = "delta"
    OCEL = "ocel"

    @property
    def is_lossless(self) -> bool:
        """Whether a log can be restored from this format."""
        return self in (ExportFormat.NDJSON, ExportFormat.ARROW, ExportFormat.PARQUET)

    @property
    def is_folder(self) -> bool:
        """Whether the format is a folder of files."""
        return self in (ExportFormat.PARQUET, ExportFormat.DELTA)

    @property
    def has_columns(self) -> bool:
        """Whether the format has the columns that follow from other events: cohorts, voids and corrections."""
        return self not in (ExportFormat.NDJSON, ExportFormat.OCEL)

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the format by a path's name; a folder is Parquet or a Delta table, an unknown ending NDJSON."""
        if path.is_dir():
            # Until its first snapshot, a table has no log.
            is_delta = path.suffix == ".delta" or (path / "_delta_log").is_dir()
            return cls("delta" if is_delta else "parquet")
        name = path.name.removesuffix(".gz").removesuffix(".zst")
        return cls(_SUFFIXES.get("." + name.rpartition(".")[2], "ndjson"))

    @classmethod
    def written(cls, path: Path) -> Self:
        """Return the format of a file to be written with this name. Raises ReplayError for an unknown ending."""
        name = path.name.removesuffix(".gz").removesuffix(".zst")
        _, dot, ending = name.rpartition(".")
        if dot and not path.is_dir() and "." + ending not in _SUFFIXES:
            known = ", ".join(_SUFFIXES)
            raise ReplayError(
                f".{ending} is not the ending of a format; use one of {known}, or name the format with --format"
            )
        return cls.of(path)


_SUFFIXES: Final = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".parquet": "parquet",
    ".delta": "delta",
    ".json": "ocel",
}


def compression_of(path: Path | None) -> str | None:
    """Return how a file with this name is compressed: gz, zst, or None."""
    suffix = path.suffix if path is not None else ""
    return suffix[1:] if suffix in (".gz", ".zst") else None


def can_grow(form: ExportFormat, out: Path) -> bool:
    """Return whether a whole export can be continued to the same bytes as exporting all events at once."""
    never = (ExportFormat.ARROW, ExportFormat.OCEL)
    return form not in never and compression_of(out) is None


def check(form: ExportFormat, out: Path | None, *, follow: bool) -> None:
    """Raise ReplayError if the format cannot be written to `out` or followed."""
    if form.is_folder and out is None:
        raise ReplayError(f"{form.value.capitalize()} is written to a folder; name it with --out")
    if compression_of(out) is not None and form not in (ExportFormat.NDJSON, ExportFormat.CSV):
        raise ReplayError(
            f"{form.value} cannot be compressed with .gz or .zst: "
            + (
                "Excel does not read it"
                if form is ExportFormat.EXCEL
                else "it has its own compression"
            )
        )
    if follow and (
        form not in (ExportFormat.NDJSON, ExportFormat.CSV, ExportFormat.ARROW)
        or compression_of(out) is not None
    ):
        raise ReplayError("only uncompressed ndjson, csv and arrow can be followed")
