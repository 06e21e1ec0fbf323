"""The types of the figures for facilitators: silence, open work, and help between organisations."""

from events.vocabulary.terms import InspirationKind, LeaveReason
from service.graphql.insights.json_answers import Counted, CountedApart, plain


@plain
class QuietOrganisation:
    """An organisation that has gone quiet."""

    organisation: str
    silence_days: float
    median_gap_days: float | None


@plain
class QuietOrganisations(Counted):
    """Organisations that have gone quiet, with the longest silence first."""

    list: list[QuietOrganisation]


@plain
class OrganisationKeys(Counted):
    """A list of organisations, by key."""

    list: list[str]


@plain
class IterationKeys(Counted):
    """A list of iterations, by key."""

    list: list[str]


@plain
class StalledIteration:
    """An iteration that no recent event names."""

    iteration: str
    silence_days: float


@plain
class StalledIterations(Counted):
    """Iterations that no recent event names, with the longest silence first."""

    list: list[StalledIteration]


@plain
class OpenAsk:
    """A request for help that has not been answered."""

    ask: str
    days_open: float


@plain
class OpenAsks(Counted):
    """Requests for help that have not been answered, with the longest open first."""

    list: list[OpenAsk]


@plain
class OpenCommitment:
    """A commitment that is overdue."""

    commitment: str
    days_overdue: int


@plain
class OpenCommitments(Counted):
    """Commitments that are overdue, with the longest overdue first."""

    list: list[OpenCommitment]


@plain
class OrganisationAttendance:
    """How many sessions an organisation attended, of those held while it was a member."""

    organisation: str
    sessions: int
    attended: int


@plain
class Attendance(Counted):
    """How many sessions each organisation attended, in order of the organisations' creation."""

    list: list[OrganisationAttendance]


@plain
class PairingKeys(Counted):
    """A list of pairings, by key."""

    list: list[str]


@plain
class InspirationKindYield:
    """How many inspirations of one kind were shared and used."""

    kind: InspirationKind
    shared: int
    used: int
    share: float | None
    median_days: float | None


@plain
class InspirationYield:
    """How many inspirations were shared and used, with a row for each kind."""

    list: list[InspirationKindYield]


@plain
class PairingLift(CountedApart):
    """How often learnings are adopted between organisations while they are paired, and while they are not."""

    adoptions_paired: int
    months_paired: float | None
    adoptions_unpaired: int
    months_unpaired: float | None
    lift: float | None


@plain
class AvoidableRepeat:
    """A failure, an earlier failure of the same kind, and a learning from the earlier one, by key."""

    failure: str
    earlier: str
    learning: str


@plain
class AvoidableRepeats(Counted):
    """Failures that could have been avoided, because a learning from an earlier one was available."""

    share: float | None
    list: list[AvoidableRepeat]


@plain
class PairingSuggestion:
    """Two organisations, by key, with the themes that one needs and the other offers."""

    organisations: list[str]
    score: float
    themes: list[str]


@plain
class PairingSuggestions:
    """Pairs of organisations that could help each other, with the best match first."""

    list: list[PairingSuggestion]


@plain
class ReasonCount:
    """The number of organisations that left for one reason."""

    reason: LeaveReason
    count: int


@plain
class Leavers(Counted):
    """The organisations that left, by reason."""

    counts: list[ReasonCount]
