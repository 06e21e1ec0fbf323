"""The figures for a facilitator."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from events.vocabulary.terms import InspirationKind
from tests.projections.insights.naive.history import EPOCH, Fact, Thing
from tests.projections.insights.naive.numbers import DAY_US, in_days, median, rounded, share
from tests.projections.insights.naive.story import Story
from tests.projections.insights.naive.tables import counted, items

Figure = dict[str, Any]

JOURNEY = [
    "mindset.assessed", "question.framed", "question.reframed", "question.closed",
    "iteration.planned", "iteration.revised", "iteration.started", "observation.recorded",
    "participation.recorded", "iteration.concluded", "failure.recorded", "failure.reclassified",
    "learning.captured", "learning.revised", "learning.challenged", "learning.adopted",
    "review.held", "pairing.met", "help.asked", "help.given", "inspiration.used",
    "outcome.harvested", "outcome.substantiated", "journey.checked_in", "publication.released",
    "publication.withdrawn", "commitment.made", "commitment.settled", "person.introduced",
    "person.forgotten",
]  # fmt: skip


def quiet_organisations(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    present, rows = [], []
    for organisation in story.of("organisation"):
        if not story.wants(organisation.key):
            continue
        joined = [
            start[0]
            for cohort in story.cohorts()
            for start, end in story.stays(organisation, cohort)
            if start <= story.now < end
        ]
        if not joined:
            continue
        present.append(organisation)
        times = [fact.time for fact in _recorded(story, organisation.key)]
        days = sorted({time // DAY_US for time in times})
        gaps = [later - earlier for earlier, later in pairwise(days)]
        gap = median(gaps)
        silence = int(story.at - max([*joined, *times]))
        if silence > max(14.0, 2 * (gap or 0)) * DAY_US:
            rows.append((silence, organisation, gap))
    rows.sort(key=lambda row: (-row[0], row[1].born.position))
    return {
        "n": len(present),
        "items": items(present),
        "list": [
            {
                "organisation": organisation.key,
                "silenceDays": rounded(in_days(silence)),
                "medianGapDays": gap,
            }
            for silence, organisation, gap in rows
        ],
    }


def _recorded(story: Story, organisation: str) -> list[Fact]:
    """The events of the journey in which the organisation acted, in cohorts in scope or in none."""
    found = []
    for fact in story.of_types(*JOURNEY):
        if story.acting(fact) != organisation:
            continue
        cohort = story.history.cohort_of(fact)
        if cohort is None and fact.first:
            first = story.history.thing(fact.first, fact.position)
            if first is not None and organisation in first.owners:
                cohort = story.history.cohort(first)
        if cohort is None or story.wants_cohort(cohort):
            found.append(fact)
    return found


def no_failures_told(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    asked, silent = [], []
    for organisation in story.of("organisation"):
        own = [end for thing, end in story.concluded() if story.owner(thing) == organisation.key]
        if len(own) < 3:
            continue
        asked.append(organisation)
        failures = [one for one in story.failures() if story.owner(one) == organisation.key]
        if not failures and all(end.data["result"] in ("supported", "invalid") for end in own):
            silent.append(organisation)
    return {"n": len(asked), "items": items(asked), "list": [one.key for one in silent]}


def dangling_pivots(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    decided = [
        (thing, end)
        for thing, end in story.concluded()
        if end.data["decision"] in ("pivot", "continue_testing") and story.old(end.time, 30)
    ]
    dangling = [thing for thing, end in decided if not _taken_further(story, thing, end)]
    things = [thing for thing, _ in decided]
    return {"n": len(things), "items": items(things), "list": [one.key for one in dangling]}


def _taken_further(story: Story, iteration: Thing, end: Fact) -> bool:
    last = end.time + 30 * DAY_US
    for fact in story.of_types("iteration.planned"):
        # It names the iteration: if its time is earlier, it counts as of then.
        if story.ref(fact, "follows") is iteration and fact.time <= last:
            return True
    question = story.ref(iteration.born, "question")
    for fact in story.of_types("question.reframed", "question.closed"):
        asks_it = question is not None and story.ref(fact, "question") is question
        if asks_it and end.time <= fact.time <= last:
            return True
    return False


def stalled_iterations(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    open_, rows = [], []
    for iteration in story.of("iteration"):
        if not story.chosen(iteration) or not story.moved(iteration, "iteration.started"):
            continue
        if story.moved(iteration, "iteration.concluded"):
            continue
        open_.append(iteration)
        last = max(fact.time for fact in story.facts if iteration in story.names(fact))
        silence = story.at - last
        if silence > 30 * DAY_US:
            rows.append((silence, iteration))
    rows.sort(key=lambda row: (-row[0], row[1].born.position))
    return {
        "n": len(open_),
        "items": items(open_),
        "list": [
            {"iteration": iteration.key, "silenceDays": rounded(in_days(silence))}
            for silence, iteration in rows
        ],
    }


def is_open_ask(story: Story, ask: Thing) -> bool:
    return not story.moves(ask, "help.given")


def open_asks(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    asks = [ask for ask in story.of("ask") if story.chosen(ask)]
    rows = [(story.at - ask.born.time, ask) for ask in asks if is_open_ask(story, ask)]
    rows.sort(key=lambda row: (-row[0], row[1].born.position))
    return {
        "n": len(asks),
        "items": items(asks),
        "list": [{"ask": ask.key, "daysOpen": rounded(in_days(age))} for age, ask in rows],
    }


def open_commitments(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    today = EPOCH.date() + timedelta(days=story.at // DAY_US)
    due = [
        thing
        for thing in story.of("commitment")
        if story.chosen(thing)
        and thing.born.data.get("due_on")
        and story.moved(thing, "commitment.settled") is None
    ]
    late = [((today - date.fromisoformat(one.born.data["due_on"])).days, one) for one in due]
    rows = sorted(
        (row for row in late if row[0] > 0), key=lambda row: (-row[0], row[1].born.position)
    )
    return {
        "n": len(due),
        "items": items(due),
        "list": [{"commitment": one.key, "daysOverdue": days} for days, one in rows],
    }


def attendance(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    sessions = [
        session
        for session in story.of("session")
        if story.wants_cohort(session.born.data["cohort"])
        and story.wants_time(session.born.time)
        and not story.scope.themes
    ]
    rows = []
    for organisation in story.of("organisation"):
        if not story.wants(organisation.key):
            continue
        there = [
            session
            for session in sessions
            for cohort in story.refs(session.born, "cohort")
            if story.is_present(organisation, cohort, session.born.moment)
        ]
        attended = [one for one in there if organisation in story.refs(one.born, "attended")]
        if there:
            rows.append((organisation.key, len(there), len(attended)))
    return {
        "n": len(sessions),
        "items": items(sessions),
        "list": [
            {"organisation": key, "sessions": held, "attended": attended}
            for key, held, attended in rows
        ],
    }


def inspiration_yield(story: Story) -> Figure:
    rows = []
    for kind in InspirationKind:
        shared = [
            thing
            for thing in story.of("inspiration")
            if thing.born.data["kind"] == kind.value and story.chosen(thing)
        ]
        waits = []
        for thing in shared:
            uses = [fact.time for fact in story.moves(thing, "inspiration.used")]
            uses += [
                fact.time
                for fact in story.of_types("iteration.planned")
                if thing in story.refs(fact, "inspired_by")
            ]
            if uses:
                waits.append(in_days(max(0, min(uses) - thing.born.time)))
        rows.append(
            {
                "kind": kind.value,
                "shared": len(shared),
                "used": len(waits),
                "share": share(len(waits), len(shared)),
                "medianDays": median(waits),
            }
        )
    return {"list": rows}


def avoidable_repeats(story: Story) -> Figure | None:
    if not story.is_whole():
        return None
    repeatable, rows = [], []
    for f2 in story.failures():
        classes = story.classes(f2)
        iteration = story.ref(f2.born, "iteration")
        if iteration is None or not classes["facet"] or not classes["failure_cause"]:
            continue
        repeatable.append(f2)
        owner = story.owner(f2)
        for f1 in story.of("failure"):
            other = story.owner(f1)
            if owner is None or other is None or other == owner:
                continue
            if f1.born.moment >= f2.born.moment:
                continue
            earlier = story.classes(f1)
            if any(earlier[name] != classes[name] for name in ("facet", "failure_cause")):
                continue
            for learning in story.learnings_from(f1):
                if _could_have_known(story, owner, learning, iteration.born):
                    rows.append((f2, f1, learning))
    rows.sort(key=lambda row: tuple(thing.born.position for thing in row))
    return {
        "n": len(repeatable),
        "items": items(repeatable),
        "share": share(len({row[0] for row in rows}), len(repeatable)),
        "list": [
            {"failure": f2.key, "earlier": f1.key, "learning": learning.key}
            for f2, f1, learning in rows
        ],
    }


def _could_have_known(story: Story, owner: str, learning: Thing, planned: Fact) -> bool:
    """Whether the learning was there for the organisation before the plan, and not taken up by then."""
    if learning.born.moment >= planned.moment:
        return False
    level = learning.born.sent_level or "cohort"
    for fact in story.moves(learning, "visibility.changed"):
        if fact.moment < planned.moment:
            level = fact.data["visibility"]
    if level == "cohort":
        cohort = story.history.cohort(learning)
        joined = [
            fact
            for fact in story.of_types("organisation.joined")
            if fact.data["cohort"] == cohort
            and fact.data["organisation"] == owner
            and fact.moment < planned.moment
        ]
        if not joined:
            return False
    elif level != "public":
        return False
    return not any(
        adoption.learning is learning
        and adoption.by == owner
        and adoption.fact.moment < planned.moment
        for adoption in story.adoptions()
    )


def open_questions(story: Story) -> list[Thing]:
    return [one for one in story.of("question") if not story.moved(one, "question.closed")]


def memberships(story: Story) -> list[tuple[Thing, Thing]]:
    """Every organisation in scope with every cohort in scope that it was ever in."""
    return [
        (organisation, cohort)
        for cohort in story.cohorts()
        for organisation in story.members(cohort)
        if story.wants(organisation.key)
    ]


def stayed(story: Story, organisation: Thing, cohort: Thing) -> bool:
    """Whether it is present, or was when the cohort closed."""
    close = min(story.close(cohort), story.now)
    return any(start < close <= end for start, end in story.stays(organisation, cohort))


def left_before(story: Story, organisation: Thing, cohort: Thing) -> list[Fact]:
    """Its leavings before the close, latest last; none if it is present then."""
    if stayed(story, organisation, cohort):
        return []
    left = story.joinings(organisation, cohort, "organisation.left")
    early = [fact for fact in left if fact.moment < story.close(cohort)]
    return sorted(early, key=lambda fact: fact.moment)


def leavers(story: Story) -> Figure:
    reasons = []
    for organisation, cohort in memberships(story):
        left = left_before(story, organisation, cohort)
        if left:
            reasons.append((left[-1].position, {"reason": left[-1].data["reason"]}, 1))
    ever = [organisation for organisation, _ in memberships(story)]
    return {"n": len(ever), "items": items(ever), "counts": counted(reasons)}
