"""The rows of an analysts' table in a report: in the words of the vocabulary, each with its record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from projections.folding.tables import Row
from projections.tables.columns import TableColumn
from projections.tables.tables import TABLES
from service.graphql.node_ids import ENTRY
from service.pages.charts.table import Cell, Column, Table
from service.pages.figures import fields
from service.pages.figures.document.evidence import Evidence
from service.pages.figures.document.linked import linked
from service.pages.figures.document.period import Counted
from service.pages.frame import addresses, names
from service.pages.frame.language import Language
from service.pages.parts.records import heading

ROWS_MAX: Final = 1_000

_CODES: Final = frozenset(
    {
        *("key", "visibility", "time_precision", "state", "language", "country", "links", "url"),
        *("cost_currency", "unit", "licence", "facilitator", "name"),
    }
)
"""The columns with texts that are in no language."""


@dataclass(frozen=True)
class Listed:
    """A table with the first of `total` rows."""

    table: Table
    total: int

    @property
    def shown(self) -> int:
        """The number of rows in it."""
        return len(self.table.rows)


def listed(
    name: str, shown: Sequence[str], evidence: Evidence, counted: Counted, language: Language
) -> Listed:
    """Return the rows of a table that are counted, the earliest first, with these columns."""
    known = {column.name: column for column in TABLES[name].columns}
    chosen = [known[one] for one in shown]
    found = [row for row in evidence.tables[name] if _is_counted(name, row, evidence, counted)]
    found.sort(key=lambda row: (_time(row) is None, _time(row) or counted.at))
    columns = [
        *(Column(one.name, _title(one.name, language)) for one in chosen),
        Column("record", language.gettext("Record and position")),
    ]
    rows = [
        [
            *(_cell(one, row[one.name], row, evidence, language) for one in chosen),
            _record(name, row, evidence),
        ]
        for row in found[:ROWS_MAX]
    ]
    table = linked(Table(columns, rows), lambda href: href, language.tag)
    return Listed(table, len(found))


def _title(name: str, language: Language) -> str:
    """Return what a column is called: as in figures, else as on other pages."""
    first, *others = name.split("_")
    in_graph = "".join((first, *(one.capitalize() for one in others)))
    return fields.titles(language).get(in_graph) or language.gettext(names.field_name(name))


def _time(row: Row) -> datetime | None:
    time: datetime | None = row.get("time") or row.get("joined_at")
    return time


def _is_counted(name: str, row: Row, evidence: Evidence, counted: Counted) -> bool:
    time = _time(row)
    if time is not None and not (counted.period.has(time) and time <= counted.at):
        return False
    if name not in ("cohorts", "organisations"):
        return counted.is_of(row)
    kind = name.removesuffix("s")
    if not (counted.cohorts or counted.organisation):
        return True
    if kind == "organisation" and not counted.cohorts:
        return bool(row["key"] == counted.organisation)
    if kind == "cohort" and counted.organisation is None:
        return row["key"] in counted.cohorts
    memberships = evidence.tables["memberships"]
    return any(one[kind] == row["key"] and counted.is_of(one) for one in memberships)


def _record(name: str, row: Row, evidence: Evidence) -> Cell:
    kind = TABLES[name].kind
    if kind is not None:
        stream = f"{kind}/{row['key']}"
        return Cell(
            stream, evidence.address(addresses.of_stream(stream)), f"{stream} ({row['position']})"
        )
    position = row.get("position") or row.get("joined_position")
    if position is None:
        return Cell("")
    return Cell(f"{ENTRY}/{position}", evidence.address(f"/events/{position}"))


def _cell(
    column: TableColumn, value: Any, row: Row, evidence: Evidence, language: Language
) -> Cell:
    if isinstance(value, list):
        cells = [_cell(column, one, row, evidence, language) for one in value]
        languages = {one.language for one in cells}
        return Cell(
            ", ".join(one.shown for one in cells),
            language=languages.pop() if len(languages) == 1 else None,
        )
    if value is not None and column.refers:
        stream = f"{column.prefix}{value}"
        named = heading(evidence.of_stream(stream), str(value))
        href = None if named.href is None else evidence.address(named.href)
        return Cell(value, href, named.text, named.language)
    is_words = isinstance(value, str) and column.terms is None and column.name not in _CODES
    return Cell(
        None,
        text=_text(column, value, language),
        language=evidence.language(row) if is_words else None,
    )


def _text(column: TableColumn, value: Any, language: Language) -> str:
    if column.terms is not None and value is not None:
        return language.gettext(
            next((one.title for one in column.terms.terms if one.value == value), str(value))
        )
    match value:
        case None:
            return ""
        case bool():
            return language.gettext("yes") if value else language.gettext("no")
        case date():
            return language.day(value)
        case float():
            return language.number(value, 2)
        case _:
            return str(value)
