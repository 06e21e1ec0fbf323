"""Writes the ids and keys that were made for rows into their file, for `howcanwe record --write-back`."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from service.commands.console.options import report
from service.pages.sheets.events import of_csv, of_workbook
from service.pages.sheets.files.completed import completed
from service.pages.sheets.rows import SheetOptions
from service.pages.sheets.sheet_event import made_cells
from service.replay.manifests.replacing import replace

SUFFIXES: Final = (".xlsx", ".csv")
"""The suffixes of files that are written back."""


def complete(file: Path, options: SheetOptions, ids: Collection[str] | None) -> None:
    """Write the ids and keys into empty cells of the columns for them; everything else in the file stays.

    A sheet without these columns gets them after its last one. Only rows get them whose events have one of these ids;
    all if `ids` is None.

    Raises ValueError if the file cannot be read or written.
    """
    try:
        content = file.read_bytes()
        is_workbook = file.suffix.lower() == SUFFIXES[0]
        lines = content.splitlines(keepends=True)
        found = of_workbook(content, options) if is_workbook else of_csv(lines, options)
        events = [one for one in found.events if ids is None or one.content["id"] in ids]
        cells = made_cells(events)
        if not cells:
            of = "" if ids is None else "for what was recorded, "
            report(f"{of}{file} has all ids and keys already, so it stays as it is")
            return
        replace(file, completed(content, cells, is_workbook=is_workbook))
    except OSError as error:
        raise ValueError(f"{file} cannot be written: {error.strerror}") from None
    number = len({(one.place, column) for one in events for column in one.made})
    of = "" if ids is None else ", for the rows that are recorded"
    report(f"{number} ids and keys are written into {file}{of}")
