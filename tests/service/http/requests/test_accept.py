"""`Accept` is read in one way on every route, and so is `Accept-Encoding`."""

import ast
from pathlib import Path

import pytest

import service
from service.http.requests.accept import accepted, accepted_coding
from service.problems import Problem
from tests.service.app import Api, faults_in, problem

PLAIN = "application/json"
ANSWER = "application/graphql-response+json"
EVENTS = "text/event-stream"
FORMS = (PLAIN, ANSWER, EVENTS)
MALFORMED = ("nan", "inf", "-1", "1.5", "1e0", "0.1234", "", "sheep", "0x1", "\u0661")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ((), PLAIN),
        (("",), PLAIN),
        (("*/*",), PLAIN),
        (("application/*",), PLAIN),
        (("text/*",), EVENTS),
        ((ANSWER,), ANSWER),
        ((f"{ANSWER}, {PLAIN}",), ANSWER),
        ((f"{PLAIN}, {ANSWER}",), PLAIN),
        ((PLAIN, ANSWER), PLAIN),
        ((f"{ANSWER}, application/graphql+json, {PLAIN}, {EVENTS}, multipart/mixed",), ANSWER),
        ((f"multipart/mixed;deferSpec=20220824,{ANSWER},{PLAIN};q=0.9",), ANSWER),
        ((f"*/*, {ANSWER}",), ANSWER),
        ((f"*/*, {ANSWER};q=0.9",), PLAIN),
        ((f"{PLAIN};q=0, */*",), ANSWER),
        ((f"{EVENTS};q=0.3, {PLAIN};q=0.2",), EVENTS),
        *(((f"{PLAIN};q={quality}, {ANSWER};q=0.1",), ANSWER) for quality in MALFORMED),
    ],
)
def test_the_best_of_the_forms_is_chosen(accept: tuple[str, ...], form: str) -> None:
    assert accepted(accept, FORMS) == form


@pytest.mark.parametrize("quality", [*MALFORMED, "0", "0.000"])
def test_what_has_no_quality_is_not_accepted(quality: str) -> None:
    with pytest.raises(Problem) as refused:
        accepted([f"{PLAIN};q={quality}"], FORMS)
    assert refused.value.status == 406


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ((), None),
        (("",), None),
        (("gzip",), "gzip"),
        (("gzip, deflate, br, zstd",), "zstd"),
        (("gzip, zstd;q=0.9",), "gzip"),
        (("GZIP ; Q=0.5",), "gzip"),
        (("gzip", "zstd"), "zstd"),
        (("zstd;q=0, gzip;q=0.000",), None),
        (("identity, gzip;q=0.5",), None),
        (("identity;q=0.1, gzip;q=0.5",), "gzip"),
        (("identity;q=0",), None),
        (("*",), None),
        (("br, compress, notgzip",), None),
        *(((f"gzip;q={quality}",), None) for quality in MALFORMED),
    ],
)
def test_a_coding_is_chosen_only_for_who_names_it(
    accept: tuple[str, ...], coding: str | None
) -> None:
    assert accepted_coding(accept, ("zstd", "gzip")) == coding


async def test_both_routes_refuse_what_they_cannot_serve_in_the_same_form(api: Api) -> None:
    for accept in ("application/json;q=nan, text/event-stream;q=nan", "text/html", "*/*;q=0"):
        for path in ("/events", "/graphql?query={__typename}"):
            refused = problem(await api.get(path, accept=accept), 406)
            assert faults_in(refused) == [(None, "accept", "")]
    sent = await api.send(b"{}", "text/plain", to="/graphql")
    assert faults_in(problem(sent, 415)) == [(None, "media_type", "")]


def test_problems_are_made_in_one_place() -> None:
    folder = Path(service.__file__).parent
    # To the client, a problem is what a service answered.
    answered = folder / "client"
    makers = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if not path.is_relative_to(answered)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Problem"
    }
    assert makers == {"problems.py"}
