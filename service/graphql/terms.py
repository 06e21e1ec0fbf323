"""The closed lists of terms, as enumerations of the graph: the values of `events.terms` in capitals."""

from collections.abc import Iterable
from enum import StrEnum
from inspect import cleandoc
from typing import Final

from graphql import GraphQLEnumType, GraphQLEnumValue

from events import terms
from events.catalogue import VOCABULARY
from events.fields import KINDS

_LEVELS: Final = {
    "private": "The organisation it belongs to, and its facilitators.",
    "pair": "Also the organisations now paired with it in that cohort.",
    "cohort": "Also every organisation ever in that cohort, and analysts.",
    "public": "Everyone.",
}


def enumeration(
    name: str, description: str, values: Iterable[tuple[str, str, str]]
) -> GraphQLEnumType:
    """Return an enumeration of (name, value, description)."""
    return GraphQLEnumType(
        name,
        {name: GraphQLEnumValue(value, description=text) for name, value, text in values},
        description=description,
    )


def _term(term: type[StrEnum], name: str) -> GraphQLEnumType:
    said = _LEVELS if term is terms.Visibility else {}
    return enumeration(
        name,
        cleandoc(term.__doc__ or ""),
        (
            (
                member.name,
                member.value,
                said.get(member.value, f"{_words(member.value)}; `{member.value}` in events."),
            )
            for member in term
        ),
    )


def _words(value: str) -> str:
    return value.replace("_", " ").capitalize()


_NAMES: Final[dict[type[StrEnum], str]] = {terms.Outcome: "Closing"}
"""An outcome, in the graph, is what was harvested."""

TERMS: Final[dict[type[StrEnum], GraphQLEnumType]] = {
    term: _term(term, _NAMES.get(term, term.__name__))
    for term in vars(terms).values()
    if isinstance(term, type) and issubclass(term, StrEnum) and term is not StrEnum
}
"""The enumeration of each closed list."""

BY_NAME: Final = {term.__name__: found for term, found in TERMS.items()}

QUESTION_STATE: Final = enumeration(
    "QuestionState",
    "How a question stands.",
    (
        ("OPEN", "open", "It is being worked on."),
        ("ANSWERED", "answered", "It was closed as answered."),
        ("PARKED", "parked", "It was closed as parked."),
    ),
)
ITERATION_STATE: Final = enumeration(
    "IterationState",
    "How far an iteration has come.",
    (
        ("PLANNED", "planned", "It is planned, and may still be revised."),
        ("STARTED", "started", "It is under way; its plan is frozen."),
        ("CONCLUDED", "concluded", "It has a result and a decision."),
    ),
)
KIND: Final = enumeration(
    "Kind",
    "The kinds of subjects.",
    ((kind.upper(), kind, f"The streams `{kind}/<key>`.") for kind in KINDS),
)
DIRECTION: Final = enumeration(
    "OrderDirection",
    "In which direction a list goes.",
    (
        ("ASC", "asc", "Upwards: the earlier, the smaller first."),
        ("DESC", "desc", "Downwards: the later, the larger first."),
    ),
)


def type_name(name: str) -> str:
    """Return an event type's name as the graph writes it: `iteration.planned` is ITERATION_PLANNED."""
    return name.replace(".", "_").upper()


ENTRY_TYPE: Final = enumeration(
    "EntryType",
    "What kind of event an entry tells of.",
    (
        (
            type_name(kind.name),
            kind.name,
            cleandoc(kind.model.__doc__ or "").splitlines()[0],
        )
        for kind in VOCABULARY.kinds
    ),
)
