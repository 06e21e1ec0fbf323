"""Documents by the hash of their text: trusted ones, checked at the start, and persisted ones, which are not kept."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.log import EventLog
from projections.updating.runner import Runner
from service.app import create_app
from service.errors import TrustedDocumentsError
from service.graphql.documents.trusted import trusted_documents
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema
from service.opening import opened
from tests.service.app import settings
from tests.service.graphql.client import Asker
from tests.service.graphql.limits.test_limits import QUERY, codes

RESPONSE = "application/graphql-response+json"


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def persisted(hash_: Any) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": hash_}}


async def test_only_trusted_documents_run_where_there_are_some(log: EventLog) -> None:
    hash_ = sha256(QUERY.encode()).hexdigest()
    async with Runner(log) as runner:
        asker = Asker(log, runner, limits=Limits(trusted_documents={hash_: QUERY}))
        async with asker.http:
            await runner.catch_up()
            for body in (
                {"query": QUERY},
                {"documentId": hash_},
                {"documentId": f"sha256:{hash_}"},
                {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_}}},
            ):
                response = await asker.http.post("/graphql", json=body)
                assert response.json()["data"] == {"cohorts": {"totalCount": 0}}, body
            for body in ({"query": "{ __typename }"}, {"documentId": "0" * 64}, {}):
                response = await asker.http.post("/graphql", json=body)
                assert response.status_code == 400
                assert await codes(response) == ["document.not_trusted"]


@pytest.mark.parametrize("extensions", [5, "text", [], True])
@pytest.mark.parametrize("document", [{}, {"documentId": "0" * 64}, {"query": QUERY}])
async def test_extensions_are_an_object_whatever_names_the_document(
    log: EventLog, document: dict[str, Any], extensions: Any
) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            response = await asker.http.post(
                "/graphql", json={**document, "extensions": extensions}
            )
    assert response.status_code == 400
    assert "PersistedQueryNotSupported" not in response.text


def test_a_file_of_trusted_documents_is_held_to_its_hashes(tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    assert trusted_documents(None) is None
    hash_ = sha256(QUERY.encode()).hexdigest()
    path.write_bytes(orjson.dumps({f"sha256:{hash_}": QUERY}))
    assert trusted_documents(path) == {hash_: QUERY}
    for text in ("", "[]", '{"a": 1}', orjson.dumps({hash_: "{ a }"}).decode()):
        path.write_text(text)
        with pytest.raises(TrustedDocumentsError, match=r"documents\.json"):
            trusted_documents(path)
    with pytest.raises(TrustedDocumentsError):
        trusted_documents(tmp_path / "none.json")


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), (RESPONSE, 400)])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_f05_a_hash_alone_is_answered_in_the_words_by_which_clients_send_the_text(
    log: EventLog, accept: str, status: int, method: str
) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        asked: dict[str, Any] = {"operationName": "A", "extensions": persisted(hash_of(QUERY))}
        sent: dict[str, Any] = {"json": asked}
        if method == "GET":
            sent = {"params": {**asked, "extensions": orjson.dumps(asked["extensions"]).decode()}}
        async with asker.http:
            response = await asker.http.request(
                method, "/graphql", headers={"accept": accept}, **sent
            )
        assert response.status_code == status
        assert response.headers["content-type"] == f"{accept}; charset=utf-8"
        assert response.json() == {
            "errors": [
                {
                    "message": "PersistedQueryNotSupported",
                    "extensions": {"code": "PERSISTED_QUERY_NOT_SUPPORTED"},
                }
            ]
        }


async def test_f05_a_hash_is_that_of_the_text_sent_with_it(log: EventLog) -> None:
    async with Runner(log) as runner:
        for trusted in (None, {hash_of(QUERY): QUERY}):
            asker = Asker(log, runner, limits=Limits(trusted_documents=trusted))
            async with asker.http:
                right = await asker.post(QUERY, extensions=persisted(hash_of(QUERY).upper()))
                assert right.json()["data"] == {"cohorts": {"totalCount": 0}}
                for wrong in ("0000", hash_of("{ __typename }"), 5, ["0"]):
                    response = await asker.post(QUERY, extensions=persisted(wrong))
                    assert response.status_code == 400
                    assert await codes(response) == ["document.hash_differs"]


LONG = "query Long {" + "__typename " * 100 + "}"
DEEP = 'query Deep { question(key: "q")' + "{ parent" * 30 + "{ key }" + "}" * 31
COSTLY = """query Costly { organisations(first: 100) { nodes {
  questions(first: 100) { nodes { notes(first: 100) { totalCount } } } } } }"""
VARIABLE = COSTLY.replace("Costly", "Some($n: Int = 100)").replace("first: 100", "first: $n")


async def test_f04_a_trusted_document_is_outside_the_limits_of_size_and_not_of_cost(
    log: EventLog,
) -> None:
    trusted = {hash_of(text): text for text in (LONG, DEEP, VARIABLE)}
    async with Runner(log) as runner:
        await runner.catch_up()
        limits = Limits(tokens_max=50, characters_max=100, trusted_documents=trusted)
        asker = Asker(log, runner, limits=limits)
        async with asker.http:
            for text in (LONG, DEEP):
                response = await asker.http.post("/graphql", json={"documentId": hash_of(text)})
                assert "errors" not in response.json(), text
            for rows, code in ((1, None), (100, ["query.too_costly"])):
                asked = {"documentId": hash_of(VARIABLE), "variables": {"n": rows}}
                response = await asker.http.post("/graphql", json=asked)
                assert (code and await codes(response)) == code
                assert ("errors" in response.json()) is (code is not None)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("query Gone { cohorts(first: 1) { totalCuont } }", "query Gone.*totalCuont"),
        ("query Broken {", "query Broken.*Syntax Error"),
        (COSTLY, "query Costly.*at most 250000"),
        (
            "query Long { cohorts(first: 1000) { totalCount } }",
            "query Long.*`first` is invalid: expected",
        ),
        (
            'query Behind { cohorts(after: "x") { totalCount } }',
            "query Behind.*`after` is invalid: expected",
        ),
    ],
)
async def test_f04_a_service_whose_trusted_documents_no_longer_fit_does_not_start(
    database_url: str, tmp_path: Path, document: str, why: str
) -> None:
    path = tmp_path / "documents.json"
    path.write_bytes(orjson.dumps({hash_of(text): text for text in (QUERY, document)}))
    async with opened(settings(trusted_documents=path), database_url) as service:
        with pytest.raises(TrustedDocumentsError, match=f"{hash_of(document)}.*{why}"):
            create_app(service)


def test_f04_a_trusted_document_is_measured_by_the_least_its_variables_may_ask_for() -> None:
    text = """query Sized($n: Int) { organisations(first: $n) { nodes { questions(first: $n) { nodes {
      iterations(first: $n) { nodes { observations(first: $n) { nodes { text } } } } } } } } }"""
    Schema(Limits(trusted_documents={hash_of(text): text}))
    unsized = text.replace("($n: Int)", "").replace("(first: $n)", "")
    with pytest.raises(TrustedDocumentsError):
        Schema(Limits(trusted_documents={hash_of(unsized): unsized}))


def test_what_is_trusted_is_read_once() -> None:
    schema = Schema(Limits(trusted_documents={hash_of(LONG): LONG}, documents_max=1))
    first = schema.documents.document(LONG)
    for number in range(3):
        schema.documents.document(f"{{ a{number}: __typename }}")
    assert schema.documents.document(LONG) is first


async def test_f03_a_page_of_two_thousand_tokens_runs_and_one_that_is_longer_says_so(
    log: EventLog,
) -> None:
    page = "{" + "...{__typename}" * 490 + "}"
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            assert "errors" not in (await asker.post(page)).json()
            assert await codes(await asker.post(page + page)) == ["query.too_long"]
