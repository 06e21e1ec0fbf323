"""What organisations give to each other: inspirations, and help that was asked for."""

from service.samples.generator.activities.work import Work
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.agenda import Story

_KINDS = ("case_study", "case_study", "theory", "speaker", "visit", "tool", "peer_practice")


def ask(work: Work) -> Story:
    """Record an ask; peers may help, once or twice."""
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    if not work.may_begin():
        return
    level = work.level(public=0.3)
    asked = SampleSubject(
        "ask", cohort.new_key("a"), organisation.key, level or "cohort", cohort.now, work.inside
    )
    work.record(
        "help.asked",
        {
            "ask": asked.key,
            "organisation": organisation.key,
            "cohort": work.cohort_key,
            "text": work.says("asks"),
            "themes": work.words.themes(organisation.domain, 0, 2),
        },
        level=level,
    )
    cohort.asks.append(asked)
    for _ in range(dice.pick((0, 0, 1, 1, 1, 2))):
        yield cohort.after(0.5, 25)
        peer = cohort.peer_of(organisation)
        if peer is not None and cohort.sees(peer, asked):
            give(work, peer, asked)


def help_elsewhere(work: Work) -> Story:
    """Help with an ask that an earlier cohort made public."""
    cohort, organisation = work.cohort, work.organisation
    asked = cohort.commons.asks.find(work.dice, cohort.now, organisation.key)
    if asked is not None and work.may_begin():
        give(work, organisation, asked)
    yield from ()


def give(work: Work, helper: SampleOrganisation, asked: SampleSubject) -> None:
    """Record the helper's answer to the ask."""
    theirs = Work(work.cohort, helper)
    theirs.add(
        "help.given",
        {"ask": asked.key, "organisation": helper.key, "text": theirs.says("helps")},
        asked,
    )


def inspire(cohort: SampleCohort) -> Story:
    """Share an inspiration, as the facilitator or an organisation."""
    dice, words = cohort.dice, cohort.words
    if not cohort.under_way():
        return
    by: SampleOrganisation | None = cohort.peer_of(None) if dice.chance(0.4) else None
    domain = by.domain if by else cohort.domain
    level = "public" if dice.chance(0.3) else None
    key = cohort.new_key("n")
    inspiration = SampleSubject(
        "inspiration", key, by.key if by else "", level or "cohort", cohort.now
    )
    about = [cohort.question.key] if dice.chance(0.4) else []
    if cohort.questions and dice.chance(0.3):
        question = dice.pick(cohort.questions)
        if question.inside and question.level in ("cohort", "public"):
            about.append(question.key)
    cohort.record(
        "inspiration.shared",
        {
            "inspiration": key,
            "cohort": cohort.key,
            "by": by.key if by else None,
            "kind": dice.pick(_KINDS),
            "title": words.say(domain, "inspirations"),
            "url": f"https://library.example.org/{key}" if dice.chance(0.5) else None,
            "summary": words.say(domain, "learnings") if dice.chance(0.5) else None,
            "questions": about,
        },
        by=by,
        level=level,
    )
    cohort.inspirations.append(inspiration)
    yield from ()
