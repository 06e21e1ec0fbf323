"""A webhook: where to deliver which events, in which form, under which key, and its position."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import cohort_among, recorded_streams, stream_of

URL_CHARACTERS_MAX: Final = 2_048
FILTERS_MAX: Final = 100
"""The largest number of types, of streams and of cohorts that a webhook names."""


class Form(StrEnum):
    """The form in which an event is delivered."""

    CLOUDEVENTS = "cloudevents"
    """The event's line, as a structured CloudEvent."""
    SLACK = "slack"
    """A message of one sentence, as Slack takes it."""


class State(StrEnum):
    """Whether a webhook delivers."""

    ACTIVE = "active"
    FAILING = "failing"
    """The last attempt failed; there will be another."""
    PARKED = "parked"
    """It failed for too long, or its receiver is gone. It waits for somebody to start it again."""
    ENDED = "ended"
    """Its key has expired."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events a webhook delivers, where, and in which form. Empty lists leave nothing out."""

    url: str
    types: Sequence[str] = ()
    streams: Sequence[str] = ()
    cohorts: Sequence[str] = ()
    form: Form = Form.CLOUDEVENTS

    @property
    def selection(self) -> Selection:
        """The events to read from the log; `is_of_cohort` is asked about each of them."""
        types = [full for name in self.types for full in VOCABULARY.versions(name)]
        cohorts = [stream_of("cohort", key) for key in self.cohorts]
        return Selection(types=tuple(types), streams=tuple(self.streams or cohorts))

    def is_of_cohort(self, streams: Sequence[str]) -> bool:
        """Return whether an event in these streams belongs to one of the cohorts."""
        return not self.cohorts or cohort_among(recorded_streams(streams)) in self.cohorts


SECRETS_MAX: Final = 5
"""The number of secrets that sign at the same time."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that signs, until a time if it has been replaced."""

    text: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as it is stored. `position` is the last one that was delivered or left out.

    `generation` is raised by every change but progress. `secrets` are the present one and those that still overlap.
    Of the last attempt, only the receiver's status is kept, or what prevented an answer.
    """

    id: str
    key_id: str
    wanted: Wanted
    secrets: tuple[Secret, ...]
    created: datetime
    generation: int
    position: int
    failures: int
    failing_since: datetime | None
    next_attempt: datetime | None
    parked: datetime | None
    last_attempt: datetime | None
    last_status: int | None
    last_trouble: str | None
    has_key: bool

    @property
    def state(self) -> State:
        """Whether it delivers."""
        if not self.has_key:
            return State.ENDED
        if self.parked is not None:
            return State.PARKED
        return State.FAILING if self.failures else State.ACTIVE

    def signing(self, now: datetime) -> list[str]:
        """Return the secrets that sign at a time, the present one first."""
        return [one.text for one in self.secrets if one.until is None or now < one.until]

    def rotated(self, secret: str, now: datetime, overlap: timedelta) -> tuple[Secret, ...]:
        """Return its secrets with a new one; the one before signs too, until the overlap ends.

        More than SECRETS_MAX would not fit the headers that receivers read: the oldest ones end earlier.
        """
        present, *older = self.secrets
        kept = [Secret(present.text, now + overlap)]
        kept += [one for one in older if one.until is not None and now < one.until]
        return (Secret(secret), *kept)[:SECRETS_MAX]

    def as_json(self) -> dict[str, Any]:
        """Return what its owner and the operator are shown: everything but the secrets."""
        return {
            "id": self.id,
            "key": self.key_id,
            "url": self.wanted.url,
            "format": self.wanted.form,
            "types": list(self.wanted.types),
            "streams": list(self.wanted.streams),
            "cohorts": list(self.wanted.cohorts),
            "created": self.created,
            "position": self.position,
            "state": self.state,
            "failures": self.failures,
            "failing_since": self.failing_since,
            "next_attempt": self.next_attempt,
            "parked": self.parked,
            "last_attempt": self.last_attempt,
            "last_status": self.last_status,
            "last_trouble": self.last_trouble,
        }
