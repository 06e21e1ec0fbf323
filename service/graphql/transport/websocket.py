"""The protocol graphql-transport-ws. Strawberry's handler implements it; each method here says what that one lacks."""

import asyncio
from contextlib import ExitStack, aclosing, suppress
from typing import Any, cast

from starlette.exceptions import WebSocketException
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws import handlers

from projections.updating.runner import LOST
from service.access.open_connections import TooMany
from service.errors import KeyRefused
from service.graphql.context import Context
from service.graphql.documents.trusted import extensions_of
from service.graphql.errors import refusal
from service.graphql.transport.authorization import key_of


class Socket(ASGIWebSocketAdapter):
    """A connection that can be closed even if it is closed already. Strawberry's raises an error."""

    async def close(self, code: int, reason: str) -> None:
        """Close the connection. The reason is cut off after 123 bytes."""
        with suppress(RuntimeError, WebSocketDisconnect):
            await super().close(code, reason.encode()[:123].decode(errors="ignore"))


class WebSocketConnection(handlers.BaseGraphQLTransportWSHandler[Context, None]):
    """One connection, from its opening to its end. All of its operations end with it."""

    async def handle(self) -> None:
        """Serve the connection until either side ends it.

        Strawberry's never ends a connection, and has one reason to refuse one.
        """
        self._extensions: dict[str, Any] = {}
        running = super().handle(), self._keep(), self.context.stopping.wait()
        tasks = [asyncio.create_task(work) for work in running]
        with ExitStack() as self._held:
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if (
                    await done.pop()
                ):  # Only the task that waits for the service to stop returns True.
                    await self.websocket.close(1001, "The service is stopping")
            except KeyRefused:
                await self.websocket.close(4403, "Forbidden")
            except LOST:
                await self.websocket.close(1013, "The database is unavailable; try again")
            except TooMany:
                await self.websocket.close(4429, "Too many connections with this key")
            except WebSocketException as ended:
                await self.websocket.close(ended.code, ended.reason)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self) -> None:
        """Ping regularly, and end soon after the key becomes invalid."""
        limits, clock = self.context.limits, asyncio.get_running_loop().time
        pinged = clock()
        while True:
            await asyncio.sleep(min(limits.look_seconds, limits.heartbeat_seconds))
            await self.context.check()
            if clock() - pinged >= limits.heartbeat_seconds:
                pinged = clock()
                with suppress(WebSocketDisconnected, RuntimeError):
                    await self.send_message({"type": "ping"})

    async def handle_message(self, message: Any) -> None:
        """Handle a message. Strawberry's does not check its form."""
        message = message if isinstance(message, dict) else {}
        members = {name: value for name, value in message.items() if value is not None}
        kinds: dict[str, type] = {"type": str, "id": str, "payload": dict}
        if not all(isinstance(members.get(name, kind()), kind) for name, kind in kinds.items()):
            raise WebSocketException(4400, "Expected a message of graphql-transport-ws")
        await super().handle_message(cast(Any, members))

    async def handle_connection_init(self, message: Any) -> None:
        """Accept the connection if its key has not too many. Strawberry's does not count them."""
        if not self.connection_init_received:
            if (authorization := key_of(message.get("payload", {}))) is not None:
                viewer = await self.context.authenticate(authorization)
                self.context.becomes(viewer, authorization)
            self._held.enter_context(cast(Any, self.view).connected.enter(self.context.asker))
        await super().handle_connection_init(message)

    async def handle_subscribe(self, message: Any) -> None:
        """Start an operation. Strawberry's drops the extensions of the request."""
        self._extensions[message["id"]] = extensions_of(message["payload"])
        message["payload"].setdefault("query")
        await super().handle_subscribe(message)

    async def run_operation(self, operation: handlers.Operation[Context, None]) -> None:
        """Send the results. Strawberry's does not count requests, and has no error codes for too many."""
        extensions, most = self._extensions.pop(operation.id), self.context.limits.subscriptions_max
        if wait := self.context.pace(self.context.viewer.id):
            error = refusal("rate.exceeded", f"Too many requests; try again in {wait} seconds.")
            return await operation.send_initial_errors([error])
        if len(self.operations) > most:
            error = refusal(
                "subscriptions.too_many",
                f"Too many operations: at most {most} may run at once on a connection.",
            )
            return await operation.send_initial_errors([error])
        results = await self.schema.stream(
            operation.query,
            operation.variables,
            self.context,
            operation_name=operation.operation_name,
            operation_extensions=extensions,
        )
        with suppress(WebSocketDisconnected, RuntimeError):
            async with aclosing(results):
                await self._send_result_stream(operation, results)
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
