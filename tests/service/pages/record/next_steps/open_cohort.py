"""A cohort that has not closed, with a thing of each kind: what may be recorded next is richest there."""

from typing import Any, Final

from events.access.principal import Role
from tests.service.app import Api

COHORT: Final = "valley-2024"
MEMBERS: Final = ("mill-museum", "library-trust")


def event(type_: str, day: int, /, **data: Any) -> dict[str, Any]:
    """Return an event of a day in March 2024."""
    return {
        "specversion": "1.0",
        "type": f"org.howcanwe.{type_}.v1",
        "time": f"2024-03-{day:02}T10:00:00Z",
        "data": {name.rstrip("_"): value for name, value in data.items()},
    }


def _plan(key: str, day: int) -> dict[str, Any]:
    return event(
        "iteration.planned",
        day,
        iteration=key,
        organisation="mill-museum",
        cohort=COHORT,
        question="gate-question",
        title=f"The trial {key}",
        hypothesis="A bell helps.",
        action="Hang a bell.",
    )


OWN: Final = {"organisation": "mill-museum", "cohort": COHORT}
EVENTS: Final = (
    event(
        "cohort.formed",
        1,
        cohort=COHORT,
        title="Valley",
        question="valley-question",
        text="How can we open the gate?",
        facilitator="Ada",
        starts_on="2024-03-01",
    ),
    *(event("organisation.joined", 2, organisation=one, cohort=COHORT) for one in MEMBERS),
    event("question.framed", 3, question="gate-question", text="How can we open it?", **OWN),
    _plan("planned-trial", 4),
    _plan("running-trial", 4),
    _plan("concluded-trial", 4),
    event("iteration.started", 5, iteration="running-trial"),
    event("iteration.started", 5, iteration="concluded-trial"),
    event(
        "iteration.concluded",
        6,
        iteration="concluded-trial",
        result="inconclusive",
        decision="pivot",
        evidence_level=1,
        summary="Nobody heard it.",
    ),
    event(
        "failure.recorded",
        7,
        failure="gate-failure",
        iteration="running-trial",
        intended="An open gate.",
        actual="A closed gate.",
        why="The key was lost.",
        degree="outright_failure",
        for_whom=["citizens"],
        **OWN,
    ),
    event(
        "learning.captured",
        8,
        learning="gate-learning",
        statement="Two keys are better.",
        loop="single",
        evidence_level=1,
        from_=["failure/gate-failure"],
        **OWN,
    ),
    event("help.asked", 9, ask="gate-ask", text="Who has a key?", **OWN),
    event(
        "organisations.paired", 9, pairing="gate-pair", cohort=COHORT, organisations=list(MEMBERS)
    ),
    event(
        "commitment.made",
        10,
        commitment="gate-promise",
        text="To copy it.",
        due_on="2024-04-01",
        **OWN,
    ),
    event(
        "session.held", 10, session="gate-session", cohort=COHORT, kind="workshop", title="A day"
    ),
    event(
        "inspiration.shared",
        10,
        inspiration="gate-idea",
        cohort=COHORT,
        by="mill-museum",
        kind="visit",
        title="A gate elsewhere",
    ),
    event(
        "outcome.harvested",
        10,
        outcome="gate-outcome",
        social_actor="The council",
        change_type="policy",
        description="It pays for keys.",
        contribution="We asked.",
        anticipated=True,
        sign="positive",
        happened_on="2024-03-09",
        **OWN,
    ),
    event(
        "publication.released",
        11,
        publication="gate-paper",
        kind="report",
        title="Gates",
        licence="CC-BY-4.0",
        **OWN,
    ),
)


async def record_open_cohort(site: Api) -> None:
    """Record the cohort, and make a key for the facilitator of another one."""
    await site.record(EVENTS)
    site.keys["elsewhere"] = await site.key(Role.FACILITATOR, cohorts=("heritage-2024",))
