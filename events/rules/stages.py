"""What is judged of every event before the rules, in this order. Each stage ends the judgement if it finds a fault.

The envelope, the recorder and `judge` apply the stages; documentation and `/event-types` list them with the rules.
"""

from dataclasses import dataclass
from typing import Final

from events.rules.rule import ADVICE, RULES, Among, every
from events.vocabulary.catalogue import EventKind


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage with the id of its faults and its documentation, and the event types for which it can find one."""

    id: str
    text: str
    is_for: Among = every


def _creates(kind: EventKind) -> bool:
    return bool(kind.creates)


def _refers(kind: EventKind) -> bool:
    return kind.about_field is not None or names_subjects(kind)


def names_subjects(kind: EventKind) -> bool:
    """Return whether events of the type name existing subjects."""
    return any(reference.creates is None for reference in kind.references)


STAGES: Final = (
    Stage("field", "The event has the form that its type and CloudEvents ask for."),
    Stage(
        "event.conflict",
        "The same source and id come with the same content, from the same sender. (409)",
    ),
    Stage("subject.exists", "What is new does not exist yet.", _creates),
    Stage(
        "subject.unknown",
        "What is referred to exists, is of a kind the field takes, and may be seen by the sender.",
        _refers,
    ),
    Stage(
        "batch.dependent",
        "In a lenient batch, nothing names what only a refused event of it would have created.",
        names_subjects,
    ),
    Stage("sender.not_allowed", "The sender may record this, and under this source. (403)"),
    Stage("stream.version", "The streams in `If-Match` are at these versions. (412)"),
)


def rules_for(kind: EventKind) -> list[str]:
    """Return the ids of everything that can refuse an event of a type, in the order of judgement, each once."""
    stages = [stage.id for stage in STAGES if stage.is_for(kind)]
    return list(dict.fromkeys([*stages, *(rule.id for rule in RULES if rule.is_for(kind))]))


def advice_for(kind: EventKind) -> list[str]:
    """Return the ids of the advice that can be given on an event of a type, each once."""
    return list(dict.fromkeys(one.id for one in ADVICE if one.is_for(kind)))
