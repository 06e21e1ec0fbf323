"""What the page of a cohort's learnings shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.pages.charts.geometry import FEW
from service.pages.charts.matrix import Count, Heading, Matrix, of_counts
from service.pages.charts.tree import Branch, tree
from service.pages.cohort.learnings.chains import chains, longest, taken_up, ways_of
from service.pages.cohort.learnings.wording import Wording
from service.pages.frame.addresses import of_kind
from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Visit

Thing = Mapping[str, Any]
"""A subject of the graph."""


@dataclass(frozen=True)
class Travelled:
    """What an organisation has from another, with the name of its place in the page."""

    place: str
    whose: Thing
    to: Thing
    adoptions: Sequence[Thing]


@dataclass(frozen=True)
class Learnings:
    """How the learnings travelled, and the lists of them, each the newest first.

    `longest` has the organisations of the longest chain. `matrix` is None for few adoptions. `adopters` has who took
    up each learning, by its key. The learnings have their `words` on the page: whole where they stand first.
    """

    cohort: Thing
    partial: bool
    count: int
    left_out: int
    travelled: Sequence[Travelled]
    adoptions: int
    matrix: Matrix | None
    chains: Sequence[Branch]
    longest: Sequence[Thing | None]
    contested: Sequence[Thing]
    taken_up: Sequence[Thing]
    not_taken_up: Sequence[Thing]
    adopters: Mapping[str, Sequence[Thing]]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query."""
    return {"key": visit.key, "filter": {"cohorts": [visit.key]}}


def view(answer: Answer, visit: Visit) -> Learnings | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort = answer["cohort"]
    if cohort is None:
        return None
    learnings = cohort["learnings"]["nodes"]
    adoptions = taken_up(cohort["adoptions"]["nodes"])
    adopters: dict[str, list[Thing]] = {}
    for one in adoptions:
        adopters.setdefault(one["learning"]["key"], []).append(one["organisation"])
    ways = ways_of(learnings, adoptions)
    wording = Wording()
    # In the order of the page: what stands first has the whole words.
    moved = [replace(one, adoptions=_worded(one, wording)) for one in travelled(adoptions)]
    led = chains(learnings, ways, wording)
    contested = [wording.worded(one) for one in learnings if one["challenges"]["nodes"]]
    taken = [wording.worded(one) for one in learnings if one["key"] in adopters]
    not_taken = [wording.worded(one) for one in learnings if one["key"] not in adopters]
    return Learnings(
        cohort=cohort,
        partial=answer["insights"]["partial"],
        count=cohort["learnings"]["filteredCount"],
        left_out=sum(
            cohort[name]["filteredCount"] - len(cohort[name]["nodes"])
            for name in ("learnings", "adoptions")
        ),
        travelled=moved,
        adoptions=len(adoptions),
        matrix=matrix(moved, visit.language) if len(adoptions) >= FEW else None,
        chains=tree(led),
        longest=longest(learnings, ways),
        contested=contested,
        taken_up=taken,
        not_taken_up=not_taken,
        adopters=adopters,
    )


def _worded(moved: Travelled, wording: Wording) -> Sequence[Thing]:
    return [{**one, "learning": wording.worded(one["learning"])} for one in moved.adoptions]


def travelled(adoptions: Sequence[Thing]) -> Sequence[Travelled]:
    """Return the adoptions by whose learning it is and who took it up, in the order of the first."""
    found: dict[tuple[str, str], list[Thing]] = {}
    for one in adoptions:
        pair = one["learning"]["organisation"]["key"], one["organisation"]["key"]
        found.setdefault(pair, []).append(one)
    return [
        Travelled(
            f"travelled-{number}",
            all_[0]["learning"]["organisation"],
            all_[0]["organisation"],
            all_,
        )
        for number, all_ in enumerate(found.values(), start=1)
    ]


def matrix(moved: Sequence[Travelled], language: Language) -> Matrix:
    """Return how often each organisation took up what another had learned."""
    rows = {one.whose["key"]: _heading(one.whose) for one in moved}
    columns = {one.to["key"]: _heading(one.to) for one in moved}
    order = sorted(rows | columns, key=lambda key: (rows | columns)[key].text)
    return of_counts(
        {key: rows[key] for key in order if key in rows},
        {key: columns[key] for key in order if key in columns},
        {
            (one.whose["key"], one.to["key"]): Count(len(one.adoptions), f"#{one.place}")
            for one in moved
        },
        titles=(language.gettext("Learned by"), language.gettext("Taken up by")),
    )


def _heading(organisation: Thing) -> Heading:
    return Heading(organisation["name"], of_kind("organisation", organisation["key"]))
