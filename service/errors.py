"""What keeps a command from being carried out: each error's message is one sentence for people."""

from collections.abc import Sequence
from pathlib import Path


class ServiceError(Exception):
    """The root of this package's errors."""


class CannotServe(ServiceError):
    """The service cannot start: its folder or its port is taken."""


class AlreadyServed(ServiceError):
    """A process serves the database."""

    def __init__(self) -> None:
        super().__init__("a howcanwe process serves this database: stop every one of them first")


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


class MissingMasterKey(MasterKeyError):
    """The database was used with a master key, and there is none here. None is made in its place."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"this database has a master key, and there is none in {place}: "
            "put it back, or name its file with HOWCANWE_MASTER_KEY_FILE"
        )


class ForeignMasterKey(MasterKeyError):
    """The master key is not the one that the database was used with."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"the master key in {place} is not the one of this database: "
            "name that one's file with HOWCANWE_MASTER_KEY_FILE"
        )


class MixedMasterKeys(MasterKeyError):
    """The person keys of the database were wrapped with several master keys; `persons` are those of the others."""

    def __init__(self, persons: Sequence[str], count: int) -> None:
        self.persons = tuple(persons)
        super().__init__(
            f"{len(persons)} of this database's {count} person keys were wrapped with another master key: bring all "
            "under one with howcanwe person rewrap, which takes other keys with --old-key-file"
        )


class TrustedDocumentsError(ServiceError):
    """The trusted documents cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the trusted documents cannot be used: {reason}")


class QueryRefused(ServiceError):
    """A query cannot be answered, whoever asks."""

    def __init__(self, wrong: str) -> None:
        super().__init__(f"the query is refused: {wrong}")


class NoGraphiQL(ServiceError):
    """The files of GraphiQL cannot be had."""


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


class UndeclaredEndpoint(ServiceError):
    """A door leads past the policy: `service.access.endpoints` does not say what it is for."""

    def __init__(self, doors: Sequence[str]) -> None:
        self.doors = tuple(doors)
        super().__init__(
            f"service/access/endpoints.py does not say what these are for: {', '.join(doors)}"
        )


class OthersMayRead(ServiceError):
    """A file with a secret is open to others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"others may read the key file {path}: make its mode 0600")


class SigningKeyError(ServiceError):
    """The key that signs checkpoints cannot be used."""


class ForeignSigningKey(SigningKeyError):
    """The key that would sign is not the one that signs this database's checkpoints."""

    def __init__(self, place: Path, expected: str) -> None:
        super().__init__(
            f"the key in {place} is not the one that signs this database's checkpoints ({expected}): "
            "name that one's file with HOWCANWE_SIGNING_KEY_FILE, or change it for good with --change-key"
        )


class MissingSigningKey(SigningKeyError):
    """The database's checkpoints are signed by a key, and there is none here. None is made in its place."""

    def __init__(self, place: Path, expected: str) -> None:
        super().__init__(
            f"there is no key in {place}, and this database's checkpoints have one ({expected}): "
            "put it back, name its file with HOWCANWE_SIGNING_KEY_FILE, or change it for good with --change-key"
        )


class NoSuchPerson(ServiceError):
    """The log knows no person of this key."""

    def __init__(self, person: str) -> None:
        self.person = person
        super().__init__(f"the log knows no person {person}")


class BackupRefused(ServiceError):
    """A file is no backup of person keys."""

    def __init__(self) -> None:
        super().__init__("this is not a backup of person keys, as howcanwe person backup writes it")
