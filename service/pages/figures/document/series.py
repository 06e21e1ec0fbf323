"""Numbers of figures by month, quarter or year: the figure of each step is computed for itself, by its definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from service.graphql.figure_documents import units
from service.graphql.insights.glossary import COUNT
from service.pages.charts.bars import Bar, Group, bars
from service.pages.charts.geometry import Tone
from service.pages.charts.table import Cell, Column, Table
from service.pages.figures import fields
from service.pages.figures.described.describing import Drawing
from service.pages.figures.document.definition import Section
from service.pages.figures.document.evidence import Evidence
from service.pages.figures.document.period import (
    INSTANT,
    Counted,
    Period,
    step_name,
)
from service.pages.figures.fitting import titles
from service.pages.frame.language import Language

_TONES: Final[Mapping[str, Tone]] = {
    "questions": "question",
    "planned": "good",
    "failures": "bad",
    "learnings": "learning",
    "participations": "peer",
    "adopted": "learning",
}
_NOTHING: Final = "-"


Step = tuple[str, Mapping[str, Any]]
"""A month, quarter or year by its name, with the figures over it."""


@dataclass(frozen=True)
class Series:
    """A drawing for each number, and all of them as a table with the sum of time as its last row.

    `withheld` are the titles of the figures that the viewer may not have.
    """

    drawings: Sequence[Drawing]
    table: Table
    withheld: Sequence[str]


def series(section: Section, counted: Counted, evidence: Evidence, language: Language) -> Series:
    """Return the numbers of a section by its interval. Raises TooManySteps.

    What was counted before the first and after the last step has a row, too.
    """
    _ = language.gettext
    names = list(dict.fromkeys(one.partition(".")[0] for one in section.numbers))
    rows, whole = _steps(section, names, counted, evidence, language)
    given = [one for one in section.numbers if whole[one.partition(".")[0]] is not None]
    headings = _headings(given, language)
    drawings = [
        _drawing(one, headings[one], rows, language) for one in given if _counts(whole, [one])
    ]
    columns = [Column("time", _("Time")), *(Column(one, headings[one], True) for one in given)]
    cells = [
        [Cell(name), *(_cell(one, found, language) for one in given)]
        for name, found in (*rows, (_("All"), whole))
    ]
    withheld = [titles(language)[name] for name in names if whole[name] is None]
    return Series(drawings, Table(columns, cells), withheld)


def _steps(
    section: Section,
    names: Sequence[str],
    counted: Counted,
    evidence: Evidence,
    language: Language,
) -> tuple[Sequence[Step], Mapping[str, Any]]:
    """Return the steps, and the figures over all of the time.

    At an end at which the period is open, what is outside comes in a step of its own, if anything was counted there;
    else, steps without a count are left out.
    """
    period, bounds = counted.period, _bounds(counted, evidence)
    by = section.by or bounds.fitting_interval
    steps = bounds.steps(by)
    outside = (Period(None, bounds.begin), Period(bounds.end, None))
    asked = [replace(counted, period=one) for one in (period, *outside, *steps)]
    (whole, before, after, *inside), _are_partial = zip(
        *evidence.figures([(names, one) for one in asked]), strict=True
    )
    found = [
        (step_name(one, by, language), given) for one, given in zip(steps, inside, strict=True)
    ]
    filled = [place for place, one in enumerate(found) if _counts(one[1], section.numbers)]
    is_before = period.begin is None and _counts(before, section.numbers)
    is_after = period.end is None and _counts(after, section.numbers)
    first = filled[0] if filled and not period.begin and not is_before else 0
    end = filled[-1] + 1 if filled and not period.end and not is_after else len(found)
    rows = found[first:end]
    if is_before:
        rows.insert(0, (language.gettext("before"), before))
    if is_after:
        rows.append((language.gettext("after"), after))
    return rows, whole


def _bounds(counted: Counted, evidence: Evidence) -> Period:
    """Return the period with both ends: by default those of what was recorded in the cohorts."""
    times = sorted(
        row["time"]
        for table in evidence.tables.values()
        if {"time", "cohort"} <= table.rows.values.keys()
        for row in table
        if counted.has(row)
    )
    first, last = (times[0], times[-1]) if times else (counted.at, counted.at)
    return Period(counted.period.begin or first, counted.period.end or last + INSTANT)


def _number(name: str, found: Mapping[str, Any]) -> float | None:
    figure, _, field = name.partition(".")
    value: float | None = None if found[figure] is None else found[figure][field]
    return value


def _counts(found: Mapping[str, Any], names: Sequence[str]) -> bool:
    return any(_number(name, found) for name in names)


def _cell(name: str, found: Mapping[str, Any], language: Language) -> Cell:
    value = _number(name, found)
    return Cell(value, text=_NOTHING if value is None else language.number(value, 2))


def _headings(names: Sequence[str], language: Language) -> Mapping[str, str]:
    """Return what each number is called: by its field, and by its figure where that is not enough."""
    of_figures, of_fields = titles(language), fields.titles(language)
    found = {}
    for name in names:
        figure, _, field = name.partition(".")
        same = [one for one in names if one.partition(".")[2] == field]
        if name == "funnel.planned":
            found[name] = language.gettext("Trials")
        elif field == "n":
            found[name] = of_figures[figure]
        elif len(same) > 1 or units(figure)[field] != COUNT:
            found[name] = f"{of_figures[figure]}: {of_fields[field]}"
        else:
            found[name] = of_fields[field]
    return found


def _drawing(name: str, title: str, rows: Sequence[Step], language: Language) -> Drawing:
    drawn = []
    for step, found in rows:
        value = _number(name, found)
        text = _NOTHING if value is None else language.number(value, 2)
        drawn.append(Bar(step, max(value or 0, 0), text=text))
    tone = _TONES.get(name.partition(".")[2], "question")
    return Drawing("bars", bars([Group(title, drawn, tone)]), title)
