"""Https without a proxy: which certificates are refused in plain words, and what browsers get with a good one."""

import ssl
from pathlib import Path

import httpx
import pytest

from service.access.signing_in.cookies import SECURE
from service.connections import tls_context
from service.errors import CannotServe
from tests.processes import Serving, run
from tests.service.app import settings
from tests.service.certificates import certified
from tests.service.serving import serving


def test_without_a_certificate_the_service_speaks_plain_http() -> None:
    assert tls_context(settings()) is None
    assert settings().address == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("present", "missing"),
    [("https_key", "HTTPS_CERTIFICATE"), ("https_certificate", "HTTPS_KEY")],
)
def test_a_certificate_without_a_key_is_reported(present: str, missing: str) -> None:
    with pytest.raises(CannotServe, match=f"HOWCANWE_{missing} is not set"):
        tls_context(settings(**{present: Path("some.pem")}))


@pytest.mark.parametrize("which", ["certificate", "key"])
def test_a_file_that_is_missing_is_reported(tmp_path: Path, which: str) -> None:
    certificate, key = certified(tmp_path)
    gone = certificate if which == "certificate" else key
    gone.unlink()
    with pytest.raises(CannotServe) as caught:
        tls_context(settings(https_certificate=certificate, https_key=key))
    assert str(caught.value) == f"the {which} file {gone} cannot be read: No such file or directory"


def test_a_folder_is_no_certificate(tmp_path: Path) -> None:
    _, key = certified(tmp_path)
    with pytest.raises(CannotServe, match="cannot be read: Is a directory"):
        tls_context(settings(https_certificate=tmp_path, https_key=key))


def test_a_key_of_another_certificate_is_reported(tmp_path: Path) -> None:
    certificate, _ = certified(tmp_path)
    _, other = certified(tmp_path, "other")
    with pytest.raises(CannotServe, match="is not the one of the certificate"):
        tls_context(settings(https_certificate=certificate, https_key=other))


def test_a_key_with_a_passphrase_is_reported_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path, passphrase=b"open sesame")
    with pytest.raises(CannotServe, match="needs a passphrase"):
        tls_context(settings(https_certificate=certificate, https_key=key))


@pytest.mark.parametrize("text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_without_a_certificate_is_reported(tmp_path: Path, text: str) -> None:
    certificate, key = certified(tmp_path)
    certificate.write_text(text)
    with pytest.raises(CannotServe, match="both in PEM"):
        tls_context(settings(https_certificate=certificate, https_key=key))


async def test_browsers_sign_in_over_https_with_a_secure_cookie(
    database_url: str, tmp_path: Path
) -> None:
    certificate, key = certified(tmp_path)
    async with (
        serving(database_url, https_certificate=certificate, https_key=key) as served,
        httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{served.port}",
            verify=ssl.create_default_context(cafile=str(certificate)),
            trust_env=False,
        ) as client,
    ):
        answer = await client.post(
            "/sign-in",
            data={"key": served.api.keys["analyst"]},
            headers={"origin": f"https://127.0.0.1:{served.port}"},
        )
        assert answer.status_code == 303, answer.text
        [cookie] = answer.headers.get_list("set-cookie")
        assert cookie.startswith(f"{SECURE}=") and "Secure" in cookie
        assert (await client.get("/sign-in/sessions")).status_code == 200


def test_serve_takes_a_certificate_and_says_its_https_address(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    with Serving(tmp_path / "data", "--https", certificate, key, "--demo") as process:
        process.ready()
        assert process.address == f"https://127.0.0.1:{process.port}"
        answer = httpx.get(
            f"{process.address}/health/live",
            verify=ssl.create_default_context(cafile=str(certificate)),
            trust_env=False,
        )
        assert answer.status_code == 200
        assert process.stop() == 0


def test_serve_ends_with_a_sentence_if_the_certificate_cannot_be_read(tmp_path: Path) -> None:
    _, key = certified(tmp_path)
    done = run("serve", "--data", tmp_path / "data", "--https", tmp_path / "none.pem", key)
    assert done.returncode == 1
    assert done.stderr.decode() == (
        f"howcanwe: the certificate file {tmp_path}/none.pem cannot be read: No such file or directory\n"
    )
    assert not (tmp_path / "data").exists()
