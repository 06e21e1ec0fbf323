"""Writes the ids and keys that were made for rows into their file, for `howcanwe record --write-back`."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from service.commands.console.options import report
from service.pages.sheets.events import of_csv, of_workbook, with_ids
from service.pages.sheets.rows import SheetOptions
from service.replay.manifests.replacing import replace

SUFFIXES: Final = (".xlsx", ".csv")
"""The suffixes of files that are written back."""


def write_ids(file: Path, options: SheetOptions, ids: Collection[str] | None) -> None:
    """Write the ids and keys that were made for rows into the file, as `with_ids` does.

    Only rows get them whose events have one of these ids; all if `ids` is None.

    Raises ValueError if the file cannot be read or written.
    """
    try:
        content = file.read_bytes()
        is_workbook = file.suffix.lower() == SUFFIXES[0]
        lines = content.splitlines(keepends=True)
        found = of_workbook(content, options) if is_workbook else of_csv(lines, options)
        events = [one for one in found.events if ids is None or one.content["id"] in ids]
        completed = with_ids(content, events, is_workbook=is_workbook)
        if completed is None:
            of = "" if ids is None else "for what was recorded, "
            report(f"{of}{file} has all ids and keys already, so it stays as it is")
            return
        replace(file, completed)
    except OSError as error:
        raise ValueError(f"{file} cannot be written: {error.strerror}") from None
    number = len({(one.place, column) for one in events for column in one.made})
    of = "" if ids is None else ", for the rows that are recorded"
    report(f"{number} ids and keys are written into {file}{of}")
