"""One event on its way through the projections."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import orjson

from events.access.audience import audience_of_event, column
from events.lines.recorded import Recorded, UnknownType
from events.vocabulary.catalogue import Catalogue, JsonObject
from events.vocabulary.stream import cohort_among, recorded_streams
from events.vocabulary.terms import Visibility
from events.vocabulary.text_folding import trimmed
from events.vocabulary.times import instant
from events.vocabulary.types import Mark

_ORGANISATION: Final = "organisation/"
_PREFIX: Final = len(_ORGANISATION)
_UNKNOWN: Final[list[str]] = []


class Step:
    """An event as the projections look at it: all that they may look at.

    `type` is such as `cohort.formed`, whatever version it was recorded in; `data` is in the present version of the
    type; `streams` are those the event stands in, `organisations` those of organisations among them, by key; `cohort`
    is the event's: that of what it creates, else the one it names, its iteration's, or its subject's; `about` is the
    event that it takes back or shows to more or fewer, `about_position` that one's position.
    """

    __slots__ = (
        "_audience",
        "_kind",
        "_version",
        "about",
        "about_position",
        "cohort",
        "content",
        "data",
        "occurred_at",
        "organisations",
        "position",
        "streams",
        "type",
    )

    def __init__(
        self,
        content: JsonObject,
        streams: Iterable[str],
        catalogue: Catalogue,
        about: "Step | None" = None,
    ) -> None:
        """Read a line's JSON object. Raises UnknownType."""
        found = catalogue.find(content["type"])
        if found is None:
            raise UnknownType(content["type"], content["position"])
        kind, version = found
        self.content: Mapping[str, Any] = content
        self.position: int = content["position"]
        self.type = kind.name
        self.data: JsonObject = kind.read(content, version)
        self.streams = recorded_streams(streams)
        self.organisations = [s[_PREFIX:] for s in self.streams if s.startswith(_ORGANISATION)]
        self.cohort = cohort_among(self.streams)
        self._kind = kind
        self._version = version
        self._audience: list[str] | None = _UNKNOWN
        self.about = about
        self.about_position = kind.about_event(self.data)
        self.occurred_at = instant(content["time"])

    @classmethod
    def read(cls, recorded: Recorded, catalogue: Catalogue, about: "Step | None" = None) -> "Step":
        """Return the step of a recorded event. Raises UnknownType."""
        return cls(orjson.loads(recorded.line), recorded.streams, catalogue, about)

    @property
    def recorded_at(self) -> datetime:
        """When the log took it in."""
        return instant(self.content["recordedtime"])

    @property
    def organisation(self) -> str | None:
        """The organisation that acts, where the event names one."""
        data = self.data
        acting: str | None = data.get("by") if "inspiration" in data else None
        return acting or data.get("organisation")

    @property
    def owner(self) -> str | None:
        """The organisation whose doing it is: the one it names, else that of its first subject."""
        return self.organisation or (self.organisations[0] if self.organisations else None)

    @property
    def level(self) -> str | None:
        """The visibility that its sender gave it."""
        return self.content.get("visibility")

    @property
    def adds(self) -> bool:
        """Whether it only adds: it neither creates a subject nor changes one's state."""
        return self._kind.mark is Mark.ADDS

    @property
    def creates(self) -> bool:
        """Whether it creates a subject, and is seen like that."""
        return self._kind.mark is Mark.CREATES

    @property
    def names(self) -> list[str]:
        """The streams of the subjects that it names or creates."""
        return [*self._kind.names(self.data)]

    @property
    def own_audience(self) -> list[str] | None:
        """Who sees it at the level its sender gave it; None where it is seen like its first subject."""
        if self._audience is _UNKNOWN:
            self._audience = self.audience(self.level)
        return self._audience

    def audience(self, level: str | None) -> list[str] | None:
        """Return who sees it, given this level for itself; None where it is seen like its first subject."""
        own = audience_of_event(
            self._kind,
            Visibility(level) if level is not None else None,
            self.content.get("subject"),
            self.cohort,
        )
        return None if own is None else column(own)

    @property
    def default_level(self) -> str:
        """The visibility that holds where its sender gave none."""
        return self._kind.model.default_level(self.data, self._version).value

    # Its data, one field at a time

    def text(self, field: str) -> str | None:
        """Return an optional text; a blank one is absence."""
        value: str | None = self.data.get(field)
        return value if value and trimmed(value) else None

    def texts(self, field: str) -> list[str]:
        """Return a list of texts, empty where it was left out."""
        return self.data.get(field) or []

    def number(self, field: str) -> float | None:
        """Return an optional number."""
        value = self.data.get(field)
        return None if value is None else float(value)

    def day(self, field: str) -> date | None:
        """Return an optional day."""
        value = self.data.get(field)
        return None if value is None else date.fromisoformat(value)


def linked(recorded: Iterable[Recorded], catalogue: Catalogue) -> list[Step]:
    """Return the steps of these events, each with the one it is about where that is among them. Raises UnknownType."""
    steps = [Step.read(event, catalogue) for event in recorded]
    link(steps)
    return steps


def link(steps: Sequence[Step]) -> None:
    """Give each step the one it is about, where that is among them."""
    abouts = {position: None for step in steps if (position := step.about_position) is not None}
    if abouts:
        found = {step.position: step for step in steps if step.position in abouts}
        for step in steps:
            if (position := step.about_position) is not None:
                step.about = found.get(position)


def voided_in(steps: Iterable[Step]) -> frozenset[int]:
    """Return the positions of what these steps take back."""
    return frozenset(
        step.about_position
        for step in steps
        if step.type == "event.voided" and step.about_position is not None
    )
