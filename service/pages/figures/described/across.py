"""What compares cohorts: their numbers beside each other, and the themes that several of them have."""

from typing import Final

from service.pages.charts.bars import Bar, Group, bars
from service.pages.charts.geometry import Tone
from service.pages.charts.matrix import Count, Heading, of_counts
from service.pages.figures import fields
from service.pages.figures.described.describing import (
    Describe,
    Described,
    Drawing,
    Figure,
    Reader,
)
from service.pages.parts.records import heading

COHORTS_MAX: Final = 12
"""The number of cohorts that a drawing has room for. The numbers of more stand in the table."""

THEMES_MAX: Final = 40
"""The number of themes that a drawing has room for."""

_DRAWN: Final[tuple[tuple[str, Tone], ...]] = (
    *(("questions", "question"), ("planned", "good"), ("failures", "bad")),
    *(("learnings", "learning"), ("publications", "good"), ("participations", "peer")),
)


def compare_cohorts(figure: Figure, reader: Reader) -> Described:
    """Describe how much was recorded in each cohort. It is no ranking."""
    rows = figure["list"]
    if not rows:
        return reader.nothing()
    sentences = [reader.ngettext("%(count)s cohort.", "%(count)s cohorts.", len(rows))]
    if len(rows) == 1:
        sentences.append(reader.gettext("There is no other one to compare it with."))
    else:
        sentences.append(
            reader.gettext(
                "They stand in the order in which they were recorded. This is not a ranking: each had its own question."
            )
        )
    if not 1 < len(rows) <= COHORTS_MAX:
        return Described(sentences)
    titles = {**fields.titles(reader.language), "planned": reader.gettext("Trials")}
    named = [heading(row["cohortSubject"], row["cohort"]) for row in rows]
    drawings = []
    for field, tone in _DRAWN:
        beside = [
            Bar(one.text, row[field], text=reader.number(row[field]), language=one.language)
            for one, row in zip(named, rows, strict=True)
        ]
        if any(one.count for one in beside):
            drawings.append(Drawing("bars", bars([Group(titles[field], beside, tone)])))
    return Described(sentences, drawings)


def recurring_themes(figure: Figure, reader: Reader) -> Described:
    """Describe which themes several cohorts have, and how much of each cohort is about them."""
    rows = figure["list"]
    if not rows:
        return reader.nothing()
    sentence = reader.ngettext(
        "%(count)s theme occurs in at least two cohorts.",
        "%(count)s themes occur in at least two cohorts.",
        len(rows),
    )
    columns = {
        one["cohort"]: heading(one["cohortSubject"], one["cohort"])
        for row in rows
        for one in row["cohorts"]
    }
    if len(columns) > COHORTS_MAX:
        return Described((sentence,))
    drawn = rows[:THEMES_MAX]
    matrix = of_counts(
        {row["theme"]: Heading(row["theme"]) for row in drawn},
        columns,
        {
            (row["theme"], one["cohort"]): Count(
                one["questions"] + one["failures"] + one["learnings"]
            )
            for row in drawn
            for one in row["cohorts"]
        },
        titles=(reader.gettext("Theme"), reader.gettext("Cohort")),
    )
    title = reader.gettext("How many questions, failures and learnings have a theme, by cohort")
    notes = []
    if len(rows) > len(drawn):
        notes.append(
            reader.gettext(
                "Those of the most cohorts are drawn; the table has all of them.",
            )
        )
    return Described((sentence,), (Drawing("matrix", matrix, title),), notes)


DESCRIBE: dict[str, Describe] = {
    "compareCohorts": compare_cohorts,
    "recurringThemes": recurring_themes,
}
