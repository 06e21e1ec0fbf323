"""The protocol graphql-transport-ws by Strawberry's handler; each method here says what that lacks."""

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
    """A connection that may be gone, or closed from here, when it is closed. Strawberry raises an error."""

    async def close(self, code: int, reason: str) -> None:
        """Close it; a reason has room for 123 bytes."""
        with suppress(RuntimeError, WebSocketDisconnect):
            await super().close(code, reason.encode()[:123].decode(errors="ignore"))


class WebSocketConnection(handlers.BaseGraphQLTransportWSHandler[Context, None]):
    """One connection, from its opening to its end; afterwards nothing of it goes on."""

    async def handle(self) -> None:
        """Talk until either side ends it. Strawberry ends nothing by itself, and knows one reason to refuse."""
        self._extensions: dict[str, Any] = {}
        talking = super().handle(), self._keep(), self.context.stopping.wait()
        tasks = [asyncio.create_task(work) for work in talking]
        with ExitStack() as self._held:
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if await done.pop():  # Of the three, this is what waits for the service to stop.
                    await self.websocket.close(1001, "The service stops")
            except KeyRefused:
                await self.websocket.close(4403, "Forbidden")
            except LOST:
                await self.websocket.close(1013, "The database is away; try again")
            except TooMany:
                await self.websocket.close(4429, "Too many connections with this key")
            except WebSocketException as ended:
                await self.websocket.close(ended.code, ended.reason)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self) -> None:
        """End soon after the key is no longer good; ping from time to time."""
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
        """Take a message. Strawberry takes anything for one."""
        message = message if isinstance(message, dict) else {}
        given = {name: value for name, value in message.items() if value is not None}
        kinds: dict[str, type] = {"type": str, "id": str, "payload": dict}
        if not all(isinstance(given.get(name, kind()), kind) for name, kind in kinds.items()):
            raise WebSocketException(4400, "Expected a message of the protocol")
        await super().handle_message(cast(Any, given))

    async def handle_connection_init(self, message: Any) -> None:
        """Let in whose key it is, if they have not too many connections. Strawberry does not count them."""
        if not self.connection_init_received:
            if (authorization := key_of(message.get("payload", {}))) is not None:
                viewer = await self.context.authenticate(authorization)
                self.context.becomes(viewer, authorization)
            self._held.enter_context(cast(Any, self.view).connected.enter(self.context.asker))
        await super().handle_connection_init(message)

    async def handle_subscribe(self, message: Any) -> None:
        """Begin an operation. Strawberry drops the request's extensions."""
        self._extensions[message["id"]] = extensions_of(message["payload"])
        message["payload"].setdefault("query")
        await super().handle_subscribe(message)

    async def run_operation(self, operation: handlers.Operation[Context, None]) -> None:
        """Send the results. Strawberry counts no requests, and has no codes for what is too much."""
        extensions, most = self._extensions.pop(operation.id), self.context.limits.subscriptions_max
        if wait := self.context.pace(self.context.viewer.id):
            error = refusal("rate.exceeded", f"Too many requests; ask again in {wait} s.")
            return await operation.send_initial_errors([error])
        if len(self.operations) > most:
            error = refusal("subscriptions.too_many", f"At most {most} operations go on at once.")
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
