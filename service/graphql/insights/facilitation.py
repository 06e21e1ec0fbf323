"""Figures for who facilitates: who has gone quiet, what waits, who could help whom."""

from events.terms import InspirationKind, LeaveReason
from service.graphql.insights.plain import Counted, CountedApart, plain


@plain
class QuietOrganisation:
    """An organisation that has gone quiet; medianGapDays is null with fewer than two recording days."""

    organisation: str
    silence_days: float
    median_gap_days: float | None


@plain
class QuietOrganisations(Counted):
    """Organisations that have gone quiet, the longest silence first."""

    list: list[QuietOrganisation]


@plain
class OrganisationKeys(Counted):
    """Organisations, by their keys."""

    list: list[str]


@plain
class IterationKeys(Counted):
    """Iterations, by their keys."""

    list: list[str]


@plain
class StalledIteration:
    """An iteration that nothing names any more."""

    iteration: str
    silence_days: float


@plain
class StalledIterations(Counted):
    """Iterations that nothing names any more, the longest silence first."""

    list: list[StalledIteration]


@plain
class OpenAsk:
    """An ask that waits."""

    ask: str
    days_open: float


@plain
class OpenAsks(Counted):
    """Asks that wait, the longest first."""

    list: list[OpenAsk]


@plain
class PairingKeys(Counted):
    """Pairings, by their keys."""

    list: list[str]


@plain
class InspirationKindYield:
    """How much of one kind of inspiration was put to use."""

    kind: InspirationKind
    shared: int
    used: int
    share: float | None
    median_days: float | None


@plain
class InspirationYield:
    """A row for each kind of inspiration."""

    list: list[InspirationKindYield]


@plain
class PairingLift(CountedApart):
    """Adoptions per month of a pair while paired, and while not."""

    adoptions_paired: int
    months_paired: float | None
    adoptions_unpaired: int
    months_unpaired: float | None
    lift: float | None


@plain
class AvoidableRepeat:
    """A failure, an earlier one of the same kind, and what was learned from it, by their keys."""

    failure: str
    earlier: str
    learning: str


@plain
class AvoidableRepeats(Counted):
    """Failures that need not have been repeated."""

    share: float | None
    list: list[AvoidableRepeat]


@plain
class PairingSuggestion:
    """Two organisations, by their keys, and the themes that one needs and the other offers."""

    organisations: list[str]
    score: float
    themes: list[str]


@plain
class PairingSuggestions:
    """Pairs that could help each other, the best first."""

    list: list[PairingSuggestion]


@plain
class ReasonCount:
    """How many left for one reason."""

    reason: LeaveReason
    count: int


@plain
class Leavers(Counted):
    """Organisations that left, by reason."""

    counts: list[ReasonCount]
