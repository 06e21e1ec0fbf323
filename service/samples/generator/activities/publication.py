"""Publications, what they cite, and some withdrawals."""

from service.samples.generator.activities.openness import may_be, move_to
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import HOUR

_KINDS = ("report", "toolkit", "field_guide", "case_study", "failure_report", "dataset", "article")
_LICENCES = ("CC-BY-4.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "OGL-UK-3.0", "NOASSERTION")


def publish(cohort: SampleCohort, organisation: SampleOrganisation | None) -> Story:
    """Publish for the organisation or the cohort; what the publication cites is made public first."""
    dice, words = cohort.dice, cohort.words
    if organisation is not None:
        work = Work(cohort, organisation)
        if not work.may_settle():
            return
        _open_some(work)
        yield cohort.now + dice.between(1, 30) * HOUR
        if not work.may_settle():
            return
    domain = organisation.domain if organisation else cohort.domain
    key = cohort.new_key("pub")
    level = None if dice.chance(0.85) else "cohort"
    publication = SampleSubject(
        "publication", key, organisation.key if organisation else "", level or "public", cohort.now
    )
    cohort.record(
        "publication.released",
        {
            "publication": key,
            "cohort": cohort.key if organisation is None or dice.chance(0.6) else None,
            "organisation": organisation.key if organisation else None,
            "kind": dice.pick(_KINDS),
            "title": words.say(domain, "publications"),
            "licence": dice.pick(_LICENCES),
            "url": f"https://reports.example.org/{key}" if dice.chance(0.7) else None,
            "language": _language(cohort),
            "cites": _citable(cohort),
        },
        by=organisation,
        level=level,
    )
    cohort.publications.append(publication)
    if not dice.chance(0.12):
        return
    yield cohort.after(20, 200)
    if organisation is None or organisation.present:
        reason = {"reason": words.word("withdrawals")}
        data: dict[str, object] = {"publication": key}
        cohort.record("publication.withdrawn", data | reason, by=organisation)


def _language(cohort: SampleCohort) -> str | None:
    return cohort.language if cohort.dice.chance(0.2) else None


def _open_some(work: Work) -> None:
    cohort, dice, owner = work.cohort, work.dice, work.organisation.key
    candidates: list[SampleSubject] = [*work.organisation.learnings[-20:]]
    candidates += [one for one in cohort.failures[-60:] if one.owner == owner]
    candidates += [one for one in cohort.iterations[-60:] if one.owner == owner]
    for subject in dice.some(candidates, 0, 3):
        if subject.level != "public" and may_be(subject, "public"):
            move_to(work, subject, "public")


def _citable(cohort: SampleCohort) -> list[str]:
    dice = cohort.dice
    pools: list[list[SampleSubject]] = [
        [cohort.question, *cohort.questions[-40:]],
        [*cohort.iterations[-40:]],
        [*cohort.failures[-40:]],
        [*cohort.learnings[-40:]],
        cohort.outcomes,
    ]
    found = [dice.pick(pool) for _ in range(dice.between(2, 12)) if (pool := dice.pick(pools))]
    earlier = cohort.commons.citable.find(dice, cohort.now) if dice.chance(0.3) else None
    if earlier is not None:
        found.append(earlier)
    return list(dict.fromkeys(one.ref for one in found if one.level == "public"))
