"""Answers visits: asks the graph as the visitor, and sends what the page's template makes of the answer.

`service.app` makes a `Pages` for each application; the routes call it.
"""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final

import orjson
import structlog
from graphql import GraphQLError, GraphQLSchema
from sqlalchemy import Select
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response

from service.graphql.context import Context
from service.graphql.errors import TRY_AGAIN
from service.graphql.fetching.rows import Reading
from service.graphql.schema import Schema
from service.middleware.security_headers import policy
from service.pages.frame import addresses, language, templates
from service.pages.frame.assets import by_address
from service.pages.frame.page import Answer, File, Page, Query, Visit
from service.pages.frame.site import Site
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

_VARY: Final = "Cookie, Accept-Language, Authorization"
_log = structlog.get_logger(__name__)


class NoAnswer(Exception):
    """The graph has no answer to a page's query. It may have one later if `is_passing`; `codes` are those of errors."""

    def __init__(self, codes: Collection[str]) -> None:
        super().__init__("the graph did not answer")
        self.codes = codes

    @property
    def is_passing(self) -> bool:
        """Whether the same query may have an answer later."""
        return any(code in TRY_AGAIN for code in self.codes)


Describe = Callable[[Page, Visit, Answer], object | None]
"""Returns what the head of a page says about it to programs that find and cite it, None to say nothing."""


def undescribed(page: Page, visit: Visit, answer: Answer) -> None:
    """Say nothing about a page."""


class Pages:
    """The pages of an application. Each asks `schema` as the visitor, who is in the context of the request."""

    def __init__(
        self,
        schema: Schema,
        context_of: ContextOf,
        site: Site,
        describe: Describe = undescribed,
    ) -> None:
        self.site = site
        self._schema = schema
        self._context_of = context_of
        self._describe = describe
        build = (version("howcanwe"), repr(site), *by_address())
        self._build = sha256("\n".join(build).encode()).hexdigest()

    @property
    def graph(self) -> GraphQLSchema:
        """The graph that is asked."""
        return self._schema.graph

    async def answer(self, page: Page, request: Request) -> Response:
        """Return the page for the request: 404 if there is nothing for this visitor, 503 while the graph cannot answer.

        For visitors who are not signed in, the answer has an ETag; 304 if they have it already. Raises Problem.
        """
        service = service_of(request)
        visit = await self.visit(request)
        if not visit.is_signed_in and await self._is_known(request, service, visit):
            return Response(status_code=304, headers=self._headers(visit))
        if (query := page.query(visit)) is None:
            return self.problem(visit, 404, service)
        try:
            answer = await self.ask(page, query, visit, request)
        except NoAnswer as error:
            return self.problem(visit, 503 if error.is_passing else 500, service)
        view = page.view(answer, visit)
        if view is None:
            return self.problem(visit, 404, service)
        if isinstance(view, File):
            headers = {**self._headers(visit), **view.headers}
            return Response(view.content, media_type=view.media_type, headers=headers)
        public = None if visit.is_signed_in else self._describe(page, visit, answer)
        around = self._around(visit, answer, page, query)
        text = templates.rendered(
            page.template, visit.language, {"view": view, **around, "public": public}
        )
        return HTMLResponse(text, headers=self._headers(visit))

    async def visit(self, request: Request) -> Visit:
        """Return the request as a visit. Raises Problem."""
        service = service_of(request)
        return Visit(
            path=request.url.path,
            inside=dict(request.path_params),
            query=dict(request.query_params),
            viewer=await service.viewer(request),
            language=language.chosen(
                request.query_params.get("language"), request.headers.get("accept-language")
            ),
            now=datetime.now(UTC),
            position=service.served.state.position,
        )

    async def ask(self, page: Page, query: Query, visit: Visit, request: Request) -> Answer:
        """Return the graph's answers to the page's queries, as the visitor. Raises NoAnswer."""
        context = await self._context_of(request)
        answer = await self._asked(page.folder, query, page.variables_of(visit, query), context)
        further = page.further
        if further is None or (variables := further.variables(answer, visit)) is None:
            return answer
        context.viewer = further.viewer(answer, visit)
        given = further.query.variables(variables)
        return {**await self._asked(page.folder, further.query, given, context), **answer}

    async def ask_as_public(
        self, query: Query, variables: Mapping[str, Any], request: Request
    ) -> Answer:
        """Return the graph's whole answer to a query, as the public, whoever asks. Raises NoAnswer."""
        context = await self._context_of(request)
        context.become_public()
        return await self._asked(query.name, query, variables, context, is_whole=True)

    async def rows_as_public(
        self, statement: Select[Any], request: Request
    ) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a statement that the public sees, without what was just hidden. Raises NoAnswer."""
        context = await self._context_of(request)
        context.become_public()
        try:
            return await Reading(context, self._schema.turns).rows(lambda: statement)
        except GraphQLError as error:
            raise NoAnswer([str((error.extensions or {}).get("code"))]) from error

    async def _asked(
        self,
        name: str,
        query: Query,
        variables: Mapping[str, Any],
        context: Context,
        *,
        is_whole: bool = False,
    ) -> Answer:
        context.limits = self._schema.limits
        result = await self._schema.execute(query.document, dict(variables), context)
        errors = result.errors or []
        if result.data is None or (errors and is_whole):
            missing = NoAnswer([str((error.extensions or {}).get("code")) for error in errors])
            if not missing.is_passing:
                _log.error("a page has no answer", page=name, errors=[str(e) for e in errors])
            raise missing
        # PostgreSQL wrote parts of the answer as JSON.
        answer: Answer = orjson.loads(orjson.dumps(result.data, option=orjson.OPT_NON_STR_KEYS))
        return answer

    def problem(self, visit: Visit, status: int, service: Service) -> Response:
        """Return the page that says that there is nothing here, or nothing at present."""
        headers = self._headers(visit) | {"Cache-Control": "no-store"}
        headers.pop("ETag", None)
        if status == 503:
            headers["Retry-After"] = str(service.settings.retry_after_seconds)
        text = templates.rendered(
            "frame/problem.html",
            visit.language,
            {"status": status, **self._around(visit, {}), "public": None},
        )
        return HTMLResponse(text, status, headers)

    async def _is_known(self, request: Request, service: Service, visit: Visit) -> bool:
        """Return whether the visitor already has what the page would show.

        The log's own position counts here: the read models may not have applied yet what hides something.
        """
        given = request.headers.get("if-none-match")
        return given is not None and given == self._tag(visit, await service.replayed.head())

    def tag(self, position: int, *parts: object) -> str:
        """Return the ETag of what this build and site show at a position; `parts` are what else it depends on."""
        whole = (self._build, position, *parts)
        return f'"{sha256(repr(whole).encode()).hexdigest()[:32]}"'

    def _tag(self, visit: Visit, position: int) -> str:
        return self.tag(position, visit.language.tag, visit.now.date())

    def _headers(self, visit: Visit) -> dict[str, str]:
        headers = {
            "Content-Security-Policy": POLICY,
            "Content-Language": visit.language.tag,
            "Vary": _VARY,
        }
        if visit.is_signed_in:
            return headers | {"Cache-Control": "no-store"}
        return headers | {"Cache-Control": "no-cache", "ETag": self._tag(visit, visit.position)}

    def _around(
        self, visit: Visit, answer: Answer, page: Page | None = None, query: Query | None = None
    ) -> Mapping[str, Any]:
        """Return what the frame shows around every page."""
        for_programs = None
        if page is not None and query is not None:
            for_programs = {
                "query": f"/queries/{query.name}",
                "variables": json.dumps(page.variables_of(visit, query), ensure_ascii=False),
                "stream": page.stream(visit),
            }
        here = {name: value for name, value in visit.query.items() if name != "language"}
        return {
            "visit": visit,
            "licence": self.site.licence,
            "viewer": answer.get("viewer"),
            "for_programs": for_programs,
            "languages": [
                (one, addresses.with_query(visit.path, {**here, "language": one.tag}))
                for one in language.languages().values()
            ],
        }
