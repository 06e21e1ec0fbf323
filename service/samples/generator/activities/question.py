"""A question that an organisation works on, from its framing to its end."""

from events.vocabulary.values.question_form import ENGLISH
from service.samples.generator.activities.corrections import slips, void
from service.samples.generator.activities.failure import perspectives, record_failure
from service.samples.generator.activities.iteration import carry_out
from service.samples.generator.activities.learning import adopt, capture
from service.samples.generator.activities.openness import reconsidered
from service.samples.generator.activities.outcome import harvest
from service.samples.generator.activities.plan import plan
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.subject import (
    SampleIteration,
    SampleLearning,
    SampleQuestion,
)
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.wording import lexicon


def strand(work: Work) -> Story:
    """Frame a question or take the shared one, iterate on it, reframe it, and close it."""
    cohort, dice = work.cohort, work.dice
    if not work.may_begin():
        return
    shared = work.inside and not cohort.question.closed and dice.chance(0.12)
    question = cohort.question if shared else _frame(work)
    if dice.chance(0.4):
        work.correlation = f"{cohort.key}.{cohort.new_key('strand')}"
    previous: SampleIteration | None = None
    last = work.organisation.last_iteration
    if last is not None and last.since < cohort.now and dice.chance(0.3):
        previous = last
    for _ in range(dice.pick((0, 1, 1, 2, 2, 2, 3, 3, 4))):
        yield work.pause(2, 14)
        if not work.may_begin() or question.closed:
            return
        iteration = plan(work, question, previous)
        yield from carry_out(work, iteration)
        if iteration.concluded_at is None:
            return
        concluded = cohort.last_id
        yield work.pause(0.1, 8)
        learning = _look_back(work, iteration)
        goes_on = _continues(work, question, iteration, learning, concluded)
        if not goes_on:
            break
        previous = iteration if dice.chance(0.75) else None
    yield work.pause(3, 30)
    if not shared and work.may_settle() and dice.chance(0.6):
        _close(work, question)


def _frame(work: Work) -> SampleQuestion:
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    level = work.level(public=0.4)
    language = work.usual_language
    if dice.chance(0.06):
        language = dice.pick(lexicon().languages)
    question = SampleQuestion(
        "question",
        cohort.new_key("q"),
        organisation.key,
        level or "cohort",
        cohort.now,
        work.inside,
        text=work.question(language),
        themes=work.words.themes(organisation.domain, 1, 3),
        language=language,
    )
    work.record(
        "question.framed",
        {
            "question": question.key,
            "organisation": organisation.key,
            "cohort": work.cohort_key,
            "text": question.text,
            "parent": _parent(work),
            "language": None if language == work.usual_language else language,
            "themes": question.themes,
        },
        level=level,
    )
    cohort.questions.append(question)
    if dice.chance(0.08):
        cohort.agenda.begin(reconsidered(work, question), cohort.after(10, 90))
    return question


def _parent(work: Work) -> str | None:
    cohort, dice = work.cohort, work.dice
    if dice.chance(0.25) and cohort.questions:
        other = dice.pick(cohort.questions)
        own = other.owner == work.organisation.key
        return other.key if own or cohort.sees(work.organisation, other) else None
    if dice.chance(0.1):
        earlier = cohort.commons.questions.find(dice, cohort.now)
        return earlier.key if earlier else None
    return cohort.question.key if dice.chance(0.4) else None


def _look_back(work: Work, iteration: SampleIteration) -> SampleLearning | None:
    """Record a review, failures and learnings after the conclusion, by the organisation's temperament."""
    dice, habit = work.dice, work.organisation.temperament
    if not work.may_begin():
        return None
    sources = [iteration.ref]
    went_wrong = iteration.result != "supported"
    if dice.chance(habit.records_failures * (0.75 if went_wrong else 0.2)):
        question = iteration.question
        own = question is not None and not question.shared and dice.chance(0.2)
        named = question.key if question is not None and own else None
        failure = record_failure(work, iteration.themes, iteration, named)
        sources = dice.pick(
            ([failure.ref], [iteration.ref, failure.ref], [failure.ref, iteration.ref])
        )
        if dice.chance(0.18):
            work.cohort.agenda.begin(perspectives(work, iteration), work.cohort.after(1, 10))
    if dice.chance(0.3):
        _review(work, iteration)
    if not dice.chance(0.75):
        return None
    if work.organisation.adopted and dice.chance(0.2):
        sources.append(f"learning/{max(work.organisation.adopted)}")
    learning = capture(work, sources, iteration.themes)
    if dice.chance(0.15):
        capture(work, [learning.ref, iteration.ref], iteration.themes)
    if dice.chance(0.15 * habit.attends):
        adopt(work, None)
    return learning


def _review(work: Work, iteration: SampleIteration) -> None:
    organisation, dice = work.organisation, work.dice
    names_iteration = dice.chance(0.8)
    work.add(
        "review.held",
        {
            "organisation": organisation.key,
            "cohort": work.cohort_key if not names_iteration or dice.chance(0.4) else None,
            "iteration": iteration.key if names_iteration else None,
            "intended": work.says("intended"),
            "actual": work.says("actual"),
            "why": work.says("whys"),
            "sustain": work.words.several(organisation.domain, "learnings", 0, 3),
            "change": work.words.several(organisation.domain, "actions", 0, 2),
            "links": work.cohort.links(0.1),
        },
        None,
        at=work.lately(iteration.since),
    )


def _continues(
    work: Work,
    question: SampleQuestion,
    iteration: SampleIteration,
    learning: SampleLearning | None,
    concluded: str,
) -> bool:
    """Return whether another iteration follows; the question may be reframed or an outcome recorded first."""
    dice, habit = work.dice, work.organisation.temperament
    if not work.may_begin():
        return False
    if iteration.decision == "retire":
        return False
    if iteration.decision == "scale":
        if dice.chance(0.6):
            harvest(work)
        return dice.chance(0.3)
    if not dice.chance(habit.follows_up):
        return False
    if not question.shared and dice.chance(0.75 if iteration.decision == "pivot" else 0.25):
        reframe(work, question, learning, concluded)
    return True


def reframe(
    work: Work, question: SampleQuestion, learning: SampleLearning | None, cause: str | None
) -> None:
    """Reframe the question, because of the learning, or of a failure if there is one."""
    cohort, dice = work.cohort, work.dice
    because = [learning.ref] if learning and dice.chance(0.8) else []
    if cohort.failures and dice.chance(0.2):
        failure = dice.pick(cohort.failures)
        if failure.owner == work.organisation.key or cohort.sees(work.organisation, failure):
            because.append(failure.ref)
    language = None
    if question.language != ENGLISH and dice.chance(0.1):
        language = question.language = ENGLISH
    question.text = work.question(question.language, other_than=question.text)
    question.since = cohort.now
    work.record(
        "question.reframed",
        {
            "question": question.key,
            "text": question.text,
            "language": language,
            "reason": work.says("reasons"),
            "because_of": because,
        },
        cause=cause if dice.chance(0.5) else None,
    )


def _close(work: Work, question: SampleQuestion) -> None:
    cohort, dice = work.cohort, work.dice
    own = [one.key for one in work.organisation.learnings[-30:]]
    while True:
        position = work.record(
            "question.closed",
            {
                "question": question.key,
                "outcome": dice.pick(("answered", "answered", "parked")),
                "summary": work.perhaps(0.6, "summaries"),
                "learnings": dice.some(own, 0, 2),
            },
        )
        if not slips(cohort):
            break
        void(cohort, position)
    question.closed = True
    question.since = cohort.now
