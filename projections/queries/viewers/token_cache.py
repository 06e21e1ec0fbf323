"""Caches the tokens of viewers between queries of the read models. `read_models` uses it."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from events.access.audience import ViewerTokens
from events.access.principal import Principal
from events.vocabulary.fields.field_types import INTEGER_MAX
from projections.queries.freshness import CLEAR, SINCE
from projections.queries.viewers import viewer_tokens
from projections.queries.viewers.audience_sql import token_values

VIEWERS_MAX: Final = 1_000
"""The number of viewers whose tokens are cached."""

EVENTS_CHECKED_MAX: Final = 1_000
"""The number of events that are checked for changes of tokens. If there are more, the tokens are read again."""


class HeldTokens(NamedTuple):
    """The tokens that a viewer held at a position."""

    viewer: ViewerTokens
    position: int


class TokenCache:
    """The cached tokens for the read models in one schema on one server. They may be wrong for others.

    `clear` is a position up to which the read models have applied every event that hides something.
    """

    def __init__(self) -> None:
        self.clear = 0
        self._held: OrderedDict[Principal, HeldTokens] = OrderedDict()

    def held_by(self, sender: Principal) -> HeldTokens | None:
        """Return the sender's tokens, None if they are not cached or are too old."""
        fixed = viewer_tokens.fixed(sender)
        if fixed is not None:
            # No event changes these tokens.
            return HeldTokens(fixed, INTEGER_MAX)
        held = self._held.get(sender)
        return (
            held if held is not None and self.clear - held.position < EVENTS_CHECKED_MAX else None
        )

    def remember(self, sender: Principal, held: HeldTokens) -> None:
        """Cache the sender's tokens."""
        if viewer_tokens.fixed(sender) is None:
            self._held[sender] = held
            self._held.move_to_end(sender)
            if len(self._held) > VIEWERS_MAX:
                self._held.popitem(last=False)

    def values(self, held: HeldTokens) -> Mapping[str, Any]:
        """Return the parameters of a guarded statement for a viewer with these tokens."""
        return {**token_values(held.viewer), CLEAR: self.clear, SINCE: held.position}
