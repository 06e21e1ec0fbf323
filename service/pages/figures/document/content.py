"""What a report shows: its sections with their figures, numbers and tables, and the records that these count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any, Final

from service.graphql.figure_documents import definition as exact_definition
from service.graphql.figure_documents import units
from service.graphql.insights.glossary import COUNT
from service.pages.charts.table import Table
from service.pages.figures import fields, tables
from service.pages.figures.described.describing import Described, Reader, described
from service.pages.figures.document.citations import Citations, citations
from service.pages.figures.document.definition import Definition, Section, ignores_period
from service.pages.figures.document.evidence import DEFAULT, Evidence, Given, Viewer
from service.pages.figures.document.linked import linked
from service.pages.figures.document.listed import Listed, listed
from service.pages.figures.document.period import Counted, Period
from service.pages.figures.document.readers import running, unseen
from service.pages.figures.document.series import Series, series
from service.pages.figures.document.usual import columns, usual_sections
from service.pages.figures.fitting import DESCRIBE_REPORTED, titles
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

    `words` are those of the report, `meaning` says what is counted in plain words. `about` is whose and when it counts,
    if that is not all.
    """

    key: str
    name: str
    title: str
    words: Sequence[str]
    meaning: str
    about: str
    n: int | None
    described: Described
    tables: Sequence[Table]
    citations: Sequence[Citations]

    @property
    def is_wide(self) -> bool:
        """Whether its tables have no room beside its drawings."""
        return any(len(one.columns) > BESIDE_COLUMNS_MAX for one in self.tables)

    def label(self, table: Table) -> str:
        """Return what a table of it is called among those of other figures, and of the same elsewhere."""
        columns = table.columns[1].title if len(self.tables) > 1 and not table.caption else ""
        return ", ".join(filter(None, (self.title, self.about, table.caption or columns)))

    @property
    def cited(self) -> int:
        """How many records it counts."""
        return sum(one.total for one in self.citations)


@dataclass(frozen=True)
class ReportedSection:
    """A section. `about` is whose and when it counts, if not as the report; `withheld` are figures not given."""

    key: str
    title: str
    words: Sequence[str]
    about: str
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
    """A report: what it is about, its sections, what its words mean and how its figures are defined.

    `title_language` is that of a title from the log, if it is not the report's. `range` is when its cohorts started, if
    they were chosen by that, and `organisation` the name of the one that it is about; else these are empty.
    """

    language: Language
    title: str
    title_language: str | None
    readers: str | None
    words: Sequence[str]
    cohorts: Sequence[Mapping[str, Any]]
    range: str
    organisation: str
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
        return running(self.viewer, self.language)

    @property
    def unseen(self) -> str:
        """What its viewer cannot see."""
        return unseen(self.viewer, self.language)

    @property
    def languages(self) -> Mapping[str, str]:
        """The languages of the titles of its cohorts, by their keys, if they are not that of the report."""
        return {
            str(one["key"]): tag
            for one in self.cohorts
            if (tag := one["language"] or DEFAULT) != self.language.tag
        }

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
    for part in (definition, *definition.sections):
        if part.organisation and f"organisation/{part.organisation}" not in evidence.rows:
            key = part.organisation
            raise NothingToReport(f"organisation {key}: this viewer sees no such organisation")
    at = definition.at or evidence.last_day
    if at is None:
        raise NothingToReport("this viewer sees nothing in the log")
    cohorts = _in_range(definition, evidence) if definition.has_range else definition.cohorts
    return _Writing(definition, cohorts, evidence, language, at).report()


def _in_range(definition: Definition, evidence: Evidence) -> Sequence[str]:
    first, end = definition.cohorts_from, definition.cohorts_to
    found = [
        row
        for row in evidence.tables["cohorts"]
        if (first is None or first <= row["starts_on"]) and (end is None or row["starts_on"] < end)
    ]
    if not found:
        raise NothingToReport("this viewer sees no cohort that starts in this time")
    return [
        str(row["key"])
        for row in sorted(found, key=lambda row: (row["starts_on"], row["position"]))
    ]


class _Writing:
    """A report while it is made. Each figure is computed once for each period and organisation."""

    def __init__(
        self,
        definition: Definition,
        cohorts: Sequence[str],
        evidence: Evidence,
        language: Language,
        at: datetime,
    ) -> None:
        self._definition = definition
        self._evidence = evidence
        self._language = language
        self._at = at
        self._cohorts = [evidence.rows[f"cohort/{key}"] for key in cohorts]
        self._sections = definition.sections or usual_sections(
            language,
            has_organisation=definition.organisation is not None,
            has_several=len(cohorts) != 1,
        )
        self._whole = Counted(
            tuple(cohorts), Period(definition.from_, definition.to), at, definition.organisation
        )
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
            places = [self._organisation(viewer.organisation)]
        title, title_language = self._title()
        return Report(
            language,
            title,
            title_language,
            definition.readers,
            _paragraphs(definition.words),
            self._cohorts,
            self._range(),
            self._organisation(definition.organisation),
            self._whole.period.words(language),
            self._at,
            evidence.position,
            viewer,
            places,
            any(partial for _, partial in self._answers.values()),
            sections,
            explained(lists, language),
            [self._defined(name) for name in names],
        )

    def _title(self) -> tuple[str, str | None]:
        """Return the title, and its language if that is not the report's."""
        _ = self._language.gettext
        if self._definition.title:
            return self._definition.title, None
        if self._definition.organisation:
            return self._organisation(self._definition.organisation), None
        if len(self._cohorts) == 1:
            [cohort] = self._cohorts
            language = self._evidence.language(cohort)
            return str(cohort["title"]), None if language == self._language.tag else language
        return _("What organisations asked, tried and learned"), None

    def _range(self) -> str:
        definition = self._definition
        if not definition.has_range:
            return ""
        begin, end = (
            None if day is None else datetime.combine(day, time(), UTC)
            for day in (definition.cohorts_from, definition.cohorts_to)
        )
        return Period(begin, end).words(self._language)

    def _organisation(self, key: str | None) -> str:
        """Return the name of an organisation; its key if the viewer does not see it."""
        row = self._evidence.rows.get(f"organisation/{key}")
        return key or "" if row is None else str(row["name"])

    def _counted(self, section: Section) -> Counted:
        """Return what a section counts: what the report does, unless it has a period or an organisation of its own."""
        found = self._whole
        if not (section.from_ is None and section.to is None):
            found = replace(found, period=Period(section.from_, section.to))
        if section.organisation is not None:
            found = replace(found, organisation=section.organisation)
        return found

    def _asked(self) -> Mapping[Counted, Given]:
        # Without any name, there is still to say whether something is hidden.
        names: dict[Counted, dict[str, None]] = {self._whole: {"funnel": None}}
        for section in self._sections:
            names.setdefault(self._counted(section), {}).update(dict.fromkeys(section.figures))
        asked = [(list(found), counted) for counted, found in names.items()]
        return dict(zip(names, self._evidence.figures(asked), strict=True))

    def _about(self, counted: Counted, usual: Counted) -> str:
        """Return whose and when it counts, as far as that differs from what is usual."""
        named = [] if counted.organisation == usual.organisation else [counted.organisation]
        times = [] if counted.period == usual.period else [counted.period.words(self._language)]
        return ", ".join(filter(None, [*map(self._organisation, named), *times]))

    def _section(self, section: Section, number: int) -> ReportedSection:
        language, evidence = self._language, self._evidence
        counted = self._counted(section)
        answers, _partial = self._answers[counted]
        numbers = series(section, counted, evidence, language) if section.numbers else None
        withheld = [titles(language)[name] for name in section.figures if answers[name] is None]
        rows = None
        if section.table is not None:
            rows = listed(section.table, columns(section), evidence, counted, language)
        return ReportedSection(
            f"section-{number}",
            section.title,
            _paragraphs(section.words),
            self._about(counted, self._whole),
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
            counted = replace(counted, period=Period())
        own = self._definition.figures.get(name)
        closed_at = self._cohorts[0]["closed_at"] if len(self._cohorts) == 1 else None
        _answers, is_partial = self._answers[self._whole]
        reader = _Reader(language, f"#records-{key}", is_partial, closed_at, self._at)
        return ReportedFigure(
            key,
            name,
            own.title if own is not None and own.title else titles(language)[name],
            _paragraphs(own.words if own is not None else ""),
            meanings(language)[name],
            self._about(counted, replace(self._whole, period=Period())),
            figure.get("n"),
            linked(
                described(DESCRIBE_REPORTED[name], figure, reader), evidence.address, language.tag
            ),
            linked(self._tables(name, figure), evidence.address, language.tag),
            citations(name, figure, evidence, counted, language, self._definition.records_max),
        )

    def _tables(self, name: str, figure: Mapping[str, Any]) -> Sequence[Table]:
        """Return the tables of a figure, without one that only repeats its number of things.

        A table of rows that stands alone needs no caption.
        """
        named = fields.titles(self._language)
        found = [
            one
            for one in tables.tables(name, figure, self._language)
            if [row[0].shown for row in one.rows] != [named["n"]]
        ]
        if [one.caption for one in found] == [named["list"]]:
            found = [replace(found[0], caption="")]
        return found

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
