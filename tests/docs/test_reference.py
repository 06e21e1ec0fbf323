"""The reference leaves nothing out that the code has."""

import re
from typing import Final

import orjson
import pytest

from docs.reference import (
    PAGES,
    code,
    commands,
    envelope,
    errors,
    figures,
    http,
    permissions,
    vocabulary,
)
from docs.reference.settings import settings
from events.access.policy import Action
from events.lines.candidate import SERVER_SET
from events.recording.envelope import CONTEXT_ATTRIBUTES, NAMED_EXTENSIONS
from events.rules import ADVICE, RULES
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.json_schemas import json_schema
from projections.insights.answers import ORDER
from service.access import endpoints
from service.cli import COMMANDS
from service.settings import PREFIX, Settings
from tests.docs.page import FOLDER

UNDESCRIBED: Final = {
    *(
        "/graphql/{asset}",
        "/docs",
        "/docs/{asset}",
        "/openapi.json",
        "/asyncapi.json",
        "/assets/{name}",
        "/queries/{name}",
    ),
    *(call.split()[1] for call in endpoints.PAGES),
    *(call.split()[1] for call in endpoints.COMMONS),
    "/robots.txt",
}
"""Pages for browsers, their files, what anybody may take along, and the descriptions themselves."""


def test_every_type_is_documented_with_all_its_fields_and_what_they_mean() -> None:
    text = vocabulary.written()
    for kind in VOCABULARY.kinds:
        section = text.split(f"### {kind.name}\n")[1].split("\n### ")[0]
        for field in json_schema(kind)["properties"]:
            [row] = [row for row in section.splitlines() if row.startswith(f"| `{field}` |")]
            assert all(row.split("|")[n].strip() for n in (2, 4)), row


def test_every_attribute_of_an_event_is_documented_with_what_it_means() -> None:
    text = envelope.written()
    for name in (*CONTEXT_ATTRIBUTES, *NAMED_EXTENSIONS, *SERVER_SET, "data", "datacontenttype"):
        [row] = [row for row in text.splitlines() if row.startswith(f"| `{name}` |")]
        assert all(row.split("|")[n].strip() for n in (4, 6)), row
        assert ("set by the log" in row) is (name in SERVER_SET)


def test_the_tutorial_lists_the_events_of_its_file_in_order() -> None:
    folder = FOLDER / "tutorial"
    sent = [
        orjson.loads(line) for line in (folder / "first-cohort.ndjson").read_bytes().splitlines()
    ]
    rows = re.findall(
        r"^\| ([\d, ]+) \| `(\S+)` \|", (folder / "first-cohort.md").read_text(), re.M
    )
    listed = [name for numbers, name in rows for _ in numbers.split(",")]
    assert [f"org.howcanwe.{name}.v1" for name in listed] == [event["type"] for event in sent]
    assert len(sent) == 13


def test_every_rule_and_advice_is_documented_with_a_text() -> None:
    text = PAGES["rules"]()
    for name in {rule.id for rule in RULES} | {one.id for one in ADVICE}:
        [row] = [row for row in text.splitlines() if row.startswith(f"| `{name}` |")]
        assert len(row.split("|")[2].strip()) > len("a word"), row


def test_every_setting_is_documented_with_its_default_and_a_text() -> None:
    rows = settings().splitlines()[2:]
    assert len(rows) == len(Settings.model_fields)
    for name, row in zip(Settings.model_fields, rows, strict=True):
        assert row.startswith(f"| `{PREFIX}{name.upper()}` |")
        assert row.split("|")[3].strip()


def test_every_call_stands_as_the_policy_has_it() -> None:
    text = http.written()
    for call in endpoints.HTTP:
        method, path = call.split()
        if path not in UNDESCRIBED and method != "WS":
            assert f"## {method} {path}\n" in text, call


def test_every_figure_is_documented_with_its_definition_and_an_example() -> None:
    text = figures.written()
    for name in ORDER:
        section = text.split(f"## {name}\n")[1].split("\n## ")[0]
        assert "```json\n" in section
        assert "```json\nnull" not in section, name


def test_the_examples_of_figures_are_those_of_the_guide() -> None:
    section = figures.written().split("## avoidableRepeats\n")[1].split("\n## ")[0]
    assert '"share": 0.076923077' in section
    assert "0.076923077" in (FOLDER / "how-to" / "figures.md").read_text()


def test_every_command_and_its_groups_are_documented_with_their_options() -> None:
    text = commands.written()
    for name in COMMANDS:
        assert f"## howcanwe {name}\n" in text
    assert "## howcanwe keys rotate\n" in text
    assert "`--consumer`" in text


def test_every_action_of_the_policy_is_documented() -> None:
    assert permissions.written().count("\n## ") == len(Action)


@pytest.mark.parametrize(
    "code",
    [
        *("query.too_long", "query.syntax", "cursor.malformed", "position.not_reached"),
        *("answer.too_many_rows", "document.not_trusted", "internal", "unavailable"),
        *("body.too_large", "key.required", "log.diverged", "quarantine.unknown"),
    ],
)
def test_codes_are_documented_for_every_error_that_is_raised(code: str) -> None:
    assert f"| `{code}` |" in errors.written()


def test_every_room_and_module_of_the_code_is_documented_with_what_it_is_for() -> None:
    text = PAGES["code"]()
    for package in code.PACKAGES:
        for room in code.rooms(package):
            assert len(code.purpose(room / "__init__.py").split()) > 2, room
            section = text.split(f"## `{room}/`\n")[1].split("\n##")[0]
            for file in (code.ROOT / room).glob("*.py"):
                if file.stem != "__init__":
                    [row] = [r for r in section.splitlines() if r.startswith(f"| `{file.name}` |")]
                    assert len(row.split("|")[2].split()) > 1, row
