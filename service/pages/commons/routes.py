"""The routes of the commons. `service.app` includes them."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from events.vocabulary.stream import KINDS, is_key
from service.pages.commons import citations, sitemap
from service.pages.commons.answers import (
    Content,
    answered,
    nothing,
    pages_of,
    read,
    rows,
    sent,
    too_large,
)
from service.pages.commons.cards.card import card
from service.pages.commons.citations import CITED
from service.pages.commons.downloads import archive
from service.pages.commons.downloads.tables import query, tables
from service.pages.commons.feeds import atom, feed, json_feed
from service.pages.commons.feeds.feed import Feed
from service.pages.commons.works import Work, work
from service.pages.frame.addresses import plural
from service.pages.frame.page import Answer, Query
from service.pages.frame.site import Site
from service.pages.parts.atom import MEDIA_TYPE

Endpoint = Callable[[Request, str], Awaitable[Response]]

router = APIRouter(include_in_schema=False)


async def _feed(request: Request, media_type: str, written: Callable[[Feed], bytes]) -> Response:
    cohort, theme = (request.query_params.get(name) or None for name in ("cohort", "theme"))
    if not feed.is_possible(cohort, theme):
        raise nothing(request)
    site = pages_of(request).site

    def make(answer: Answer) -> Content | None:
        found = feed.feed(answer, site, cohort, theme)
        return None if found is None else Content(written(found), media_type)

    variables = feed.variables(cohort, theme)
    return await answered(request, read("feeds/feed.graphql"), variables, make)


@router.get("/feed.atom")
async def atom_feed(request: Request) -> Response:
    """Return the latest public things as Atom, of a `cohort`, with a `theme`."""
    return await _feed(request, MEDIA_TYPE, atom.atom)


@router.get("/feed.json")
async def feed_json(request: Request) -> Response:
    """Return the same as JSON Feed."""
    return await _feed(request, json_feed.MEDIA_TYPE, json_feed.json_feed)


@router.get("/robots.txt")
async def robots(request: Request) -> Response:
    """Return what programs that follow links should know."""
    return PlainTextResponse(sitemap.robots(pages_of(request).site))


@router.get("/sitemap.xml")
async def whole_sitemap(request: Request) -> Response:
    """Return the sitemap, or the list of its parts if it has more than one."""
    kinds = sitemap.kinds(request.app.state.methods)

    async def content() -> Content | None:
        [row] = await rows(request, sitemap.count(kinds))
        number = sitemap.parts(row["count"])
        if number == 1:
            return await _part(request, 1)
        return Content(sitemap.index(pages_of(request).site, number), sitemap.MEDIA_TYPE)

    return await sent(request, content)


@router.get("/sitemaps/{part}.xml")
async def part_of_sitemap(request: Request, part: str) -> Response:
    """Return a part of the sitemap, from 1."""
    if not (part.isascii() and part.isdigit() and 1 <= int(part[:9]) <= sitemap.PARTS_MAX):
        raise nothing(request)
    return await sent(request, lambda: _part(request, int(part)))


async def _part(request: Request, part: int) -> Content | None:
    pages, paths = pages_of(request), request.app.state.methods
    statement = sitemap.subjects(sitemap.kinds(paths), part)
    found = await rows(request, statement)
    plain = [path for path in sitemap.PAGES if path in paths] if part == 1 else []
    if not found and not plain:
        return None
    return Content(sitemap.urlset(pages.site, plain, found), sitemap.MEDIA_TYPE)


@router.get("/cards/{kind}/{key}.png")
async def picture(request: Request, kind: str, key: str) -> Response:
    """Return the card of something public."""
    if kind not in KINDS or not is_key(key):
        raise nothing(request)

    def make(answer: Answer) -> Content | None:
        return Content(card(kind), "image/png") if answer["subjects"][0] else None

    variables = {"streams": [f"{kind}/{key}"]}
    return await answered(request, read("cards/seen.graphql"), variables, make)


@router.get("/cohorts/{key}/data.zip")
async def data(request: Request, key: str) -> Response:
    """Return what is public of a cohort as tables."""
    pages = pages_of(request)
    of = tables(pages.schema.graph)

    def make(answer: Answer) -> Content | None:
        try:
            found = archive.archive(answer, pages.site, of)
        except archive.TooLarge:
            raise too_large() from None
        name = f'attachment; filename="{key}.zip"'
        if found is None:
            return None
        return Content(found, archive.MEDIA_TYPE, {"Content-Disposition": name})

    if not is_key(key):
        raise nothing(request)
    return await answered(request, Query("download", query(of)), {"key": key}, make)


def _cite(kind: str, media_type: str, written: Callable[[Work, Site], bytes]) -> Endpoint:
    async def cited(request: Request, key: str) -> Response:
        if not is_key(key):
            raise nothing(request)
        site = pages_of(request).site

        def make(answer: Answer) -> Content | None:
            [subject] = answer["subjects"]
            if subject is None:
                return None
            return Content(written(work(kind, subject), site), media_type)

        variables = {"streams": [f"{kind}/{key}"]}
        return await answered(request, read("cite.graphql"), variables, make)

    return cited


for _kind in CITED:
    for _ending, _media_type, _written in (
        ("bib", citations.BIBTEX_MEDIA_TYPE, citations.bibtex),
        ("json", citations.CSL_MEDIA_TYPE, citations.csl),
    ):
        router.add_api_route(
            f"/{plural(_kind)}/{{key}}/cite.{_ending}",
            _cite(_kind, _media_type, _written),
            methods=["GET"],
            name=f"cite {_kind} {_ending}",
        )
