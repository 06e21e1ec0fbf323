"""What the page of a cohort's failures shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.pages.charts.dumbbell import Dumbbell, Points, dumbbell
from service.pages.charts.geometry import FEW, Mark
from service.pages.charts.matrix import Heading, Matrix, of_marks
from service.pages.cohort import marks
from service.pages.cohort.failures.filters import Filters, filters_of
from service.pages.frame import terms
from service.pages.frame.addresses import of_kind
from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Visit
from service.pages.parts.glossary import Explained, explained

_LISTS: Final = ("FailureType", "Degree", "Facet", "FailureCause", "ForWhom")
"""The closed lists from which the words for failures are."""

Thing = Mapping[str, Any]
"""A subject of the graph."""


@dataclass(frozen=True)
class Failures:
    """The failures that the filters let through, the newest first, and what the figures say of them all.

    `whose` is the organisation of the filters, of which the figures are then. `types` are the counts by type.
    `converted` is how many of `conversion["n"]` led to a learning. `matrix` is None for few failures. `words` are those
    that the page uses.
    """

    cohort: Thing
    partial: bool
    filters: Filters
    organisations: Sequence[Thing]
    whose: Thing | None
    failures: Sequence[Thing]
    count: int
    all: int
    types: Mapping[str | None, int]
    conversion: Thing | None
    converted: int
    repeats: Thing | None
    matrix: Matrix | None
    key: Sequence[Mark]
    gaps: Dumbbell | None
    has_private: bool
    words: Sequence[Explained]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query."""
    filters = filters_of(visit)
    scope: dict[str, Any] = {"cohorts": [visit.key]}
    if filters.organisation is not None:
        scope["organisations"] = [filters.organisation]
    return {"key": visit.key, "where": filters.where, "filter": scope}


def view(answer: Answer, visit: Visit) -> Failures | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort = answer["cohort"]
    if cohort is None:
        return None
    insights = answer["insights"]
    found = cohort["failures"]
    failures = found["nodes"]
    language = visit.language
    conversion = insights["failureConversion"]
    filters = filters_of(visit)
    members = [one["organisation"] for one in cohort["memberships"]["nodes"] if one["organisation"]]
    types: dict[str | None, int] = {}
    for name in (*terms.words("FailureType"), None):
        counts = insights["failureMix"]["counts"]
        if count := sum(one["count"] for one in counts if one["failureType"] == name):
            types[name] = count
    return Failures(
        cohort=cohort,
        partial=insights["partial"],
        filters=filters,
        organisations=members,
        whose=next((one for one in members if one["key"] == filters.organisation), None),
        failures=failures,
        count=found["filteredCount"],
        all=found["totalCount"],
        types=types,
        conversion=conversion,
        converted=round(conversion["n"] * (conversion["share"] or 0)) if conversion else 0,
        repeats=insights["avoidableRepeats"],
        matrix=matrix(failures, language) if len(failures) >= FEW else None,
        key=marks.types_key(failures, language),
        gaps=gaps(insights["perspectiveGap"]["list"], language),
        has_private=any(one["visibility"] == "PRIVATE" for one in failures),
        words=explained(_LISTS, language),
    )


def matrix(failures: Iterable[Thing], language: Language) -> Matrix:
    """Return the failures by what they were about and how bad they were, without empty rows and columns."""
    _ = language.gettext
    cells: dict[tuple[str, str], list[Mark]] = {}
    for one in failures:
        place = one["facet"] or "", one["degree"]
        cells.setdefault(place, []).append(marks.of_failure(one, language))
    facets = {name: Heading(_(term.title)) for name, term in terms.words("Facet").items()}
    facets[""] = Heading(_("Not given"))
    degrees = {name: Heading(_(term.title)) for name, term in terms.words("Degree").items()}
    rows = {facet for facet, _degree in cells}
    columns = {degree for _facet, degree in cells}
    return of_marks(
        {name: heading for name, heading in facets.items() if name in rows},
        {name: heading for name, heading in degrees.items() if name in columns},
        cells,
        titles=(_("What it was about"), _("How it went")),
    )


def gaps(found: Sequence[Thing], language: Language) -> Dumbbell | None:
    """Return how the trials went for each of those concerned where that differs, the widest gap first."""
    _ = language.gettext
    degrees = terms.words("Degree")
    steps = list(degrees)
    things = [
        Points(
            Heading(trial["title"], of_kind("iteration", trial["key"])),
            [
                (steps.index(one["degree"]), Mark(_(terms.title("ForWhom", one["forWhom"]))))
                for one in gap["degrees"]
            ],
            note=_(terms.title("Facet", gap["facet"])),
        )
        for gap in found
        if (trial := gap["iterationSubject"]) is not None and gap["gap"] > 0
    ]
    if not things:
        return None
    title = _("How it went for each of those concerned")
    return dumbbell(title, [_(degrees[step].title) for step in steps], things)
