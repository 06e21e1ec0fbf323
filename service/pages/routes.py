"""The routes of the pages, of the files that they load and of their queries. `service.app` includes them."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from service.pages import across, cohort, figures, home, live, organisation, record, search, things
from service.pages.frame.answers import Pages
from service.pages.frame.assets import asset_at
from service.pages.frame.compression import compressed
from service.pages.frame.page import Page

PAGES: Final[tuple[Page, ...]] = (
    *home.PAGES,
    *cohort.PAGES,
    *organisation.PAGES,
    *figures.PAGES,
    *live.PAGES,
    *across.PAGES,
    *things.PAGES,
    *search.PAGES,
    *record.PAGES,
)
"""All pages, in the order in which their paths are matched."""

FILES: Final[tuple[Page, ...]] = (*figures.FILES, *cohort.FILES)
"""What is at an address of its own and has no template. Their paths come before those of pages."""

_QUERIES: Final = {
    query.name: query
    for page in PAGES
    for query in (*page.queries, *(one.query for one in page.further))
}
# The name of a file has the hash of its content, so the file never changes.
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}

router = APIRouter(include_in_schema=False)


def _route(page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        pages: Pages = request.app.state.pages
        return compressed(request, await pages.answer(page, request))

    return show


for _page in (*FILES, *PAGES):
    router.add_api_route(_page.path, _route(_page), methods=["GET"], name=_page.folder)


@router.get("/assets/{name}")
async def asset(request: Request, name: str) -> Response:
    """Return a file that pages load."""
    if (found := asset_at(name)) is None:
        raise HTTPException(404)
    file = Response(found.content, media_type=found.media_type, headers=_FOR_EVER)
    return compressed(request, file)


@router.get("/queries/{name}")
async def query(name: str) -> Response:
    """Return the query of a page, to be sent to `/graphql`."""
    if (found := _QUERIES.get(name)) is None:
        raise HTTPException(404)
    return Response(found.document, media_type="text/plain; charset=utf-8")
