"""For a facilitator: what needs a word or a hand."""

from collections import defaultdict
from itertools import pairwise
from statistics import median

from events.moments import DAY_US
from projections.insights.definition import Answer, figure
from projections.insights.numbers import days, rounded
from projections.insights.tally import names
from projections.insights.things import Entry, Thing
from projections.insights.view import View

_QUIET_DAYS = 14
_STALLED_DAYS = 30
_PIVOT_DAYS = 30
_CONCLUDED_MIN = 3


@figure("quietOrganisations", whole=True)
def quiet_organisations(view: View) -> Answer:
    """Organisations present in a cohort in scope whose silence exceeds max(14 days, 2 × the median gap between the
    distinct UTC days on which they recorded).

    An organisation recorded on a day if it acted in an event of its journey, in a cohort in scope or in none. Joining
    starts the silence but is not a recording day. With fewer than 2 recording days, the threshold is 14 days. n =
    present organisations. For an organisation that is present in several cohorts, its latest joining counts. `from`,
    `to` and `themes` are ignored.
    """
    lens = view.lens
    lens.flows()
    joined: dict[Thing, int] = {}
    for organisation, cohort in view.memberships:
        for span in lens.stays(organisation, cohort):
            if span.start <= lens.now < span.end:
                joined[organisation] = max(int(span.start[0]), joined.get(organisation, 0))
    rows = []
    for organisation, since in joined.items():
        times = [entry.time for entry in _recorded(view, organisation.key)]
        recording_days = sorted({time // DAY_US for time in times})
        gaps = [later - earlier for earlier, later in pairwise(recording_days)]
        gap = median(gaps) if gaps else None
        silence = lens.at_us - max(since, *times) if times else lens.at_us - since
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


def _recorded(view: View, organisation: str) -> list[Entry]:
    found = []
    for entry in view.lens.book.journeys.get(organisation, ()):
        cohort, first = entry.cohort, entry.first
        if cohort is None and first is not None and organisation in first.owners:
            cohort = first.cohort
        if (cohort is None or view.wants_cohort(cohort)) and view.lens.tells(entry):
            found.append(entry)
    return found


@figure("noFailuresTold", whole=True)
def no_failures_told(view: View) -> Answer:
    """Organisations with at least 3 concluded iterations, all of them supported or invalid, and no recorded failure.

    A prompt for a conversation, not a mark. n = organisations with at least 3 concluded iterations.
    """
    results: dict[str, list[str]] = defaultdict(list)
    for iteration, end in view.concluded:
        owner = view.lens.owner(iteration)
        if owner is not None:
            results[owner].append(end.data["result"])
    told = {view.lens.owner(failure) for failure in view.failures}
    asked = view.organisations(key for key, own in results.items() if len(own) >= _CONCLUDED_MIN)
    silent = [
        organisation.key
        for organisation in asked
        if organisation.key not in told
        and {"supported", "invalid"}.issuperset(results[organisation.key])
    ]
    return {"n": len(asked), "items": names(asked), "list": silent}


@figure("danglingPivots", whole=True)
def dangling_pivots(view: View) -> Answer:
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


def _led_on(view: View, iteration: Thing, end: Entry) -> bool:
    lens = view.lens
    until = end.time + _PIVOT_DAYS * DAY_US
    followers = lens.born_naming(iteration, "iteration.planned", "follows")
    if any(follower.time <= until for follower in followers):
        return True
    question = lens.one(iteration.born, "question")
    if question is None:
        return False
    changes = lens.told(question, "question.reframed") + lens.told(question, "question.closed")
    return any(end.time <= change.time <= until for change in changes)


@figure("stalledIterations", whole=True)
def stalled_iterations(view: View) -> Answer:
    """Iterations that were started, are not concluded, and that no event has named in the last 30 days (exactly 30 days
    ago still counts as named).

    n = iterations started and not concluded. Any event that creates, moves, notes or refers to an iteration names it.
    """
    lens = view.lens
    running = [
        iteration
        for iteration in view.things("iteration")
        if lens.last(iteration, "iteration.started") is not None
        and lens.last(iteration, "iteration.concluded") is None
    ]
    lens.flows()
    rows = []
    for iteration in running:
        named = [*iteration.entries, *iteration.named_by]
        silence = lens.at_us - max(entry.time for entry in named if lens.tells(entry))
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


def is_open(view: View, ask: Thing) -> bool:
    """Say whether nobody has helped yet."""
    return view.lens.last(ask, "help.given") is None


@figure("openAsks", whole=True)
def open_asks(view: View) -> Answer:
    """Requests for help that nobody has answered yet, with the longest open first. n = requests for help."""
    asks = view.things("ask")
    waiting = sorted(
        (ask for ask in asks if is_open(view, ask)), key=lambda ask: (ask.time, ask.position)
    )
    view.lens.flows()
    return {
        "n": len(asks),
        "items": names(asks),
        "list": [
            {"ask": ask.key, "daysOpen": rounded(days(view.lens.at_us - ask.time))}
            for ask in waiting
        ],
    }
