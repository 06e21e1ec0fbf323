"""Sessions of a cohort: who attended them, and what they committed to there."""

from service.samples.generator.activities.commitment import commit
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import HOUR

_KINDS = (
    "workshop",
    "workshop",
    "workshop",
    "check_in",
    "check_in",
    "visit",
    "showcase",
    "review",
    "training",
    "other",
)
_MINUTES = (45, 60, 90, 120, 120, 180, 360)


def session(cohort: SampleCohort) -> Story:
    """Hold a session, which is recorded some hours after it began; most of the organisations attend."""
    dice, words = cohort.dice, cohort.words
    began = cohort.now - dice.between(1, 30) * HOUR
    there = [one for one in cohort.present() if one.joined_at <= began]
    if not cohort.under_way() or began < cohort.subject.since or not there:
        return
    attended = dice.some(there, max(len(there) - 2, 0), len(there))
    level = dice.pick((None, None, None, None, "public"))
    held = SampleSubject("session", cohort.new_key("s"), "", level or "cohort", cohort.now)
    cohort.record(
        "session.held",
        {
            "session": held.key,
            "cohort": cohort.key,
            "kind": dice.pick(_KINDS),
            "title": words.say(cohort.domain, "sessions"),
            "minutes": dice.pick(_MINUTES) if dice.chance(0.8) else None,
            "attended": [one.key for one in attended],
            "people": _people(cohort, len(attended)) if dice.chance(0.7) else None,
            "summary": words.say(cohort.domain, "notes") if dice.chance(0.5) else None,
            "links": cohort.links(0.3),
        },
        at=began,
        level=level,
    )
    cohort.sessions.append(held)
    for organisation in attended:
        if dice.chance(0.35):
            cohort.agenda.begin(commit(Work(cohort, organisation), held), cohort.after(0, 2))
    yield from ()


def _people(cohort: SampleCohort, organisations: int) -> int:
    return sum(cohort.dice.between(1, 4) for _ in range(organisations))
