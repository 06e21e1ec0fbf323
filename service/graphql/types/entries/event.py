"""The type of events of the log."""

from datetime import datetime
from typing import Final

import strawberry

from events.vocabulary.terms import TimePrecision, Visibility
from service.graphql.fields.columns import column
from service.graphql.fields.shapes import named
from service.graphql.lookups.amendable import Amendable, amendable
from service.graphql.lookups.corrections import Correction, corrections_of
from service.graphql.node_ids import EVENT
from service.graphql.types.bases import PRECISION, Node, identified
from service.graphql.values.scalars import JSON, Position

POSITION: Final = "The event's position in the log."
RECORDED_TIME: Final = "When the event was recorded in the log."
TIME: Final = "When it happened, exactly as the sender provided it."
ACTOR: Final = "Who acted: `person/<key>` or `service/<key>`."
VISIBILITY: Final = (
    "The visibility level that the sender provided. Null if not provided. "
    "The current level, not this one, decides who may see the event."
)
CORRECTIONS: Final = (
    "The corrections of the event; if it is a correction itself, what it corrected."
)
VOIDED_BY: Final = "The position of the event that voided it. Null if it has not been voided."


@named("Event")
class LogEvent(Node):
    """An event, as it is stored in the log."""

    id: strawberry.ID = identified("position", EVENT)
    position: Position = column(POSITION)
    event_id: str = column(
        "The CloudEvents `id` that the source assigned. It is unique only within the source."
    )
    source: str = column("The CloudEvents `source` of the event: a URI reference.")
    type: str = column("The full name of its type, such as `org.howcanwe.cohort.formed.v1`.")
    subject: str | None = column(
        "The stream of the first subject it names, as `<kind>/<key>`. Null if it is about another event."
    )
    time: datetime = column(TIME)
    time_precision: TimePrecision | None = column(PRECISION)
    recorded_time: datetime = column(RECORDED_TIME)
    actor: str = column(ACTOR)
    visibility: Visibility | None = column(VISIBILITY)
    organisation: str | None = column(
        "The key of the organisation that acts. Null if the event names none."
    )
    data: JSON = column(
        "The event's data, in the form its type defines, as it was sent. If it was corrected and you are not allowed "
        "to see its first wording in the graph, it is as it now reads."
    )
    line: str | None = column(
        "The event's exact text. The hash chain is computed over its bytes in UTF-8. Null if `data` is not as it was "
        "sent; `GET /events` returns the text to everyone who may see the event."
    )
    voided_by: Position | None = column(VOIDED_BY)
    corrections: list[Correction] = corrections_of(CORRECTIONS)
    amendable: Amendable = amendable(
        "What you may correct of it now, and whether you may void it. The log judges it by the present state of the "
        "record, also where the rest of the answer is of an earlier position."
    )
