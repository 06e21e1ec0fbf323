"""Rules and advice about sessions and commitments."""

from collections.abc import Iterator

from events.rules.rule import Case, advice, rule
from events.state.placement import event_cohort
from events.state.state_view import find
from events.state.subjects import CohortState, CommitmentState, OrganisationState, SessionState
from events.vocabulary.faults import Advice, Fault
from events.vocabulary.types.sessions import CommitmentMade, CommitmentSettled, SessionHeld


@rule("owner.mismatch")
def committed_in_own_session(case: Case[CommitmentMade]) -> Iterator[Fault]:
    """A commitment's session is one of the commitment's own cohort."""
    session = find(case.state_view, SessionState, case.event.model.session)
    cohort = event_cohort(case.event, case.state_view.state)
    if session and session.cohort != cohort:
        yield Fault(
            "owner.mismatch",
            "/data/session",
            f"The session {case.event.model.session} belongs to cohort {session.cohort},"
            f" the commitment to cohort {cohort}.",
        )


@rule("commitment.settled")
def commitment_settled(case: Case[CommitmentSettled]) -> Iterator[Fault]:
    """A commitment is settled once."""
    commitment = find(case.state_view, CommitmentState, case.event.model.commitment)
    if commitment and commitment.settled:
        yield Fault(
            "commitment.settled",
            "/data/commitment",
            f"The commitment {case.event.model.commitment} is settled already.",
        )


@advice("session.not_present")
def session_not_present(case: Case[SessionHeld]) -> Iterator[Advice]:
    """A session is usually attended by organisations that are members of the cohort at its time."""
    held = case.event.model
    cohort = find(case.state_view, CohortState, held.cohort)
    for key in held.attended:
        organisation = find(case.state_view, OrganisationState, key)
        is_host = cohort is not None and key in cohort.hosts_ever
        if (
            organisation
            and not is_host
            and not organisation.was_present(held.cohort, case.event.time_us)
        ):
            yield Advice(
                "session.not_present",
                f"{key} was not a member of cohort {held.cohort} at the time of the session,"
                " so its attendance is not counted",
            )
