"""How events change the state of cohorts, organisations and pairings."""

from dataclasses import replace

from events.state.folds.creation import created
from events.state.folds.declared import FOLDS
from events.state.state_view import StateView
from events.state.subjects import (
    CohortState,
    OrganisationState,
    PairingState,
    Presence,
)
from events.vocabulary.event import Event
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationsPaired,
    PairingEnded,
)


@FOLDS.add
def _cohort_formed(state: None, event: Event[CohortFormed], state_view: StateView) -> CohortState:
    hosts = tuple(event.model.hosts)
    return CohortState(
        **created(event, state_view),
        language=event.model.language,
        hosts=hosts,
        hosts_ever=hosts,
    )


@FOLDS.add
def _cohort_revised(
    state: CohortState, event: Event[CohortRevised], state_view: StateView
) -> CohortState:
    named = event.model.hosts
    hosts = state.hosts if named is None else tuple(named)
    ever = tuple(dict.fromkeys((*state.hosts_ever, *hosts)))
    return replace(state, hosts=hosts, hosts_ever=ever, moved_us=event.time_us)


@FOLDS.add
def _cohort_closed(
    state: CohortState, event: Event[CohortClosed], state_view: StateView
) -> CohortState:
    return replace(state, closed_us=event.time_us, moved_us=event.time_us)


@FOLDS.add
def _cohort_joined(
    state: CohortState, event: Event[OrganisationJoined], state_view: StateView
) -> CohortState:
    organisation = event.model.organisation
    ever = state.ever if organisation in state.ever else (*state.ever, organisation)
    return replace(state, present=(*state.present, organisation), ever=ever)


@FOLDS.add
def _cohort_left(
    state: CohortState, event: Event[OrganisationLeft], state_view: StateView
) -> CohortState:
    return replace(
        state, present=tuple(key for key in state.present if key != event.model.organisation)
    )


@FOLDS.add
def _registered(
    state: None, event: Event[OrganisationRegistered], state_view: StateView
) -> OrganisationState:
    return OrganisationState(**created(event, state_view), name=event.model.name_)


@FOLDS.add
def _renamed(
    state: OrganisationState, event: Event[OrganisationRenamed], state_view: StateView
) -> OrganisationState:
    return replace(state, name=event.model.name_, moved_us=event.time_us)


@FOLDS.add
def _joined(
    state: OrganisationState, event: Event[OrganisationJoined], state_view: StateView
) -> OrganisationState:
    stay = Presence(cohort=event.model.cohort, joined_us=event.time_us, joined_at=event.position)
    return replace(state, presences=(*state.presences, stay))


@FOLDS.add
def _left(
    state: OrganisationState, event: Event[OrganisationLeft], state_view: StateView
) -> OrganisationState:
    return replace(
        state,
        presences=tuple(
            replace(stay, left_us=event.time_us, left_at=event.position)
            if stay.cohort == event.model.cohort and stay.left_at is None
            else stay
            for stay in state.presences
        ),
    )


@FOLDS.add
def _organisation_paired(
    state: OrganisationState, event: Event[OrganisationsPaired], state_view: StateView
) -> OrganisationState:
    return replace(state, pairings=(*state.pairings, event.model.pairing))


@FOLDS.add
def _hosting(
    state: OrganisationState, event: Event[CohortFormed | CohortRevised], state_view: StateView
) -> OrganisationState:
    cohort = event.model.cohort
    return state if cohort in state.hosted else replace(state, hosted=(*state.hosted, cohort))


@FOLDS.add
def _paired(state: None, event: Event[OrganisationsPaired], state_view: StateView) -> PairingState:
    return PairingState(
        **created(event, state_view), organisations=tuple(event.model.organisations)
    )


@FOLDS.add
def _pairing_ended(
    state: PairingState, event: Event[PairingEnded], state_view: StateView
) -> PairingState:
    return replace(state, ended_us=event.time_us, moved_us=event.time_us)
