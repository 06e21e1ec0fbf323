"""The certificate with which the service speaks https itself. `howcanwe serve` and `service.server` call it."""

import ssl
from pathlib import Path

from service.errors import CannotServe
from service.settings import Settings


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS context of the settings' certificate and key; None if the service speaks plain http.

    Raises CannotServe if only one of them is set, if a file cannot be read, or if they do not belong together.
    """
    certificate, key = settings.https_certificate, settings.https_key
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        missing = "HOWCANWE_HTTPS_CERTIFICATE" if certificate is None else "HOWCANWE_HTTPS_KEY"
        raise CannotServe(f"https needs a certificate and its key, and {missing} is not set")
    _check_readable("certificate", certificate)
    _check_readable("key", key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def passphrase() -> str:
        # OpenSSL would ask for it on the terminal.
        raise CannotServe(f"the key file {key} needs a passphrase; expected a key without one")

    try:
        context.load_cert_chain(certificate, key, passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise CannotServe(
                f"the key in {key} is not the one of the certificate in {certificate}"
            ) from None
        raise CannotServe(
            f"{certificate} and {key} cannot be used; "
            "expected a certificate (with those that signed it after it) and its private key, both in PEM"
        ) from None
    return context


def _check_readable(what: str, path: Path) -> None:
    try:
        path.read_bytes()
    except OSError as error:
        raise CannotServe(f"the {what} file {path} cannot be read: {error.strerror}") from None
