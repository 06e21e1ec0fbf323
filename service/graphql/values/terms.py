"""The enumerations of the graph: the closed lists of `events.vocabulary.terms`, with names in capitals.

A closed list of numbers is no enumeration. Its values are in the descriptions of its fields.
"""

from collections.abc import Mapping
from enum import StrEnum
from inspect import cleandoc
from typing import TYPE_CHECKING, Final, TypeVar

import strawberry

from events.access.policy import Role
from events.vocabulary import terms
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import KINDS
from events.vocabulary.term import Term
from events.vocabulary.words import LISTS

T = TypeVar("T", bound=StrEnum)


def enumeration(
    term: type[T],
    descriptions: Mapping[str, str],
    name: str | None = None,
    description: str | None = None,
) -> type[T]:
    """Declare a list of terms as an enumeration of the graph, with a description for each value."""
    strawberry.enum(term, name=name, description=description or cleandoc(term.__doc__ or ""))
    for value in term.__strawberry_definition__.values:  # type: ignore[attr-defined]  # Strawberry gave it one
        value.description = descriptions[value.value]
    return term


def _descriptions(term: type[Term]) -> Mapping[str, str]:
    return {
        str(one.value): f"{one.title}. {one.meaning} Written `{one.value}` in events."
        for one in LISTS[term.__name__].terms
    }


def numbers(name: str) -> str:
    """Return what each value of a closed list of numbers means."""
    return " ".join(f"{one.value}: {one.title}. {one.meaning}" for one in LISTS[name].terms)


_NAMES: Final[Mapping[type[Term], str]] = {terms.QuestionOutcome: "Closing"}
"""Names that differ from the class."""

TERMS: Final[Mapping[str, type[StrEnum]]] = {
    name: enumeration(term, _descriptions(term), _NAMES.get(term))
    for name, term in vars(terms).items()
    if isinstance(term, type) and issubclass(term, Term) and term is not Term
}
"""The enumerations, by the names of their classes in the vocabulary."""


class QuestionStage(StrEnum):
    """The state of a question."""

    OPEN = "open"
    ANSWERED = "answered"
    PARKED = "parked"


class IterationStage(StrEnum):
    """The stage of an iteration."""

    PLANNED = "planned"
    STARTED = "started"
    CONCLUDED = "concluded"


_ROLES: Final = {
    "facilitator": "Facilitates some cohorts, or everything.",
    "organisation": "An organisation, which records events in its own name.",
    "guest": (
        "Someone of an organisation, in a workshop: reads what every member of its cohort sees, and records what "
        "creates or adds there."
    ),
    "evaluator": (
        "Reads everything in some cohorts except persons and failures whose cause is deviance, and gets the figures "
        "about what is missing."
    ),
    "analyst": "Reads what is visible to a cohort or to everyone, without personal data.",
    "admin": "Manages keys.",
    "public": "Anyone without a key.",
}

enumeration(Role, _ROLES)


class Direction(StrEnum):
    """The direction of an order."""

    ASC = "asc"
    DESC = "desc"


enumeration(
    QuestionStage,
    {
        "open": "The question is open: it has not been closed.",
        "answered": "The question was closed as answered.",
        "parked": "The question was closed as parked.",
    },
    "QuestionState",
)
enumeration(
    IterationStage,
    {
        "planned": "The iteration is planned. Its plan may still be revised.",
        "started": "The iteration has been started. Its plan is frozen.",
        "concluded": "The iteration has been concluded, with a result and a decision.",
    },
    "IterationState",
)
enumeration(
    Direction,
    {
        "asc": "Ascending: earlier or smaller values first.",
        "desc": "Descending: later or larger values first.",
    },
    "OrderDirection",
)


class TimelineOrder(StrEnum):
    """What the entries of a timeline are ordered by."""

    TIME = "time"
    POSITION = "position"


enumeration(
    TimelineOrder,
    {
        "time": "By `time`, when it happened; then by position.",
        "position": "By position, as the events were recorded.",
    },
)

if TYPE_CHECKING:

    class Kind(StrEnum):
        """The kinds of subjects in `events.vocabulary.fields.field_types`."""

    class EntryType(StrEnum):
        """The types of events in the vocabulary."""

else:
    Kind = enumeration(
        StrEnum("Kind", {kind.upper(): kind for kind in KINDS}),
        {kind: f"Subjects with the streams `{kind}/<key>`." for kind in KINDS},
        description="The kinds of subjects.",
    )
    EntryType = enumeration(
        StrEnum(
            "EntryType",
            {kind.name.replace(".", "_").upper(): kind.name for kind in VOCABULARY.kinds},
        ),
        {kind.name: kind.model.meaning.splitlines()[0] for kind in VOCABULARY.kinds},
        description="The types of events.",
    )
