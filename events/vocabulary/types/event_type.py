"""What every event type is: one model of its data, with what it does and who may record it."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeVar

from events.vocabulary.terms import Visibility

TYPE_PREFIX = "org.howcanwe."


class Mark(Enum):
    """What an event does to the subjects it names."""

    CREATES = "creates a subject"
    MOVES = "moves a subject (changes its state)"
    ADDS = "only adds"
    VOIDS = "takes an earlier event back"


class RecordedBy(Enum):
    """Who may record an event of a type."""

    FACILITATOR = "the cohort's facilitator"
    ORGANISATION = "the organisation, or its facilitator"
    PAIRED = "the facilitator, or an organisation of the pairing"
    ANYONE = "whoever writes and sees the subject"
    RECORDER = "whoever might have recorded the event it is about"
    PRIVACY = "the organisation, its facilitator, or an admin"


class EventType(BaseModel):
    """The data of one kind of event.

    The order of the fields is part of the type: the first one that creates or names a subject gives the event's
    `subject`. The fields' types say what is created and what is named (see `events.vocabulary.fields`).
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        validate_by_name=False,
        validate_by_alias=True,
        ser_json_inf_nan="null",
    )

    name: ClassVar[str]
    """The middle part of the type's name on the wire, `<noun>.<past verb>`."""
    version: ClassVar[int]
    since: ClassVar[int]
    """The first version that has these fields: later ones differ in nothing but the default level."""
    mark: ClassVar[Mark]
    recorded_by: ClassVar[RecordedBy]
    required_of_organisation: ClassVar[str | None]
    """A field that an organisation's own key must fill in, though the type leaves it optional."""
    after_close: ClassVar[bool]
    """Whether the event is accepted with a time after its cohort's close, and of an organisation that left."""

    @classmethod
    def __init_subclass__(
        cls,
        *,
        name: str = "",
        mark: Mark = Mark.ADDS,
        by: RecordedBy = RecordedBy.ORGANISATION,
        version: int = 1,
        since: int | None = None,
        required_of_organisation: str | None = None,
        after_close: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = name
        cls.version = version
        cls.since = since or version
        cls.mark = mark
        cls.recorded_by = by
        cls.required_of_organisation = required_of_organisation
        cls.after_close = after_close

    @classmethod
    def wire_name(cls, version: int | None = None) -> str:
        """Return the full name of a version, by default the present one, such as `org.howcanwe.cohort.formed.v1`."""
        return f"{TYPE_PREFIX}{cls.name}.v{version or cls.version}"

    @classmethod
    def default_level(cls, data: Mapping[str, Any], version: int) -> Visibility:
        """Return the level of an event of this version and data whose sender gave none."""
        return Visibility.COHORT


Type_co = TypeVar("Type_co", bound=EventType, default=EventType, covariant=True)
"""The type of an event; any, where nothing else is said."""
