"""The states of subjects, which rules, streams and permissions depend on.

A state is an immutable value; `events.state.folds` makes the next one from an event. Times are in µs, and
positions are those of the log. A state has only what a rule, stream or permission needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final

from events.vocabulary.stream import EVENT, Kind, Stream, kind_of
from events.vocabulary.terms import FailureCause, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectState:
    """What every subject's state has.

    `position` is that of the event that created it, `moved_us` the time of the event that created or last moved it.
    """

    kind: ClassVar[Kind]
    position: int
    moved_us: int
    level: Visibility = Visibility.COHORT
    organisation: str | None = None
    cohort: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortState(SubjectState):
    """A cohort, its own `cohort`. `closed_us` is the time of its close.

    `present` and `ever` are the organisations that are its members and ever were; `hosts` and `hosts_ever` those that
    facilitate it and ever did.
    """

    kind: ClassVar[Kind] = "cohort"
    language: str | None = None
    closed_us: int | None = None
    present: tuple[str, ...] = ()
    ever: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    hosts_ever: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A stay in a cohort, from joining (inclusive) to leaving (exclusive), by time and by position."""

    cohort: str
    joined_us: int
    joined_at: int
    left_us: int | None = None
    left_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationState(SubjectState):
    """An organisation, its own `organisation`, with its present name, its stays in cohorts and all its pairings.

    `hosted` are the cohorts that ever named it as a host.
    """

    kind: ClassVar[Kind] = "organisation"
    name: str = ""
    presences: tuple[Presence, ...] = ()
    pairings: tuple[str, ...] = ()
    hosted: tuple[str, ...] = ()

    def is_present(self, cohort: str) -> bool:
        """Return whether it is in the cohort now, by order of the log."""
        return any(stay.cohort == cohort and stay.left_at is None for stay in self.presences)

    def was_ever_in(self, cohort: str) -> bool:
        """Return whether it ever joined the cohort."""
        return any(stay.cohort == cohort for stay in self.presences)

    def was_present(self, cohort: str, time_us: int) -> bool:
        """Return whether it was in the cohort at that time."""
        return any(
            stay.cohort == cohort
            and stay.joined_us <= time_us
            and (stay.left_us is None or time_us < stay.left_us)
            for stay in self.presences
        )

    @property
    def cohorts(self) -> frozenset[str]:
        """Every cohort it ever joined."""
        return frozenset(stay.cohort for stay in self.presences)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionState(SubjectState):
    """A question; a cohort's shared one belongs to no organisation. `text` is its present wording.

    `language` is the last one that was given for it. Without one, the question is in its cohort's language.
    """

    kind: ClassVar[Kind] = "question"
    text: str
    language: str | None = None
    closed: bool = False

    @property
    def shared(self) -> bool:
        """Whether it is a cohort's shared question."""
        return self.organisation is None


@dataclass(frozen=True, slots=True, kw_only=True)
class IterationState(SubjectState):
    """An iteration. `measure` and `criterion` are those of the plan; `measured` is whether the measure was observed.

    An empty text had only invisible marks, which release 0.1.0 accepted. It counts as provided for events that were
    recorded then.
    """

    kind: ClassVar[Kind] = "iteration"
    question: str
    measure: str | None = None
    criterion: str | None = None
    started: bool = False
    concluded_us: int | None = None
    observed: bool = False
    measured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureState(SubjectState):
    """A failure, with its present cause."""

    kind: ClassVar[Kind] = "failure"
    iteration: str | None = None
    cause: FailureCause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningState(SubjectState):
    """A learning."""

    kind: ClassVar[Kind] = "learning"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskState(SubjectState):
    """An ask for help."""

    kind: ClassVar[Kind] = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeState(SubjectState):
    """A harvested outcome."""

    kind: ClassVar[Kind] = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class InspirationState(SubjectState):
    """A shared inspiration; its organisation is the one that shared it, if any."""

    kind: ClassVar[Kind] = "inspiration"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingState(SubjectState):
    """A pairing; its owners are its organisations. It also ends with its cohort or when a member leaves."""

    kind: ClassVar[Kind] = "pairing"
    organisations: tuple[str, ...]
    ended_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationState(SubjectState):
    """A publication of an organisation, a cohort or both."""

    kind: ClassVar[Kind] = "publication"
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState(SubjectState):
    """A session of a cohort. It has no owner."""

    kind: ClassVar[Kind] = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentState(SubjectState):
    """A commitment of an organisation."""

    kind: ClassVar[Kind] = "commitment"
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonState(SubjectState):
    """A person of an organisation; always private."""

    kind: ClassVar[Kind] = "person"
    forgotten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendments:
    """What later events changed about an event: its own level, its corrected fields, and by which event it was voided.

    `corrected` has the values of the fields that corrections name, null for those that are as if left out.
    """

    level: Visibility | None = None
    voided_by: int | None = None
    corrected: Mapping[str, Any] | None = None


State = SubjectState | Amendments

_CLASSES: Final[dict[str, type[SubjectState]]] = {
    cls.kind: cls
    for cls in (
        CohortState,
        OrganisationState,
        QuestionState,
        IterationState,
        FailureState,
        LearningState,
        AskState,
        OutcomeState,
        InspirationState,
        PairingState,
        PublicationState,
        SessionState,
        CommitmentState,
        PersonState,
    )
}


def to_json(state: State) -> dict[str, Any]:
    """Return the state as JSON. Fields with their default value are left out."""
    return {
        name: value
        for name, value in ((field.name, getattr(state, field.name)) for field in fields(state))
        if value is not None and value is not False and value != ()
    }


def from_json(stream: Stream, value: dict[str, Any]) -> State:
    """Return the state of the subject with this stream, from what `to_json` returned."""
    value = {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}
    if value.get("level") is not None:
        value["level"] = Visibility(value["level"])
    if value.get("cause") is not None:
        value["cause"] = FailureCause(value["cause"])
    kind = kind_of(stream)
    if kind == EVENT:
        return Amendments(**value)
    if kind == "organisation":
        value["presences"] = tuple(Presence(**stay) for stay in value.get("presences", ()))
    return _CLASSES[kind](**value)
