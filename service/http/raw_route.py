"""A route whose endpoint takes the request as it is, without FastAPI's dependency injection."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from service.services import admitted


class RawRoute(APIRoute):
    """A route that passes the request to its endpoint once the request is admitted.

    Declared parameters, bodies and dependencies appear in the OpenAPI description but are never resolved: resolving
    takes FastAPI as long as checking an event.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route's requests."""
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            await admitted(request)
            response: Response = await endpoint(request)
            return response

        return handle
