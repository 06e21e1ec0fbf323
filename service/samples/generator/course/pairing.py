"""Pairings: who is paired, whether they meet, and how the pairing ends."""

from service.samples.generator.activities.work import Work
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import SamplePairing
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import HOUR


def pairings(cohort: SampleCohort) -> Story:
    """Pair the present organisations in twos and threes; some months later, pair a few of them again."""
    dice = cohort.dice
    for _ in range(2):
        present = cohort.present()
        free = [one for one in present if not any(p.ended_at is None for p in one.pairings)]
        waiting = dice.some(free, len(free), len(free))
        while len(waiting) >= 2 and cohort.under_way():
            size = 3 if len(waiting) >= 3 and (len(waiting) == 3 or dice.chance(0.2)) else 2
            members, waiting = tuple(waiting[:size]), waiting[size:]
            if dice.chance(0.85):
                cohort.agenda.begin(_paired(cohort, members), cohort.now)
        yield max(cohort.after(1, 3), cohort.moment_between(0.4, 0.55))


def _paired(cohort: SampleCohort, members: tuple[SampleOrganisation, ...]) -> Story:
    dice = cohort.dice
    if not cohort.under_way() or not all(one.present for one in members):
        return
    level = dice.pick((None, None, None, "pair", "public"))
    pairing = SamplePairing(
        "pairing", cohort.new_key("p"), "", level or "cohort", cohort.now, members=members
    )
    cohort.record(
        "organisations.paired",
        {
            "pairing": pairing.key,
            "cohort": cohort.key,
            "organisations": [one.key for one in members],
            "purpose": cohort.words.say(cohort.domain, "purposes") if dice.chance(0.5) else None,
        },
        level=level,
    )
    cohort.pairings.append(pairing)
    for one in members:
        one.pairings.append(pairing)
    if dice.chance(0.2):
        return  # These never meet.
    for _ in range(dice.pick((1, 2, 3, 4, 5, 6))):
        yield cohort.after(12, 45)
        if pairing.ended_at is not None:
            return
        _meet(cohort, pairing, pairing.since)
    if dice.chance(0.5):
        yield cohort.after(5, 40)
        if pairing.ended_at is None:
            _end(cohort, pairing)
            yield cohort.after(1, 6)
            if cohort.under_way() and all(one.present for one in members):
                # Held before the end, but recorded only now.
                _meet(cohort, pairing, pairing.since, recorded_late=True)


def _meet(
    cohort: SampleCohort, pairing: SamplePairing, since: int, *, recorded_late: bool = False
) -> None:
    dice = cohort.dice
    work = Work(cohort, dice.pick(pairing.members))
    at = work.lately(since)
    if recorded_late and pairing.ended_at is not None:
        at = pairing.ended_at - dice.between(2, 48) * HOUR
        if any(one.joined_at > at for one in pairing.members):
            return
    work.add(
        "pairing.met",
        {
            "pairing": pairing.key,
            "organisation": work.organisation.key,
            "minutes": dice.pick((30, 45, 60, 60, 75, 90, 120)) if dice.chance(0.8) else None,
            "summary": work.perhaps(0.5, "notes"),
            "links": cohort.links(0.05),
        },
        pairing,
        at=at,
    )


def _end(cohort: SampleCohort, pairing: SamplePairing) -> None:
    dice = cohort.dice
    pairing.ended_at = pairing.since = cohort.now
    data: dict[str, object] = {"pairing": pairing.key}
    by = dice.pick(pairing.members) if dice.chance(0.6) else None
    reason = cohort.words.say(cohort.domain, "reasons") if dice.chance(0.6) else None
    cohort.record("pairing.ended", data | {"reason": reason}, by=by)


def end_all(pairings_of: list[SamplePairing], at: int) -> None:
    """Mark these pairings as ended: a close or a departure ends them without an event of their own."""
    for pairing in pairings_of:
        if pairing.ended_at is None:
            pairing.ended_at = at
