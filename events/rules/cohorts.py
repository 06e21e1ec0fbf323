"""Rules about cohorts, who is in them, and pairings."""

from collections.abc import Iterator

from events.access.principal import acting_organisation, membership_cohort
from events.access.visibility import pairing_end
from events.rules.rule import Case, rule
from events.state.placement import event_cohort
from events.state.state_view import find, subject_in
from events.state.subjects import CohortState, OrganisationState, PairingState
from events.vocabulary.faults import Fault


@rule("member.already", "organisation.joined")
def member_already(case: Case) -> Iterator[Fault]:
    """An organisation joins a cohort only while it is not present in it, by place in the log."""
    data = case.event.data
    organisation = find(case.state_view, OrganisationState, data["organisation"])
    if organisation and organisation.is_present(data["cohort"]):
        yield Fault(
            "member.already",
            "/data/organisation",
            "an organisation that is not present in this cohort",
        )


@rule("member.absent", "organisation.left")
def member_absent(case: Case) -> Iterator[Fault]:
    """An organisation leaves a cohort only while it is present in it, by place in the log."""
    data = case.event.data
    organisation = find(case.state_view, OrganisationState, data["organisation"])
    if organisation and not organisation.is_present(data["cohort"]):
        yield Fault(
            "member.absent", "/data/organisation", "an organisation that is present in this cohort"
        )


@rule("member.required")
def member_required(case: Case) -> Iterator[Fault]:
    """An event of an organisation in a cohort needs the organisation to be present at the event's time.

    It is present from joining (inclusive) to leaving (exclusive); the close ends no presence. For the types that are
    accepted after the close, before it as well as after, it is enough that the organisation ever joined.
    """
    event = case.event
    if event.kind.name in ("organisation.joined", "organisation.left", "event.voided"):
        return
    key = acting_organisation(event, case.sender, case.state_view)
    cohort_key = membership_cohort(event, key, case.state_view)
    organisation = find(case.state_view, OrganisationState, key)
    if (
        organisation is None
        or cohort_key is None
        or find(case.state_view, CohortState, cohort_key) is None
    ):
        return
    if event.kind.model.after_close:
        if not organisation.was_ever_in(cohort_key):
            yield Fault(
                "member.required",
                _acting_field(case),
                f"an organisation that was in cohort {cohort_key}",
            )
    elif not organisation.was_present(cohort_key, event.time_us):
        yield Fault(
            "member.required",
            _acting_field(case),
            f"an organisation present in cohort {cohort_key} at the event's time",
        )


def _acting_field(case: Case) -> str:
    for field in ("organisation", "by"):
        if case.event.data.get(field) is not None:
            return f"/data/{field}"
    return case.event.mentions[0].pointer if case.event.mentions else "/data"


@rule("cohort.closed")
def cohort_closed(case: Case) -> Iterator[Fault]:
    """A cohort is closed once; with a later time, only what belongs to the journey after it is recorded in it."""
    event = case.event
    named = event.data.get("cohort")
    subject = subject_in(case.state_view, event.subject) if event.subject else None
    belongs = subject.cohort if subject is not None else None
    if event.kind.creates:
        belongs = event_cohort(event, case.state_view.state)
    for key in dict.fromkeys((named, belongs)):
        cohort = find(case.state_view, CohortState, key)
        if cohort is None or cohort.closed_us is None:
            continue
        pointer = "/data/cohort" if key == named else event.mentions[0].pointer
        if event.kind.name == "cohort.closed":
            yield Fault("cohort.closed", pointer, "a cohort that is not closed yet")
        elif event.time_us > cohort.closed_us and not event.kind.model.after_close:
            yield Fault(
                "cohort.closed",
                pointer,
                f"a time up to the close of cohort {key}, or a type accepted after it",
            )


@rule("pairing.members", "organisations.paired", "pairing.met")
def pairing_members(case: Case) -> Iterator[Fault]:
    """Those paired are present members of the cohort, by place in the log; one of the pairing reports its meetings."""
    data = case.event.data
    if case.event.kind.name == "pairing.met":
        pairing = find(case.state_view, PairingState, data["pairing"])
        if pairing and data["organisation"] not in pairing.organisations:
            yield Fault("pairing.members", "/data/organisation", "an organisation of this pairing")
        return
    for index, key in enumerate(data["organisations"]):
        organisation = find(case.state_view, OrganisationState, key)
        if organisation and not organisation.is_present(data["cohort"]):
            yield Fault(
                "pairing.members", f"/data/organisations/{index}", "a present member of the cohort"
            )


@rule("pairing.ended", "pairing.met", "pairing.ended")
def pairing_ended(case: Case) -> Iterator[Fault]:
    """An ended pairing (also by close or leaving) takes no meeting with a later time and no second ending."""
    pairing = find(case.state_view, PairingState, case.event.data["pairing"])
    end = pairing_end(pairing, case.state_view) if pairing else None
    if end is None:
        return
    if case.event.kind.name == "pairing.ended":
        yield Fault("pairing.ended", "/data/pairing", "a pairing that has not ended")
    elif case.event.time_us > end:
        yield Fault("pairing.ended", "/data/pairing", "a time up to the end of the pairing")
