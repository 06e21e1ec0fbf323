"""Invented persons: introduced, mentioned in notes, and some of them forgotten."""

from service.samples.generator.course.note import note_on_person
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.randomness.agenda import Story


def introduce(cohort: SampleCohort, organisation: SampleOrganisation) -> None:
    """Introduce a person of the organisation, who may act in its name from now on."""
    dice, words = cohort.dice, cohort.words
    person = cohort.new_key("person")
    name, email = words.full_name()
    cohort.record(
        "person.introduced",
        {
            "person": person,
            "organisation": organisation.key,
            "role": words.word("roles"),
            "name": name,
            "email": email if dice.chance(0.8) else None,
        },
        by=organisation,
    )
    organisation.people.append(person)
    if dice.chance(0.08):
        cohort.agenda.begin(_known(cohort, organisation, person), cohort.after(20, 500))


def _known(cohort: SampleCohort, organisation: SampleOrganisation, person: str) -> Story:
    if person not in organisation.people:
        return
    if cohort.dice.chance(0.3):
        note_on_person(cohort, person)
        yield cohort.after(5, 60)
    # A forgotten person no longer acts, not even in this event.
    organisation.people.remove(person)
    cohort.record("person.forgotten", {"person": person})
