"""The beginning of a cohort: its shared question, its organisations, and the stories that begin then."""

from events.vocabulary.values.question_form import ENGLISH
from service.samples.generator.activities.corrections import entered_twice, second_thoughts
from service.samples.generator.activities.exchange import inspire
from service.samples.generator.activities.publication import publish
from service.samples.generator.course.closing import close
from service.samples.generator.course.hosts import begin_hosting, find_host
from service.samples.generator.course.membership import membership
from service.samples.generator.course.note import note
from service.samples.generator.course.pairing import pairings
from service.samples.generator.course.registration import newcomer
from service.samples.generator.course.revision import revise
from service.samples.generator.course.session import session
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import DAY, HOUR, MONTH, local_day, workday


def formation(cohort: SampleCohort) -> Story:
    """Form the cohort, and begin all its other stories."""
    dice, agenda = cohort.dice, cohort.agenda
    cohort.invited = _invited(cohort)
    cohort.hosts = [find_host(cohort) for _ in range(dice.pick((0, 0, 0, 1, 2)))]
    _form(cohort)
    for host in cohort.hosts:
        begin_hosting(cohort, host)
    for place, organisation in enumerate(cohort.invited):
        late = place >= 4 and dice.chance(0.4)
        days = dice.between(30, 75) if late else dice.between(0, 8)
        joins_at = workday(cohort.now + days * DAY) + (place + 1) * HOUR
        agenda.begin(membership(cohort, organisation), joins_at)
    agenda.begin(pairings(cohort), cohort.now + dice.between(14, 40) * DAY)
    if cohort.closes_at is not None:
        agenda.begin(close(cohort), cohort.closes_at)
    agenda.begin(_shared_question(cohort), cohort.moment_between(0.4, 0.9))
    if dice.chance(0.6):
        agenda.begin(revise(cohort), cohort.moment_between(0.1, 1.05))
    much = cohort.bustle
    for _ in range(dice.rounded(4 * much) + 1):
        agenda.begin(session(cohort), cohort.moment_between(0.02, 0.98))
    for _ in range(dice.rounded(4 * much) + 1):
        agenda.begin(inspire(cohort), cohort.moment_between(0.02, 0.8))
    for _ in range(dice.rounded(13 * much)):
        agenda.begin(note(cohort), cohort.moment_between(0.05, 1.15))
    for _ in range(dice.rounded(0.4 * much)):
        agenda.begin(publish(cohort, None), cohort.moment_between(0.5, 0.95))
    if cohort.sender.corrects:
        for _ in range(dice.rounded(4 * much)):
            agenda.begin(second_thoughts(cohort), cohort.moment_between(0.15, 1.2))
        for _ in range(dice.rounded(0.8 * much)):
            agenda.begin(_slip(cohort), cohort.moment_between(0.1, 0.9))
    yield from ()


def _form(cohort: SampleCohort) -> None:
    dice, words, subject, now = cohort.dice, cohort.words, cohort.subject, cohort.now
    level = "public" if dice.chance(0.75) else None
    subject.level = cohort.question.level = level or "cohort"
    cohort.question.text = words.shared_question(cohort.domain, cohort.language)
    cohort.question.key = cohort.new_key("shared")
    cohort.question.since = subject.since = now
    earlier = [cohort.commons.cohorts.find(dice, now) for _ in range(dice.pick((0, 1, 1, 2)))]
    cohort.record(
        "cohort.formed",
        {
            "cohort": cohort.key,
            "title": words.say(cohort.domain, "cohort_titles"),
            "question": cohort.question.key,
            "text": cohort.question.text,
            "facilitator": words.word("facilitators"),
            "sector": dice.pick(cohort.domain.sectors) if dice.chance(0.7) else None,
            "starts_on": local_day(now, "GB"),
            "planned_months": _months(cohort),
            "builds_on": list(dict.fromkeys(one.key for one in earlier if one is not None)),
            "hosts": [one.key for one in cohort.hosts] or None,
            "language": None if cohort.language == ENGLISH else cohort.language,
            "themes": words.themes(cohort.domain, 1, 3),
        },
        level=level,
    )


def _months(cohort: SampleCohort) -> int:
    # Plans are seldom kept to the day, and one in a hundred is unusual.
    if cohort.dice.chance(0.01):
        return cohort.dice.pick((3, 24))
    return max(6, (cohort.expected_end - cohort.begins_at + MONTH // 2) // MONTH)


def _invited(cohort: SampleCohort) -> list[SampleOrganisation]:
    """Return four to six organisations, some of which were in a cohort before."""
    dice = cohort.dice
    invited: list[SampleOrganisation] = []
    for _ in range(dice.pick((4, 5, 5, 5, 6, 6))):
        back = None
        if dice.chance(0.25):
            back = cohort.commons.organisations.find(dice, cohort.now)
        invited.append(back if back and back not in invited else newcomer(cohort))
    return invited


def _shared_question(cohort: SampleCohort) -> Story:
    """Reframe the shared question, as the facilitator, or answer it, or neither."""
    dice, question = cohort.dice, cohort.question
    if cohort.under_way() and dice.chance(0.4):
        question.text = cohort.words.shared_question(
            cohort.domain, cohort.language, other_than=question.text
        )
        question.since = cohort.now
        because = [
            one.ref
            for one in dice.some(cohort.learnings, 0, 2)
            if one.level in ("cohort", "public")
        ]
        cohort.record(
            "question.reframed",
            {
                "question": question.key,
                "text": question.text,
                "reason": cohort.words.say(cohort.domain, "reasons"),
                "because_of": because,
            },
        )
    if dice.chance(0.4):
        yield cohort.moment_between(0.9, 0.99)
        if cohort.under_way():
            question.closed = True
            question.since = cohort.now
            outcome = dice.pick(("answered", "parked"))
            cohort.record("question.closed", {"question": question.key, "outcome": outcome})


def _slip(cohort: SampleCohort) -> Story:
    organisation = cohort.peer_of(None)
    if organisation is not None:
        yield from entered_twice(cohort, organisation)
