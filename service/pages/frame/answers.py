"""Answers visits: asks the graph as the visitor, and sends what the page's template makes of the answer.

`service.app` makes a `Pages` for each application; the routes call it.
"""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final, NamedTuple

import orjson
import structlog
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response

from events.access.principal import PUBLIC, Principal, Role
from events.store.connections import Unavailable
from service.graphql.context import Context
from service.graphql.errors import TOO_MANY_ROWS, TRY_AGAIN
from service.graphql.schema import Schema
from service.http.requests.accept import accepted
from service.middleware.security_headers import policy
from service.pages.frame import addresses, language, templates
from service.pages.frame.assets import by_address
from service.pages.frame.days import NoDaysBetween, UnreadableDay
from service.pages.frame.page import Answer, File, Page, Query, Visit, frame_query
from service.pages.frame.site import Site
from service.problems import MEDIA_TYPE, Problem
from service.services import Service, service_of

POLICY: Final = policy(
    style_src="'self'",
    script_src="'self'",
    img_src="'self'",
    connect_src="'self'",
    form_action="'self'",
)
"""The Content-Security-Policy of pages: everything comes from here, and nothing stands inside them."""

ContextOf = Callable[[HTTPConnection], Awaitable[Context]]
"""Returns the context of a request for the graph, with its viewer."""

FRAME: Final = frame_query()
"""What the frame of a page without a query shows."""

_VARY: Final = "Cookie, Accept-Language, Authorization"
_PAGE: Final = "text/html"
_log = structlog.get_logger(__name__)


def prefers_page(request: Request) -> bool:
    """Return whether the client prefers a page to a problem, as browsers do for what a person visits."""
    try:
        return accepted(request.headers.getlist("accept"), (MEDIA_TYPE, _PAGE)) == _PAGE
    except Problem:
        return False


class NoAnswer(Exception):
    """The graph has no answer to a page's query. `status` is that of the page that says so.

    It is 503 if there may be one later, 404 if the address has a value that the graph refuses, such as a cursor, and
    507 if the answer would be too large.
    """

    def __init__(self, status: int) -> None:
        super().__init__("the graph did not answer")
        self.status = status


class Asked(NamedTuple):
    """A query that was sent to the graph, with its variables."""

    query: Query
    variables: dict[str, Any]


class Undescribed:
    """What a page says about itself to those who find and cite it: nothing. `service.pages.commons` says more."""

    def head(self, page: Page, visit: Visit, answer: Answer) -> object | None:
        """Return what a page says of which the public has the `answer`, None to say nothing."""
        return None

    def asks(self, page: Page, visit: Visit, answer: Answer) -> Asked | None:
        """Return what to ask as the public about a page that is shown to somebody who is signed in."""
        return None


class Pages:
    """The pages of an application. Each asks `schema` as the visitor, who is in the context of the request."""

    def __init__(
        self,
        schema: Schema,
        context_of: ContextOf,
        site: Site,
        described: Undescribed | None = None,
    ) -> None:
        self.schema = schema
        self.site = site
        self._context_of = context_of
        self._described = described or Undescribed()
        build = (version("howcanwe"), repr(site), *by_address())
        self._build = sha256("\n".join(build).encode()).hexdigest()

    async def answer(self, page: Page, request: Request) -> Response:
        """Return the page for the request: 404 if there is nothing for this visitor, 503 while the graph cannot answer.

        It is 400 if a day in the address cannot be read.
        For visitors who are not signed in, the answer has an ETag; 304 if they have it already. Raises Problem.
        """
        service = service_of(request)
        visit = await self.visit(request)
        if not visit.is_signed_in and await self._is_known(request, service, visit):
            return Response(status_code=304, headers=self._headers(visit))
        if (query := page.query(visit)) is None:
            return self.problem(visit, 404, service)
        try:
            answer, asked = await self.ask(page, query, visit, request)
            view = page.view(answer, visit)
        except NoAnswer as error:
            return self.problem(visit, error.status, service)
        except (UnreadableDay, NoDaysBetween) as error:
            frame = await self.frame_of(visit.viewer, request)
            return self.drawn("frame/unreadable_day.html", visit, {"error": error}, frame, 400)
        if view is None:
            return self.problem(visit, 404, service, answer)
        if isinstance(view, File):
            headers = {**self._headers(visit), **view.headers}
            return Response(view.content, media_type=view.media_type, headers=headers)
        around = self._around(visit, answer, page, asked)
        public = await self._public(page, visit, answer, request)
        text = templates.rendered(
            page.template, visit.language, {**around, "view": view, "public": public}
        )
        return HTMLResponse(text, headers=self._headers(visit))

    async def visit(self, request: Request) -> Visit:
        """Return the request as a visit. Raises Problem."""
        return self._visit_of(request, await service_of(request).viewer(request))

    def _visit_of(self, request: Request, viewer: Principal) -> Visit:
        return Visit(
            path=addresses.local(request.scope["path"]),
            inside=dict(request.path_params),
            query=dict(request.query_params),
            viewer=viewer,
            language=language.chosen(
                request.query_params.get("language"),
                request.cookies.get(language.COOKIE),
                request.headers.get("accept-language"),
            ),
            now=datetime.now(UTC),
            position=service_of(request).served.state.position,
            site=self.site,
        )

    async def ask(
        self, page: Page, query: Query, visit: Visit, request: Request
    ) -> tuple[Answer, Sequence[Asked]]:
        """Return the graph's answers to the page's queries, as the visitor, and what was asked. Raises NoAnswer."""
        context = await self.context(request)
        asked = [Asked(query, page.variables_of(visit, query))]
        answer = await self._answer(asked[0], context)
        for further in page.further:
            if (variables := further.variables(answer, visit)) is None:
                continue
            context.viewer = further.viewer(answer, visit)
            asked.append(Asked(further.query, further.query.variables(variables)))
            answer = {**await self._answer(asked[-1], context), **answer}
        return answer, asked

    async def _public(
        self, page: Page, visit: Visit, answer: Answer, request: Request
    ) -> object | None:
        """Return what the page says about itself: it is made from what the public sees, for every visitor."""
        described = self._described
        if not visit.is_signed_in:
            return described.head(page, visit, answer)
        if (asked := described.asks(page, visit, answer)) is None:
            return None
        context = await self.context(request)
        context.become_public()
        try:
            return described.head(page, visit, await self._answer(asked, context, is_whole=True))
        except NoAnswer:
            # The page itself is there.
            return None

    async def _answer(self, asked: Asked, context: Context, *, is_whole: bool = False) -> Answer:
        result = await self.schema.execute(asked.query.document, asked.variables, context)
        errors = result.errors or []
        if result.data is None or (errors and is_whole):
            extensions = [error.extensions or {} for error in errors]
            if any(one.get("code") in TRY_AGAIN for one in extensions):
                raise NoAnswer(503)
            if extensions and all("argument" in one for one in extensions):
                _log.info("a value in an address is refused", errors=[str(e) for e in errors])
                raise NoAnswer(404)
            if any(one.get("code") == TOO_MANY_ROWS for one in extensions):
                raise NoAnswer(507)
            _log.error(
                "a page has no answer", query=asked.query.name, errors=[str(e) for e in errors]
            )
            raise NoAnswer(500)
        # PostgreSQL wrote parts of the answer as JSON.
        answer: Answer = orjson.loads(orjson.dumps(result.data, option=orjson.OPT_NON_STR_KEYS))
        return answer

    def problem(
        self, visit: Visit, status: int, service: Service, answer: Answer | None = None
    ) -> Response:
        """Return the page that says that there is nothing here, or nothing at present."""
        headers = {}
        if status == 503:
            headers["Retry-After"] = str(service.settings.retry_after_seconds)
        context = {"status": status, "rule": None}
        return self.drawn("frame/problem.html", visit, context, answer, status, headers)

    async def refusal(self, request: Request, found: Problem, viewer: Principal) -> Response:
        """Return a refusal as a page, whose header shows the viewer."""
        visit = self._visit_of(request, viewer)
        return self.refused(request, found, visit, await self.frame_of(viewer, request))

    def refused(
        self,
        request: Request,
        found: Problem,
        visit: Visit | None = None,
        answer: Answer | None = None,
    ) -> Response:
        """Return a refusal as a page. It asks neither the graph nor the database."""
        visit = visit or self._visit_of(request, PUBLIC)
        rule = found.faults[0].rule if found.faults else None
        context = {"status": found.status, "rule": rule}
        return self.drawn("frame/problem.html", visit, context, answer, found.status, found.headers)

    async def context(self, request: Request) -> Context:
        """Return the context in which the graph is asked for a request. Raises Problem."""
        context = await self._context_of(request)
        context.limits = self.schema.limits
        return context

    async def execute(
        self, query: Query, given: Mapping[str, Any], context: Context, *, is_whole: bool = False
    ) -> Answer:
        """Return the graph's answer to a query; if it has to be whole, without any error. Raises NoAnswer."""
        asked = Asked(query, query.variables(given))
        return await self._answer(asked, context, is_whole=is_whole)

    async def follow(
        self, document: str, variables: dict[str, Any], context: Context
    ) -> AsyncGenerator[Answer, None]:
        """Yield the answers of a subscription. It ends when it cannot continue, such as after the key of its viewer."""
        results = await self.schema.stream(document, variables, context)
        async with aclosing(results):
            async for result in results:
                if result.data is None or result.errors:
                    return
                answer: Answer = orjson.loads(orjson.dumps(result.data))
                yield answer

    async def frame_of(self, viewer: Principal, request: Request) -> Answer | None:
        """Return what the frame shows of a viewer, on a page without a query; None if nothing can be asked now."""
        if viewer.role is Role.PUBLIC:
            return None
        try:
            context = await self.context(request)
            context.viewer = viewer
            return await self._answer(Asked(FRAME, {"signedIn": True}), context)
        except (NoAnswer, Problem, Unavailable):
            return None

    def drawn(
        self,
        template: str,
        visit: Visit,
        context: Mapping[str, Any],
        answer: Answer | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return a page that is never kept; `answer` is what its frame shows of the visitor.

        Browsers name the origin of its forms, also those that do not say from which site a request comes.
        """
        given = {**self._headers(visit), "Cache-Control": "no-store"}
        given |= {"Referrer-Policy": "same-origin", **(headers or {})}
        given.pop("ETag", None)
        text = templates.rendered(
            template, visit.language, {**context, **self._around(visit, answer or {})}
        )
        return HTMLResponse(text, status, given)

    async def _is_known(self, request: Request, service: Service, visit: Visit) -> bool:
        """Return whether the visitor already has what the page would show.

        The log's own position counts here: the read models may not have applied yet what hides something.
        """
        given = request.headers.get("if-none-match")
        return given is not None and given == self._tag(visit, await service.replayed.head())

    def tag(self, position: int, *parts: object) -> str:
        """Return the ETag of what this build and site show at a position; `parts` are what else it depends on.

        It is a weak one: the same page may be sent compressed, also by a proxy.
        """
        whole = (self._build, position, *parts)
        return f'W/"{sha256(repr(whole).encode()).hexdigest()[:32]}"'

    def _tag(self, visit: Visit, position: int) -> str:
        return self.tag(position, visit.language.tag, visit.now.date())

    def _headers(self, visit: Visit) -> dict[str, str]:
        headers = {
            "Content-Security-Policy": POLICY,
            "Content-Language": visit.language.tag,
            "Vary": _VARY,
        }
        if (kept := language.cookie(visit.query.get("language"))) is not None:
            headers["Set-Cookie"] = kept
        if visit.is_signed_in:
            return headers | {"Cache-Control": "no-store"}
        return headers | {"Cache-Control": "no-cache", "ETag": self._tag(visit, visit.position)}

    def _around(
        self, visit: Visit, answer: Answer, page: Page | None = None, asked: Sequence[Asked] = ()
    ) -> Mapping[str, Any]:
        """Return what the frame shows around every page."""
        for_programs = None
        if page is not None:
            for_programs = {
                "queries": [
                    (f"/queries/{one.query.name}", json.dumps(one.variables, ensure_ascii=False))
                    for one in asked
                ],
                "stream": page.stream(visit),
            }
        here = {name: value for name, value in visit.query.items() if name != "language"}
        return {
            "visit": visit,
            "public": None,
            "licence": self.site.licence,
            "viewer": answer.get("viewer"),
            "for_programs": for_programs,
            "languages": [
                (one, addresses.with_query(visit.path, {**here, "language": one.tag}))
                for one in language.languages().values()
            ],
        }
