"""Reads CSV files in UTF-8, with commas, semicolons or tabs between the cells."""

import csv
from collections.abc import Iterable, Sequence
from typing import Final

from events.vocabulary.values.strict_json import unmarked
from service.pages.sheets.files.table import WIDE, Bounds, Row, Table

_DELIMITERS: Final = ",;\t"


def table_of(lines: Iterable[bytes], bounds: Bounds = WIDE) -> Table:
    """Return the table that the lines of a file are. Raises ValueError if they are no CSV in UTF-8, or too much."""
    texts = []
    size = 0
    for number, line in enumerate(lines, 1):
        size += len(line)
        if size > bounds.file_bytes_max:
            raise ValueError(f"the file is larger than {bounds.file_bytes_max:,} bytes, unpacked")
        try:
            texts.append((unmarked(line) if number == 1 else line).decode())
        except UnicodeDecodeError:
            raise ValueError(f"line {number} is not UTF-8 text; save the file as UTF-8") from None
    delimiter = delimiter_of(texts)
    rows, cells_found = [], 0
    try:
        for number, cells in enumerate(csv.reader(texts, delimiter=delimiter, strict=True), 1):
            found = {column: text.strip() for column, text in enumerate(cells, 1) if text.strip()}
            if found:
                rows.append(Row(number, found))
                cells_found += len(found)
                bounds.check(len(rows), cells_found)
    except csv.Error as error:
        raise ValueError(f"the file is no CSV: {error}") from None
    return Table(None, rows)


def delimiter_of(texts: Sequence[str]) -> str:
    """Return what parts the cells of a file with these lines: what is most often in the first one that is not blank."""
    header = next((text for text in texts if text.strip()), "")
    return max(_DELIMITERS, key=header.count)
