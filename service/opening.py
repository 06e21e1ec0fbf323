"""Opens the log and everything beside it that the service needs. `service.server` and the tests call it."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Final

import httpx

from events.log import EventLog
from events.store.connections import BoundedPool, connect
from events.store.replica import replica_check
from events.store.schema import not_durable, prepare
from projections.insights.follower import InsightsFollower
from projections.updating.replica import ReplicaFollower
from projections.updating.runner import Runner
from service.access.consumers import Consumers
from service.access.evaluators import Evaluators
from service.access.invitations import Invitations
from service.access.keys import Keys
from service.access.oidc.claims import Trust
from service.access.oidc.issuer import FETCH_SECONDS_MAX, Issuer
from service.access.oidc.provider import Provider
from service.access.oidc.tokens import Tokens
from service.access.revocation import Revocations
from service.access.signing_in.links import Links
from service.access.signing_in.renewal import Renewals
from service.access.signing_in.sessions import Sessions
from service.errors import UnsafeDatabase
from service.hooks.hooks import Hooks
from service.middleware.rates import Rate
from service.operations.clock import Clock
from service.operations.expiry import Expiry
from service.operations.metrics import Metrics
from service.privacy.persons import forget_again
from service.privacy.quarantine import Quarantine
from service.privacy.uploads import Uploads
from service.secrets.client_secret import client_secret
from service.secrets.installation import is_own_master_key, own_master_key
from service.services import Service
from service.settings import Settings
from service.store.schema import SERVICE
from service.webhooks.deliverer import Deliverer
from service.webhooks.sender import Sender
from service.webhooks.webhooks import Webhooks

KEY_CONNECTIONS_MAX: Final = 4


@asynccontextmanager
async def opened(settings: Settings, url: str) -> AsyncIterator[Service]:
    """Open the log and everything that the service needs on the database at `url`; close all of it at the end.

    Raises EventsError, MasterKeyError, UnsafeDatabase, OidcIncomplete or ClientSecretError.
    """
    secret = client_secret(settings)
    connection = await connect(url)
    try:
        unsafe = await not_durable(connection)
        if unsafe and not settings.allow_unsafe_database:
            raise UnsafeDatabase(unsafe)
        await prepare(connection, url, SERVICE)
        await prepare(connection, url)
        # A restored database may hold the keys of persons whom the log has forgotten since.
        await forget_again(connection)
        key = await own_master_key(connection, settings)
    finally:
        await connection.close()
    async with AsyncExitStack() as stack:
        answer_seconds = settings.database_seconds_max
        log = await stack.enter_async_context(
            await EventLog.open(url, master_key=key, answer_seconds=answer_seconds)
        )
        # This may take long, so do it before requests are accepted.
        await log.refold()
        pool = await stack.enter_async_context(
            BoundedPool(url, connections_max=KEY_CONNECTIONS_MAX, answer_seconds=answer_seconds)
        )
        quarantine = Quarantine(
            pool, key, days=settings.quarantine_days, events_max=settings.quarantine_events_max
        )
        keys = Keys(pool, log.memberships, cache_seconds=settings.key_cache_seconds)
        tokens, provider = await _oidc(settings, secret, keys, stack)
        renewals = None
        if provider is not None:
            hours, days = settings.session_hours, settings.session_days
            renewals = Renewals(pool, provider, key, hours=hours, days=days)
        sessions = Sessions(
            pool,
            keys,
            idle_hours=settings.session_idle_hours,
            days=settings.session_days,
            cache_seconds=settings.key_cache_seconds,
            renewals=renewals,
        )
        links, uploads = Links(pool, keys), Uploads(pool)
        runner = await stack.enter_async_context(Runner(log))
        consumers = Consumers(pool, consumers_max=settings.consumers_max)

        webhooks = Webhooks(
            pool,
            key,
            webhooks_max=settings.webhooks_max,
            overlap=timedelta(hours=settings.webhooks_overlap_hours),
        )
        sender = Sender.of(settings)
        metrics = Metrics()
        deliverer = Deliverer(
            log,
            webhooks,
            keys,
            sender,
            takeover_seconds=settings.webhooks_takeover_seconds,
            answer_seconds=answer_seconds,
            count=lambda outcome: metrics.attempted(outcome.result),
        )

        async def has_own_master_key() -> bool:
            async with pool.acquire() as connection:
                return await is_own_master_key(connection, [key])

        replica, standby = None, None
        if settings.replica_url is not None:
            replica_url = settings.replica_url.get_secret_value()
            poll_seconds = settings.replica_poll_seconds
            replica = await stack.enter_async_context(
                await EventLog.open(
                    replica_url,
                    replica_of=log,
                    answer_seconds=answer_seconds,
                    poll_seconds=poll_seconds,
                )
            )
            standby = await stack.enter_async_context(
                ReplicaFollower(
                    replica_url,
                    lambda: runner.position,
                    replica_check(log.identity, replica_url),
                    renew=replica.renew,
                    poll_seconds=poll_seconds,
                )
            )
        yield Service(
            settings,
            log,
            keys,
            sessions,
            links,
            Invitations(pool, keys),
            Evaluators(pool),
            tokens,
            Revocations(keys, sessions, every_seconds=settings.key_cache_seconds),
            Rate(settings.key_requests_per_second, clock=time.monotonic),
            quarantine,
            uploads,
            runner,
            consumers,
            Hooks(pool, keys, key),
            webhooks,
            sender,
            deliverer,
            InsightsFollower(replica or log),
            has_own_master_key,
            Clock(
                pool,
                seconds_max=settings.clock_difference_seconds_max,
                every_seconds=settings.clock_seconds,
            ),
            Expiry([links.expire, sessions.expire, uploads.expire, quarantine.expire]),
            replica,
            standby,
            provider,
            metrics,
        )


async def _oidc(
    settings: Settings, secret: str | None, keys: Keys, stack: AsyncExitStack
) -> tuple[Tokens | None, Provider | None]:
    if settings.oidc_issuer is None:
        return None, None
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=FETCH_SECONDS_MAX))
    trust = Trust(
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        role_claim=settings.oidc_role_claim,
        organisation_claim=settings.oidc_organisation_claim,
        cohorts_claim=settings.oidc_cohorts_claim,
        name_claim=settings.oidc_name_claim,
        roles=settings.oidc_roles,
        leeway_seconds=settings.oidc_leeway_seconds,
    )
    issuer = Issuer(
        settings.oidc_issuer,
        client,
        keep_seconds=settings.oidc_keys_seconds,
        again_seconds=settings.oidc_keys_again_seconds,
    )
    tokens = Tokens(trust, issuer, keys.reserved)
    if settings.oidc_client_id is None:
        return tokens, None
    provider = Provider(
        issuer,
        tokens,
        client,
        client_id=settings.oidc_client_id,
        client_secret=secret,
        scopes=settings.oidc_scopes,
        name=settings.oidc_sign_in_name,
    )
    return tokens, provider
