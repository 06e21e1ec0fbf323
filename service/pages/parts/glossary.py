"""The words of closed lists with what they mean, for the places where they first stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.pages.frame import terms
from service.pages.frame.language import Language


@dataclass(frozen=True)
class Explained:
    """The words of a closed list: its title, and each word with its meaning."""

    title: str
    words: Sequence[tuple[str, str]]


def explained(lists: Iterable[str], language: Language) -> Sequence[Explained]:
    """Return the words of these lists of the graph. Raises KeyError for a list without a title."""
    _ = language.gettext
    found = titles(language)
    return [
        Explained(
            found[name], [(_(one.title), _(one.meaning)) for one in terms.words(name).values()]
        )
        for name in lists
    ]


def titles(language: Language) -> Mapping[str, str]:
    """Return what a closed list is about, by its name in the graph."""
    _ = language.gettext
    return {
        "Agreement": _("Whether others agree"),
        "ChangeType": _("What changed"),
        "CheckinStatus": _("What became of it"),
        "Decision": _("What is done next"),
        "Degree": _("How it went"),
        "EvidenceLevel": _("How strong the evidence is"),
        "Facet": _("What it was about"),
        "FailureCause": _("What caused a failure"),
        "FailureType": _("Types of failure"),
        "ForWhom": _("Who was concerned"),
        "Framing": _("How an organisation sees people"),
        "InspirationKind": _("Kinds of inspiration"),
        "LeaveReason": _("Why an organisation left"),
        "Loop": _("What a learning changes"),
        "Mode": _("How people take part"),
        "ParticipationLevel": _("How much say people have"),
        "QuestionState": _("What became of a question"),
        "Result": _("What a trial showed"),
    }
