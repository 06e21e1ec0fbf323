"""The fields of each type of event that the index keeps, derived once from the vocabulary."""

from dataclasses import dataclass
from typing import Final

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.references import Reference
from events.vocabulary.types import Mark

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
_FOLLOWED: Final = frozenset(
    {
        *("cohort.closed", "failure.reclassified", "help.given", "inspiration.used"),
        *("iteration.concluded", "iteration.started", "journey.checked_in", "learning.adopted"),
        *("learning.challenged", "learning.revised", "outcome.substantiated", "pairing.ended"),
        *("pairing.met", "publication.withdrawn", "question.closed", "question.reframed"),
        "visibility.changed",
    }
)
"""The types of events that figures look for among those of a thing."""

_NAMING: Final = frozenset(
    {
        *(("iteration.planned", field) for field in ("follows", "inspired_by", "question")),
        ("failure.recorded", "iteration"),
        ("learning.captured", "from"),
        ("question.reframed", "because_of"),
    }
)
"""The types, each with a field, of events that figures look for among those that name a thing."""

_BEFORE_THE_JOURNEY: Final = frozenset(
    {
        *("cohort.formed", "cohort.closed", "organisation.registered", "organisation.joined"),
        *("organisation.left", "organisations.paired", "inspiration.shared", "pairing.ended"),
        *("note.added", "visibility.changed", "event.voided"),
    }
)
"""The types outside the vocabulary's section "An organisation's journey"."""


@dataclass(frozen=True, slots=True)
class KeptFields:
    """A type of event: the fields to keep, those that name subjects, and the one that says who acts.

    `is_journey`: an organisation acts in it on its journey; `is_counted`: a figure counts such events themselves;
    `is_followed`: a figure looks for them among the events of a thing, and among those that name it in one of `naming`.
    """

    kind: EventKind
    mark: Mark
    kept: tuple[str, ...]
    references: tuple[Reference, ...]
    acts: str
    is_journey: bool
    is_counted: bool
    is_followed: bool
    naming: tuple[str, ...]

    @classmethod
    def of(cls, kind: EventKind) -> "KeptFields":
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
            is_followed=kind.name in _FOLLOWED,
            naming=tuple(field for type_, field in sorted(_NAMING) if type_ == kind.name),
        )


FORMS: Final = {kind.name: KeptFields.of(kind) for kind in VOCABULARY.kinds}
"""The form of each type, by its name."""
