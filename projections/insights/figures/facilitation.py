"""Figures about organisations, iterations and requests that may need a facilitator's attention."""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from statistics import median

from events.vocabulary.types.exchange import HelpGiven
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationStarted,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionReframed
from events.vocabulary.types.sessions import CommitmentSettled
from events.vocabulary.values.times import DAY_US, as_datetime
from projections.insights.figures.definition import Answer, figure
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.measures.numbers import days, rounded
from projections.insights.measures.tally import names
from projections.insights.perspective.scoped import ScopedPerspective

_QUIET_DAYS = 14
_STALLED_DAYS = 30
_PIVOT_DAYS = 30
_CONCLUDED_MIN = 3


@figure("quietOrganisations", whole=True)
def quiet_organisations(view: ScopedPerspective) -> Answer:
    """Organisations present in a cohort in scope whose silence exceeds max(14 days, 2 × the median gap between the
    distinct UTC days on which they recorded).

    An organisation recorded on a day if it acted in an event of its journey, in a cohort in scope or in none. Joining
    starts the silence but is not a recording day. With fewer than 2 recording days, the threshold is 14 days. n =
    present organisations. For an organisation that is present in several cohorts, its latest joining counts. `from`,
    `to` and `themes` are ignored.
    """
    perspective = view.perspective
    perspective.flows()
    joined: dict[IndexedSubject, int] = {}
    for organisation, cohort in view.memberships:
        for span in perspective.stays(organisation, cohort):
            if span.start <= perspective.now < span.end:
                joined[organisation] = max(int(span.start[0]), joined.get(organisation, 0))
    rows = []
    for organisation, since in joined.items():
        times = [entry.time for entry in _recorded(view, organisation.key)]
        recording_days = sorted({time // DAY_US for time in times})
        gaps = [later - earlier for earlier, later in pairwise(recording_days)]
        gap = median(gaps) if gaps else None
        silence = perspective.at_us - max(since, *times) if times else perspective.at_us - since
        if silence > max(_QUIET_DAYS, 2 * (gap or 0)) * DAY_US:
            rows.append((silence, organisation, gap))
    rows.sort(key=lambda row: (-row[0], row[1].position))
    return {
        "n": len(joined),
        "items": names(joined),
        "list": [
            {
                "organisation": organisation.key,
                "silenceDays": rounded(days(silence)),
                "medianGapDays": None if gap is None else rounded(gap),
            }
            for silence, organisation, gap in rows
        ],
    }


def _recorded(view: ScopedPerspective, organisation: str) -> list[IndexedEvent]:
    found = []
    for entry in view.perspective.index.journeys.get(organisation, ()):
        cohort, first = entry.cohort, entry.first
        if cohort is None and first is not None and organisation in first.owners:
            cohort = first.cohort
        if (cohort is None or view.wants_cohort(cohort)) and view.perspective.shows(entry):
            found.append(entry)
    return found


@figure("noFailuresTold", whole=True)
def no_failures_told(view: ScopedPerspective) -> Answer:
    """Organisations with at least 3 concluded iterations, all of them supported or invalid, and no recorded failure.

    A prompt for a conversation, not a mark. n = organisations with at least 3 concluded iterations.
    """
    results: dict[str, list[str]] = defaultdict(list)
    for iteration, end in view.concluded:
        owner = view.perspective.owner(iteration)
        if owner is not None:
            results[owner].append(end.data["result"])
    failing = {view.perspective.owner(failure) for failure in view.failures}
    asked = view.organisations(key for key, own in results.items() if len(own) >= _CONCLUDED_MIN)
    silent = [
        organisation.key
        for organisation in asked
        if organisation.key not in failing
        and {"supported", "invalid"}.issuperset(results[organisation.key])
    ]
    return {"n": len(asked), "items": names(asked), "list": silent}


@figure("danglingPivots", whole=True)
def dangling_pivots(view: ScopedPerspective) -> Answer:
    """Iterations concluded at least 30 days ago with the decision pivot or continue_testing, where none of these
    occurred within 30 days after the conclusion: an iteration that follows was planned, or their question was reframed
    or closed.

    n = iterations with such a decision that were concluded at least 30 days ago. An iteration that follows and whose
    recorded planning time is before the conclusion counts as planned at the conclusion; a reframing with a time before
    the conclusion does not count. `from` and `to` select by the time of the conclusion.
    """
    decided = [
        (iteration, end)
        for iteration, end in view.concluded
        if end.data["decision"] in ("pivot", "continue_testing")
        and view.is_old(end.time, _PIVOT_DAYS)
    ]
    dangling = [iteration.key for iteration, end in decided if not _led_on(view, iteration, end)]
    things = [iteration for iteration, _ in decided]
    return {"n": len(things), "items": names(things), "list": dangling}


def _led_on(view: ScopedPerspective, iteration: IndexedSubject, end: IndexedEvent) -> bool:
    perspective = view.perspective
    until = end.time + _PIVOT_DAYS * DAY_US
    followers = perspective.born_naming(iteration, IterationPlanned, "follows")
    if any(follower.time <= until for follower in followers):
        return True
    question = perspective.one(iteration.born, "question")
    if question is None:
        return False
    changes = perspective.events_of(question, QuestionReframed) + perspective.events_of(
        question, QuestionClosed
    )
    return any(end.time <= change.time <= until for change in changes)


@figure("stalledIterations", whole=True)
def stalled_iterations(view: ScopedPerspective) -> Answer:
    """Iterations that were started, are not concluded, and that no event has named in the last 30 days (exactly 30 days
    ago still counts as named).

    n = iterations started and not concluded. Any event that creates, moves, notes or refers to an iteration names it.
    """
    perspective = view.perspective
    running = [
        iteration
        for iteration in view.things("iteration")
        if perspective.last(iteration, IterationStarted) is not None
        and perspective.last(iteration, IterationConcluded) is None
    ]
    perspective.flows()
    rows = []
    for iteration in running:
        named = [*iteration.entries, *iteration.named_by]
        silence = perspective.at_us - max(entry.time for entry in named if perspective.shows(entry))
        if silence > _STALLED_DAYS * DAY_US:
            rows.append((silence, iteration))
    rows.sort(key=lambda row: (-row[0], row[1].position))
    return {
        "n": len(running),
        "items": names(running),
        "list": [
            {"iteration": iteration.key, "silenceDays": rounded(days(silence))}
            for silence, iteration in rows
        ],
    }


def is_open(view: ScopedPerspective, ask: IndexedSubject) -> bool:
    """Return whether nobody has answered the request for help yet."""
    return view.perspective.last(ask, HelpGiven) is None


@figure("openAsks", whole=True)
def open_asks(view: ScopedPerspective) -> Answer:
    """Requests for help that nobody has answered yet, with the longest open first. n = requests for help."""
    asks = view.things("ask")
    waiting = sorted(
        (ask for ask in asks if is_open(view, ask)), key=lambda ask: (ask.time, ask.position)
    )
    view.perspective.flows()
    return {
        "n": len(asks),
        "items": names(asks),
        "list": [
            {"ask": ask.key, "daysOpen": rounded(days(view.perspective.at_us - ask.time))}
            for ask in waiting
        ],
    }


@figure("openCommitments", whole=True)
def open_commitments(view: ScopedPerspective) -> Answer:
    """Commitments that are not settled and were due before the UTC day of `at`, with the longest overdue first.

    n = commitments with a `due_on` that are not settled. daysOverdue is a number of whole days: at any time of
    2026-03-10, a commitment that was due on 2026-03-08 is 2 days overdue, and one that is due on that day is not
    overdue.
    """
    perspective = view.perspective
    due = [
        (commitment, date.fromisoformat(day))
        for commitment in view.things("commitment")
        if (day := perspective.data(commitment.born).get("due_on"))
        and perspective.last(commitment, CommitmentSettled) is None
    ]
    if due:
        perspective.changes_at((perspective.at_us // DAY_US + 1) * DAY_US)
    today = as_datetime(perspective.at_us).date()
    rows = [((today - day).days, commitment) for commitment, day in due if day < today]
    rows.sort(key=lambda row: (-row[0], row[1].position))
    things = [commitment for commitment, _ in due]
    return {
        "n": len(things),
        "items": names(things),
        "list": [
            {"commitment": commitment.key, "daysOverdue": overdue} for overdue, commitment in rows
        ],
    }
