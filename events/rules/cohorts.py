"""Rules about cohorts, their members, and pairings."""

from collections.abc import Iterator

from events.access.principal import acting_organisation, membership_cohort
from events.access.visibility import pairing_end
from events.rules.rule import Case, advice, rule
from events.state.placement import event_cohort
from events.state.state_view import find, subject_in
from events.state.subjects import CohortState, OrganisationState, PairingState
from events.vocabulary.catalogue import EventKind
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, Fault
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRenamed,
    OrganisationsPaired,
    PairingEnded,
    PairingMet,
)
from events.vocabulary.types.event_type import RecordedBy
from events.vocabulary.values.text_folding import folded, trimmed
from events.vocabulary.values.times import as_text


@rule("member.already")
def member_already(case: Case[OrganisationJoined | CohortRevised]) -> Iterator[Fault]:
    """An organisation joins a cohort only while it is neither present in it nor its host, by order of the log.

    A present member cannot become a host.
    """
    model = case.event.model
    cohort = find(case.state_view, CohortState, model.cohort)
    if cohort is None:
        return
    if isinstance(model, CohortRevised):
        for index, key in enumerate(model.hosts or ()):
            if key in cohort.present:
                yield Fault(
                    "member.already",
                    f"/data/hosts/{index}",
                    f"{key} is present in cohort {model.cohort}, so it cannot be its host.",
                )
    elif model.organisation in cohort.present:
        yield Fault(
            "member.already",
            "/data/organisation",
            f"{model.organisation} is present in cohort {model.cohort} already.",
        )
    elif model.organisation in cohort.hosts:
        yield Fault(
            "member.already",
            "/data/organisation",
            f"{model.organisation} is a host of cohort {model.cohort}.",
        )


@rule("member.absent")
def member_absent(case: Case[OrganisationLeft]) -> Iterator[Fault]:
    """An organisation leaves a cohort only while it is present in it, by order of the log."""
    model = case.event.model
    organisation = find(case.state_view, OrganisationState, model.organisation)
    if organisation and not organisation.is_present(model.cohort):
        yield Fault(
            "member.absent",
            "/data/organisation",
            f"{model.organisation} is not present in cohort {model.cohort}.",
        )


def _in_a_cohort(kind: EventKind) -> bool:
    """Return whether events of the type can belong to a cohort that exists already."""
    kinds = {kind for reference in kind.references for kind in reference.kinds}
    return "cohort" not in kind.creates and not kinds <= {"organisation", "person"}


def _of_a_member(kind: EventKind) -> bool:
    """Return whether events of the type can be an organisation's in a cohort."""
    is_an_organisations = kind.model.recorded_by is not RecordedBy.FACILITATOR
    return is_an_organisations and _in_a_cohort(kind)


@rule("member.required", among=_of_a_member)
def member_required(case: Case) -> Iterator[Fault]:
    """An event of an organisation in a cohort needs the organisation to be present at the event's time.

    It is present from joining (inclusive) to leaving (exclusive); the close of the cohort does not end its presence.
    For the types that are accepted after the close, it is always enough that the organisation ever joined. A present
    or former host of the cohort counts as a member here.
    """
    event = case.event
    key = acting_organisation(event, case.sender, case.state_view)
    cohort_key = membership_cohort(event, key, case.state_view)
    organisation = find(case.state_view, OrganisationState, key)
    cohort = find(case.state_view, CohortState, cohort_key)
    if organisation is None or cohort_key is None or cohort is None or key in cohort.hosts_ever:
        return
    if event.kind.model.after_close:
        if not organisation.was_ever_in(cohort_key):
            yield Fault(
                "member.required",
                _acting_field(event),
                f"{key} was never in cohort {cohort_key}.",
            )
    elif not organisation.was_present(cohort_key, event.time_us):
        yield Fault(
            "member.required",
            _acting_field(event),
            f"{key} was not present in cohort {cohort_key} at the event's time, {event.time_text}.",
        )


def _acting_field(event: Event) -> str:
    if event.organisation is not None:
        return f"/data/{event.kind.organisation_field}"
    return event.mentions[0].pointer if event.mentions else "/data"


def _before_close(kind: EventKind) -> bool:
    """Return whether a cohort's close can refuse events of the type: closings, and what is not accepted afterwards."""
    is_accepted = kind.model.after_close and kind.model is not CohortClosed
    return _in_a_cohort(kind) and not is_accepted


@rule("cohort.closed", among=_before_close)
def cohort_closed(case: Case) -> Iterator[Fault]:
    """A cohort is closed once. Events with a later time are accepted only if their type is accepted after the close."""
    event = case.event
    subject = subject_in(case.state_view, event.subject) if event.subject else None
    belongs = subject.cohort if subject is not None else None
    if event.kind.creates:
        belongs = event_cohort(event, case.state_view.state)
    for key in dict.fromkeys((event.named_cohort, belongs)):
        cohort = find(case.state_view, CohortState, key)
        if cohort is None or cohort.closed_us is None:
            continue
        pointer = "/data/cohort" if key == event.named_cohort else event.mentions[0].pointer
        if event.is_of(CohortClosed):
            yield Fault("cohort.closed", pointer, f"The cohort {key} is closed already.")
        elif event.time_us > cohort.closed_us and not event.kind.model.after_close:
            yield Fault(
                "cohort.closed",
                pointer,
                f"The cohort {key} closed at {as_text(cohort.closed_us)}: after that, {event.kind.name} is not"
                " accepted.",
            )


@rule("pairing.members")
def pairing_members(case: Case[OrganisationsPaired | PairingMet]) -> Iterator[Fault]:
    """Paired organisations are present in the cohort, by order of the log. One of them reports their meetings."""
    model = case.event.model
    if isinstance(model, PairingMet):
        pairing = find(case.state_view, PairingState, model.pairing)
        if pairing and model.organisation not in pairing.organisations:
            yield Fault(
                "pairing.members",
                "/data/organisation",
                f"{model.organisation} is not in the pairing {model.pairing}.",
            )
        return
    for index, key in enumerate(model.organisations):
        organisation = find(case.state_view, OrganisationState, key)
        if organisation and not organisation.is_present(model.cohort):
            yield Fault(
                "pairing.members",
                f"/data/organisations/{index}",
                f"{key} is not present in cohort {model.cohort}.",
            )


@rule("pairing.ended")
def pairing_ended(case: Case[PairingMet | PairingEnded]) -> Iterator[Fault]:
    """A pairing ends once, also by its cohort's close or a member's leaving. No meeting has a later time."""
    pairing = find(case.state_view, PairingState, case.event.model.pairing)
    end = pairing_end(pairing, case.state_view) if pairing else None
    if end is None:
        return
    if case.event.is_of(PairingEnded):
        yield Fault(
            "pairing.ended",
            "/data/pairing",
            f"The pairing {case.event.model.pairing} has ended already.",
        )
    elif case.event.time_us > end:
        yield Fault(
            "pairing.ended",
            "/data/pairing",
            f"The pairing {case.event.model.pairing} ended at {as_text(end)}, before the event's time,"
            f" {case.event.time_text}.",
        )


_Naming = CohortFormed | CohortRevised | OrganisationJoined | OrganisationRenamed


@advice("organisation.same_name")
def same_name(case: Case[_Naming]) -> Iterator[Advice]:
    """The organisations of a cohort, hosts included, usually have names that do not look the same."""
    model = case.event.model
    for key, others in _newcomers(case):
        name = model.name_ if isinstance(model, OrganisationRenamed) else _name(key, case)
        for other in dict.fromkeys(others):
            if other != key and folded(_name(other, case)) == folded(name):
                yield Advice(
                    "organisation.same_name",
                    f"the name of {key} looks the same as that of {other} in the same cohort:"
                    f" {trimmed(_name(other, case))}",
                )


def _newcomers(case: Case[_Naming]) -> Iterator[tuple[str, list[str]]]:
    """Yield each organisation that gets a name or joins, with the present members and hosts of its cohorts."""
    model = case.event.model
    if isinstance(model, OrganisationJoined):
        cohort = find(case.state_view, CohortState, model.cohort)
        yield model.organisation, [*cohort.present, *cohort.hosts] if cohort else []
    elif isinstance(model, OrganisationRenamed):
        organisation = find(case.state_view, OrganisationState, model.organisation)
        keys = (*organisation.cohorts, *organisation.hosted) if organisation else ()
        cohorts = [find(case.state_view, CohortState, key) for key in sorted({*keys})]
        around = [(*cohort.present, *cohort.hosts) for cohort in cohorts if cohort]
        yield (
            model.organisation,
            [key for keys in around if model.organisation in keys for key in keys],
        )
    else:
        cohort = find(case.state_view, CohortState, model.cohort)
        hosts = model.hosts or []
        others = [
            *(cohort.present if cohort else ()),
            *(key for key in hosts if cohort and key in cohort.hosts),
        ]
        for host in hosts:
            if host not in others:
                yield host, others
                others.append(host)


def _name(key: str, case: Case) -> str:
    organisation = find(case.state_view, OrganisationState, key)
    return organisation.name if organisation else ""
