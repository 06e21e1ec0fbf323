"""The marks that stand for trials and failures in the charts of a cohort."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from service.pages.charts.geometry import Mark, Shape, Tone
from service.pages.frame import terms
from service.pages.frame.addresses import of_kind
from service.pages.frame.language import Language

_OF_RESULT: Final[Mapping[str | None, tuple[Shape, Tone]]] = {
    "SUPPORTED": ("circle", "good"),
    "REFUTED": ("diamond", "bad"),
    "INCONCLUSIVE": ("square", "unsure"),
    "DID_NOT_FINISH": ("triangle", "unsure"),
    "INVALID": ("pennant", "unsure"),
    None: ("circle", "plain"),
}
_PLANNED: Final[tuple[Shape, Tone]] = ("square", "plain")
_OF_TYPE: Final[Mapping[str | None, tuple[Shape, Tone]]] = {
    "BASIC": ("square", "bad"),
    "COMPLEX": ("hexagon", "bad"),
    "INTELLIGENT": ("diamond", "bad"),
    None: ("circle", "plain"),
}


def of_trial(trial: Mapping[str, Any], language: Language) -> Mark:
    """Return the mark of a trial: its shape is its result's. It is hollow without one, and a square if only planned."""
    result = trial["result"]
    shape, tone = _PLANNED if trial["state"] == "PLANNED" else _OF_RESULT[result]
    return Mark(
        f"{trial['title']}: {outcome(trial, language)}",
        of_kind("iteration", trial["key"]),
        shape,
        tone,
        hollow=result is None,
    )


def outcome(trial: Mapping[str, Any], language: Language) -> str:
    """Return the words for a trial's result, or for its state if it has none yet."""
    if trial["result"] is not None:
        return language.gettext(terms.title("Result", trial["result"]))
    return language.gettext(terms.title("IterationState", trial["state"]))


def of_failure(failure: Mapping[str, Any], language: Language) -> Mark:
    """Return the mark of a failure: its shape is its type's. It is hatched if only its organisation may see it."""
    shape, tone = _OF_TYPE[failure["failureType"]]
    return Mark(
        f"{failure['actual']} ({failure_type(failure['failureType'], language)})",
        of_kind("failure", failure["key"]),
        shape,
        tone,
        private=failure["visibility"] == "PRIVATE",
    )


def failure_type(name: str | None, language: Language) -> str:
    """Return the title of a type of failure, which may not be given."""
    _ = language.gettext
    return _(terms.title("FailureType", name)) if name else _("Without a type")


def results_key(trials: Iterable[Mapping[str, Any]], language: Language) -> tuple[Mark, ...]:
    """Return what the shapes of these trials stand for."""
    order = list(_OF_RESULT)
    found = {
        outcome(one, language): of_trial(one, language)
        for one in sorted(trials, key=lambda one: order.index(one["result"]))
    }
    return tuple(
        Mark(words, None, mark.shape, mark.tone, hollow=mark.hollow)
        for words, mark in found.items()
    )


def types_key(failures: Iterable[Mapping[str, Any]], language: Language) -> tuple[Mark, ...]:
    """Return what the shapes of these failures stand for."""
    given = {one["failureType"] for one in failures}
    return tuple(
        Mark(failure_type(name, language), None, shape, tone)
        for name, (shape, tone) in _OF_TYPE.items()
        if name in given
    )
