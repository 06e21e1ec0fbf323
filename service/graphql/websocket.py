"""The protocol graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.

The key comes in the payload of `connection_init`, as `{"authorization": "Bearer …"}`; without one, the public connects.
"""

import asyncio
from contextlib import ExitStack, suppress
from typing import Any, Final

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect

from service.connected import Connected, TooMany, counted
from service.errors import KeyRefused
from service.graphql.context import Context
from service.graphql.errors import refusal, told
from service.graphql.http import result_of
from service.graphql.requests import GraphQLRequest, formatted
from service.graphql.schema import Refused, Schema
from service.graphql.subscription import Stopping

PROTOCOL: Final = "graphql-transport-ws"
GOING_AWAY: Final = 1001

_log = structlog.get_logger(__name__)


class Closing(Exception):
    """The connection ends, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


class Connection:
    """One connection, from its opening to its end."""

    def __init__(
        self, socket: WebSocket, context: Context, schema: Schema, connected: Connected
    ) -> None:
        self._socket = socket
        self._context = context
        self._schema = schema
        self._connected = connected
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._is_acknowledged = False
        self._held = ExitStack()

    async def run(self) -> None:
        """Talk until either side ends it; afterwards nothing of it goes on."""
        if PROTOCOL not in self._socket.scope["subprotocols"]:
            # Accepted first: only then can a client be told why.
            await self._socket.accept()
            await self._socket.close(4406, "Subprotocol not acceptable")
            return
        await self._socket.accept(subprotocol=PROTOCOL)
        stopping = asyncio.create_task(self._context.stopping.wait())
        talking = asyncio.create_task(self._talk())
        keeping = asyncio.create_task(self._keep())
        try:
            done, _ = await asyncio.wait(
                [stopping, talking, keeping], return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()
            if stopping in done:
                raise Closing(GOING_AWAY, "The service stops")
        except Closing as closing:
            with suppress(RuntimeError, WebSocketDisconnect):
                await self._socket.close(closing.code, closing.reason)
        except WebSocketDisconnect:
            pass
        finally:
            for task in (stopping, talking, keeping, *self._operations.values()):
                await _ended(task)
            self._held.close()

    async def _talk(self) -> None:
        await self._begin(await self._first())
        while True:
            await self._take(await self._message())

    async def _first(self) -> dict[str, Any]:
        """Return the message that begins the connection, in time; pings and pongs may come before it."""
        try:
            async with asyncio.timeout(self._schema.limits.init_seconds_max):
                while (message := await self._message())["type"] in ("ping", "pong"):
                    await self._take(message)
                return message
        except TimeoutError:
            raise Closing(4408, "Connection initialisation timeout") from None

    async def _message(self) -> dict[str, Any]:
        found = await self._socket.receive()
        if found["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(found.get("code", 1000))
        try:
            message = orjson.loads(found.get("text") or found.get("bytes") or b"")
        except orjson.JSONDecodeError:
            raise Closing(4400, "Expected JSON") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closing(4400, "Expected a message of the protocol")
        return message

    async def _begin(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            raise Closing(4401, "Unauthorized")
        if message["type"] != "connection_init":
            raise Closing(4400, "Expected connection_init")
        payload = message.get("payload")
        if payload is not None and not isinstance(payload, dict):
            raise Closing(4400, "Expected the payload to be an object")
        await self._authenticate((payload or {}).get("authorization"))
        try:
            whose = counted(self._context.viewer, self._socket)
            self._held.enter_context(self._connected.enter(whose))
        except TooMany:
            raise Closing(4429, "Too many connections with this key") from None
        self._is_acknowledged = True
        await self._send({"type": "connection_ack"})

    async def _authenticate(self, authorization: object) -> None:
        if authorization is None:
            return
        try:
            if not isinstance(authorization, str):
                raise KeyRefused
            viewer = await self._context.authenticate(authorization)
        except KeyRefused:
            raise Closing(4403, "Forbidden") from None
        self._context.becomes(viewer, authorization)

    async def _keep(self) -> None:
        """Ping from time to time, and end the connection soon after its key is no longer good."""
        limits = self._schema.limits
        clock = asyncio.get_running_loop().time
        pinged = clock()
        while True:
            await asyncio.sleep(min(limits.look_seconds, limits.heartbeat_seconds))
            if not self._is_acknowledged:
                continue
            try:
                await self._context.check()
            except KeyRefused:
                raise Closing(4403, "Forbidden") from None
            if clock() - pinged >= limits.heartbeat_seconds:
                pinged = clock()
                await self._send({"type": "ping"})

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._operations.pop(str(message.get("id")), None)
                if task is not None:
                    task.cancel()
            case "connection_init":
                raise Closing(4429, "Too many initialisation requests")
            case _:
                raise Closing(4400, "Expected a message of the protocol")

    async def _subscribe(self, message: dict[str, Any]) -> None:
        id_ = message.get("id")
        if not isinstance(id_, str) or not id_:
            raise Closing(4400, "Expected an id")
        if id_ in self._operations:
            raise Closing(4409, f"Subscriber for {id_} already exists"[:120])
        most = self._schema.limits.subscriptions_max
        try:
            if wait := self._context.pace(self._context.viewer.id):
                raise refusal("rate.exceeded", f"Too many requests; ask again in {wait} s.")
            if len(self._operations) >= most:
                raise refusal(
                    "subscriptions.too_many", f"At most {most} operations go on at once here."
                )
            asked = GraphQLRequest.read(
                message.get("payload"), self._schema.limits.trusted_documents
            )
        except GraphQLError as error:
            await self._send({"id": id_, "type": "error", "payload": [formatted(told(error))]})
            return
        task = asyncio.create_task(self._run(id_, asked))
        self._operations[id_] = task

    async def _run(self, id_: str, asked: GraphQLRequest) -> None:
        results = self._schema.stream(
            asked.query,
            self._context,
            variables=asked.variables,
            operation_name=asked.operation_name,
            extensions=asked.extensions,
        )
        try:
            async for result in results:
                await self._next(id_, result)
            await self._send({"id": id_, "type": "complete"})
        except Refused as refused:
            errors = [formatted(error) for error in refused.errors]
            await self._send({"id": id_, "type": "error", "payload": errors})
        except Stopping:
            pass  # Not complete: the connection's end tells a client to come again.
        except (WebSocketDisconnect, RuntimeError):
            pass  # The other side is gone; whoever reads from it notices.
        except Exception as error:
            _log.error("graphql operation", exc_info=error)
            masked = [formatted(told(GraphQLError("", original_error=error)))]
            await self._send({"id": id_, "type": "error", "payload": masked})
        finally:
            await results.aclose()
            if self._operations.get(id_) is asyncio.current_task():
                del self._operations[id_]

    async def _next(self, id_: str, result: ExecutionResult) -> None:
        await self._send({"id": id_, "type": "next", "payload": result_of(result)})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(orjson.dumps(message).decode())


async def _ended(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
