"""What is remembered of read models from one question to the next."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from events.access.audience import ViewerTokens
from events.access.principal import Principal
from events.vocabulary.fields import INTEGER_MAX
from projections.queries import viewer_tokens
from projections.queries.audience_sql import given
from projections.queries.freshness import CLEAR, SINCE

HELD_MAX: Final = 1_000
"""Of how many viewers it is remembered what they hold."""

LOOKED_BACK_MAX: Final = 1_000
"""Over how many events it is asked whether viewers hold other tokens; behind more, tokens are asked for anew."""


class HeldTokens(NamedTuple):
    """Somebody who looks, with the tokens that they held at a position."""

    viewer: ViewerTokens
    position: int


class TokenCache:
    """What is remembered of the read models in one schema, on one server: of others, it may be wrong.

    Up to `clear`, nothing was hidden that they still show.
    """

    def __init__(self) -> None:
        self.clear = 0
        self._held: OrderedDict[Principal, HeldTokens] = OrderedDict()

    def held_by(self, sender: Principal) -> HeldTokens | None:
        """Return what the sender holds, as long as it is known."""
        fixed = viewer_tokens.fixed(sender)
        if fixed is not None:
            # No event changes what they hold.
            return HeldTokens(fixed, INTEGER_MAX)
        held = self._held.get(sender)
        return held if held is not None and self.clear - held.position < LOOKED_BACK_MAX else None

    def holds(self, sender: Principal, held: HeldTokens) -> None:
        """Remember what the sender holds."""
        if viewer_tokens.fixed(sender) is None:
            self._held[sender] = held
            self._held.move_to_end(sender)
            if len(self._held) > HELD_MAX:
                self._held.popitem(last=False)

    def values(self, held: HeldTokens) -> Mapping[str, Any]:
        """Return what a guarded statement is run with for somebody who looks."""
        return {**given(held.viewer), CLEAR: self.clear, SINCE: held.position}
