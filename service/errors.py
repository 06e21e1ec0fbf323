"""The errors of the service. Each message is one sentence for people: what is wrong, and what to do about it."""

from collections.abc import Sequence
from pathlib import Path


class ServiceError(Exception):
    """The base class of this package's errors."""


class CannotServe(ServiceError):
    """The service cannot start: its folder or its port is in use."""


class AccessEnded(ServiceError):
    """The key, token or session of a caller ended while the answer was on its way."""

    def __init__(self) -> None:
        super().__init__("the key, token or session ended before all of the answer was sent")


class TooManyTrials(ServiceError):
    """Too many webhooks are tried at once."""

    def __init__(self, trials_max: int) -> None:
        self.trials_max = trials_max
        super().__init__("Too many webhooks are tried at present")


class NoSuchCohort(ServiceError):
    """There is no cohort with this key, or the caller may not see it."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"there is no cohort {key} that you may see")


class AlreadyServed(ServiceError):
    """A process is serving the database."""

    def __init__(self) -> None:
        super().__init__(
            "a howcanwe process is serving this database; stop every such process first"
        )


class NoRecord(ServiceError):
    """A data folder holds no database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"there is no record in {folder}; howcanwe serve, record or restore creates one"
        )


class UnsafeDatabase(ServiceError):
    """The database may lose acknowledged events."""

    def __init__(self, settings: Sequence[str]) -> None:
        self.settings = tuple(settings)
        super().__init__(
            f"the database has {', '.join(settings)} off and may lose acknowledged events; "
            "turn it on, or set HOWCANWE_ALLOW_UNSAFE_DATABASE=true"
        )


class MasterKeyError(ServiceError):
    """The master key cannot be used."""


class MissingMasterKey(MasterKeyError):
    """The database has been used with a master key that is missing here. No new key is made in its place."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"this database needs its master key, which is not in {place}; "
            "put it back, or name its file with HOWCANWE_MASTER_KEY_FILE"
        )


class ForeignMasterKey(MasterKeyError):
    """The master key is not the one that the database has been used with."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"the master key in {place} is not the one of this database; "
            "name the file of the right one with HOWCANWE_MASTER_KEY_FILE"
        )


class MixedMasterKeys(MasterKeyError):
    """Person keys are wrapped with several master keys; `persons` are those whose key another master key wrapped."""

    def __init__(self, persons: Sequence[str], count: int) -> None:
        self.persons = tuple(persons)
        super().__init__(
            f"{len(persons)} of this database's {count} person keys are wrapped with another master key; "
            "run howcanwe person rewrap, and name the other keys with --old-key-file"
        )


class TrustedDocumentsError(ServiceError):
    """The trusted documents cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the trusted documents cannot be used: {reason}")


class QueryRefused(ServiceError):
    """A query cannot be answered for any viewer."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the query is refused: {reason}")


class NoGraphiQL(ServiceError):
    """The files of GraphiQL cannot be fetched."""


class DemoRefused(ServiceError):
    """The sample cohort could not be recorded."""

    def __init__(self, answer: str) -> None:
        super().__init__(f"the sample cohort was refused: {answer}")


class GrantError(ServiceError):
    """A key with this grant cannot be created."""


class LogDiverged(ServiceError):
    """The log is not the one that a consumer read: the line at its position is another one or missing."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(
            f"the event at position {position} does not have this hash: this is not the log that the consumer read"
        )


class TooManyConsumers(ServiceError):
    """A key already has the largest permitted number of consumers."""


class NoSuchWebhook(ServiceError):
    """No webhook has this id, or it is another key's."""

    def __init__(self, webhook: str) -> None:
        self.webhook = webhook
        super().__init__("there is no webhook with this id")


class TooManyWebhooks(ServiceError):
    """A key already has the largest permitted number of webhooks."""

    def __init__(self, webhooks_max: int) -> None:
        self.webhooks_max = webhooks_max
        super().__init__(f"a key may have at most {webhooks_max} webhooks")


class SealedOtherwise(ServiceError):
    """The secrets of a webhook or a hook were encrypted with another master key."""

    def __init__(self, what: str, owner: str) -> None:
        self.owner = owner
        super().__init__(
            f"the secrets of {what} {owner} were encrypted with another master key;"
            " remove it and create a new one"
        )


class NoSuchHook(ServiceError):
    """No hook has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no hook {name}")


class HookExists(ServiceError):
    """A hook has this name already."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is a hook {name} already; howcanwe hooks replace changes it")


class MappingRefused(ServiceError):
    """A mapping cannot be used; `faults` are sentences, each with its place."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


class KeyRefused(ServiceError):
    """The key is unknown, expired or revoked."""


class NoSuchKey(ServiceError):
    """No key has this id, or it has ended."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__("there is no key with this id, or it has ended")


class NoSuchInvitation(ServiceError):
    """No invitation has this id, or it has been ended."""

    def __init__(self, invitation: str) -> None:
        self.invitation = invitation
        super().__init__("there is no invitation with this id, or it has been ended")


class TooManyInvitations(ServiceError):
    """The maker has as many running invitations as there may be."""

    def __init__(self, invitations_max: int) -> None:
        self.invitations_max = invitations_max
        super().__init__(f"there may be {invitations_max} running invitations of one key")


class TokenRefused(ServiceError):
    """The token is not a valid token of the issuer for this service."""


class IssuerAway(ServiceError):
    """The issuer cannot be reached, or gives no usable answer at present."""


class OidcIncomplete(ServiceError):
    """A setting of signing in with OpenID Connect needs another one, which is not set."""

    def __init__(self, name: str, missing: str) -> None:
        self.missing = missing
        super().__init__(
            f"HOWCANWE_{name.upper()} is set, but HOWCANWE_{missing.upper()} is not; "
            "signing in with OpenID Connect needs the issuer and a client id"
        )


class ClientSecretError(ServiceError):
    """The secret of the OpenID client cannot be used."""


class UndeclaredEndpoint(ServiceError):
    """`service.access.endpoints` has no line for a route or type, so the policy would not cover it."""

    def __init__(self, endpoints: Sequence[str]) -> None:
        self.endpoints = tuple(endpoints)
        super().__init__(
            f"service/access/endpoints.py has no line for these: {', '.join(endpoints)}"
        )


class OthersMayRead(ServiceError):
    """Other users may read a file with a secret."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"other users may read the key file {path}; set its mode to 0600")


class SigningKeyError(ServiceError):
    """The key that signs checkpoints cannot be used."""


class ForeignSigningKey(SigningKeyError):
    """The signing key is not the one that signs this database's checkpoints."""

    def __init__(self, place: Path, expected: str) -> None:
        super().__init__(
            f"the key in {place} is not the one that signs this database's checkpoints ({expected}); "
            "name that key's file with HOWCANWE_SIGNING_KEY_FILE, or replace it permanently with --change-key"
        )


class MissingSigningKey(SigningKeyError):
    """The key that signs the database's checkpoints is missing here. No new key is made in its place."""

    def __init__(self, place: Path, expected: str) -> None:
        super().__init__(
            f"the key that signs this database's checkpoints ({expected}) is not in {place}; put it back, "
            "name its file with HOWCANWE_SIGNING_KEY_FILE, or replace it permanently with --change-key"
        )


class NoSuchPerson(ServiceError):
    """The log has no person with this key."""

    def __init__(self, person: str) -> None:
        self.person = person
        super().__init__(f"the log has no person {person}")


class BackupRefused(ServiceError):
    """A file is not a backup of person keys."""

    def __init__(self) -> None:
        super().__init__(
            "the file is not a backup of person keys as howcanwe person backup writes it"
        )
