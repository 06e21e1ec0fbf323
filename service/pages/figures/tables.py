"""The tables of a figure: its single values, and each of its lists of rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from service.graphql.figure_documents import types, units
from service.graphql.figure_tables import is_rows, lists, single
from service.pages.charts.table import Cell, Column, Table
from service.pages.figures import fields
from service.pages.frame import terms
from service.pages.frame.language import Language
from service.pages.parts.records import heading

_SUBJECT: Final = "Subject"
"""The end of the names of fields with the subject of a key."""

_CHILDREN: Final = "children"
_MOMENTS: Final = ("first", "last")
_OF_ROW: Final = ("framings",)
"""Fields with wordings of the subject of their row."""

_PARTS: Final[Mapping[str, Sequence[tuple[str, ...]]]] = {
    "compareCohorts": (
        (
            *("organisations", "questions", "planned", "concluded", "failures", "learnings"),
            *("publications", "participations"),
        ),
        ("reframed", "tried", "answered", "parked", "started", "adopted"),
        ("timeToFirstIteration", "learningVelocity", "failFast", "medianSlope", "lift"),
        ("failureConversion", "doubleLoop", "corroborated", "thinDecisions", "openness"),
        (
            *("substantiated", "avoidableRepeats", "intelligentShare"),
            *("retention", "sustained"),
        ),
    ),
}
"""The fields of rows that have more of them than stand beside each other, in parts that do."""


def tables(name: str, figure: Mapping[str, Any], language: Language) -> list[Table]:
    """Return the tables of the figure with this name, as the graph gave it with its subjects."""
    shown = _Shown(name, language)
    found = []
    values = [key for key in single(figure) if not _is_subject(key)]
    if values:
        columns = (
            Column("field", language.gettext("Value")),
            Column("value", language.gettext("Number"), numeric=True),
        )
        rows = [[Cell(shown.titles.get(key, key)), shown.cell(key, figure)] for key in values]
        found.append(Table(columns, rows))
    for key, listed in lists(figure).items():
        if listed and not _is_subject(key):
            caption = "" if name in _PARTS else shown.titles.get(key, key)
            for part in _PARTS.get(name, [()]):
                found.append(shown.table(caption, list(_flat(listed)), part))
    return found


def _flat(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the rows, those of trees one after the other, and organisations by name: it is no ranking."""
    if all("organisationSubject" in row for row in rows):
        rows = sorted(rows, key=lambda row: _name(row).casefold())
    for row in rows:
        yield row
        yield from _flat(row.get(_CHILDREN, ()))


def _name(row: Mapping[str, Any]) -> str:
    return heading(row["organisationSubject"], row["organisation"]).text


def _language(key: str, row: Mapping[str, Any]) -> str | None:
    """Return the language of a list of texts: that of the subjects that it names, if it is one, or of the row's."""
    if key in _OF_ROW:
        named = [row[one] for one in row if one.endswith(_SUBJECT)]
    else:
        named = row.get(f"{key.removesuffix('s')}{_SUBJECT}s", [])
    found = {None if one is None else one.get("language") for one in named}
    return found.pop() if len(found) == 1 else None


def _is_subject(key: str) -> bool:
    return key.endswith((_SUBJECT, f"{_SUBJECT}s"))


class _Shown:
    """The values of one figure as cells, in one language."""

    def __init__(self, figure: str, language: Language) -> None:
        self.titles = fields.titles(language)
        self._steps = fields.steps(language)
        self._language = language
        self._types = types(figure)
        self._units = units(figure)

    def table(
        self, caption: str, rows: Sequence[Mapping[str, Any]], part: Sequence[str] = ()
    ) -> Table:
        """Return rows with the same fields as a table; with a part, its first field and those of the part."""
        keys = [key for key in rows[0] if not (_is_subject(key) or key in ("items", _CHILDREN))]
        if part:
            keys = [keys[0], *part]
        columns = [Column(key, self.titles.get(key, key), key in self._units) for key in keys]
        return Table(columns, [[self.cell(key, row) for key in keys] for row in rows], caption)

    def cell(self, key: str, row: Mapping[str, Any]) -> Cell:
        """Return the value of a field, with the name and the address of its subject if it is a key."""
        value = row[key]
        if f"{key}{_SUBJECT}" in row and value is not None:
            named = heading(row[f"{key}{_SUBJECT}"], value)
            return Cell(value, named.href, named.text, named.language)
        if isinstance(value, list):
            return Cell(None, text=self._listed(key, row), language=_language(key, row))
        return Cell(value, text=self._text(key, value))

    def _listed(self, key: str, row: Mapping[str, Any]) -> str:
        values = row[key]
        if (subjects := row.get(f"{key.removesuffix('s')}{_SUBJECT}s")) is not None:
            return ", ".join(heading(*one).text for one in zip(subjects, values, strict=True))
        if is_rows(values):
            return "; ".join(map(self._inner, values))
        if key == "sequence":
            return "; ".join(self._steps.get(one, one) for one in values)
        return "; ".join(self._text(key, one) for one in values)

    def _inner(self, row: Mapping[str, Any]) -> str:
        """Return a row within a cell: its first value, with its second, or with those of the others that are not 0."""
        first, *others = (name for name in row if not _is_subject(name))
        named = self.cell(first, row).shown
        if len(others) == 1:
            return f"{named}: {self._text(others[0], row[others[0]])}"
        values = (
            f"{self.titles.get(name, name)}: {self._text(name, row[name])}"
            for name in others
            if row[name]
        )
        return f"{named} ({', '.join(values)})"

    def _text(self, key: str, value: Any) -> str:
        if value is None:
            return "-"
        if key in _MOMENTS:
            return self._language.day(value)
        if key in self._types:
            return self._language.gettext(terms.title(self._types[key], value))
        if isinstance(value, int | float):
            return self._language.number(value, 2)
        return str(value)
