"""Asks for help, and the help that is given."""

from service.samples.generator.activities.work import Work
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.agenda import Story


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
