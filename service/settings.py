"""Every setting, with its default, its unit and its environment variable (`HOWCANWE_…`)."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

import service
from events.access.principal import Role
from events.store.connections import ANSWER_SECONDS_MAX

PREFIX: Final = "HOWCANWE_"
KIB: Final = 1024


def default_data_folder() -> Path:
    """Return where data is kept if nothing else is said: `.data` in a checkout, else in the user's data folder."""
    checkout = Path(service.__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".data"
    return Path.home() / ".local" / "share" / "howcanwe"


class Settings(BaseSettings):
    """The service's settings. Each is the environment variable `HOWCANWE_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )

    data: Annotated[
        Path, Field(description="Folder of the embedded database and the master key.")
    ] = Field(default_factory=default_data_folder)
    database_url: Annotated[
        SecretStr | None,
        Field(
            description="A PostgreSQL server (15 or later) instead of the embedded one: postgresql://…"
        ),
    ] = None
    replica_url: Annotated[
        SecretStr | None,
        Field(
            description="A streaming replica of the database, from which replays and GraphQL are read: postgresql://…"
        ),
    ] = None
    replica_poll_seconds: Annotated[
        float,
        Field(gt=0, description="How often a replica is asked how far it is, in seconds."),
    ] = 0.1
    replica_lag_seconds_max: Annotated[
        float,
        Field(gt=0, description="How long a replica may be behind and still be read, in seconds."),
    ] = 60.0
    postgres_account: Annotated[
        str | None,
        Field(description="The account that the embedded server runs as, when started by root."),
    ] = None
    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    ] = 8000
    master_key: Annotated[
        SecretStr | None,
        Field(description="Master key of personal data, 64 hex digits; instead of a file."),
    ] = None
    master_key_file: Annotated[
        Path | None,
        Field(description="File (mode 0600) with the master key; `master.key` in the data folder."),
    ] = None
    signing_key_file: Annotated[
        Path | None,
        Field(
            description="File (mode 0600) with the key that signs checkpoints; `checkpoint.key` in the data folder."
        ),
    ] = None
    allow_unsafe_database: Annotated[
        bool,
        Field(
            description="Serve though the database may lose acknowledged events (fsync off and the like)."
        ),
    ] = False
    body_bytes_max: Annotated[
        int, Field(ge=KIB, description="Largest body of a request, in bytes, after decompression.")
    ] = 8 * KIB * KIB
    header_bytes_max: Annotated[
        int,
        Field(ge=KIB, description="Most bytes of a request's address and headers together."),
    ] = 64 * KIB
    headers_max: Annotated[int, Field(ge=1, description="Most headers of a request.")] = 200
    header_seconds_max: Annotated[
        float,
        Field(gt=0, description="How long a request's headers may take to arrive, in seconds."),
    ] = 10.0
    body_seconds_max: Annotated[
        float,
        Field(gt=0, description="How long a request's body may take to arrive, in seconds."),
    ] = 60.0
    connections_max: Annotated[
        int, Field(ge=1, description="Most open connections of a process.")
    ] = 1_000
    address_connections_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most of these from one address; a proxy is one, so behind it give it them all.",
        ),
    ] = 500
    drain_bytes_max: Annotated[
        int,
        Field(
            ge=0,
            description="Most of an unread body that is read and discarded after its answer, in bytes.",
        ),
    ] = 64 * KIB * KIB
    drain_seconds_max: Annotated[
        float,
        Field(
            ge=0, description="How long an unread body is discarded after its answer, in seconds."
        ),
    ] = 5.0
    batch_events_max: Annotated[int, Field(ge=1, description="Most events in one request.")] = 2_000
    page_events: Annotated[
        int, Field(ge=1, description="Events on a page, where no `limit` is given.")
    ] = 100
    page_events_max: Annotated[int, Field(ge=1, description="Most events on a page.")] = 1_000
    heartbeat_seconds: Annotated[
        float,
        Field(gt=0, description="Silence after which a live stream sends a comment, in seconds."),
    ] = 15.0
    stalled_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="How long a reader may read nothing of what is sent before it is dropped, in seconds.",
        ),
    ] = 60.0
    consumers_max: Annotated[int, Field(ge=1, description="Most named consumers of a key.")] = 100
    retry_after_seconds: Annotated[
        int,
        Field(
            ge=1,
            description="What a client is told to wait while the database is away, in seconds.",
        ),
    ] = 2
    database_seconds_max: Annotated[
        float,
        Field(
            gt=0,
            description="How long a request waits for one answer of the database before it is 503, in seconds.",
        ),
    ] = ANSWER_SECONDS_MAX
    clock_difference_seconds_max: Annotated[
        float,
        Field(
            gt=0,
            description="How far this clock may differ from the database's before a warning, in seconds.",
        ),
    ] = 2.0
    clock_seconds: Annotated[
        float,
        Field(
            gt=0, description="How often this clock is compared with the database's, in seconds."
        ),
    ] = 60.0
    key_cache_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="How long a key is remembered before it is looked up again, in seconds.",
        ),
    ] = 1.0
    min_position_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="Longest wait for the log or the read models to reach `min_position`, in seconds.",
        ),
    ] = 5.0
    ready_waiting_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="How long read models may wait for the database until they are not ready, in seconds.",
        ),
    ] = 30.0
    graphql_depth_max: Annotated[
        int, Field(ge=1, description="Deepest GraphQL query, in fields within fields.")
    ] = 20
    graphql_aliases_max: Annotated[
        int, Field(ge=0, description="Most aliases in a GraphQL query.")
    ] = 30
    graphql_tokens_max: Annotated[
        int, Field(ge=1, description="Longest GraphQL query, and its longest variables, in tokens.")
    ] = 2_000
    graphql_characters_max: Annotated[
        int,
        Field(ge=1, description="Longest GraphQL query, and its longest variables, in characters."),
    ] = 64 * KIB
    graphql_cost_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most that a GraphQL query may cost: its fields, each as often as lists around it ask rows.",
        ),
    ] = 250_000
    graphql_rows_max: Annotated[
        int,
        Field(ge=1, description="Most rows of lists in the answer to a GraphQL query."),
    ] = 50_000
    graphql_search_cost: Annotated[
        int, Field(ge=0, description="What a search in a GraphQL query costs beside its fields.")
    ] = 12_500
    graphql_past_cost: Annotated[
        int,
        Field(
            ge=0,
            description="What a journey as it stood costs in a GraphQL query beside its fields.",
        ),
    ] = 12_500
    graphql_figure_cost: Annotated[
        int,
        Field(ge=0, description="What a figure of the insights costs beside its fields."),
    ] = 2_500
    graphql_introspection_cost: Annotated[
        int,
        Field(ge=0, description="What `__schema` or `__type` in a GraphQL query costs."),
    ] = 25_000
    graphql_statements_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most statements that GraphQL asks at once for a key, or an address without one.",
        ),
    ] = 4
    graphql_list_size_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most rows of a list in one page of GraphQL; most ids in `nodes`, most streams in `subjects`.",
        ),
    ] = 100
    graphql_pasts_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most journeys as they stood, each at a moment, from which one `nodes` is answered.",
        ),
    ] = 4
    graphql_seconds_max: Annotated[
        float, Field(gt=0, description="Longest time that a GraphQL query may take, in seconds.")
    ] = 10.0
    graphql_introspection: Annotated[
        bool, Field(description="Whether the GraphQL schema can be asked for itself.")
    ] = True
    graphql_suggestions: Annotated[
        bool, Field(description="Whether GraphQL errors suggest names that are like a wrong one.")
    ] = True
    graphql_documents_max: Annotated[
        int, Field(ge=1, description="GraphQL documents that are remembered as read and checked.")
    ] = 1_000
    graphql_documents_bytes_max: Annotated[
        int, Field(ge=0, description="Most memory for these documents, in bytes (about).")
    ] = 64 * KIB * KIB
    graphql_subscriptions_max: Annotated[
        int, Field(ge=1, description="Most operations at once on one WebSocket.")
    ] = 20
    graphql_connections_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most open WebSockets and event streams of GraphQL for a key, or an address without one.",
        ),
    ] = 250
    graphql_insights_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="Subscribed insights are evaluated at most once in each interval of this length, in seconds.",
        ),
    ] = 1.0
    graphql_init_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="How long a WebSocket may take to begin (`connection_init`), in seconds.",
        ),
    ] = 10.0
    live_streams_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most live streams of `GET /events` for a key, or an address without one.",
        ),
    ] = 250
    trusted_documents: Annotated[
        Path | None,
        Field(
            description="File (JSON, SHA-256 in hex: document) with the only GraphQL documents that run."
        ),
    ] = None
    key_requests_per_second: Annotated[
        float,
        Field(
            ge=0,
            description="Most requests of a key or token, per second and process; 0 is no limit.",
        ),
    ] = 20_000
    address_requests_per_second: Annotated[
        float,
        Field(
            ge=0, description="Most requests of an address, per second and process; 0 is no limit."
        ),
    ] = 20_000
    cors_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(
            description="Origins whose pages may ask (CORS), separated by commas; `*` for all of them."
        ),
    ] = ()
    oidc_issuer: Annotated[
        str | None,
        Field(description="Issuer of OpenID Connect tokens that are taken beside keys: https://…"),
    ] = None
    oidc_audience: Annotated[
        str, Field(min_length=1, description="The audience that a token must be for.")
    ] = "howcanwe"
    oidc_role_claim: Annotated[
        str, Field(description="The token's claim that tells the role; a path has dots.")
    ] = "howcanwe_role"
    oidc_organisation_claim: Annotated[
        str, Field(description="The claim with the organisation's key, for the role organisation.")
    ] = "howcanwe_organisation"
    oidc_cohorts_claim: Annotated[
        str,
        Field(
            description="The claim with the cohorts' keys, for the role facilitator; `*` for everything."
        ),
    ] = "howcanwe_cohorts"
    oidc_roles: Annotated[
        dict[str, Role],
        Field(
            description="What the role claim's values mean, as a JSON object; the first that a token has counts."
        ),
    ] = Field(
        default={
            "facilitator": Role.FACILITATOR,
            "organisation": Role.ORGANISATION,
            "analyst": Role.ANALYST,
        }
    )
    oidc_keys_seconds: Annotated[
        float,
        Field(ge=0, description="How long the issuer's published keys are kept, in seconds."),
    ] = 600.0
    oidc_keys_again_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="Shortest time between two fetches of them for unknown keys, in seconds.",
        ),
    ] = 10.0
    oidc_leeway_seconds: Annotated[
        float,
        Field(ge=0, description="How far the issuer's clock may differ from ours, in seconds."),
    ] = 5.0
    quarantine_days: Annotated[
        int, Field(ge=1, description="How long refused events are kept, in days.")
    ] = 30
    quarantine_events_max: Annotated[
        int, Field(ge=1, description="Most refused events kept for a key.")
    ] = 1_000
    shutdown_seconds: Annotated[
        int,
        Field(
            ge=1,
            description="How long requests may take to finish when the service is stopped, in seconds.",
        ),
    ] = 5
    log_format: Annotated[
        str,
        Field(
            pattern="^(text|json)$", description="Form of the service's own messages: text or json."
        ),
    ] = "text"

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part for part in (part.strip() for part in value.split(",")) if part)
        return value
