"""Things that can be found and cited: the same words for feeds, citations, JSON-LD and cards.

They are made from subjects of the graph, as the public sees them. No person is in them: a thing is by its organisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from events.vocabulary.stream import Stream, kind_of
from projections.models.titles import TITLES
from service.pages.frame import addresses

_TEXTS: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "cohort": (("sharedQuestion", ""), ("summary", "")),
    "organisation": (("purpose", ""),),
    "question": (("text", ""), ("summary", "What came of it")),
    "iteration": (
        ("hypothesis", "We believe"),
        ("action", "We try"),
        ("conclusion", "What came of it"),
    ),
    "failure": (("intended", "Intended"), ("actual", "What happened"), ("why", "Why")),
    "learning": (("statement", ""),),
    "inspiration": (("summary", ""),),
    "ask": (("text", ""),),
    "outcome": (
        ("description", "What changed"),
        ("contribution", "Our part in it"),
        ("significance", "Why it matters"),
    ),
    "publication": (("reason", "Withdrawn"),),
    "session": (("summary", ""),),
    "commitment": (("text", ""),),
}
"""By kind, the fields with the texts of a subject, each with a label in English; an empty one is not shown."""

_NOUNS: Final = {
    "iteration": "Trial",
    "ask": "Request for help",
}


@dataclass(frozen=True, slots=True)
class Work:
    """A thing that is public: what it is called, its texts, by whom it is, and when it was made and changed.

    `by` has the names of organisations; it is empty if the public sees none. `texts` are pairs of a label and a text.
    `publication_kind` is the name of the term in the graph. `begins` and `ends` are those of a cohort. What the subject
    was not asked for is None or empty.
    """

    kind: str
    key: str
    title: str
    texts: Sequence[tuple[str, str]] = ()
    by: Sequence[str] = ()
    position: int | None = None
    time: str | None = None
    precision: str | None = None
    updated: str | None = None
    cohort: str | None = None
    language: str | None = None
    themes: Sequence[str] = ()
    licence: str | None = None
    url: str | None = None
    publication_kind: str | None = None
    begins: str | None = None
    ends: str | None = None

    @property
    def stream(self) -> Stream:
        """Its stream."""
        return Stream(f"{self.kind}/{self.key}")

    @property
    def path(self) -> str:
        """The path of its page."""
        return addresses.of_kind(self.kind, self.key)

    @property
    def noun(self) -> str:
        """What it is, in one or two English words."""
        return _NOUNS.get(self.kind, self.kind.capitalize())

    @property
    def text(self) -> str:
        """Its texts in paragraphs, with their labels."""
        return "\n\n".join(
            f"{label}: {text}" if label else text for label, text in self.texts if text
        )

    @property
    def made_on(self) -> Sequence[int]:
        """Year, month and day in UTC on which a cohort began and anything else was made, as far as they are known."""
        if self.begins is not None:
            first = date.fromisoformat(self.begins)
            return (first.year, first.month, first.day)
        if self.time is None:
            return ()
        at = datetime.fromisoformat(self.time).astimezone(UTC)
        known = {"YEAR": 1, "MONTH": 2}.get(self.precision or "", 3)
        return (at.year, at.month, at.day)[:known]


def work(kind: str, subject: Mapping[str, Any]) -> Work:
    """Return the work that a subject of the graph is. It must have been asked for its key and its title."""
    texts = ((label, _text(subject.get(name))) for name, label in _TEXTS.get(kind, ()))
    cohort = subject.get("cohort") or {}
    return Work(
        kind=kind,
        key=subject["key"],
        title=" ".join(subject[TITLES[kind]].split()),
        texts=[(label, text) for label, text in texts if text],
        by=_by(subject),
        position=subject.get("position"),
        time=subject.get("time"),
        precision=subject.get("timePrecision"),
        updated=subject.get("updatedAt"),
        cohort=cohort.get("title"),
        language=subject.get("language"),
        themes=subject.get("themes") or (),
        licence=subject.get("licence"),
        url=_linked(subject.get("url")),
        publication_kind=subject.get("publicationKind"),
        begins=subject.get("startsOn") if kind == "cohort" else None,
        ends=subject.get("closedAt") if kind == "cohort" else None,
    )


def work_of(stream: Stream, answer: Mapping[str, Any]) -> Work | None:
    """Return the thing with a stream, which an answer has as `thing` or under the name of its kind.

    None if the answer has it not, or without its key or title.
    """
    kind = kind_of(stream)
    found = answer.get("thing", answer.get(kind))
    if kind in TITLES and isinstance(found, Mapping) and {"key", TITLES[kind]} <= found.keys():
        return work(kind, found)
    return None


def _linked(url: str | None) -> str | None:
    """Return an address that people gave, if it may be a link."""
    return url if url is not None and url.startswith(("http://", "https://")) else None


def _text(value: Any) -> str:
    return str((value.get("text") if isinstance(value, Mapping) else value) or "")


def _by(subject: Mapping[str, Any]) -> Sequence[str]:
    """Return the name of the subject's organisation, or those of a cohort's members."""
    members = (subject.get("memberships") or {}).get("nodes") or ()
    found = [subject.get("organisation"), *(one.get("organisation") for one in members)]
    return [one["name"] for one in found if one and "name" in one]
