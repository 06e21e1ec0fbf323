"""Inspirations: examples and ideas of others that are shared with the cohort."""

from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.agenda import Story

_KINDS = ("case_study", "case_study", "theory", "speaker", "visit", "tool", "peer_practice")


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
