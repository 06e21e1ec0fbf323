"""CSV for people: a spreadsheet program opens it with the right letters, times as times, and no text as a formula.

It has the columns of the selected types only. Exact values are in the other formats: times end with milliseconds here,
and a text that would be a formula begins with an apostrophe.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any, Final

import orjson

from events.vocabulary.catalogue import Catalogue
from events.vocabulary.values.times import as_text, moment
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.event import ReplayedEvent, decoded
from service.replay.formats.cell import harmless
from service.replay.formats.columns import data_columns
from service.replay.formats.members import DATA

_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, Excel does not read the file as UTF-8."""

_BEFORE: Final = ("type", "subject")
_AFTER: Final = (
    "actor",
    "visibility",
    "timeprecision",
    "source",
    "id",
    "correlationid",
    "causationid",
)
_TIME: Final = re.compile(
    r"(?P<day>[\d-]{10}).(?P<clock>[\d:]{8})(?:\.(?P<fraction>\d+))?(?P<zone>.*)"
)


class Excel:
    """Writes flat rows with the columns of some types: all of the catalogue if there are none."""

    def __init__(
        self,
        catalogue: Catalogue,
        cohorts: CohortIndex,
        amendments: Amendments,
        types: Sequence[str],
    ) -> None:
        self._catalogue = catalogue
        self._cohorts = cohorts
        self._amendments = amendments
        chosen = {found[0].name for name in types if (found := catalogue.find(name)) is not None}
        fields = {
            field.alias or name
            for kind in catalogue.kinds
            if kind.name in chosen or not chosen
            for name, field in kind.model.model_fields.items()
        }
        self._data = {
            name: kind for name, kind in data_columns(catalogue).items() if name in fields
        }

    def head(self) -> bytes:
        """Return the byte order mark and the row of column names."""
        names = ["position", "time_utc", "time_local", "offset", "recordedtime_utc", *_BEFORE]
        names += ["cohort", "voided_by", "corrected_by"]
        for name, kind in self._data.items():
            parts = ("_amount", "_currency") if kind == "money" else ("",)
            names += [f"{DATA}{name}{part}" for part in parts]
        return _BYTE_ORDER_MARK.encode() + _rows([[*names, *_AFTER]])

    def page(self, lines: bytes) -> bytes:
        """Return a row for each line."""
        return _rows([self._row(event) for event in decoded(lines, self._catalogue)])

    def tail(self) -> Iterable[bytes]:
        """Return nothing: the format has no ending."""
        return ()

    def _row(self, event: ReplayedEvent) -> list[Any]:
        content, data, at = event.content, event.data, [event.position]
        local, zone = _shown(content["time"])
        row = [event.position, _utc(content["time"]), local, zone, _utc(content["recordedtime"])]
        row += [event.type, event.subject, self._cohorts.of(event)]
        row += [*self._amendments.voided_by(at), *self._amendments.corrected_by(at)]
        for name, kind in self._data.items():
            value = data.get(name)
            if kind == "money":
                row += [value["amount"], value["currency"]] if value else [None, None]
            elif kind == "list" and value is not None:
                row.append("; ".join(map(str, value)))
            elif kind in ("boolean", "object") and value is not None:
                row.append(orjson.dumps(value).decode())
            else:
                row.append(value)
        return row + [content.get(name) for name in _AFTER]


def _utc(text: str) -> str:
    return _shown(as_text(moment(text)))[0]


def _shown(text: str) -> tuple[str, str]:
    """Return a time as a spreadsheet reads it, and its offset."""
    found = _TIME.fullmatch(text)
    assert found is not None
    fraction = (found["fraction"] or "")[:3].ljust(3, "0")
    shown = f"{found['day']} {found['clock']}"
    zone = "+00:00" if found["zone"] in "Zz" else found["zone"]
    return shown if fraction == "000" else f"{shown}.{fraction}", f"UTC{zone}"


def _rows(rows: list[list[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue().encode()
