"""What keeps a command from being carried out: each error's message is one sentence for people."""

from collections.abc import Sequence


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


class DemoRefused(ServiceError):
    """The sample cohort could not be recorded."""

    def __init__(self, answer: str) -> None:
        super().__init__(f"the sample cohort was refused: {answer}")


class GrantError(ServiceError):
    """A key cannot be made so."""


class NotReached(ServiceError):
    """What answers has not got to a position in time."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(f"position {position} is not here yet")


class LogDiverged(ServiceError):
    """The log is not the one that a consumer read: at its position stands another line, or none."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(
            f"at position {position} the log has not the line with this hash: it is not the log that was read"
        )


class TooManyConsumers(ServiceError):
    """A key has as many consumers as it may have."""


class KeyRefused(ServiceError):
    """There is no such key, or it is no longer good."""
