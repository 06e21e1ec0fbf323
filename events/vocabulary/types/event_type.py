"""The base class of all event types: a model of the data, with what the event does and who may record it."""

from collections.abc import Mapping
from enum import Enum
from inspect import cleandoc
from typing import Any, ClassVar, LiteralString, Self

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError
from typing_extensions import TypeVar

from events.vocabulary.terms import Visibility

TYPE_PREFIX = "org.howcanwe."


class Mark(Enum):
    """What an event does to the subjects it names."""

    CREATES = "creates a subject"
    MOVES = "moves a subject (changes its state)"
    ADDS = "only adds"
    VOIDS = "voids an earlier event"
    CORRECTS = "corrects an earlier event"


class RecordedBy(Enum):
    """Who may record an event of a type."""

    FACILITATOR = "the cohort's facilitator"
    ORGANISATION = "the organisation, or its facilitator"
    PAIRED = "the facilitator, or an organisation of the pairing"
    ANYONE = "anyone who may record events and sees the subject"
    AMENDER = "the organisation of the event it is about, or its facilitator"
    PRIVACY = "the organisation, its facilitator, or an admin"


class EventType(BaseModel):
    """The data of one type of event.

    The order of the fields is part of the type: the first field that creates or names a subject gives the event's
    `subject`. The fields' types define what is created and what is named (see `events.vocabulary.fields.field_types`).
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        # Programs write `from_` and `name_`, as type checkers have it; what is sent has the aliases alone.
        validate_by_name=True,
        validate_by_alias=True,
        ser_json_inf_nan="null",
    )

    name: ClassVar[str]
    """The short name of the type, `<noun>.<past verb>`: the middle part of its full name."""
    meaning: ClassVar[str]
    """What an event of the type says: the docstring that the class is written with."""
    version: ClassVar[int]
    since: ClassVar[int]
    """The first version that has these fields. Later versions differ only in the default level."""
    mark: ClassVar[Mark]
    recorded_by: ClassVar[RecordedBy]
    required_of_organisation: ClassVar[str | None]
    """A field that is optional in general but required of an organisation's own key."""
    at_least_one_of: ClassVar[tuple[str, ...]]
    """Optional fields of which at least one has to be given; empty for most types."""
    seen_with_subject: ClassVar[bool]
    """Whether everyone who sees its first subject sees the event, also if its sender gave it another level."""
    after_close: ClassVar[bool]
    """Whether the event is accepted with a time after its cohort's close, and from an organisation that left."""

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
        at_least_one_of: tuple[str, ...] = (),
        seen_with_subject: bool = False,
        after_close: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = name
        cls.meaning = cleandoc(cls.__doc__ or "")
        cls.version = version
        cls.since = since or version
        cls.mark = mark
        cls.recorded_by = by
        cls.required_of_organisation = required_of_organisation
        cls.at_least_one_of = at_least_one_of
        cls.seen_with_subject = seen_with_subject or mark is Mark.CREATES
        cls.after_close = after_close

    def checked_for_one(self, fault: LiteralString) -> Self:
        """Return this data. Raises PydanticCustomError with this type unless one of `at_least_one_of` is given."""
        if all(getattr(self, name) is None for name in self.at_least_one_of):
            names = ", ".join(self.at_least_one_of)
            raise PydanticCustomError(fault, "at least one of {names}", {"names": names})
        return self

    @classmethod
    def wire_name(cls, version: int | None = None) -> str:
        """Return the full name of a version, by default the present one, such as `org.howcanwe.cohort.formed.v1`."""
        return f"{TYPE_PREFIX}{cls.name}.v{version or cls.version}"

    @classmethod
    def default_level(cls, data: Mapping[str, Any], version: int) -> Visibility:
        """Return the level of an event with this version and data if its sender gives none."""
        return Visibility.COHORT


Type_co = TypeVar("Type_co", bound=EventType, default=EventType, covariant=True)
"""The type of an event; any type by default."""
