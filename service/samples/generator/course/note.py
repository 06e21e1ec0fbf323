"""Notes about anything."""

from service.samples.generator.activities.work import Work
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.agenda import Story


def note(cohort: SampleCohort) -> Story:
    """Write a note about a subject of the cohort, as the facilitator or an organisation that sees it."""
    dice = cohort.dice
    writer = cohort.peer_of(None) if dice.chance(0.6) else None
    pools: list[list[SampleSubject]] = [
        [*cohort.questions[-40:], cohort.question],
        [*cohort.iterations[-40:]],
        [*cohort.failures[-40:]],
        [*cohort.learnings[-40:]],
        [*cohort.pairings],
        cohort.inspirations,
        cohort.asks,
        cohort.outcomes,
        cohort.publications,
        cohort.sessions,
        [*cohort.commitments[-40:]],
    ]
    pool = dice.pick(pools)
    subject = dice.pick(pool) if pool and dice.chance(0.85) else cohort.subject
    if subject.owner and not any(one.key == subject.owner for one in cohort.present()):
        subject = cohort.subject  # Nobody writes about the subjects of organisations that left.
    if writer is not None and not _sees(cohort, writer, subject):
        writer = None
    level = dice.pick((None, None, None, "private", "pair", "cohort"))
    if writer is None:
        text = cohort.words.say(cohort.domain, "notes")
        links = cohort.links(0.1)
        data: dict[str, object] = {"about": subject.ref, "text": text, "links": links}
        cohort.add("note.added", data, subject, level=level)
        return
    work = Work(cohort, writer)
    about, since = subject.ref, subject.since
    first: SampleSubject | None = subject
    if dice.chance(0.08):
        about, first, since = f"organisation/{writer.key}", None, writer.joined_at
    work.add(
        "note.added",
        {
            "about": about,
            "organisation": writer.key,
            "text": work.says("notes"),
            "links": cohort.links(0.1),
        },
        first,
        at=work.lately(since),
        level=level,
    )
    yield from ()


def _sees(cohort: SampleCohort, writer: SampleOrganisation, subject: SampleSubject) -> bool:
    if subject.kind == "cohort":
        return True
    if subject.kind == "pairing":
        return any(subject is pairing for pairing in writer.pairings)
    return subject.owner == writer.key or cohort.sees(writer, subject)


def note_on_person(cohort: SampleCohort, person: str) -> None:
    """Write the facilitator's note about a person. Nothing refers to it later, because the person may be forgotten."""
    text = cohort.words.say(cohort.domain, "notes")
    cohort.record("note.added", {"about": f"person/{person}", "text": text})
