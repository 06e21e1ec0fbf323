"""`GET /tables/{table}`: the rows of an analysts' table as they stand, in pages."""

from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from sqlalchemy import Select
from starlette.datastructures import QueryParams
from starlette.responses import Response

from events.access.principal import Principal
from projections.queries.freshness import Narrowed
from projections.tables.statement import AFTER, page, rows_of
from projections.tables.tables import TABLES, AnalystTable
from service.http.openapi import parameters
from service.http.openapi.answers import problems
from service.http.openapi.component import schema
from service.http.requests.min_position import MIN_POSITION, projected
from service.http.requests.selection import check_names, number, page_size
from service.http.resources.reading.page import described, following
from service.problems import problem
from service.services import Service, service_of

router = APIRouter(tags=["read"])

_PAGE: Final = schema(
    "TablePage",
    {
        "type": "object",
        "properties": {
            "table": {"type": "string", "enum": [*TABLES]},
            "position": {
                "type": "integer",
                "minimum": 0,
                "description": "The position in the log up to which the rows are complete.",
            },
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "description": "The values by the names of their columns.",
                },
            },
        },
        "required": ["table", "position", "rows"],
    },
)


@router.get(
    "/tables/{table}",
    responses={200: described("A page of the table", _PAGE), **problems(400, 404)},
    openapi_extra={"parameters": [parameters.TABLE, *parameters.OF_ROWS]},
)
async def read_table(request: Request, table: str) -> Response:
    """Read a page of a table: its rows as they stand, as far as you may see them, in the order of recording.

    Voids, corrections and reclassifications are applied. A subject that you may not see is not named in a row.
    """
    service = service_of(request)
    viewer = await service.viewer(request)
    found = TABLES.get(table)
    if found is None:
        expected = f"one of: {', '.join(TABLES)}"
        raise problem(404, "table.unknown", "There is no such table", expected=expected)
    after, limit = _asked(service, request.query_params)
    await projected(service, number(request.query_params, MIN_POSITION))
    position = service.served.position
    # One more than the page, to see whether there is a next one.
    read = await _rows(service, viewer, page(found, after, limit + 1))
    headers = {"Vary": "Authorization"}
    if read[limit:] and limit:
        # Without the position, which clients add to each page that they ask for.
        headers |= following(request, after=read[limit - 1][AFTER], limit=limit, min_position=None)
    rows = [row for one in read[:limit] for row in rows_of(found, one)]
    return Response(_written(found, position, rows), media_type="application/json", headers=headers)


def _written(table: AnalystTable, position: int, rows: list[Any]) -> bytes:
    return orjson.dumps({"table": table.name, "position": position, "rows": rows})


def _asked(service: Service, query: QueryParams) -> tuple[int, int]:
    """Return the place after which the page begins, and how many rows it has at most. Raises Problem (400)."""
    check_names(query, parameters.names(parameters.OF_ROWS))
    return number(query, "after") or 0, page_size(number(query, "limit"), service.settings)


async def _rows(
    service: Service, viewer: Principal, statement: Select[Any]
) -> list[dict[str, Any]]:
    """Return the rows without what was already hidden when the request came."""
    read_models = service.served.read_models
    try:
        return await read_models.seen(viewer, statement)
    except Narrowed as narrowed:
        await projected(service, narrowed.position)
    # Events recorded from now on are later than the request, so once is enough.
    return await read_models.seen(viewer, statement, unhidden=False)
