"""What keeps a command from being carried out: each error's message is one sentence for people."""

from collections.abc import Sequence
from pathlib import Path


class ServiceError(Exception):
    """The root of this package's errors."""


class CannotServe(ServiceError):
    """The service cannot start: its folder or its port is taken."""


class UnsafeDatabase(ServiceError):
    """The database may lose what was acknowledged."""

    def __init__(self, settings: Sequence[str]) -> None:
        self.settings = tuple(settings)
        super().__init__(
            f"the database has {', '.join(settings)} off and may lose acknowledged events; "
            "turn it on, or say HOWCANWE_ALLOW_UNSAFE_DATABASE=true"
        )


class MasterKeyError(ServiceError):
    """The master key cannot be used."""


class TrustedDocumentsError(ServiceError):
    """The file of trusted documents cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"the trusted documents in {path} cannot be used: {reason}")


class DemoRefused(ServiceError):
    """The sample cohort could not be recorded."""

    def __init__(self, answer: str) -> None:
        super().__init__(f"the sample cohort was refused: {answer}")


class GrantError(ServiceError):
    """A key cannot be made so."""


class KeyRefused(ServiceError):
    """There is no such key, or it is no longer good."""
