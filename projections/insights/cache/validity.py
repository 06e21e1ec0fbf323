"""Kept answers: the other viewers for whom they are valid, and for how long."""

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from events.access.audience import Audience, ViewerTokens
from events.vocabulary.terms import Visibility
from projections.insights.perspective.perspective import Perspective

T = TypeVar("T")


class TrackedTokens(ViewerTokens):
    """The tokens of a viewer, which also track the tokens that an answer depends on."""

    def __init__(self, held: ViewerTokens) -> None:
        super().__init__(held.tokens)
        self._audiences: set[Audience] = set()
        self._tokens: set[str] = set()

    def sees(self, audience: Audience, level: Visibility | None = None) -> bool:
        """Return whether the viewer is in the audience, and track the audience."""
        self._audiences.add(audience)
        return super().sees(audience, level)

    def holds(self, token: str) -> bool:
        """Return whether the viewer holds the token, and track the token."""
        self._tokens.add(token)
        return super().holds(token)

    @property
    def audiences(self) -> frozenset[Audience]:
        """The audiences that were tracked so far, and as one more audience the tracked single tokens."""
        return frozenset((*self._audiences, frozenset(self._tokens)))


@dataclass(frozen=True)
class Kept(Generic[T]):
    """An answer at a position, which is valid between two times if no event that affects it is recorded.

    It is valid for viewers who hold `tokens`, or who differ in none of the tokens that the answer depends on. They must
    also agree in `whole`: whether they get figures that a partial view would distort. Without `audiences`, the answer
    depends on all tokens.
    """

    answer: T
    position: int
    from_us: int
    until_us: float
    tokens: Audience
    audiences: frozenset[Audience] | None
    whole: bool

    @cached_property
    def about(self) -> Audience:
        """The tokens that the answer depends on. They may be many, so they are joined only when another viewer asks."""
        return frozenset().union(*self.audiences or ())

    @classmethod
    def of(cls, answer: T, perspective: Perspective, *, whole: bool) -> "Kept[T]":
        """Return a kept answer from a perspective with `TrackedTokens`."""
        tracked = perspective.viewer_tokens
        assert isinstance(tracked, TrackedTokens), (
            "The tokens that the answer depends on were not tracked."
        )
        return cls(
            answer,
            perspective.as_of,
            perspective.at_us,
            perspective.until_us,
            tracked.tokens,
            tracked.audiences,
            whole,
        )

    @classmethod
    def of_tokens(
        cls, answer: T, perspective: Perspective, until_us: float, *, whole: bool
    ) -> "Kept[T]":
        """Return a kept answer for viewers who hold the same tokens as the viewer of the perspective."""
        return cls(
            answer,
            perspective.as_of,
            perspective.at_us,
            until_us,
            perspective.viewer_tokens.tokens,
            None,
            whole,
        )

    def holds(self, perspective: Perspective, *, changed: int, whole: bool) -> bool:
        """Return whether it is the answer for a viewer now; the last event that affects it is at `changed`."""
        return (
            changed <= min(self.position, perspective.as_of)
            and self.from_us <= perspective.at_us < self.until_us
            and self.whole is whole
            and (
                perspective.viewer_tokens.tokens == self.tokens
                or (
                    self.audiences is not None
                    and self.about.isdisjoint(perspective.viewer_tokens.tokens ^ self.tokens)
                )
            )
        )
