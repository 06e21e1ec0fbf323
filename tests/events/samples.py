"""Sample events for tests: one function per type, with everything filled in that the test does not care about.

Each returns a CloudEvent without `id` and `time`; a `Record` gives it those. Keywords that name an attribute of the
envelope (`time`, `visibility`, `actor`, …) go there, all others into the data; None leaves a default out.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY

EventJson = dict[str, Any]

ATTRIBUTES: Final = frozenset(
    {"id", "source", "subject", "time", "timeprecision", "visibility", "actor"}
)
START: Final = datetime(2024, 3, 1, 9, tzinfo=UTC)


def at(hours: float = 0, *, us: int = 0) -> str:
    """Return the time so many hours (and µs) after the start of every test's story."""
    return (START + timedelta(hours=hours, microseconds=us)).isoformat()


def sample_event(type_: str, more: EventJson, /, **data: Any) -> EventJson:
    """Return the event of this type, with `more` laid over the data."""
    attributes = {key: value for key, value in more.items() if key in ATTRIBUTES}
    data |= {key: value for key, value in more.items() if key not in ATTRIBUTES}
    return {
        "specversion": "1.0",
        "type": VOCABULARY.named(type_).wire_name,
        "data": {key.rstrip("_"): value for key, value in data.items() if value is not None},
        **attributes,
    }


def formed(cohort: str = "heritage", **more: Any) -> EventJson:
    return sample_event(
        "cohort.formed",
        more,
        cohort=cohort,
        title="Heritage",
        question=f"{cohort}-question",
        text="How can we open our doors?",
        facilitator="Ada",
        starts_on="2024-03-01",
    )


def cohort_revised(cohort: str = "heritage", **more: Any) -> EventJson:
    return sample_event(
        "cohort.revised", more, cohort=cohort, planned_months=12, reason="It continues."
    )


def closed(cohort: str = "heritage", **more: Any) -> EventJson:
    return sample_event("cohort.closed", more, cohort=cohort)


def registered(organisation: str, **more: Any) -> EventJson:
    return sample_event(
        "organisation.registered",
        more,
        organisation=organisation,
        name=organisation.title(),
        sector="museum",
    )


def renamed(organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event("organisation.renamed", more, organisation=organisation, name="The Mill")


def joined(organisation: str, cohort: str = "heritage", **more: Any) -> EventJson:
    return sample_event("organisation.joined", more, organisation=organisation, cohort=cohort)


def left(organisation: str, cohort: str = "heritage", **more: Any) -> EventJson:
    return sample_event(
        "organisation.left", more, organisation=organisation, cohort=cohort, reason="capacity"
    )


def paired(
    *organisations: str, pairing: str = "pair", cohort: str = "heritage", **more: Any
) -> EventJson:
    return sample_event(
        "organisations.paired",
        more,
        pairing=pairing,
        cohort=cohort,
        organisations=list(organisations or ("mill", "archive")),
    )


def met(pairing: str = "pair", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event("pairing.met", more, pairing=pairing, organisation=organisation)


def pairing_ended(pairing: str = "pair", **more: Any) -> EventJson:
    return sample_event("pairing.ended", more, pairing=pairing)


def held(session: str = "session", cohort: str = "heritage", **more: Any) -> EventJson:
    return sample_event(
        "session.held", more, session=session, cohort=cohort, kind="workshop", title="A morning"
    )


def committed(commitment: str = "commitment", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "commitment.made",
        more,
        commitment=commitment,
        organisation=organisation,
        text="We ask ten neighbours.",
    )


def settled(commitment: str = "commitment", **more: Any) -> EventJson:
    return sample_event("commitment.settled", more, commitment=commitment, outcome="kept")


def shared(inspiration: str = "inspiration", cohort: str = "heritage", **more: Any) -> EventJson:
    return sample_event(
        "inspiration.shared",
        more,
        inspiration=inspiration,
        cohort=cohort,
        kind="visit",
        title="A visit",
    )


def used(inspiration: str = "inspiration", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "inspiration.used", more, inspiration=inspiration, organisation=organisation
    )


def noted(about: str, **more: Any) -> EventJson:
    return sample_event("note.added", more, about=about, text="Worth knowing.")


def shown(of: str, level: str, **more: Any) -> EventJson:
    """Return visibility.changed; its `visibility` is data, so one for the envelope has to be added by hand."""
    event = sample_event("visibility.changed", more, of=of)
    event["data"]["visibility"] = level
    return event


def voided(event: int | EventJson, **more: Any) -> EventJson:
    """Return event.voided of the event at a position, or with this source and id."""
    return sample_event("event.voided", more, event=event, reason="A slip of the pen.")


def corrected(event: int | EventJson, reason: str | None = None, /, **fields: Any) -> EventJson:
    """Return event.corrected of the event at a position, or with this source and id, with these values of fields."""
    return sample_event("event.corrected", {}, event=event, fields=fields, reason=reason)


def assessed(organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "mindset.assessed",
        more,
        organisation=organisation,
        framing="consumer",
        participation_level="consult",
    )


def framed(question: str = "question", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "question.framed",
        more,
        question=question,
        organisation=organisation,
        text="How can we label with our neighbours?",
    )


def reframed(question: str = "question", **more: Any) -> EventJson:
    return sample_event(
        "question.reframed",
        more,
        question=question,
        text="How can we label with everyone?",
        reason="We learned.",
    )


def question_closed(question: str = "question", **more: Any) -> EventJson:
    return sample_event("question.closed", more, question=question, outcome="answered")


def planned(iteration: str = "trial", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "iteration.planned",
        more,
        iteration=iteration,
        organisation=organisation,
        question="question",
        title="A wall of labels",
        hypothesis="People will write.",
        action="Put up a wall.",
    )


def revised(iteration: str = "trial", **more: Any) -> EventJson:
    return sample_event(
        "iteration.revised",
        more,
        iteration=iteration,
        action="Put up two walls.",
        reason="One is not enough.",
    )


def started(iteration: str = "trial", **more: Any) -> EventJson:
    return sample_event("iteration.started", more, iteration=iteration)


def observed(iteration: str = "trial", **more: Any) -> EventJson:
    return sample_event(
        "observation.recorded",
        more,
        iteration=iteration,
        text="Twelve labels.",
        evidence_kind="did_in_test",
    )


def took_part(iteration: str = "trial", **more: Any) -> EventJson:
    return sample_event(
        "participation.recorded", more, iteration=iteration, people=12, level="involve"
    )


def concluded(iteration: str = "trial", **more: Any) -> EventJson:
    return sample_event(
        "iteration.concluded",
        more,
        iteration=iteration,
        result="inconclusive",
        decision="persevere",
        evidence_level=2,
        summary="It went well enough.",
    )


def failed(failure: str = "failure", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "failure.recorded",
        more,
        failure=failure,
        organisation=organisation,
        intended="A full wall.",
        actual="An empty wall.",
        why="It rained.",
        degree="tolerable_failure",
        for_whom=["organisation"],
    )


def reclassified(failure: str = "failure", **more: Any) -> EventJson:
    return sample_event(
        "failure.reclassified",
        more,
        failure=failure,
        degree="precarious_failure",
        reason="We see it differently now.",
    )


def captured(learning: str = "learning", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "learning.captured",
        more,
        learning=learning,
        organisation=organisation,
        statement="Ask before you build.",
        loop="double",
        evidence_level=2,
        from_=["question/heritage-question"],
    )


def learning_revised(learning: str = "learning", **more: Any) -> EventJson:
    return sample_event(
        "learning.revised",
        more,
        learning=learning,
        statement="Ask, then build.",
        reason="Clearer.",
    )


def challenged(learning: str = "learning", organisation: str = "archive", **more: Any) -> EventJson:
    return sample_event(
        "learning.challenged",
        more,
        learning=learning,
        organisation=organisation,
        reason="Not here.",
    )


def adopted(learning: str = "learning", organisation: str = "archive", **more: Any) -> EventJson:
    return sample_event("learning.adopted", more, learning=learning, organisation=organisation)


def reviewed(organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "review.held",
        more,
        organisation=organisation,
        intended="A full wall.",
        actual="Half a wall.",
        why="It rained.",
    )


def asked(ask: str = "ask", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "help.asked", more, ask=ask, organisation=organisation, text="Who has a ladder?"
    )


def helped(ask: str = "ask", organisation: str = "archive", **more: Any) -> EventJson:
    return sample_event("help.given", more, ask=ask, organisation=organisation, text="Here is one.")


def harvested(outcome: str = "outcome", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "outcome.harvested",
        more,
        outcome=outcome,
        organisation=organisation,
        social_actor="Neighbours",
        change_type="practice",
        description="They write labels now.",
        contribution="We put up the wall.",
        anticipated=True,
        sign="positive",
        happened_on="2024-03-01",
    )


def substantiated(
    outcome: str = "outcome", organisation: str = "archive", **more: Any
) -> EventJson:
    return sample_event(
        "outcome.substantiated", more, outcome=outcome, organisation=organisation, agreement="full"
    )


def checked_in(organisation: str = "mill", cohort: str = "heritage", **more: Any) -> EventJson:
    return sample_event(
        "journey.checked_in",
        more,
        organisation=organisation,
        cohort=cohort,
        months_after=6,
        status="growing",
    )


def released(publication: str = "report", **more: Any) -> EventJson:
    return sample_event(
        "publication.released",
        more,
        publication=publication,
        organisation="mill",
        kind="report",
        title="What we tried",
        licence="CC-BY-4.0",
    )


def withdrawn(publication: str = "report", **more: Any) -> EventJson:
    return sample_event(
        "publication.withdrawn", more, publication=publication, reason="A wrong number."
    )


def introduced(person: str = "grace", organisation: str = "mill", **more: Any) -> EventJson:
    return sample_event(
        "person.introduced",
        more,
        person=person,
        organisation=organisation,
        role="curator",
        name="Grace Hopper",
    )


def forgotten(person: str = "grace", **more: Any) -> EventJson:
    return sample_event("person.forgotten", more, person=person)


def begun() -> list[EventJson]:
    """Return a cohort with two organisations in it, and a third outside; all in the story's first five hours."""
    return [
        formed(time=at(0)),
        registered("mill", time=at(0)),
        registered("archive", time=at(0)),
        registered("library", time=at(0)),
        joined("mill", time=at(1)),
        joined("archive", time=at(1)),
    ]
