"""What the page with all figures of a cohort shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.pages.figures.fitting import FITTING, sections
from service.pages.figures.scope import Scope, scope_of
from service.pages.figures.shown import Shown, shown
from service.pages.frame.page import Answer, Visit
from service.pages.parts.meanings import WORDS


@dataclass(frozen=True)
class ShownSection:
    """A section with those of its figures that the visitor may have."""

    key: str
    title: str
    figures: Sequence[Shown]


@dataclass(frozen=True)
class FiguresPage:
    """All figures of a cohort in sections, and those that the visitor may not have.

    `members` are the names of its organisations by key, `partial` says whether something is hidden from the visitor.
    """

    cohort: Mapping[str, Any]
    scope: Scope
    members: Mapping[str, str]
    partial: bool
    sections: Sequence[ShownSection]
    withheld: Sequence[Shown]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query. Raises as `scope_of` does."""
    return scope_of(visit).variables


def view(answer: Answer, visit: Visit) -> FiguresPage | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort, insights = answer["cohort"], answer["insights"]
    if cohort is None or insights is None:
        return None
    scope = scope_of(visit)
    found, withheld = shown_sections(cohort, insights, scope, visit)
    return FiguresPage(
        cohort,
        scope,
        {one["key"]: one["name"] for one in answer["organisations"]["nodes"]},
        insights["partial"],
        found,
        withheld,
    )


def shown_sections(
    cohort: Mapping[str, Any],
    insights: Mapping[str, Any],
    scope: Scope,
    visit: Visit,
    names: Collection[str] = FITTING,
) -> tuple[Sequence[ShownSection], Sequence[Shown]]:
    """Return those of these figures that were given, in their sections, and those that were not.

    Words are explained with the first figure in which they stand.
    """
    found, withheld = [], []
    known: set[str] = set()
    for section in sections(visit.language):
        figures = []
        for name in section.figures:
            if name in names:
                figures.append(
                    shown(
                        name,
                        insights,
                        scope,
                        visit.language,
                        known,
                        closed_at=cohort["closedAt"],
                        now=visit.now,
                    )
                )
                if figures[-1].described is not None:
                    known.update(WORDS.get(name, ()))
        given = [one for one in figures if one.described is not None]
        withheld += [one for one in figures if one.described is None]
        if given:
            found.append(ShownSection(section.key, section.title, given))
    return found, withheld
