"""What is kept of an answer: for whom else it holds, and for how long."""

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from events.access.audience import Audience
from events.access.audience import ViewerTokens as Looking
from events.vocabulary.terms import Visibility
from projections.insights.perspective.perspective import Perspective

T = TypeVar("T")


class Noting(Looking):
    """A viewer who notes which tokens an answer depends on."""

    def __init__(self, looking: Looking) -> None:
        super().__init__(looking.tokens)
        self._audiences: set[Audience] = set()
        self._tokens: set[str] = set()

    def sees(self, audience: Audience, level: Visibility | None = None) -> bool:
        """Say the same, and note the audience."""
        self._audiences.add(audience)
        return super().sees(audience, level)

    def holds(self, token: str) -> bool:
        """Say the same, and note the token."""
        self._tokens.add(token)
        return super().holds(token)

    @property
    def audiences(self) -> frozenset[Audience]:
        """What was asked about so far: audiences, and as one more the tokens that were asked about by themselves."""
        return frozenset((*self._audiences, frozenset(self._tokens)))


@dataclass(frozen=True)
class Kept(Generic[T]):
    """An answer as of a position, from a moment on and up to another, if nothing that concerns it is recorded.

    It is the answer for whoever holds `tokens`, or differs in none of those that it is about, and is given what a
    partial view would distort, or is not (`whole`). Without `audiences`, it is about all tokens.
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
        """The tokens that the answer is about. They may be many: they are put together when somebody else asks."""
        return frozenset().union(*self.audiences or ())

    @classmethod
    def of(cls, answer: T, perspective: Perspective, *, whole: bool) -> "Kept[T]":
        """Return what is kept of an answer through a lens whose viewer is `Noting`."""
        noting = perspective.looking
        assert isinstance(noting, Noting), "nobody noted what the answer depends on"
        return cls(
            answer,
            perspective.as_of,
            perspective.at_us,
            perspective.until_us,
            noting.tokens,
            noting.audiences,
            whole,
        )

    @classmethod
    def of_tokens(
        cls, answer: T, perspective: Perspective, until_us: float, *, whole: bool
    ) -> "Kept[T]":
        """Return what is kept of an answer for those who hold the same tokens as the lens's viewer."""
        return cls(
            answer,
            perspective.as_of,
            perspective.at_us,
            until_us,
            perspective.looking.tokens,
            None,
            whole,
        )

    def holds(self, perspective: Perspective, *, changed: int, whole: bool) -> bool:
        """Say whether it is the answer for a viewer now, if the last event that concerns it was at `changed`."""
        return (
            changed <= min(self.position, perspective.as_of)
            and self.from_us <= perspective.at_us < self.until_us
            and self.whole is whole
            and (
                perspective.looking.tokens == self.tokens
                or (
                    self.audiences is not None
                    and self.about.isdisjoint(perspective.looking.tokens ^ self.tokens)
                )
            )
        )
