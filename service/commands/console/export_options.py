"""The options of `howcanwe replay` about the form of an export."""

from enum import Enum
from pathlib import Path

from service.replay.errors import ReplayError
from service.replay.export_format import ExportFormat, check, compression_of
from service.replay.formats.hive import partition_of


class Reader(Enum):
    """The program that an export is for."""

    EXCEL = "excel"


def chosen_format(
    form: ExportFormat | None, reader: Reader | None, out: Path | None, *, follow: bool
) -> ExportFormat:
    """Return the format by the options, else by the name of the file, else NDJSON. Raises ReplayError."""
    named = ExportFormat.written(out) if out is not None else None
    if reader is Reader.EXCEL:
        if {form, named} - {None, ExportFormat.CSV, ExportFormat.EXCEL}:
            raise ReplayError("--for excel writes CSV; name a file such as failures.csv with --out")
        form = ExportFormat.EXCEL
    chosen = form or named or ExportFormat.NDJSON
    check(chosen, out, follow=follow)
    return chosen


def chosen_partition(text: str | None, form: ExportFormat) -> tuple[str, ...]:
    """Return the columns by which a folder is partitioned. Raises ReplayError."""
    if text is None:
        return ()
    if form is not ExportFormat.PARQUET:
        raise ReplayError(
            "only Parquet is partitioned; name a folder such as log.parquet with --out"
        )
    return partition_of(text)


def refuse_beside_reconcile(
    form: ExportFormat, out: Path | None, *, topic: bool, follow: bool
) -> None:
    """Raise ReplayError, which names what was given, if an export is not a plain file of lines that has an end."""
    if topic:
        given = "a topic of Kafka, which keeps what it was sent"
    elif out is None:
        given = "standard output"
    elif form is not ExportFormat.NDJSON:
        given = f"an export as {form.value}, such as {out.name}"
    elif compression_of(out) is not None:
        given = f"a compressed file, such as {out.name}"
    elif follow:
        raise ReplayError(
            "--reconcile has an end, so it does not work with --follow; run the command without it as often as you like"
        )
    else:
        return
    raise ReplayError(
        f"--reconcile does not work with {given}: it needs a file of lines that is not compressed;"
        " name it with --out copy.ndjson"
    )


def refuse_beside_topic(
    form: ExportFormat | None, reader: Reader | None, partition: str | None
) -> None:
    """Raise ReplayError if events that are sent to a topic are to have a form. They are the lines as stored."""
    if (form, reader, partition) not in ((None, None, None), (ExportFormat.NDJSON, None, None)):
        raise ReplayError(
            "a topic gets the lines of events; leave out --format, --for and --partition"
        )
