"""Figures about learnings: their depth, challenges, openness, and adoptions."""

from collections import defaultdict
from typing import Any, Final

from events.vocabulary.stream import stream_of
from events.vocabulary.types.learnings import LearningAdopted, LearningChallenged, LearningRevised
from events.vocabulary.types.questions import QuestionReframed
from events.vocabulary.types.record import VisibilityChanged
from events.vocabulary.values.times import DAY_US, as_text
from projections.insights.figures.definition import Answer, figure, summed
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.measures.numbers import days
from projections.insights.measures.sums import Median, Part, Share
from projections.insights.measures.tally import EventNames, SubjectNames, Tally, names
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scoped import ScopedPerspective

_CORROBORATION_DAYS = 60
_COHORTS_MIN = 2
_THEMED: Final = ("question", "failure", "learning")


@summed("doubleLoop")
def double_loop(view: ScopedPerspective) -> Part:
    """The share of learnings (n) with loop double or triple.

    corroborated = learnings with loop double that are at least 60 days old and were followed within 60 days by a
    reframing that names them in because_of ÷ learnings with loop double that are at least 60 days old (corroboratedOf).
    A reframing with a time before that of the learning counts as made at the time of the learning.
    """
    learnings = view.learnings
    loops = [learning.born.data["loop"] for learning in learnings]
    old = [
        learning
        for learning in learnings
        if learning.born.data["loop"] == "double"
        and view.is_old(learning.time, _CORROBORATION_DAYS)
    ]
    followed = sum(
        any(
            entry.time - learning.time <= _CORROBORATION_DAYS * DAY_US
            for entry in view.perspective.naming(learning, QuestionReframed, "because_of")
        )
        for learning in old
    )
    return {
        "n": len(learnings),
        "items": SubjectNames(learnings),
        "share": Share(loops.count("double") + loops.count("triple"), len(learnings)),
        "corroboratedOf": len(old),
        "corroborated": Share(followed, len(old)),
    }


@summed("openness", whole=True)
def openness(view: ScopedPerspective) -> Part:
    """Public learnings and failures ÷ all learnings and failures (n); and the median days from capturing or recording
    to the first time public, over those that were ever public.
    """
    things = [*view.learnings, *view.failures]
    public, waits = 0, []
    for thing in things:
        level = thing.born.sent_level
        times = [thing.time] if level == "public" else []
        for entry in view.perspective.events_of(thing, VisibilityChanged):
            level = entry.data["visibility"]
            if level == "public":
                times.append(entry.time)
        public += level == "public"
        if times:
            waits.append(days(min(times) - thing.time))
    return {
        "n": len(things),
        "items": SubjectNames(things),
        "share": Share(public, len(things)),
        "medianDays": Median(waits),
    }


@figure("contestedLearnings", whole=True)
def contested_learnings(view: ScopedPerspective) -> Answer:
    """Learnings that were challenged and not revised since, with the number of challenges that still stand and of
    adoptions since the first of these. n = learnings.

    Those with the most challenges come first. A challenge stands if no revision follows it.
    """
    perspective = view.perspective
    rows = []
    for learning in view.learnings:
        revisions = [entry.moment for entry in perspective.events_of(learning, LearningRevised)]
        revised = max(revisions, default=(-float("inf"), 0.0))
        challenged = [
            entry.moment
            for entry in perspective.events_of(learning, LearningChallenged)
            if entry.moment > revised
        ]
        if challenged:
            since = sum(one.moment > min(challenged) for one in perspective.adoptions(learning))
            rows.append((-len(challenged), learning.position, learning.key, since))
    return {
        "n": len(view.learnings),
        "items": names(view.learnings),
        "list": [
            {"learning": key, "challenges": -challenges, "adoptionsSince": since}
            for challenges, _, key, since in sorted(rows)
        ],
    }


@figure("learningReach")
def learning_reach(view: ScopedPerspective, organisation: str) -> Answer:
    """The number of distinct other organisations that adopted the organisation's learnings (n).

    longestChain counts adoptions: the next learning in a chain belongs to the adopter, names the iteration of the
    adoption in its `from`, and is later (by time, then position). A learning occurs once per chain.
    """
    perspective = view.perspective
    own = [learning for learning in view.learnings if perspective.owner(learning) == organisation]
    adopters = {adoption.by for learning in own for adoption in perspective.adoptions(learning)}
    return {
        "n": len(own),
        "items": names(own),
        "adopters": len(adopters),
        "longestChain": max((_longest(perspective, learning, ()) for learning in own), default=0),
    }


def _longest(
    perspective: Perspective, learning: IndexedSubject, before: tuple[IndexedSubject, ...]
) -> int:
    """Return the number of adoptions in the longest chain from the learning that contains none of those in `before`."""
    path = (*before, learning)
    longest = 0
    for adoption in perspective.adoptions(learning):
        ahead = [
            _longest(perspective, later, path)
            for later in _led_to(perspective, adoption)
            if later not in path
        ]
        longest = max(longest, 1 + max(ahead, default=0))
    return longest


def _led_to(perspective: Perspective, adoption: IndexedEvent) -> list[IndexedSubject]:
    iteration = perspective.one(adoption, "iteration")
    if iteration is None:
        return []
    return [
        learning
        for learning in perspective.learnings_from(iteration)
        if perspective.owner(learning) == adoption.by and learning.born.moment > adoption.moment
    ]


@summed("diffusion")
def diffusion(view: ScopedPerspective) -> Part:
    """Adoptions of learnings by other organisations (n), of which each organisation's first adoption of a learning
    counts: edges from organisation to organisation; acrossCohorts = the share of adoptions whose two organisations had
    never been present together up to then.

    The adopter decides what is in scope: the organisation of an adoption is the adopter, and its cohort is the one it
    names, else that of its iteration.
    """
    perspective = view.perspective
    edges = Tally("from", "to")
    adoptions: list[IndexedEvent] = []
    across = 0
    for entry in view.entries(LearningAdopted):
        learning, adopter = (
            perspective.one(entry, "learning"),
            perspective.one(entry, "organisation"),
        )
        if learning is None or adopter is None or entry not in perspective.adoptions(learning):
            continue
        origin = perspective.organisation(perspective.owner(learning))
        if origin is None or not view.wants_entry(
            entry, adopter.key, view.perspective.themes(learning)
        ):
            continue
        adoptions.append(entry)
        edges.add((origin.key, adopter.key), entry.position)
        meets = perspective.together(origin, adopter, perspective.common_cohorts(origin, adopter))
        across += not any(span.start <= entry.moment for span in meets)
    return {
        "n": len(adoptions),
        "items": EventNames(adoptions),
        "edges": edges,
        "acrossCohorts": Share(across, len(adoptions)),
    }


@figure("recurringThemes")
def recurring_themes(view: ScopedPerspective) -> Answer:
    """Themes that organisations' own questions, failures or learnings have in at least 2 cohorts: counts per cohort,
    the first and the last time, and the latest learning.

    Themes in more cohorts come first, then earlier ones. What belongs to no cohort does not count. A theme is given as
    first written.
    """
    perspective = view.perspective
    cohorts: dict[str, IndexedSubject | None] = {}
    found: dict[str, dict[IndexedSubject, list[IndexedSubject]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for kind in _THEMED:
        for thing in view.things(kind):
            if thing.cohort is None:
                continue
            if thing.cohort not in cohorts:
                cohorts[thing.cohort] = perspective.find(stream_of("cohort", thing.cohort))
            cohort = cohorts[thing.cohort]
            if cohort is not None:
                for theme in view.perspective.themes(thing):
                    found[theme][cohort].append(thing)
    rows = [
        (-len(placed), min(_positions(placed)), theme, _recurring(view.as_written(theme), placed))
        for theme, placed in found.items()
        if len(placed) >= _COHORTS_MIN
    ]
    return {"list": [row for *_, row in sorted(rows, key=lambda ranked: ranked[:3])]}


def _positions(placed: dict[IndexedSubject, list[IndexedSubject]]) -> list[int]:
    return [thing.position for things in placed.values() for thing in things]


def _recurring(theme: str, placed: dict[IndexedSubject, list[IndexedSubject]]) -> dict[str, Any]:
    things = [thing for found in placed.values() for thing in found]
    learnings = [thing for thing in things if thing.kind == "learning"]
    latest = max(learnings, key=lambda thing: thing.born.moment, default=None)
    return {
        "theme": theme,
        "first": as_text(min(thing.time for thing in things)),
        "last": as_text(max(thing.time for thing in things)),
        "learning": latest.key if latest is not None else None,
        "cohorts": [
            {
                "cohort": cohort.key,
                **{f"{kind}s": sum(one.kind == kind for one in own) for kind in _THEMED},
            }
            for cohort, own in sorted(placed.items(), key=lambda item: item[0].position)
        ],
    }
