"""`GET /events/visible`: which events a caller may read now, by their positions, for copies of a part of the log."""

from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.access.principal import Principal
from events.store.reading import Selection
from service.http.openapi import parameters
from service.http.openapi.answers import problems
from service.http.openapi.component import schema
from service.http.requests.min_position import reached
from service.http.requests.selection import check_names, number, selected
from service.http.resources.reading.page import described, following
from service.replay.positions import Positions
from service.services import Service, service_of

router = APIRouter(tags=["read"])

THROUGH: Final = "through"
_POSITION: Final = {"type": "integer", "minimum": 1}
_VISIBLE: Final = schema(
    "VisiblePositions",
    {
        "type": "object",
        "properties": {
            THROUGH: {
                "type": "integer",
                "minimum": 0,
                "description": "The position up to which the page is complete.",
            },
            "ranges": {
                "type": "array",
                "description": "The first and the last position of each range, in order. You may read all in between.",
                "items": {"type": "array", "items": _POSITION, "minItems": 2, "maxItems": 2},
            },
        },
        "required": [THROUGH, "ranges"],
    },
)


@router.get(
    "/events/visible",
    responses={200: described("A page of positions", _VISIBLE), **problems(400)},
    openapi_extra={"parameters": [*parameters.OF_POSITIONS]},
)
async def read_visible(request: Request) -> Response:
    """Read which events you may read now, as ranges of positions.

    Of other positions you may have no event, or no longer: a copy fetches what it lacks, and drops what is not in a
    range.
    """
    service = service_of(request)
    viewer = await service.viewer(request)
    query = request.query_params
    check_names(query, parameters.names(parameters.OF_POSITIONS))
    selection, _ = selected(query, {}, service.log.catalogue)
    asked = number(query, THROUGH)
    # Before the levels: what changes later is recorded at a later position.
    head = await reached(service, service.replayed, query)
    through = head if asked is None else min(asked, head)
    visible, complete = await _page(service, viewer, selection.between(selection.after, through))
    headers = {"Vary": "Authorization", "Cache-Control": "no-store"}
    if complete < through:
        headers |= following(request, after=complete, through=through)
    content: dict[str, Any] = {THROUGH: complete, "ranges": visible.ranges}
    return Response(orjson.dumps(content), media_type="application/json", headers=headers)


async def _page(service: Service, viewer: Principal, selection: Selection) -> tuple[Positions, int]:
    """Return the visible positions of a page, and the position up to which it is complete."""
    after, through = selection.after, selection.through or 0
    if selection.is_everything and viewer.facilitates_everything:
        return Positions([(after + 1, through)] if after < through else []), through
    limit = service.settings.page_events_max
    page = await service.replayed.page(selection, after=after, limit=limit)
    visible = Positions()
    for recorded in await service.replayed.visible(page, viewer):
        visible.add(recorded.position)
    return visible, page[-1].position if len(page) == limit else through
