"""What keeps a command from being carried out: each error's message is one sentence for people."""

from collections.abc import Sequence
from pathlib import Path


class ServiceError(Exception):
    """The root of this package's errors."""


class CannotServe(ServiceError):
    """The service cannot start: its folder or its port is taken."""


class NoRecord(ServiceError):
    """Nothing has been recorded in a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"there is no record in {folder}: serve, record and restore begin one")


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


class NoSuchKey(ServiceError):
    """There is no key of this id, or it was revoked before."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__("there is no key of this id, or it was revoked before")


class TokenRefused(ServiceError):
    """The token is not one of the issuer's for this service, or no longer good."""


class IssuerAway(ServiceError):
    """The issuer's keys cannot be had."""


class UndeclaredDoor(ServiceError):
    """A door leads past the policy: `service.doors` does not say what it is for."""

    def __init__(self, doors: Sequence[str]) -> None:
        self.doors = tuple(doors)
        super().__init__(f"service/doors.py does not say what these are for: {', '.join(doors)}")


class OthersMayRead(ServiceError):
    """A file with a secret is open to others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"others may read the key file {path}: make its mode 0600")


class SigningKeyError(ServiceError):
    """The key that signs checkpoints cannot be used."""


class NoSuchPerson(ServiceError):
    """The log knows no person of this key."""

    def __init__(self, person: str) -> None:
        self.person = person
        super().__init__(f"the log knows no person {person}")


class BackupRefused(ServiceError):
    """A file is no backup of person keys."""

    def __init__(self) -> None:
        super().__init__("this is not a backup of person keys, as howcanwe person backup writes it")
