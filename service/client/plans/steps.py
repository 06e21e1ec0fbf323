"""Steps: what a plan asks of a client, one at a time, and what it is given back.

A plan is a generator. It yields a step and is sent what came of it: an Answer, Lost, bytes or None. It does no input or
output itself, so that the synchronous and the asynchronous client share it.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A request. With `is_open`, the answer's body is not read yet if the status is 200: `Read` gives it in pieces."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """The next piece of an open answer's body; None at its end."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value that the caller is given while the plan continues."""

    value: T


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, or the head of an open one. The names of `headers` are in lower case.

    `has_key` says whether the request sent a key.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    has_key: bool = True


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no answer, or only a part: the connection was not made or broke. `is_final`: retrying cannot help."""

    reason: str
    is_final: bool = False


Step = Call | Read | Pause
Given = Answer | Lost | bytes | None

Steps = Generator[Step, Given, T]
"""A plan with one result."""

Series = Generator[Step | Found[T], Given, None]
"""A plan that finds values one after another."""
