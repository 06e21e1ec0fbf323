"""Requests that are refused before an event is read: no key, unknown route, method or media type."""

import errno
from typing import cast

import pytest

from service.access.caller import Caller
from service.access.keys import Keys
from tests.events.samples import registered
from tests.service.app import Api, faults_in, problem
from tests.service.conftest import Messages


@pytest.mark.parametrize("path", ["/event", "/events/1/2", "/streams/organisation", "/%ff"])
async def test_another_path_is_not_found(api: Api, path: str) -> None:
    response = await api.get(path)
    assert faults_in(problem(response, 404)) == [(None, "route", "")]
    assert response.json()["type"] == "urn:howcanwe:problem:not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/events/validate", {"POST"}),
        ("DELETE", "/events/1", {"GET", "HEAD"}),
        ("GET", "/events/validate", None),
        ("POST", "/event-types", {"GET", "HEAD"}),
        ("POST", "/quarantine", {"GET", "HEAD"}),
        ("GET", "/quarantine/x/retry", {"POST"}),
        ("POST", "/streams/organisation/mill", {"GET", "HEAD"}),
        ("SHEEP", "/event-types", {"GET", "HEAD"}),
    ],
)
async def test_another_method_is_not_allowed(
    api: Api, method: str, path: str, allowed: set[str] | None
) -> None:
    response = await api.client.request(method, path, headers=api.headers("facilitator"))
    if allowed is None:
        # Read as a position: that is what `GET /events/{position}` takes.
        problem(response, 400)
        return
    assert faults_in(problem(response, 405)) == [(None, "method", "")]
    assert set(response.headers["allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer garbage",
        "Bearer hcw_0123456789abcdef_" + "A" * 43,
        "Basic aGN3Omhjdw==",
        "Bearer hcw_0123456789abcdef_" + "A" * 100_000,
        "Bearer é",
        "Bearer a\x7fb",
    ],
)
@pytest.mark.parametrize(
    "call", ["POST /events", "POST /events/validate", "GET /events", "GET /quarantine"]
)
async def test_a_key_that_is_none_is_refused_everywhere(
    api: Api, authorization: str, call: str
) -> None:
    method, path = call.split()
    response = await api.client.request(
        method, path, headers={b"authorization": authorization.encode("latin-1")}
    )
    assert faults_in(problem(response, 401)) == [(None, "key.required", "")]
    assert response.headers["www-authenticate"] == 'Bearer realm="howcanwe"'
    assert response.json()["type"] == "urn:howcanwe:problem:key-required"


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        pytest.param("", "sent as Authorization: Bearer <key>", id="none"),
        pytest.param("Token ", "sent as Authorization: Bearer <key>", id="another"),
        pytest.param("Bearer x", "a key that is known and valid", id="the right one"),
    ],
)
async def test_a_key_without_its_scheme_is_refused_with_what_is_missing(
    api: Api, scheme: str, expected: str
) -> None:
    header = {"authorization": f"{scheme}{api.keys['facilitator']}"}
    response = await api.client.get("/events", headers=header)
    [error] = response.json()["errors"]
    assert expected in error["detail"]


@pytest.mark.parametrize(
    "call",
    [
        "POST /events",
        "POST /events/validate",
        "GET /quarantine",
        "POST /quarantine/00000000-0000-0000-0000-000000000000/retry",
        "DELETE /quarantine/00000000-0000-0000-0000-000000000000",
    ],
)
async def test_recording_needs_a_key(api: Api, call: str) -> None:
    method, path = call.split()
    response = await api.client.request(method, path)
    assert faults_in(problem(response, 401)) == [(None, "key.required", "")]
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_reading_needs_none(api: Api) -> None:
    for path in ("/events", "/event-types", "/streams/organisation/mill", "/health/live", "/docs"):
        assert (await api.get(path, None)).status_code == 200, path


async def test_the_scheme_of_a_key_is_read_in_any_case(api: Api) -> None:
    headers = {"authorization": f"bearer   {api.keys['facilitator']} "}
    response = await api.client.get("/quarantine", headers=headers)
    assert response.status_code == 200


@pytest.mark.parametrize("role", ["evaluator", "analyst", "admin"])
async def test_roles_that_record_nothing_are_refused(api: Api, role: str) -> None:
    response = await api.post(registered("mill"), who=role)
    assert faults_in(problem(response, 403)) == [(0, "sender.not_allowed", "/type")]
    assert response.json()["type"] == "urn:howcanwe:problem:not-allowed"


async def test_an_organisation_records_only_what_is_its_own(story: Api) -> None:
    problem(await story.post(registered("tower"), who="mill"), 403)


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/json", "*/*;q=0", "image/*", "application/x-ndjson;q=0", ",;,x"],
)
async def test_a_form_that_cannot_be_served_is_not_acceptable(api: Api, accept: str) -> None:
    response = await api.get("/events", accept=accept)
    (error,) = problem(response, 406)
    assert error["rule"] == "accept"
    assert "text/event-stream" in error["detail"]


async def test_all_methods_of_a_path_are_allowed(api: Api) -> None:
    response = await api.client.put("/events")
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


async def test_an_internal_error_is_answered_as_one_and_without_what_was_sent(
    api: Api, monkeypatch: pytest.MonkeyPatch, messages: Messages
) -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError("Ada Lovelace")

    monkeypatch.setattr(api.service.log, "visible_event", breaks)
    response = await api.get("/events/1")
    assert faults_in(problem(response, 500)) == [(None, "internal", "")]
    assert "Ada" not in response.text
    logged = [line for line in messages.lines if "unexpected error" in line]
    assert len(logged) == 1
    assert "RuntimeError" in logged[0]
    assert "Ada" not in logged[0]


class Failing:
    """Keys that cannot be looked up."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    async def access(self, key: str) -> Caller:
        """Fail."""
        raise self._error


@pytest.mark.parametrize(
    ("error", "is_reported"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/etc/nothing"), True),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), False),
        (ConnectionResetError(), False),
        (TimeoutError(), False),
    ],
)
async def test_an_error_that_may_be_no_absence_of_the_database_is_logged(
    api: Api, messages: Messages, error: OSError, is_reported: bool
) -> None:
    api.service.keys = cast(Keys, Failing(error))
    problem(await api.get("/events"), 503)
    assert (
        any("as if the database were unavailable" in line for line in messages.lines) is is_reported
    )
