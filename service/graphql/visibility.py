"""Levels of visibility, as the graph names them."""

from enum import Enum

import strawberry


@strawberry.enum(description="To whom something is shown; each level adds to those before it.")
class Visibility(Enum):
    """The levels of `events.terms.Visibility`, with what each means."""

    PRIVATE = strawberry.enum_value(
        "private", description="The organisation it belongs to, and its facilitators."
    )
    PAIR = strawberry.enum_value(
        "pair", description="Also the organisations now paired with it in that cohort."
    )
    COHORT = strawberry.enum_value(
        "cohort", description="Also every organisation ever in that cohort, and analysts."
    )
    PUBLIC = strawberry.enum_value("public", description="Everyone.")
