"""The secret with which this service proves to the OpenID provider that it is the client that people sign in to."""

from typing import Final

from service.errors import ClientSecretError, OidcIncomplete, OthersMayRead
from service.secrets.secret_file import read_secret
from service.settings import Settings

_OF_SIGNING_IN: Final = ("oidc_client_secret", "oidc_client_secret_file", "oidc_sign_in_name")


def client_secret(settings: Settings) -> str | None:
    """Return the client's secret from the settings, else from its file; None for a public client.

    Raises OidcIncomplete if a setting is missing with which others go, and ClientSecretError if it cannot be read.
    """
    if settings.oidc_client_id is None:
        for name in _OF_SIGNING_IN:
            if getattr(settings, name) is not None:
                raise OidcIncomplete(name, "oidc_client_id")
        return None
    if settings.oidc_issuer is None:
        raise OidcIncomplete("oidc_client_id", "oidc_issuer")
    if settings.oidc_client_secret is not None:
        return settings.oidc_client_secret.get_secret_value()
    if (path := settings.oidc_client_secret_file) is None:
        return None
    try:
        secret = read_secret(path).decode("ascii").strip()
    except OSError as error:
        raise ClientSecretError(
            f"the client secret file {path} cannot be read: {error.strerror}"
        ) from None
    except OthersMayRead:
        raise ClientSecretError(
            f"other users may read the client secret file {path}; set its mode to 0600"
        ) from None
    except UnicodeDecodeError:
        secret = ""
    if not secret:
        raise ClientSecretError(f"the client secret file {path} holds no text in ASCII")
    return secret
