"""Every setting, with its default and its unit. Each is an environment variable (`HOWCANWE_…`)."""

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
    """Return the default data folder: `.data` in a checkout, else one in the user's home folder."""
    checkout = Path(service.__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".data"
    return Path.home() / ".local" / "share" / "howcanwe"


class Settings(BaseSettings):
    """The service's settings. Each one's environment variable is `HOWCANWE_` and its name in capitals."""

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
            description="A streaming replica of the database for replays and GraphQL: postgresql://…"
        ),
    ] = None
    replica_poll_seconds: Annotated[
        float,
        Field(gt=0, description="How often the replica's position is read, in seconds."),
    ] = 0.1
    replica_lag_seconds_max: Annotated[
        float,
        Field(gt=0, description="How far the replica may lag and still be read, in seconds."),
    ] = 60.0
    postgres_account: Annotated[
        str | None,
        Field(description="The account that the embedded server runs as if root starts it."),
    ] = None
    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65535, description="Port to listen on; 0 chooses a free one.")
    ] = 8000
    master_key: Annotated[
        SecretStr | None,
        Field(description="Master key of personal data, 64 hex digits, instead of a file."),
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
            description="Serve even if the database may lose acknowledged events (such as with fsync off)."
        ),
    ] = False
    body_bytes_max: Annotated[
        int, Field(ge=KIB, description="Largest body of a request, in bytes, after decompression.")
    ] = 8 * KIB * KIB
    header_bytes_max: Annotated[
        int,
        Field(ge=KIB, description="Most bytes of a request's URL and headers together."),
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
            description="Most open connections from one address; a proxy is one address, so allow it all of them.",
        ),
    ] = 500
    drain_bytes_max: Annotated[
        int,
        Field(
            ge=0,
            description="Most of an unread body that is discarded after the answer, in bytes.",
        ),
    ] = 64 * KIB * KIB
    drain_seconds_max: Annotated[
        float,
        Field(
            ge=0, description="How long an unread body is discarded after the answer, in seconds."
        ),
    ] = 5.0
    batch_events_max: Annotated[int, Field(ge=1, description="Most events in one request.")] = 2_000
    page_events: Annotated[
        int, Field(ge=1, description="Events on a page if no `limit` is given.")
    ] = 100
    page_events_max: Annotated[int, Field(ge=1, description="Most events on a page.")] = 1_000
    heartbeat_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="After how long without events a live stream sends a comment, in seconds.",
        ),
    ] = 15.0
    stalled_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="How long a client may read nothing before its connection is dropped, in seconds.",
        ),
    ] = 60.0
    consumers_max: Annotated[int, Field(ge=1, description="Most named consumers of a key.")] = 100
    retry_after_seconds: Annotated[
        int,
        Field(
            ge=1,
            description="`Retry-After` while the database is unavailable, in seconds.",
        ),
    ] = 2
    database_seconds_max: Annotated[
        float,
        Field(
            gt=0,
            description="How long a request waits for an answer of the database before it fails with 503, in seconds.",
        ),
    ] = ANSWER_SECONDS_MAX
    clock_difference_seconds_max: Annotated[
        float,
        Field(
            gt=0,
            description="How far this clock may differ from the database's without a warning, in seconds.",
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
            description="How long a key is cached before it is looked up again, in seconds.",
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
            description="How long the read models may wait for the database and still be ready, in seconds.",
        ),
    ] = 30.0
    graphql_depth_max: Annotated[
        int, Field(ge=1, description="Deepest GraphQL query, in levels of fields.")
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
            description="Largest cost of a GraphQL query: its fields, each times the rows of the lists around it.",
        ),
    ] = 250_000
    graphql_rows_max: Annotated[
        int,
        Field(ge=1, description="Most rows in all lists of a GraphQL answer together."),
    ] = 50_000
    graphql_search_cost: Annotated[
        int,
        Field(ge=0, description="Cost of a search in a GraphQL query, in addition to its fields."),
    ] = 12_500
    graphql_past_cost: Annotated[
        int,
        Field(
            ge=0,
            description="Cost of a journey as of an earlier moment in a GraphQL query, in addition to its fields.",
        ),
    ] = 12_500
    graphql_figure_cost: Annotated[
        int,
        Field(
            ge=0,
            description="Cost of a figure of the insights in a GraphQL query, in addition to its fields.",
        ),
    ] = 2_500
    graphql_introspection_cost: Annotated[
        int,
        Field(ge=0, description="Cost of `__schema` or `__type` in a GraphQL query."),
    ] = 25_000
    graphql_statements_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most SQL statements that GraphQL runs at once for a key, or for an address without one.",
        ),
    ] = 4
    graphql_list_size_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most rows on a page of a GraphQL list, most ids in `nodes`, and most streams in `subjects`.",
        ),
    ] = 100
    graphql_pasts_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most journeys as of an earlier moment in one `nodes`.",
        ),
    ] = 4
    graphql_seconds_max: Annotated[
        float, Field(gt=0, description="Longest time that a GraphQL query may take, in seconds.")
    ] = 10.0
    graphql_introspection: Annotated[
        bool, Field(description="Whether GraphQL introspection is allowed.")
    ] = True
    graphql_suggestions: Annotated[
        bool, Field(description="Whether GraphQL errors suggest similar names for an unknown one.")
    ] = True
    graphql_documents_max: Annotated[
        int, Field(ge=1, description="Most parsed and validated GraphQL documents in the cache.")
    ] = 1_000
    graphql_documents_bytes_max: Annotated[
        int, Field(ge=0, description="Most memory for these documents, in bytes (approximately).")
    ] = 64 * KIB * KIB
    graphql_subscriptions_max: Annotated[
        int, Field(ge=1, description="Most operations at once on one WebSocket.")
    ] = 20
    graphql_connections_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most open WebSockets and event streams of GraphQL for a key, or for an address without one.",
        ),
    ] = 250
    graphql_insights_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="Shortest interval between two evaluations of subscribed insights, in seconds.",
        ),
    ] = 1.0
    graphql_init_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="How long a WebSocket may take to send `connection_init`, in seconds.",
        ),
    ] = 10.0
    live_streams_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most live streams of `GET /events` for a key, or for an address without one.",
        ),
    ] = 250
    trusted_documents: Annotated[
        Path | None,
        Field(
            description="JSON file with the only GraphQL documents that may run, by their SHA-256 in hex."
        ),
    ] = None
    key_requests_per_second: Annotated[
        float,
        Field(
            ge=0,
            description="Most requests of a key or token, per second and process; 0: no limit.",
        ),
    ] = 20_000
    address_requests_per_second: Annotated[
        float,
        Field(
            ge=0, description="Most requests from an address, per second and process; 0: no limit."
        ),
    ] = 20_000
    cors_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(
            description="Origins whose pages may call the service (CORS), separated by commas; `*`: all."
        ),
    ] = ()
    oidc_issuer: Annotated[
        str | None,
        Field(
            description="Issuer of OpenID Connect tokens that are accepted beside keys: https://…"
        ),
    ] = None
    oidc_audience: Annotated[
        str, Field(min_length=1, description="The audience that a token must have.")
    ] = "howcanwe"
    oidc_role_claim: Annotated[
        str,
        Field(description="The claim with the role; the parts of a path are separated by dots."),
    ] = "howcanwe_role"
    oidc_organisation_claim: Annotated[
        str, Field(description="The claim with the organisation's key, for the role organisation.")
    ] = "howcanwe_organisation"
    oidc_cohorts_claim: Annotated[
        str,
        Field(
            description="The claim with the cohorts' keys, for the roles facilitator (`*`: all cohorts) and evaluator."
        ),
    ] = "howcanwe_cohorts"
    oidc_name_claim: Annotated[
        str,
        Field(
            description="The claim with the name by which members of a cohort are shown an evaluator."
        ),
    ] = "howcanwe_name"
    oidc_roles: Annotated[
        dict[str, Role],
        Field(
            description="The role for each value of the role claim, as a JSON object; a token's first match is used."
        ),
    ] = Field(
        default={
            "facilitator": Role.FACILITATOR,
            "organisation": Role.ORGANISATION,
            "evaluator": Role.EVALUATOR,
            "analyst": Role.ANALYST,
        }
    )
    oidc_keys_seconds: Annotated[
        float,
        Field(ge=0, description="How long the issuer's published keys are cached, in seconds."),
    ] = 600.0
    oidc_keys_again_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="Shortest time between two fetches of the issuer's keys for unknown ones, in seconds.",
        ),
    ] = 10.0
    oidc_leeway_seconds: Annotated[
        float,
        Field(ge=0, description="How far the issuer's clock may differ from this one, in seconds."),
    ] = 5.0
    quarantine_days: Annotated[
        int, Field(ge=1, description="How long refused events are kept, in days.")
    ] = 30
    quarantine_events_max: Annotated[
        int, Field(ge=1, description="Most refused events that are kept for a key.")
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
            pattern="^(text|json)$", description="Form of the service's log messages: text or json."
        ),
    ] = "text"

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part for part in (part.strip() for part in value.split(",")) if part)
        return value
