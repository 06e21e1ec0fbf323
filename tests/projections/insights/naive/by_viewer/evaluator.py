"""The figures for an evaluator or a funder."""

from typing import Any

from events.vocabulary.terms import Degree
from tests.projections.insights.naive.by_viewer.facilitator import left_before, memberships, stayed
from tests.projections.insights.naive.history import Thing
from tests.projections.insights.naive.numbers import (
    DAY_US,
    MONTH_US,
    in_days,
    median,
    quartiles,
    share,
)
from tests.projections.insights.naive.story import Story
from tests.projections.insights.naive.tables import counted, items

Figure = dict[str, Any]
DEGREES = [degree.value for degree in Degree]


def funnel(story: Story) -> Figure:
    questions = [one for one in story.of("question") if story.chosen(one)]
    iterations = [one for one in story.of("iteration") if story.chosen(one)]
    endings = [story.moved(one, "question.closed") for one in questions]
    outcomes = [end.data["outcome"] for end in endings if end]
    tried = [
        one
        for one in questions
        if any(story.ref(other.born, "question") is one for other in story.of("iteration"))
    ]
    adopted = {adoption.learning for adoption in story.adoptions()}
    return {
        "questions": len(questions),
        "reframed": sum(1 for one in questions if story.moves(one, "question.reframed")),
        "tried": len(tried),
        "answered": outcomes.count("answered"),
        "parked": outcomes.count("parked"),
        "planned": len(iterations),
        "started": sum(1 for one in iterations if story.moved(one, "iteration.started")),
        "concluded": sum(1 for one in iterations if story.moved(one, "iteration.concluded")),
        "failures": len(story.failures()),
        "learnings": len(story.learnings()),
        "adopted": sum(1 for one in story.learnings() if one in adopted),
        "publications": sum(
            1
            for one in story.of("publication")
            if story.chosen(one) and not story.moved(one, "publication.withdrawn")
        ),
    }


def time_to_first_iteration(story: Story) -> Figure:
    tried, waits, without = [], [], 0
    for question in story.of("question"):
        if not story.chosen(question):
            continue
        planned = [
            one.born.time
            for one in story.of("iteration")
            if story.ref(one.born, "question") is question
        ]
        if planned:
            tried.append(question)
            waits.append(in_days(max(0, min(planned) - question.born.time)))
        else:
            without += 1
    return {
        "n": len(tried),
        "items": items(tried),
        "quartiles": quartiles(waits),
        "without": without,
    }


def started(story: Story) -> list[tuple[Thing, int]]:
    """The iterations in scope that were started, with the time of it."""
    found = []
    for iteration in story.of("iteration"):
        start = story.moved(iteration, "iteration.started")
        if start and story.chosen(iteration, start.time):
            found.append((iteration, start.time))
    return found


def learning_velocity(story: Story) -> Figure:
    learned, waits, without = [], [], 0
    for iteration, start in started(story):
        sources = [iteration] + [
            failure
            for failure in story.of("failure")
            if story.ref(failure.born, "iteration") is iteration
        ]
        times = [
            learning.born.time
            for learning in story.of("learning")
            if story.owner(iteration) is not None
            and story.owner(learning) == story.owner(iteration)
            and any(source in story.refs(learning.born, "from") for source in sources)
        ]
        if times:
            learned.append(iteration)
            waits.append(in_days(max(0, min(times) - start)))
        else:
            without += 1
    return {
        "n": len(learned),
        "items": items(learned),
        "quartiles": quartiles(waits),
        "without": without,
    }


def fail_fast(story: Story) -> Figure:
    failures, waits = [], []
    for failure in story.of("failure"):
        iteration = story.ref(failure.born, "iteration")
        start = story.moved(iteration, "iteration.started") if iteration else None
        if start and story.chosen(failure, start.time):
            failures.append(failure)
            waits.append(in_days(max(0, failure.born.time - start.time)))
    return {"n": len(failures), "items": items(failures), "quartiles": quartiles(waits)}


def failure_conversion(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    old = [one for one in story.failures() if story.old(one.born.time, 30)]
    waits = []
    for failure in old:
        failed = failure.born.time
        times = [max(failed, one.born.time) for one in story.learnings_from(failure)]
        if times and min(times) <= failed + 30 * DAY_US:
            waits.append(in_days(min(times) - failed))
    return {
        "n": len(old),
        "items": items(old),
        "share": share(len(waits), len(old)),
        "medianDays": median(waits),
    }


def results_by_decision(story: Story) -> Figure:
    cells = [
        (
            thing.born.position,
            {"result": end.data["result"], "decision": end.data["decision"]},
            1,
        )
        for thing, end in story.concluded()
    ]
    things = [thing for thing, _ in story.concluded()]
    return {"n": len(things), "items": items(things), "counts": counted(cells)}


def failure_mix(story: Story) -> Figure:
    failures = story.failures()
    cells = []
    for failure in failures:
        classes = story.classes(failure)
        keys = {
            "failureType": classes["failure_type"],
            "facet": classes["facet"],
            "degree": classes["degree"],
        }
        cells.append((failure.born.position, keys, 1))
    types = [keys["failureType"] for _, keys, _ in cells if keys["failureType"]]
    return {
        "n": len(failures),
        "items": items(failures),
        "counts": counted(cells),
        "intelligentShare": share(types.count("intelligent"), len(types)),
    }


def double_loop(story: Story) -> Figure:
    learnings = story.learnings()
    deep = [one for one in learnings if one.born.data["loop"] in ("double", "triple")]
    old = [
        one
        for one in learnings
        if one.born.data["loop"] == "double" and story.old(one.born.time, 60)
    ]
    followed = [
        one
        for one in old
        if any(
            one in story.refs(fact, "because_of") and fact.time <= one.born.time + 60 * DAY_US
            for fact in story.of_types("question.reframed")
        )
    ]
    return {
        "n": len(learnings),
        "items": items(learnings),
        "share": share(len(deep), len(learnings)),
        "corroboratedOf": len(old),
        "corroborated": share(len(followed), len(old)),
    }


def thin_decisions(story: Story) -> Figure:
    decided = [
        (thing, end)
        for thing, end in story.concluded()
        if end.data["decision"] in ("persevere", "scale")
    ]
    thin = [end for _, end in decided if end.data["evidence_level"] == 1]
    things = [thing for thing, _ in decided]
    return {"n": len(things), "items": items(things), "share": share(len(thin), len(things))}


def harvest(story: Story) -> Figure:
    outcomes = story.outcomes()
    substantiated = contested = unanticipated = negative = 0
    cells = []
    for outcome in outcomes:
        words = [fact.data["agreement"] for fact in story.moves(outcome, "outcome.substantiated")]
        substantiated += any(word in ("full", "partial") for word in words)
        contested += any(word == "none" for word in words)
        unanticipated += not outcome.born.data["anticipated"]
        negative += outcome.born.data["sign"] == "negative"
        change = {"changeType": outcome.born.data["change_type"]}
        cells.append((outcome.born.position, change, 1))
    return {
        "n": len(outcomes),
        "items": items(outcomes),
        "substantiated": share(substantiated, len(outcomes)),
        "contested": share(contested, len(outcomes)),
        "unanticipated": share(unanticipated, len(outcomes)),
        "negative": share(negative, len(outcomes)),
        "counts": counted(cells),
    }


def sustained(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    rows = []
    for months in (6, 12, 24):
        checked, well, without = [], 0, 0
        for organisation, cohort in memberships(story):
            close = story.moved(cohort, "cohort.closed")
            if close is None or story.at - close.time < (months + 4) * MONTH_US:
                continue
            if not stayed(story, organisation, cohort):
                continue
            checkins = [
                fact
                for fact in story.of_types("journey.checked_in")
                if story.ref(fact, "organisation") is organisation
                and story.ref(fact, "cohort") is cohort
                and months - 2 <= fact.data["months_after"] < months + 4
            ]
            if not checkins:
                without += 1
                continue
            checked.append(organisation)
            latest = max(checkins, key=lambda fact: fact.moment)
            well += latest.data["status"] in ("growing", "holding")
        rows.append(
            {
                "months": months,
                "n": len(checked),
                "items": items(checked),
                "share": share(well, len(checked)),
                "withoutCheckin": without,
            }
        )
    return {"list": rows}


def retention(story: Story) -> Figure:
    all_ = memberships(story)
    return {
        "joined": len(all_),
        "left": sum(1 for pair in all_ if left_before(story, *pair)),
        "present": sum(1 for pair in all_ if stayed(story, *pair)),
    }


def openness(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    things = [*story.learnings(), *story.failures()]
    public, waits = 0, []
    for thing in things:
        level = thing.born.sent_level or "cohort"
        times = [thing.born.time] if level == "public" else []
        for fact in story.moves(thing, "visibility.changed"):
            level = fact.data["visibility"]
            if level == "public":
                times.append(fact.time)
        public += level == "public"
        if times:
            waits.append(in_days(max(0, min(times) - thing.born.time)))
    return {
        "n": len(things),
        "items": items(things),
        "share": share(public, len(things)),
        "medianDays": median(waits),
    }


def perspective_gap(story: Story) -> Figure:
    degrees_of: dict[tuple[Thing, str], dict[str, Thing]] = {}
    for failure in sorted(story.failures(), key=lambda thing: thing.born.moment):
        iteration = story.ref(failure.born, "iteration")
        facet = story.classes(failure)["facet"]
        if iteration and facet:
            for whom in failure.born.data["for_whom"]:
                degrees_of.setdefault((iteration, facet), {})[whom] = failure
    rows = []
    for (iteration, facet), latest in degrees_of.items():
        if len(set(latest.values())) < 2:
            continue
        degrees = [
            (DEGREES.index(story.classes(failure)["degree"]), failure.born.position, whom)
            for whom, failure in latest.items()
        ]
        gap = max(degrees)[0] - min(degrees)[0]
        degrees.sort(key=lambda row: (-row[0], row[1], _place(latest[row[2]], row[2])))
        rows.append((gap, iteration, facet, degrees))
    rows.sort(key=lambda row: (-row[0], row[1].born.position, row[2]))
    return {
        "n": len(rows),
        "items": items(iteration for _, iteration, _, _ in rows),
        "mean": share(sum(gap for gap, *_ in rows), len(rows)),
        "list": [
            {
                "iteration": iteration.key,
                "facet": facet,
                "gap": gap,
                "degrees": [
                    {"forWhom": whom, "degree": DEGREES[degree]} for degree, _, whom in degrees
                ],
            }
            for gap, iteration, facet, degrees in rows[:5]
        ],
    }


def _place(failure: Thing, whom: str) -> int:
    place: int = failure.born.data["for_whom"].index(whom)
    return place


def contested_learnings(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    learnings = story.learnings()
    rows = []
    for learning in learnings:
        revised = [fact.moment for fact in story.moves(learning, "learning.revised")]
        challenges = [
            fact.moment
            for fact in story.moves(learning, "learning.challenged")
            if all(fact.moment > moment for moment in revised)
        ]
        if not challenges:
            continue
        since = [
            adoption
            for adoption in story.adoptions()
            if adoption.learning is learning and adoption.fact.moment > min(challenges)
        ]
        rows.append((len(challenges), learning, len(since)))
    rows.sort(key=lambda row: (-row[0], row[1].born.position))
    return {
        "n": len(learnings),
        "items": items(learnings),
        "list": [
            {"learning": learning.key, "challenges": challenges, "adoptionsSince": since}
            for challenges, learning, since in rows
        ],
    }
