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
from service.http.openapi.answers import answer, problems
from service.http.openapi.component import schema
from service.http.requests.selection import number, page_size
from service.problems import malformed, problem
from service.services import Service, service_of

router = APIRouter(tags=["read"])

_TAKEN: Final = ("after", "limit", "min_position")
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
_NEXT: Final = {
    "Link": {
        "description": 'Of a page that has a next one: its address, with `rel="next"`.',
        "schema": {"type": "string"},
    }
}


@router.get(
    "/tables/{table}",
    responses={
        200: {**answer("A page of the table", _PAGE), "headers": _NEXT},
        **problems(400, 404),
    },
    openapi_extra={
        "parameters": [
            parameters.TABLE,
            parameters.AFTER_ROW,
            parameters.ROWS,
            parameters.MIN_POSITION,
        ]
    },
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
    await _reached(service, number(request.query_params, "min_position"))
    position = service.served.position
    # One more than the page, to see whether there is a next one.
    read = await _rows(service, viewer, page(found, after, limit + 1))
    headers = {"Vary": "Authorization"}
    if read[limit:] and limit:
        following = f"after={read[limit - 1][AFTER]}&limit={limit}"
        headers["Link"] = f'<{request.url.path}?{following}>; rel="next"'
    rows = [row for one in read[:limit] for row in rows_of(found, one)]
    return Response(_written(found, position, rows), media_type="application/json", headers=headers)


def _written(table: AnalystTable, position: int, rows: list[Any]) -> bytes:
    return orjson.dumps({"table": table.name, "position": position, "rows": rows})


def _asked(service: Service, query: QueryParams) -> tuple[int, int]:
    """Return the place after which the page begins, and how many rows it has at most. Raises Problem (400)."""
    for name in query:
        if name not in _TAKEN:
            raise malformed(
                f"There is no parameter {name!r}", "query", expected=f"one of: {', '.join(_TAKEN)}"
            )
    return number(query, "after") or 0, page_size(number(query, "limit"), service.settings)


async def _reached(service: Service, position: int | None) -> None:
    """Wait until the read models have the position, if one is given. Raises Problem (503) if that takes too long."""
    if position is None or await service.served.wait_for(
        position, service.settings.min_position_seconds
    ):
        return
    at = service.served.position
    raise problem(
        503,
        "position.not_reached",
        f"The read models are at position {at}, not yet at {position}; try again",
        expected="a position that the log has, or will have soon",
        headers={"Retry-After": str(service.settings.retry_after_seconds)},
        more={"position": at, "lag": position - at},
    )


async def _rows(
    service: Service, viewer: Principal, statement: Select[Any]
) -> list[dict[str, Any]]:
    """Return the rows without what was already hidden when the request came."""
    read_models = service.served.read_models
    try:
        return await read_models.seen(viewer, statement)
    except Narrowed as narrowed:
        await _reached(service, narrowed.position)
    # Events recorded from now on are later than the request, so once is enough.
    return await read_models.seen(viewer, statement, unhidden=False)
