"""The download of a cohort: its tables as CSV, their dictionary and a README, in a ZIP file.

The same rows at the same position make the same bytes.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any, Final
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from service.pages.commons.downloads.dictionary import dictionary
from service.pages.commons.downloads.tables import Column, Table
from service.pages.frame.addresses import of_kind
from service.pages.frame.page import Answer
from service.pages.frame.site import Site
from service.replay.formats.cell import harmless

MEDIA_TYPE: Final = "application/zip"

_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can have for its entries."""
_UNIX: Final = 3

_README: Final = """{title}
{rule}

What is public of this cohort, complete up to position {position} of its log.
{address}
{licence}
Tables, with their numbers of rows
----------------------------------
{tables}

datapackage.json describes each table and each column (https://datapackage.org).
The files are in UTF-8. A cell without a value is empty. A list is a JSON array.
Times are in UTC.

A text that begins with = + - or @ has an apostrophe (') before it here, because
spreadsheets would take it for a formula.

What is not here
----------------
Everything that is not public, the names of persons, who recorded what and with which
program, and what programs added beyond the vocabulary.

The events themselves
---------------------
{site}/events?stream={stream}
returns, as lines of JSON, every event of the cohort that is public; a key shows
what its holder may see, too.
"""


class TooLarge(Exception):
    """A table has more rows than a download may have."""


def archive(answer: Answer, site: Site, of: Sequence[Table]) -> bytes | None:
    """Return the download as a ZIP file, None if there is no such cohort for the public. Raises TooLarge."""
    cohort = answer["cohort"]
    if cohort is None:
        return None
    rows = {one.name: _rows(cohort, one) for one in of}
    key, title, position = cohort["key"], cohort["title"], answer["liveCursor"]
    address = site.address + of_kind("cohort", key)
    described = dictionary(key, title, address, site.licence, position, of)
    readme = _README.format(
        title=title,
        rule="=" * min(len(title), 80),
        position=position,
        address=address,
        licence=f"\nLicence: {site.licence.name} {site.licence.address}\n" if site.licence else "",
        tables="\n".join(f"{one.name}.csv: {len(rows[one.name])}" for one in of),
        site=site.address,
        stream=quote(f"cohort/{key}"),
    )
    made = BytesIO()
    with ZipFile(made, "w") as file:
        _add(file, "README.txt", readme.encode())
        _add(file, "datapackage.json", orjson.dumps(described, option=orjson.OPT_INDENT_2))
        for one in of:
            _add(file, f"{one.name}.csv", table(one.columns, rows[one.name]))
    return made.getvalue()


def table(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows of the graph's answer as CSV (RFC 4180), with a row of names first."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(column.name for column in columns)
    writer.writerows([cell(column.value(row)) for column in columns] for row in rows)
    return text.getvalue().encode()


def cell(value: Any) -> str:
    """Return a value as the text of a cell. A text that would be a formula begins with an apostrophe."""
    match value:
        case None:
            return ""
        case str():
            return str(harmless(value))
        case _:
            return orjson.dumps(value).decode()


def _rows(cohort: Mapping[str, Any], one: Table) -> Sequence[Mapping[str, Any]]:
    if one.field is None:
        return [cohort]
    found = cohort[one.field]
    if found["pageInfo"]["hasNextPage"]:
        raise TooLarge
    nodes: Sequence[Mapping[str, Any]] = found["nodes"]
    return nodes


def _add(file: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, _FIRST_DAY)
    entry.create_system = _UNIX
    entry.external_attr = 0o644 << 16
    entry.compress_type = ZIP_DEFLATED
    file.writestr(entry, content)
