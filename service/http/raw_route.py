"""A route to what takes the request as it comes: nothing has to be worked out of it before."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from service.services import admitted


class RawRoute(APIRoute):
    """A route whose endpoint takes the request and nothing else; nobody reaches it whom the door is not for.

    What is declared of it (parameters, bodies, dependencies) is described and never solved, which takes FastAPI as long
    as all of the checks of an event.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            await admitted(request)
            response: Response = await endpoint(request)
            return response

        return handle
