"""The client's secret of signing in with OpenID Connect, and what is missing if its settings are half given."""

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from service.errors import ClientSecretError, OidcIncomplete
from service.secrets.client_secret import client_secret
from tests.processes import run
from tests.service.app import settings

ISSUER = {"oidc_issuer": "https://accounts.example.org"}
CLIENT = {**ISSUER, "oidc_client_id": "howcanwe"}


def held(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    """Return a file with a secret."""
    path = folder / "client.secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("given", [{}, ISSUER, CLIENT])
def test_a_public_client_has_none(given: dict[str, Any]) -> None:
    assert client_secret(settings(**given)) is None


def test_it_comes_from_the_settings_or_from_its_file(tmp_path: Path) -> None:
    assert client_secret(settings(**CLIENT, oidc_client_secret=SecretStr("abc"))) == "abc"
    path = held(tmp_path, b"from the file\n")
    assert client_secret(settings(**CLIENT, oidc_client_secret_file=path)) == "from the file"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"oidc_client_id": "howcanwe"}, "oidc_issuer"),
        ({**ISSUER, "oidc_client_secret": SecretStr("abc")}, "oidc_client_id"),
        ({**ISSUER, "oidc_client_secret_file": Path("client.secret")}, "oidc_client_id"),
        ({**ISSUER, "oidc_sign_in_name": "Museums"}, "oidc_client_id"),
    ],
)
def test_what_is_missing_is_named(given: dict[str, Any], missing: str) -> None:
    with pytest.raises(OidcIncomplete, match=f"HOWCANWE_{missing.upper()} is not") as caught:
        client_secret(settings(**given))
    assert caught.value.missing == missing


def test_serve_says_what_is_missing_and_does_not_start(place: list[str]) -> None:
    done = run("serve", *place, "--port", "0", settings={"HOWCANWE_OIDC_CLIENT_ID": "howcanwe"})
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "howcanwe: HOWCANWE_OIDC_CLIENT_ID is set, but HOWCANWE_OIDC_ISSUER is not; "
        "signing in with OpenID Connect needs the issuer and a client id\n"
    )


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = held(tmp_path, b"abc", mode)
    with pytest.raises(ClientSecretError, match="set its mode to 0600"):
        client_secret(settings(**CLIENT, oidc_client_secret_file=path))


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe", "schlüssel".encode()])
def test_a_file_without_a_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    path = held(tmp_path, content)
    with pytest.raises(ClientSecretError, match="holds no text in ASCII") as caught:
        client_secret(settings(**CLIENT, oidc_client_secret_file=path))
    assert str(path) in str(caught.value)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "none"
    with pytest.raises(ClientSecretError, match=f"{path} cannot be read: {os.strerror(2)}"):
        client_secret(settings(**CLIENT, oidc_client_secret_file=path))


@pytest.mark.parametrize("scopes", ["", "profile", "openid  email", "openid,email", 'openid "x"'])
def test_scopes_begin_with_openid(scopes: str) -> None:
    with pytest.raises(ValidationError, match="oidc_scopes"):
        settings(oidc_scopes=scopes)
    assert settings(oidc_scopes="openid offline_access").oidc_scopes == "openid offline_access"
