"""What the book looks at in an event of each type, worked out once from the vocabulary."""

from dataclasses import dataclass
from typing import Final

from events.catalogue import VOCABULARY, EventKind, Reference
from events.types import Mark

_LOOKED_AT: Final = frozenset(
    {
        *("agreement", "anticipated", "change_type", "cost", "decision", "degree"),
        *("evidence_level", "facet", "failure_cause", "failure_type", "for_whom", "framing"),
        *("hours", "kind", "level", "loop", "mode", "modes", "months_after", "outcome"),
        *("participation_level", "people", "reason", "result", "sector", "sign", "status"),
        *("themes", "visibility"),
    }
)
"""Fields that figures look at. Other texts are left where they stand, in the log."""

_WORDED: Final = frozenset({"cohort.formed", "question.framed", "question.reframed"})
_REASONED: Final = "organisation.left"
_COUNTED: Final = frozenset({"learning.adopted", "mindset.assessed", "participation.recorded"})
_BEFORE_THE_JOURNEY: Final = frozenset(
    {
        *("cohort.formed", "cohort.closed", "organisation.registered", "organisation.joined"),
        *("organisation.left", "organisations.paired", "inspiration.shared", "pairing.ended"),
        *("note.added", "visibility.changed", "event.voided"),
    }
)
"""The types outside the vocabulary's section "An organisation's journey"."""


@dataclass(frozen=True, slots=True)
class Form:
    """A type of event: the fields to keep, those that name subjects, and the one that says who acts.

    `is_journey`: an organisation acts in it on its journey; `is_counted`: a figure counts such events themselves.
    """

    kind: EventKind
    mark: Mark
    kept: tuple[str, ...]
    references: tuple[Reference, ...]
    acts: str
    is_journey: bool
    is_counted: bool

    @classmethod
    def of(cls, kind: EventKind) -> "Form":
        """Return the form of a type."""
        looked_at = _LOOKED_AT | ({"text"} if kind.name in _WORDED else set())
        if kind.name != _REASONED:
            looked_at -= {"reason"}
        references = kind.references
        subjects = {reference.field for reference in references}
        fields = (field.alias or name for name, field in kind.model.model_fields.items())
        return cls(
            kind=kind,
            mark=kind.model.mark,
            kept=tuple(field for field in fields if field in looked_at - subjects),
            references=references,
            acts="by" if kind.name == "inspiration.shared" else "organisation",
            is_journey=kind.name not in _BEFORE_THE_JOURNEY,
            is_counted=kind.name in _COUNTED,
        )


FORMS: Final = {kind.name: Form.of(kind) for kind in VOCABULARY.kinds}
"""The form of each type, by its name."""
