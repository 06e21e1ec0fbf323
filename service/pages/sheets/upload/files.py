"""Reads an uploaded file: a workbook, or a CSV file. `routes` calls it."""

from datetime import tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from service.pages.sheets.events import SheetEvents, of_csv, of_workbook
from service.pages.sheets.files.table import Bounds
from service.pages.sheets.names import Names
from service.pages.sheets.rows import SheetOptions

FILE_BYTES_MAX: Final = 4 * 1024 * 1024
BOUNDS: Final = Bounds(FILE_BYTES_MAX, 200, 16 * 1024 * 1024, 10_000, 200_000, 5_000_000, 500_000)
"""What is read of an upload. A workbook that a template became has some 100 kB and 3,000 rows, most of them empty."""
_ARCHIVE: Final = b"PK"


@cache
def zones() -> tuple[str, ...]:
    """Return the names of the time zones that can be chosen, such as Europe/London."""
    return tuple(sorted(one for one in available_timezones() if "/" in one and "Etc/" not in one))


def zone_called(name: str) -> tzinfo | None:
    """Return the time zone with this name; None if there is none that can be chosen."""
    return ZoneInfo(name) if name in zones() else None


def is_workbook(content: bytes) -> bool:
    """Return whether a file is read as a workbook. Every other one is read as CSV."""
    return content.startswith(_ARCHIVE)


def events_in(
    content: bytes, type_: str, zone: str, names: Names, organisation: str | None
) -> SheetEvents:
    """Return the events of a file. `type_` is that of a CSV file's rows, "" if a column has it.

    Rows that name no organisation are about the given one, if one is given.

    Raises ValueError for a file that cannot be read, and SheetsRefused with every fault.
    """
    given = None if is_workbook(content) else type_ or None
    options = SheetOptions(
        given, zone=zone_called(zone), bounds=BOUNDS, names=names, organisation=organisation
    )
    if is_workbook(content):
        return of_workbook(content, options)
    return of_csv(content.splitlines(keepends=True), options)
