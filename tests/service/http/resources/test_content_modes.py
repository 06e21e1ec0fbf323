"""`POST /events`: structured and binary events, batches and lines, by the content type and the headers."""

from urllib.parse import quote

import orjson
import pytest

from tests.events.samples import EventJson, noted, registered
from tests.service.app import BATCH, NDJSON, STRUCTURED, Api, complete, ndjson, problem

FORMS = ["application/json", "text/json; charset=utf-8", "application/vnd.acme+json"]


def binary(event: EventJson) -> tuple[bytes, dict[str, str]]:
    """Return the event as the body and headers of binary mode."""
    headers = {
        f"ce-{name}": quote(str(value), safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~")
        for name, value in event.items()
        if name != "data"
    }
    return orjson.dumps(event["data"]), headers


async def test_a_structured_event_is_recorded(api: Api) -> None:
    event = complete(registered("mill"))
    response = await api.send(orjson.dumps(event), STRUCTURED)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    (line,) = await api.lines()
    assert {name: line[name] for name in event} == event


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\n\n  \n"])
async def test_ndjson_is_an_event_a_line_and_blank_lines_are_none(api: Api, separator: str) -> None:
    events = [complete(registered(key)) for key in ("mill", "archive", "library")]
    body = separator.join(orjson.dumps(event).decode() for event in events).encode()
    response = await api.send(body, NDJSON)
    assert response.status_code == 201
    assert [receipt["position"] for receipt in response.json()["receipts"]] == [1, 2, 3]
    assert [receipt["id"] for receipt in response.json()["receipts"]] == [
        event["id"] for event in events
    ]


@pytest.mark.parametrize(
    "media",
    [
        "application/cloudevents+json; charset=utf-8",
        'Application/CloudEvents+JSON;charset="UTF-8";x=y',
        " application/cloudevents+json ;",
    ],
)
async def test_parameters_and_case_of_the_media_type_do_not_count(api: Api, media: str) -> None:
    response = await api.send(orjson.dumps(complete(registered("mill"))), media)
    assert response.status_code == 201


@pytest.mark.parametrize("media", FORMS)
async def test_a_binary_event_is_the_same_as_a_structured_one(api: Api, media: str) -> None:
    event = complete(registered("mill", name="Mühle"))
    body, headers = binary(event)
    assert (await api.send(body, media, **headers)).status_code == 201
    repeated = await api.send(orjson.dumps(event))
    assert repeated.status_code == 200
    assert repeated.json()["receipts"][0]["repeated"] is True


async def test_headers_of_a_binary_event_are_percent_encoded(api: Api) -> None:
    event = complete(registered("mill", id='Tür 7 "β" 100% 🎪')) | {"note": "Zürich, 5 €"}
    body, headers = binary(event)
    assert "%F0%9F%8E%AA" in headers["ce-id"]
    assert "%25" in headers["ce-id"]
    assert (await api.send(body, "application/json", **headers)).status_code == 201
    (line,) = await api.lines()
    assert (line["id"], line["note"]) == (event["id"], event["note"])


async def test_a_quoted_header_of_a_binary_event_is_unquoted(api: Api) -> None:
    # CloudEvents' HTTP binding, 3.1.3.2: first double quotes (RFC 7230), then percents.
    body, headers = binary(complete(registered("mill")))
    headers["ce-id"] = r'"one \"two\" %41"'
    assert (await api.send(body, "application/json", **headers)).status_code == 201
    (line,) = await api.lines()
    assert line["id"] == 'one "two" A'


@pytest.mark.parametrize("value", [b"%ff", b"caf%C3", b"caf\xe9", b"caf\xc3\xa9"])
async def test_a_header_that_is_not_percent_encoded_utf_8_is_malformed(
    api: Api, value: bytes
) -> None:
    body, headers = binary(complete(registered("mill")))
    raw = [
        (name.encode(), text.encode()) for name, text in api.headers("facilitator", headers).items()
    ]
    response = await api.client.post(
        "/events",
        content=body,
        headers=[*raw, (b"ce-note", value), (b"content-type", b"application/json")],
    )
    (error,) = problem(response, 400)
    assert "ce-note" in error["detail"]
    assert await api.head() == 0


async def test_an_attribute_in_two_headers_is_malformed(api: Api) -> None:
    body, headers = binary(complete(registered("mill")))
    listed = [*api.headers("facilitator", headers).items(), ("ce-id", "another")]
    response = await api.client.post(
        "/events", content=body, headers=[*listed, ("content-type", "application/json")]
    )
    (error,) = problem(response, 400)
    assert "ce-id" in error["detail"]


async def test_the_data_of_a_binary_event_is_not_in_a_header(api: Api) -> None:
    body, headers = binary(complete(registered("mill")))
    response = await api.send(body, "application/json", **headers, ce_data="{}")
    problem(response, 400)


@pytest.mark.parametrize("media", FORMS)
async def test_json_without_attributes_in_headers_is_an_event_or_several(
    api: Api, media: str
) -> None:
    events = [complete(registered(name)) for name in ("mill", "archive", "library")]
    first = await api.send(orjson.dumps(events[0]), media)
    assert first.status_code == 201, first.text
    rest = await api.send(b" \n" + orjson.dumps(events[1:]), media)
    assert [receipt["position"] for receipt in rest.json()["receipts"]] == [2, 3]
    repeated = await api.send(orjson.dumps(events), BATCH)
    assert repeated.status_code == 200


async def test_json_without_attributes_in_headers_is_quarantined_as_sent(story: Api) -> None:
    lenient = {"prefer": "handling=lenient"}
    texts = [orjson.dumps(complete(noted(f"organisation/x{n}"))).decode() for n in range(3)]
    for body in (texts[0], f"[{texts[1]} , {texts[2]}]"):
        refused = await story.send(body.encode(), "application/json", **lenient)
        assert refused.status_code == 422
    kept = (await story.get("/quarantine")).json()["quarantined"]
    assert [entry["event"] for entry in kept] == texts


@pytest.mark.parametrize("media", [None, "", ";"])
async def test_a_binary_event_without_a_content_type_is_json(api: Api, media: str | None) -> None:
    event = complete(registered("mill"))
    body, headers = binary(event)
    assert (await api.send(body, media, **headers)).status_code == 201
    assert (await api.send(orjson.dumps(event))).status_code == 200
    headers.pop("ce_specversion", None)
    headers.pop("ce-specversion", None)
    problem(await api.send(body, media, **headers), 415)


@pytest.mark.parametrize("media", ["application/ndjson", "application/jsonl; charset=utf-8"])
async def test_ndjson_has_several_names(api: Api, media: str) -> None:
    events = [complete(registered(name)) for name in ("mill", "archive")]
    assert (await api.send(ndjson(events), media)).status_code == 201
    name = media.partition(";")[0]
    lines = await api.get("/events", accept=name)
    assert lines.headers["content-type"] == name
    assert lines.content == (await api.get("/events")).content


@pytest.mark.parametrize("name", ["source", "id"])
async def test_f16_a_percent_that_breaks_an_attribute_is_explained(api: Api, name: str) -> None:
    advice = "values of headers are percent-decoded; send a percent sign as %25"
    value = {"source": "https://x.example/a%20b", "id": "%00"}[name]
    body, headers = binary(complete(registered("mill")))
    headers[f"ce-{name}"] = value
    (error,) = problem(await api.send(body, "application/json", **headers), 422)
    assert error["pointer"] == f"/{name}"
    assert advice in error["detail"]
    # Sent as it should have been, and where nothing was decoded.
    headers["ce-id"] = "another"
    headers["ce-source"] = "https://x.example/a%2520b"
    assert (await api.send(body, "application/json", **headers)).status_code == 201
    headers[f"ce-{name}"] = {"source": "a^b", "id": "x" * 300}[name]
    (error,) = problem(await api.send(body, "application/json", **headers), 422)
    assert "percent" not in error["detail"]


async def test_json_without_attributes_says_which_are_missing(api: Api) -> None:
    response = await api.send(b"{}", "application/json")
    pointers = {error["pointer"] for error in problem(response, 422)}
    assert pointers == {"/specversion", "/id", "/source", "/type", "/time", "/data"}
