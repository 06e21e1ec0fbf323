"""`howcanwe keys` as people call it."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.database import place as place_of
from service.operations import messages
from service.settings import Settings
from tests.processes import KEY, run, stderr_of


@pytest.mark.parametrize(
    "options",
    [
        ["--role", "facilitator", "--cohort", "*"],
        ["--role", "facilitator", "--cohort", "a-2025", "--cohort", "b-2026"],
        ["--role", "organisation", "--organisation", "mill-museum", "--source", "urn:mill:"],
        ["--role", "evaluator", "--cohort", "a-2025", "--cohort", "b-2026"],
        ["--role", "analyst", "--expires", "2199-01-31T12:00:00+02:00"],
        ["--role", "admin"],
    ],
)
def test_a_key_is_printed_alone(place: list[str], options: list[str]) -> None:
    done = run("keys", "create", *options, *place)
    unknown = "howcanwe: there is no organisation mill-museum yet\n"
    for_ = re.compile(r"howcanwe: the key is for the record in the database .+\n")
    assert done.returncode == 0
    assert for_.sub("", stderr_of(done)) == (unknown if "organisation" in options else "")
    assert for_.search(stderr_of(done))
    assert KEY.fullmatch(done.stdout.decode().removesuffix("\n"))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--role", "public"], "public"),
        (["--role", "evaluator"], "at least one"),
        (["--role", "evaluator", "--cohort", "*"], "at least one"),
        (["--role", "evaluator", "--cohort", "a", "--organisation", "mill"], "organisation"),
        (["--role", "organisation"], "organisation"),
        (["--role", "analyst", "--organisation", "mill"], "organisation"),
        (["--role", "admin", "--cohort", "heritage"], "cohorts"),
        (["--role", "facilitator", "--cohort", "Not A Key"], "Not A Key"),
        (["--role", "facilitator"], "'*'"),
        (["--role", "facilitator", "--cohort", "*", "--cohort", "heritage"], "'*'"),
        (["--role", "organisation", "--organisation", ""], "not a valid key"),
        (["--role", "admin", "--source", ""], "prefix"),
        (["--role", "analyst", "--source", "urn:mill:"], "records nothing"),
        (["--role", "analyst", "--expires", "2001-01-01T00:00:00Z"], "future"),
        (["--role", "analyst", "--expires", "tomorrow"], "RFC 3339"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_before_any_database_is_asked(
    options: list[str], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "set_up", lambda form: None)
    done = CliRunner().invoke(app, ["keys", "create", *options, "--data", os.devnull])
    assert (done.exit_code, done.stdout) == (1, "")
    assert word in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "options", [[], ["--role", "king"], ["--role", "admin", "--colour", "red"]]
)
def test_wrong_usage_of_keys_is_exit_code_2(options: list[str]) -> None:
    done = CliRunner().invoke(app, ["keys", "create", *options])
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_link_is_printed_alone_and_begins_with_the_address_of_the_service(
    place: list[str],
) -> None:
    key = run("keys", "create", "--role", "admin", *place).stdout.decode().strip()
    id_ = key.split("_")[1]
    for options, settings, address in (
        ([], {}, "http://127.0.0.1:8000"),
        ([], {"HOWCANWE_PORT": "9000", "HOWCANWE_HOST": "0.0.0.0"}, "http://localhost:9000"),
        ([], {"HOWCANWE_PUBLIC_URL": "https://example.org/"}, "https://example.org"),
        (["--public-url", "https://example.org"], {}, "https://example.org"),
    ):
        done = run("keys", "link", id_, *options, *place, settings=settings)
        assert (done.returncode, stderr_of(done)) == (0, "")
        printed = done.stdout.decode().removesuffix("\n")
        assert re.fullmatch(re.escape(address) + r"/sign-in#link=[A-Za-z0-9_-]{22}", printed)


def test_a_link_leads_to_a_page_of_the_service_alone(place: list[str]) -> None:
    key = run("keys", "create", "--role", "admin", *place).stdout.decode().strip()
    done = run("keys", "link", key.split("_")[1], "--page", "/cohorts/gardens", *place)
    start = "http://127.0.0.1:8000/sign-in?to=/cohorts/gardens#link="
    assert done.stdout.decode().startswith(start)
    done = run("keys", "link", key.split("_")[1], "--page", "//example.org", *place)
    assert (done.returncode, done.stdout) == (2, b"")


def test_a_key_that_has_ended_gets_no_link(place: list[str]) -> None:
    key = run("keys", "create", "--role", "admin", *place).stdout.decode().strip()
    assert run("keys", "revoke", key.split("_")[1], *place).returncode == 0
    for id_ in (key.split("_")[1], "0" * 16):
        done = run("keys", "link", id_, *place)
        assert (done.returncode, done.stdout) == (1, b"")
        assert stderr_of(done) == "howcanwe: there is no key with this id, or it has ended\n"


def test_a_link_with_an_address_that_is_none_is_wrong_usage(place: list[str]) -> None:
    done = run("keys", "link", "0" * 16, "--public-url", "example.org", *place)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "--public-url" in stderr_of(done)


def test_who_names_no_record_is_told_for_which_one_the_key_is(database_url: str) -> None:
    settings = {"HOWCANWE_DATABASE_URL": database_url}
    done = run("keys", "create", "--role", "analyst", settings=settings)
    assert done.returncode == 0
    assert "the key is for the record in the database " in stderr_of(done)
    assert KEY.fullmatch(done.stdout.decode().strip())


def test_who_makes_a_key_for_a_new_folder_is_told_that_its_record_is_new(tmp_path: Path) -> None:
    call = ("keys", "create", "--role", "analyst", "--data", tmp_path / "new")
    sentence = f"howcanwe: the key is for the record in the data folder {tmp_path / 'new'}"
    assert stderr_of(run(*call)) == f"{sentence}, which was begun just now and is empty\n"
    assert stderr_of(run(*call)) == f"{sentence}\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"data": "/srv/howcanwe"}, "the data folder /srv/howcanwe"),
        ({"database_url": "postgresql://ann:secret@db:5/log"}, "the database log at db:5"),
        ({"database_url": "postgresql://ann@/log?host=/run/pg"}, "the database log at /run/pg"),
    ],
)
def test_a_record_is_named_without_a_password(given: dict[str, Any], words: str) -> None:
    assert place_of(Settings(**given)) == words
