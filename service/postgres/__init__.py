"""The embedded PostgreSQL: a server that this package starts, supervises and stops."""

from service.postgres.embedded import EmbeddedPostgres
from service.postgres.errors import (
    AccountNotUsable,
    BinariesMissing,
    ClusterOfAnotherVersion,
    FolderNotUsable,
    InitialisationFailed,
    InUseElsewhere,
    NotStarted,
    PostgresError,
    StartFailed,
    StartInterrupted,
)

__all__ = [
    "AccountNotUsable",
    "BinariesMissing",
    "ClusterOfAnotherVersion",
    "EmbeddedPostgres",
    "FolderNotUsable",
    "InUseElsewhere",
    "InitialisationFailed",
    "NotStarted",
    "PostgresError",
    "StartFailed",
    "StartInterrupted",
]
