"""CSV: a row for each event, and a column for each field of any type. Lists are JSON. Exact lines are not included."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any, Final

import orjson

from events.vocabulary.catalogue import Catalogue
from events.vocabulary.values.times import as_text, moment
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.event import ReplayedEvent, decoded
from service.replay.formats.columns import ENVELOPE, data_columns
from service.replay.formats.members import DATA


class Csv:
    """Writes flat rows of text (RFC 4180, UTF-8, with newlines as line ends)."""

    def __init__(self, catalogue: Catalogue, cohorts: CohortIndex, amendments: Amendments) -> None:
        self._catalogue = catalogue
        self._cohorts = cohorts
        self._amendments = amendments
        self._data: Final = data_columns(catalogue)

    def head(self) -> bytes:
        """Return the row of column names."""
        names = ["position", "time", "time_utc", "recordedtime", *ENVELOPE]
        names += ["cohort", "voided_by", "corrected_by"]
        for name, kind in self._data.items():
            parts = ("_amount", "_currency") if kind == "money" else ("",)
            names += [f"{DATA}{name}{part}" for part in parts]
        return _rows([names])

    def page(self, lines: bytes) -> bytes:
        """Return a row for each line."""
        return _rows([self._row(event) for event in decoded(lines, self._catalogue)])

    def tail(self) -> Iterable[bytes]:
        """Return nothing: the format has no ending."""
        return ()

    def _row(self, event: ReplayedEvent) -> list[Any]:
        content, data, at = event.content, event.data, [event.position]
        row = [event.position, content["time"], as_text(moment(content["time"]))]
        row.append(content["recordedtime"])
        row += [event.type if name == "type" else content.get(name) for name in ENVELOPE]
        row.append(self._cohorts.of(event))
        row += [*self._amendments.voided_by(at), *self._amendments.corrected_by(at)]
        for name, kind in self._data.items():
            value = data.get(name)
            if kind == "money":
                row += [value["amount"], value["currency"]] if value else [None, None]
            elif kind in ("list", "boolean") and value is not None:
                row.append(orjson.dumps(value).decode())
            else:
                row.append(value)
        return row


def _rows(rows: list[list[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
