"""The settings of the database, of HTTP and of the process."""

import re
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

import service
from events.store import ANSWER_SECONDS_MAX

KIB: Final = 1024

_PORTS: Final = {"http": 80, "https": 443}
_LICENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,99}|https?://[!-~]{1,1000}")


def default_data_folder() -> Path:
    """Return the default data folder: `.data` in a checkout, else one in the user's home folder."""
    checkout = Path(service.__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".data"
    return Path.home() / ".local" / "share" / "howcanwe"


class ServerSettings(BaseSettings):
    """Where the record is kept, where the service listens, and what it allows its callers."""

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
    https_certificate: Annotated[
        Path | None,
        Field(
            description="File in PEM with the certificate for https, then those that signed it; plain http if not set."
        ),
    ] = None
    https_key: Annotated[
        Path | None,
        Field(description="File in PEM with the certificate's private key, without a passphrase."),
    ] = None
    public_url: Annotated[
        str | None,
        Field(
            description="The address at which browsers find the service, if it is another one: https://…"
        ),
    ] = None
    licence: Annotated[
        str | None,
        Field(
            description="Licence of what is public: an SPDX id such as CC-BY-4.0, or an address. Not stated if not set."
        ),
    ] = None
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
    session_idle_hours: Annotated[
        int,
        Field(
            ge=1, description="After how long without a request a browser is signed out, in hours."
        ),
    ] = 12
    session_days: Annotated[
        int,
        Field(ge=1, description="How long a browser stays signed in at most, in days."),
    ] = 14
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
    live_streams_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most live streams of events for a key, a session, or an address without either.",
        ),
    ] = 250
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
    sign_ins_per_minute: Annotated[
        int,
        Field(
            ge=0,
            description="Most attempts to sign in from one address, per minute and process; 0: no limit.",
        ),
    ] = 120
    cors_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(
            description="Origins whose pages may call the service (CORS), separated by commas; `*`: all."
        ),
    ] = ()
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

    @field_validator("public_url")
    @classmethod
    def _as_origin(cls, value: str | None) -> str | None:
        return None if value is None else origin(value)

    @field_validator("licence")
    @classmethod
    def _as_licence(cls, value: str | None) -> str | None:
        if value is not None and not _LICENCE.fullmatch(value):
            raise ValueError("expected an SPDX id, such as CC-BY-4.0, or an address: https://…")
        return value

    @property
    def address(self) -> str:
        """The address with which links begin: the public one, else the one that the service listens on."""
        if self.public_url is not None:
            return self.public_url
        host = "localhost" if self.host in ("0.0.0.0", "::") else self.host
        return self.address_of(host, self.port)

    def address_of(self, host: str, port: int) -> str:
        """Return the address at which the service answers on a host, which may be an IPv6 address, and a port."""
        scheme = "http" if self.https_certificate is None else "https"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def origin(url: str) -> str:
    """Return the URL's origin as browsers write it. Raises ValueError if the URL has more than that."""
    parts = urlsplit(url)
    is_plain = url.isascii() and not (parts.query or parts.fragment or "@" in parts.netloc)
    if (
        parts.scheme not in _PORTS
        or not parts.hostname
        or parts.path not in ("", "/")
        or not is_plain
    ):
        raise ValueError(
            "expected http:// or https:// and a host, without a path, such as https://howcanwe.example.org"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_default = parts.port in (None, _PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{parts.port}")
