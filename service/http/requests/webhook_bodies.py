"""The bodies of requests to `/webhooks`."""

from dataclasses import replace
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.stream import KINDS, is_key, is_stream
from service.webhooks.addresses import fault_of_url
from service.webhooks.webhook import FILTERS_MAX, URL_CHARACTERS_MAX, Form, Wanted

HEAD: Final = "head"
ALLOW_PRIVATE: Final = "allow_private"
"""What the context of validation says: the log's last position, and whether addresses may be private."""


def _is_url(url: str, info: ValidationInfo) -> str:
    allow_private = bool((info.context or {}).get(ALLOW_PRIVATE))
    expected = fault_of_url(url, allow_private=allow_private, characters_max=URL_CHARACTERS_MAX)
    if expected is not None:
        raise ValueError(expected)
    return url


def type_named(name: str) -> str:
    """Return the name of an event type. Raises ValueError with what was expected."""
    if not VOCABULARY.versions(name):
        raise ValueError(VOCABULARY.expected(name))
    return name


def stream_named(stream: str) -> str:
    """Return the name of a stream. Raises ValueError with what was expected."""
    if not is_stream(stream):
        raise ValueError(f"a stream <kind>/<key>, the kind one of: {', '.join(KINDS)}")
    return stream


def cohort_named(key: str) -> str:
    """Return the key of a cohort. Raises ValueError with what was expected."""
    if not is_key(key):
        raise ValueError("the key of a cohort")
    return key


def _is_recorded(position: int, info: ValidationInfo) -> int:
    head = (info.context or {}).get(HEAD, INTEGER_MAX)
    if position > head:
        raise ValueError(f"a position of the log, which ends at {head}")
    return position


Url = Annotated[
    str,
    AfterValidator(_is_url),
    Field(
        description="Where to deliver: an https address.", examples=["https://receiver.example/in"]
    ),
]
Types = Annotated[
    list[Annotated[str, AfterValidator(type_named)]],
    Field(
        max_length=FILTERS_MAX,
        description="Deliver only events of these types, by their short names (every version) or full names.",
    ),
]
Streams = Annotated[
    list[Annotated[str, AfterValidator(stream_named)]],
    Field(max_length=FILTERS_MAX, description="Deliver only events of these streams."),
]
Cohorts = Annotated[
    list[Annotated[str, AfterValidator(cohort_named)]],
    Field(max_length=FILTERS_MAX, description="Deliver only events of these cohorts."),
]
Format = Annotated[
    Form,
    Field(
        strict=False,
        description="`cloudevents` delivers an event as a structured CloudEvent, `slack` one sentence as `text`.",
    ),
]
After = Annotated[int, Field(ge=0, le=INTEGER_MAX), AfterValidator(_is_recorded)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WebhookBody(_Body):
    """A new webhook. Empty lists leave nothing out."""

    url: Url
    types: Types = []
    streams: Streams = []
    cohorts: Cohorts = []
    format: Format = Form.CLOUDEVENTS
    after: Annotated[
        After | None,
        Field(
            description="Deliver the events after this position. Default: those recorded from now on."
        ),
    ] = None

    @property
    def wanted(self) -> Wanted:
        """What is to be delivered, and where."""
        return Wanted(self.url, self.types, self.streams, self.cohorts, self.format)


class WebhookChange(_Body):
    """A change of a webhook. What is left out stays as it is."""

    url: Url = ""
    types: Types = []
    streams: Streams = []
    cohorts: Cohorts = []
    format: Format = Form.CLOUDEVENTS

    def applied_to(self, wanted: Wanted) -> Wanted:
        """Return what is delivered after the change."""
        given = self.model_dump(include=self.model_fields_set)
        if "format" in given:
            given["form"] = given.pop("format")
        return replace(wanted, **given)


class ReplayBody(_Body):
    """From where to deliver again."""

    after: Annotated[
        After | None,
        Field(
            description="Deliver the events after this position, again if need be. Default: continue where it stopped."
        ),
    ] = None
