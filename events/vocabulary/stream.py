"""Streams: a stream has the events of one subject, in the order of the log. All code that reads or makes names uses it.

A stream's name is `<kind>/<key>`, from the subject's kind and key. On the wire, in SQL and in dictionaries it is a
plain string: only the type checker knows the type `Stream`. All names are composed and split here.
"""

import re
from collections.abc import Iterable
from typing import Final, Literal, NewType, cast, get_args

Stream = NewType("Stream", str)
"""A stream's name, `<kind>/<key>`."""

KEY_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}"
Kind = Literal[
    "cohort",
    "organisation",
    "question",
    "pairing",
    "inspiration",
    "iteration",
    "failure",
    "learning",
    "ask",
    "outcome",
    "publication",
    "session",
    "commitment",
    "person",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""The kinds of subjects; each subject has a stream."""

EVENT: Final = "event"
"""The kind in references to events: `event/<position>`. The mark of an event is stored under this name, beside the
subjects' states."""

_COHORT: Final = "cohort/"
_ORGANISATION: Final = "organisation/"
_REFERENCE: Final = f"{EVENT}/"
_POSITION_DIGITS_MAX: Final = 15

EVENT_PATTERN: Final = f"{EVENT}/[1-9][0-9]{{0,{_POSITION_DIGITS_MAX - 1}}}"
"""The regular expression of references to events."""

_KEY: Final = re.compile(KEY_PATTERN)


def stream_of(kind: Kind, key: str) -> Stream:
    """Return the stream of the subject with this kind and key."""
    return Stream(f"{kind}/{key}")


def event_reference(position: int) -> Stream:
    """Return the reference to the event at the position, `event/<position>`. Its amendments are stored under it."""
    return Stream(f"{_REFERENCE}{position}")


def kind_of(stream: Stream) -> str:
    """Return the kind of the stream's subject."""
    return stream.partition("/")[0]


def key_of(stream: Stream) -> str:
    """Return the key of the stream's subject."""
    return stream.partition("/")[2]


def is_key(text: str) -> bool:
    """Return whether `text` is a valid key."""
    return _KEY.fullmatch(text) is not None


def is_stream(text: str) -> bool:
    """Return whether `text` is a valid name of a stream: one of the kinds, and a key."""
    kind, _, key = text.partition("/")
    return kind in KINDS and is_key(key)


def event_position(reference: str) -> int | None:
    """Return n if `reference` is `event/n`, otherwise None."""
    digits = reference.removeprefix(_REFERENCE)
    if (
        digits == reference
        or not digits.isascii()
        or not digits.isdigit()
        or digits[0] == "0"
        or len(digits) > _POSITION_DIGITS_MAX
    ):
        return None
    return int(digits)


def is_event_reference(reference: str) -> bool:
    """Return whether `reference` names an event instead of a subject."""
    return reference.startswith(_REFERENCE)


def recorded_streams(streams: Iterable[str]) -> tuple[Stream, ...]:
    """Return the names of a recorded event's streams as streams. They were checked when it was recorded."""
    return cast("tuple[Stream, ...]", tuple(streams))


def cohort_among(streams: tuple[Stream, ...]) -> str | None:
    """Return the cohort of the event that has these streams, None if it belongs to none.

    An event's streams begin with its first subject's and its cohort's (see `events.state.placement.streams_of`).
    """
    for stream in streams[:2]:
        if stream.startswith(_COHORT):
            return stream.removeprefix(_COHORT)
    return None


def organisations_among(streams: Iterable[Stream]) -> list[str]:
    """Return the keys of the organisations among the streams, in their order."""
    length = len(_ORGANISATION)
    return [stream[length:] for stream in streams if stream.startswith(_ORGANISATION)]
