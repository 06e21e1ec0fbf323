"""What a report shows: its sections with their figures, numbers and tables, and the records that these count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.access.principal import Role
from service.graphql.figure_documents import definition as exact_definition
from service.graphql.figure_documents import units
from service.graphql.insights.glossary import COUNT
from service.pages.charts.table import Table
from service.pages.figures import fields, tables
from service.pages.figures.described.describing import Described, Reader, described
from service.pages.figures.document.citations import Citations, Counted, citations
from service.pages.figures.document.definition import Definition, Section, ignores_period
from service.pages.figures.document.evidence import Answers, Evidence, Viewer
from service.pages.figures.document.linked import linked
from service.pages.figures.document.listed import Listed, listed
from service.pages.figures.document.period import Period
from service.pages.figures.document.series import Series, series
from service.pages.figures.document.usual import columns, usual_sections
from service.pages.figures.fitting import DESCRIBE, titles
from service.pages.frame.language import Language
from service.pages.parts.glossary import Explained, explained
from service.pages.parts.meanings import WORDS, meanings

BESIDE_COLUMNS_MAX: Final = 3
"""The number of columns for which a table has room beside a drawing."""


class NothingToReport(ValueError):
    """The viewer sees no such cohort, or nothing at all."""


@dataclass(frozen=True)
class ReportedFigure:
    """A figure of a section. `key` is its anchor; that of its records is `records-` and the key.

    `words` are those of the report, `meaning` says what is counted in plain words. `period` is empty for all time.
    """

    key: str
    name: str
    title: str
    words: Sequence[str]
    meaning: str
    period: str
    n: int | None
    described: Described
    tables: Sequence[Table]
    citations: Sequence[Citations]

    @property
    def is_wide(self) -> bool:
        """Whether its tables have no room beside its drawings."""
        return any(len(one.columns) > BESIDE_COLUMNS_MAX for one in self.tables)

    def label(self, table: Table) -> str:
        """Return what a table of it is called among those of other figures, and of the same in another period."""
        return ", ".join(filter(None, (self.title, self.period, table.caption)))

    @property
    def cited(self) -> int:
        """How many records it counts."""
        return sum(one.total for one in self.citations)


@dataclass(frozen=True)
class ReportedSection:
    """A section. `period` is empty if it is that of the report, and `withheld` are titles of figures not given."""

    key: str
    title: str
    words: Sequence[str]
    period: str
    figures: Sequence[ReportedFigure]
    series: Series | None
    listed: Listed | None
    withheld: Sequence[str]


@dataclass(frozen=True)
class Defined:
    """A figure's exact definition. `units` are those of its numbers, in words, if they are not counts."""

    name: str
    title: str
    text: str
    units: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Report:
    """A report: what it is about, its sections, what its words mean and how its figures are defined."""

    language: Language
    title: str
    readers: str | None
    words: Sequence[str]
    cohorts: Sequence[Mapping[str, Any]]
    period: str
    at: datetime
    position: int
    viewer: Viewer
    viewer_places: Sequence[str]
    is_partial: bool
    sections: Sequence[ReportedSection]
    glossary: Sequence[Explained]
    defined: Sequence[Defined]

    @property
    def running(self) -> str:
        """The words on every sheet: who may read it."""
        _ = self.language.gettext
        match self.viewer.role:
            case Role.PUBLIC:
                return _("Public: this report has only what is public.")
            case Role.ANALYST:
                return _("For members: this report has what every member of the cohort may see.")
            case Role.ORGANISATION | Role.GUEST:
                return _(
                    "Private: this report has what only one organisation may see. Do not pass it on."
                )
            case _:
                return _(
                    "Private: this report has what only facilitators and evaluators may see. Do not pass it on."
                )

    @property
    def figures(self) -> Sequence[ReportedFigure]:
        """All figures, in order."""
        return [figure for section in self.sections for figure in section.figures]


class _Reader(Reader):
    """The reader of a report, in which all records of a figure are listed at one place."""

    def those(self, **classes: str | None) -> str:
        return self.records


def report(definition: Definition, evidence: Evidence, language: Language) -> Report:
    """Return the report. Raises NothingToReport and TooManySteps."""
    for key in definition.cohorts:
        if f"cohort/{key}" not in evidence.rows:
            raise NothingToReport(f"cohort {key}: this viewer sees no such cohort")
    at = definition.at or evidence.last_day
    if at is None:
        raise NothingToReport("this viewer sees nothing in the log")
    return _Writing(definition, evidence, language, at).report()


class _Writing:
    """A report while it is made. Each figure is computed once for each period."""

    def __init__(
        self, definition: Definition, evidence: Evidence, language: Language, at: datetime
    ) -> None:
        self._definition = definition
        self._evidence = evidence
        self._language = language
        self._at = at
        self._sections = definition.sections or usual_sections(language)
        self._cohorts = [evidence.rows[f"cohort/{key}"] for key in definition.cohorts]
        self._answers = self._asked()
        self._keys: dict[str, int] = {}

    def report(self) -> Report:
        """Return the report."""
        definition, evidence, language = self._definition, self._evidence, self._language
        sections = [self._section(one, number) for number, one in enumerate(self._sections, 1)]
        names = dict.fromkeys(
            [one.name for section in sections for one in section.figures]
            + [one.partition(".")[0] for section in self._sections for one in section.numbers]
        )
        lists = dict.fromkeys(list_ for name in names for list_ in WORDS.get(name, ()))
        viewer = evidence.viewer
        places = [evidence.cohort_name(key) for key in sorted(viewer.cohorts)]
        if viewer.organisation is not None:
            row = evidence.rows.get(f"organisation/{viewer.organisation}")
            places = [viewer.organisation if row is None else str(row["name"])]
        return Report(
            language,
            definition.title or self._title(),
            definition.readers,
            _paragraphs(definition.words),
            self._cohorts,
            self._period(None).words(language),
            self._at,
            evidence.position,
            viewer,
            places,
            any(partial for _, partial in self._answers.values()),
            sections,
            explained(lists, language),
            [self._defined(name) for name in names],
        )

    def _title(self) -> str:
        if len(self._cohorts) == 1:
            return str(self._cohorts[0]["title"])
        return ", ".join(str(one["title"]) for one in self._cohorts) or self._language.gettext(
            "What organisations asked, tried and learned"
        )

    def _period(self, section: Section | None) -> Period:
        whole = self._definition
        if section is not None and not (section.from_ is None and section.to is None):
            return Period(section.from_, section.to)
        return Period(whole.from_, whole.to)

    def _asked(self) -> Mapping[Period, tuple[Answers, bool]]:
        names: dict[Period, dict[str, None]] = {self._period(None): {}}
        for section in self._sections:
            names.setdefault(self._period(section), {}).update(dict.fromkeys(section.figures))
        # Without any name, there is still to say whether something is hidden.
        return {
            period: self._evidence.figures(list(found) or ["funnel"], period, self._at)
            for period, found in names.items()
        }

    def _section(self, section: Section, number: int) -> ReportedSection:
        language, evidence = self._language, self._evidence
        period = self._period(section)
        counted = Counted(self._definition.cohorts, period, self._at)
        answers, _partial = self._answers[period]
        numbers = series(section, counted, evidence, language) if section.numbers else None
        withheld = [titles(language)[name] for name in section.figures if answers[name] is None]
        rows = None
        if section.table is not None:
            rows = listed(section.table, columns(section), evidence, counted, language)
        return ReportedSection(
            f"section-{number}",
            section.title,
            _paragraphs(section.words),
            "" if period == self._period(None) else period.words(language),
            [
                self._figure(name, answer, counted)
                for name in section.figures
                if (answer := answers[name]) is not None
            ],
            numbers,
            rows,
            [*withheld, *(numbers.withheld if numbers else ())],
        )

    def _figure(self, name: str, figure: Mapping[str, Any], counted: Counted) -> ReportedFigure:
        language, evidence = self._language, self._evidence
        self._keys[name] = self._keys.get(name, 0) + 1
        key = name if self._keys[name] == 1 else f"{name}-{self._keys[name]}"
        if ignores_period(name):
            counted = Counted(counted.cohorts, Period(), counted.at)
        own = self._definition.figures.get(name)
        closed_at = self._cohorts[0]["closed_at"] if len(self._cohorts) == 1 else None
        _answers, is_partial = self._answers[self._period(None)]
        reader = _Reader(language, f"#records-{key}", is_partial, closed_at, self._at)
        return ReportedFigure(
            key,
            name,
            own.title if own is not None and own.title else titles(language)[name],
            _paragraphs(own.words if own is not None else ""),
            meanings(language)[name],
            counted.period.words(language),
            figure.get("n"),
            linked(described(DESCRIBE[name], figure, reader), evidence.address),
            linked(self._tables(name, figure), evidence.address),
            citations(name, figure, evidence, counted, language, self._definition.records_max),
        )

    def _tables(self, name: str, figure: Mapping[str, Any]) -> Sequence[Table]:
        """Return the tables of a figure, without one that only repeats its number of things."""
        n = fields.titles(self._language)["n"]
        return [
            one
            for one in tables.tables(name, figure, self._language)
            if [row[0].shown for row in one.rows] != [n]
        ]

    def _defined(self, name: str) -> Defined:
        of_fields = fields.titles(self._language)
        return Defined(
            name,
            titles(self._language)[name],
            exact_definition(name),
            [
                (of_fields.get(field, field), unit)
                for field, unit in units(name).items()
                if unit != COUNT
            ],
        )


def _paragraphs(text: str) -> Sequence[str]:
    """Return the paragraphs of a text, which empty lines part."""
    return [" ".join(one.split()) for one in text.split("\n\n") if one.strip()]
