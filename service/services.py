"""What HTTP, GraphQL and the pages share: the open log, the keys, the quarantine, the read models' runner and more."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from starlette.requests import HTTPConnection

from events.access.principal import Principal, Role
from events.log import EventLog
from events.store.connections import AWAY, TROUBLES, Unavailable
from projections.insights.follower import InsightsFollower
from projections.queries.read_models import ServedReadModels
from projections.updating.replica import ReplicaFollower
from projections.updating.runner import Runner
from service.access.caller import ANYBODY, Caller
from service.access.consumers import Consumers
from service.access.endpoints import admits, admitted_by, is_for_everybody, is_page
from service.access.evaluators import Evaluators
from service.access.invitations import Invitations
from service.access.key import PREFIX
from service.access.keys import Keys
from service.access.oidc.provider import Provider
from service.access.oidc.tokens import Tokens
from service.access.open_connections import OpenConnections
from service.access.revocation import Revocations
from service.access.signing_in.cookies import cookie_of
from service.access.signing_in.links import Links
from service.access.signing_in.sessions import Sessions
from service.errors import IssuerAway, KeyRefused, TokenRefused
from service.hooks.hooks import Hooks
from service.middleware.rates import Rate, too_many
from service.operations.clock import Clock
from service.operations.expiry import Expiry
from service.operations.metrics import Metrics
from service.privacy.quarantine import Quarantine
from service.privacy.uploads import Uploads
from service.problems import Problem, problem
from service.settings import Settings
from service.webhooks.deliverer import Deliverer
from service.webhooks.sender import Sender
from service.webhooks.webhooks import Webhooks

_BEARER: Final = "bearer"
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="howcanwe"'}


@dataclass(slots=True)
class Service:
    """The parts of a running service. `stopping` is set when the service is asked to stop, which ends live streams.

    `tokens` is None if no issuer is trusted, `provider` if nobody signs in there. `has_own_master_key` asks the
    database whether its master key is still the one that this process uses. `revocations` ends open streams when
    their key, token or session ends; `live_streams` counts those of events, `sign_ins` the attempts to sign in.
    `replica` and `standby` are the log and the read models on the replica; None if there is no replica.
    """

    settings: Settings
    log: EventLog
    keys: Keys
    sessions: Sessions
    links: Links
    invitations: Invitations
    evaluators: Evaluators
    tokens: Tokens | None
    revocations: Revocations
    rate: Rate
    quarantine: Quarantine
    uploads: Uploads
    runner: Runner
    consumers: Consumers
    hooks: Hooks
    webhooks: Webhooks
    webhook_sender: Sender
    deliverer: Deliverer
    insights: InsightsFollower
    has_own_master_key: Callable[[], Awaitable[bool]]
    clock: Clock
    expiry: Expiry
    replica: EventLog | None = None
    standby: ReplicaFollower | None = None
    provider: Provider | None = None
    metrics: Metrics = field(default_factory=Metrics)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    live_streams: OpenConnections = field(init=False)
    sign_ins: Rate = field(init=False)

    def __post_init__(self) -> None:
        self.live_streams = OpenConnections(self.settings.live_streams_max)
        self.sign_ins = Rate(
            self.settings.sign_ins_per_minute / 60, clock=time.monotonic, burst_seconds=60
        )

    @property
    def replayed(self) -> EventLog:
        """The log that replays are read from: the replica's if there is one."""
        return self.replica or self.log

    @property
    def served(self) -> ServedReadModels:
        """The read models that GraphQL reads: the replica's if there is one."""
        return self.standby or self.runner

    async def access(self, request: HTTPConnection) -> Caller:
        """Return the request's caller, authenticated once per request; anonymous if neither key nor token is sent.

        On a page, the cookie of a session stands for its key; an unknown or ended one is the same as no cookie.
        Raises Problem: 401 for an invalid key or token, or for none if the endpoint needs one; 403 if the role may not
        use the endpoint; 429 beyond the key's rate; 503 if the issuer's keys cannot be fetched.
        """
        state = request.scope.setdefault("state", {})
        if "access" not in state:
            try:
                async with asyncio.timeout(self.settings.database_seconds_max):
                    access = await self._let_in(request)
            except TimeoutError as error:
                raise Unavailable("the database did not answer in time") from error
            state["visitor"] = access
            if access is not ANYBODY and (wait := self.rate.wait_seconds(access.viewer.id)):
                raise too_many(wait)
            if not admits(access.viewer.role, request):
                raise not_admitted(access.viewer.role, admitted_by(request))
            state["access"] = access
        return cast(Caller, state["access"])

    async def visitor(self, request: HTTPConnection) -> Caller:
        """Return whom a refused request comes from, as far as that is known; never raises.

        A request without a route has nobody to admit, so only its cookie is looked up.
        """
        state = request.scope.setdefault("state", {})
        if "route" not in request.scope:
            try:
                async with asyncio.timeout(self.settings.database_seconds_max):
                    state["access"] = state["visitor"] = await self._signed_in(request)
            except (TimeoutError, *AWAY, *TROUBLES):
                pass
        return cast(Caller, state.get("visitor", ANYBODY))

    async def _let_in(self, request: HTTPConnection) -> Caller:
        header = request.headers.get("authorization")
        if header is None:
            return await self._signed_in(request) if is_page(request) else ANYBODY
        if _scheme_of(header) != _BEARER:
            raise key_required(
                "The Authorization header has another scheme than Bearer",
                expected="a key, sent as Authorization: Bearer <key>",
            )
        try:
            return await self._of(header)
        except (KeyRefused, TokenRefused):
            raise key_required(
                "The key is unknown, expired or revoked", expected="a key that is known and valid"
            ) from None
        except IssuerAway as away:
            again = {"Retry-After": str(self.settings.retry_after_seconds)}
            raise problem(503, "issuer.away", str(away), headers=again) from None

    async def _signed_in(self, request: HTTPConnection) -> Caller:
        secret = cookie_of(request)
        caller = None if secret is None else await self.sessions.caller(secret)
        if caller is None:
            return ANYBODY
        if caller.key_id is None:
            await self.evaluators.note(caller)
        return caller

    async def _of(self, authorization: str) -> Caller:
        credential = authorization.partition(" ")[2].strip()
        if _scheme_of(authorization) != _BEARER:
            raise KeyRefused
        if self.tokens is not None and not credential.startswith(f"{PREFIX}_"):
            access = await self.tokens.access(credential)
            await self.evaluators.note(access)
            return access
        return await self.keys.access(credential)

    async def authenticated(self, authorization: str) -> Principal:
        """Return the principal of an `Authorization` header's value, as of now. Raises KeyRefused."""
        try:
            return (await self._of(authorization)).viewer
        except (TokenRefused, IssuerAway):
            raise KeyRefused from None

    async def viewer(self, request: HTTPConnection) -> Principal:
        """Return the principal that reads. Raises Problem as `access` does."""
        return (await self.access(request)).viewer

    async def sender(self, request: HTTPConnection) -> Principal:
        """Return the principal that records. Raises Problem as `access` does, and 401 without a key or token."""
        viewer = await self.viewer(request)
        if viewer.role is Role.PUBLIC:
            raise not_admitted(viewer.role, admitted_by(request))
        return viewer


def _scheme_of(authorization: str) -> str:
    return authorization.partition(" ")[0].lower()


def not_admitted(role: Role, admitted: Sequence[Role]) -> Problem:
    """Return the problem of a role that may not do what is only for those `admitted`."""
    if role is Role.PUBLIC:
        return key_required(
            "The request has no key", expected="a key, sent as Authorization: Bearer <key>"
        )
    expected = f"a key with the role {' or '.join(admitted)}, not {role}"
    return problem(403, "sender.not_allowed", "The key's role may not do this", expected=expected)


def key_required(detail: str, *, expected: str) -> Problem:
    """Return the problem of a request that lacks a valid key."""
    return problem(401, "key.required", detail, expected=expected, headers=_CHALLENGE)


def service_of(request: HTTPConnection) -> Service:
    """Return the service that handles the request."""
    return cast(Service, request.app.state.service)


async def admitted(request: HTTPConnection) -> None:
    """Refuse the request if its role may not use the endpoint; every route depends on this.

    An endpoint that answers everyone alike is not checked, so that it works without a database.
    """
    if is_for_everybody(request):
        return
    await service_of(request).access(request)
