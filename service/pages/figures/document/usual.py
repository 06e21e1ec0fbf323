"""The sections of a report for which nobody wrote any, and the columns of its tables."""

from collections.abc import Mapping, Sequence
from typing import Final

from projections.tables.tables import TABLES
from service.pages.figures.document.definition import Section
from service.pages.figures.fitting import ACROSS, OF_ORGANISATION, sections
from service.pages.figures.report.view import FIGURES
from service.pages.frame.language import Language

_NUMBERS: Final = (
    *("funnel.questions", "funnel.planned", "funnel.failures", "funnel.learnings"),
    *("reach.participations", "diffusion.n"),
)

_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "cohorts": ("title", "starts_on", "closed_at", "facilitator"),
    "organisations": ("name", "sector", "country"),
    "questions": ("time", "organisation", "text", "state"),
    "iterations": ("time", "organisation", "title", "result", "decision"),
    "failures": ("time", "organisation", "actual", "why", "facet", "degree"),
    "learnings": ("time", "organisation", "statement", "loop"),
    "adoptions": ("time", "organisation", "learning", "adaptation"),
    "outcomes": ("time", "description", "change_type", "sign"),
    "publications": ("time", "organisation", "title", "licence"),
}

_NOT_USUAL: Final = frozenset(
    {"key", "position", "time_precision", "visibility", "updated_at", "updated_position", "cohort"}
)


def usual_sections(
    language: Language, *, has_organisation: bool = False, has_several: bool = False
) -> tuple[Section, ...]:
    """Return the figures in the sections of the pages, without those about what waits; then months and tables.

    A report about one organisation begins with what is about it, one about several cohorts has these beside each other.
    """
    _ = language.gettext
    own = (
        [Section(title=_("The organisation"), figures=OF_ORGANISATION)] if has_organisation else []
    )
    across = [Section(title=_("Across cohorts"), figures=ACROSS)] if has_several else []
    figures = [
        Section(title=one.title, figures=tuple(name for name in one.figures if name in FIGURES))
        for one in sections(language)
        if any(name in FIGURES for name in one.figures)
    ]
    return (
        *own,
        *figures,
        *across,
        Section(title=_("Over time"), numbers=_NUMBERS),
        Section(title=_("All failures"), table="failures"),
        Section(title=_("All learnings"), table="learnings"),
        Section(title=_("All publications"), table="publications"),
    )


def columns(section: Section) -> Sequence[str]:
    """Return the columns of the section's table: those that it names, else the usual ones."""
    assert section.table is not None
    return (
        section.columns
        or _COLUMNS.get(section.table)
        or [one.name for one in TABLES[section.table].columns if one.name not in _NOT_USUAL]
    )
