"""Each kind of field, at its limits."""

from typing import Any

import pytest

from events.vocabulary.stream import KEY_PATTERN, event_position, is_key
from events.vocabulary.values.strict_json import parse
from tests.events import samples
from tests.events.samples import EventJson
from tests.events.vocabulary.fields.faults import faults, with_data

FORMED = samples.formed()
REGISTERED = samples.registered("mill")
PLANNED = samples.planned()
OBSERVED = samples.observed()
CONCLUDED = samples.concluded()
REVIEWED = samples.reviewed()
HARVESTED = samples.harvested()
RELEASED = samples.released()
INTRODUCED = samples.introduced()
CAPTURED = samples.captured()
FAILED = samples.failed()
FIFTY = [f"learning/l{number}" for number in range(50)]
URL = "https://example.org/"
NAMED = {"source": "https://example.org/a?b=%C3%A9", "id": "w-17"}
WRONG_IDS = ["", "x" * 257, "a\nb", "a\0", "\ud800", 7, None]
WRONG_SOURCES = ["", "a b", "a" * 1_025, "caf\u00e9", "a\0", 7, None]

RIGHT: list[tuple[EventJson, str, list[Any]]] = [
    # Text
    (
        FORMED,
        "title",
        [
            "x",
            " x ",
            "x" * 10_000,
            " " * 99 + "x" * 10_000,
            "\u200b" + "x" * 10_000 + "\ufeff\u00ad",
            "\U0001d4b3" * 10_000,
            "a\tb\nc",
        ],
    ),
    (FORMED, "sector", [None, "", "  ", "\n", "\u200b \ufeff", "x"]),
    # Keys
    (
        FORMED,
        "cohort",
        ["a", "A", "0", "a" * 64, "a.b_c~d-E", "7f000001-0000-4000-8000-0123456789ab"],
    ),
    # Lists and references
    (CAPTURED, "from", [["learning/a"], FIFTY, ["learning/a", "failure/a"]]),
    (FORMED, "builds_on", [None, [], ["a"], ["a", "b"], ["a", "A"], [f"c{n}" for n in range(50)]]),
    (PLANNED, "modes", [None, [], ["give_time", "learn_skills"]]),
    (REVIEWED, "sustain", [None, [], ["Walls", "Labels"]]),
    # Themes
    (
        FORMED,
        "themes",
        [None, [], ["x" * 60], [f" {'é' * 60} "], [f"t{n}" for n in range(12)], ["a b"]],
    ),
    # Urls
    (
        RELEASED,
        "url",
        [
            None,
            "http://a",
            "HTTPS://example.org/ü?q=1#x",
            "http://[::1]:8080/",
            URL + "x" * (2_000 - len(URL)),
        ],
    ),
    # Codes
    (REGISTERED, "country", [None, "GB", "NL", "SS", "AQ"]),
    (
        CONCLUDED,
        "cost",
        [None, {"amount": 0, "currency": "EUR"}, {"amount": 0.5, "currency": "JPY"}],
    ),
    (RELEASED, "language", [None, "de", "DE-at", "zh-Hant-TW", "x-club", "i-klingon", "eo"]),
    (FORMED, "language", [None, "en", "EN-gb"]),
    (RELEASED, "licence", ["CC-BY-4.0", "NOASSERTION", "MIT", "GPL-2.0+", "LicenseRef-ours"]),
    (INTRODUCED, "email", [None, "a@b", "grace.hopper+x@example.org", "ü@ü"]),
    # Days
    (FORMED, "starts_on", ["2024-02-29", "0001-01-01", "9999-12-31"]),
    (PLANNED, "starts_on", [None, "2024-02-29"]),
    (HARVESTED, "happened_on", ["2024-03-01", "1999-12-31"]),
    # Numbers
    (OBSERVED, "value", [None, 0, -1, 0.5, 1.0, 2**53, -(2**60), -0.0, 1e300, parse("1E2")]),
    (OBSERVED, "sample_size", [None, 1, 12.0, parse("1.2E1"), 2**53 - 1]),
    (CONCLUDED, "hours", [None, 0, 0.25, 2**53, 1e300]),
    (CONCLUDED, "evidence_level", [1, 5, 3.0]),
    (FORMED, "planned_months", [None, 1, 36, 9.0]),
    (samples.took_part(), "people", [0, 0.0, parse("-0"), 2**53 - 1]),
    (samples.met(), "minutes", [None, 1, 60.0, 1440]),
    (samples.checked_in(), "months_after", [0, 120]),
    (HARVESTED, "anticipated", [True, False]),
    # Terms
    (PLANNED, "participation_level", [None, "inform", "empower"]),
    (FAILED, "failure_type", [None, "basic", "complex", "intelligent"]),
    (
        samples.shown("question/a", "public"),
        "of",
        ["person/a", "cohort/a", "event/1", "event/999999999999999"],
    ),
    (samples.voided(1), "event", [1, 1.0, 2**53 - 1, NAMED, {**NAMED, "source": "a"}]),
]

WRONG: list[tuple[EventJson, str, list[Any], str]] = [
    # Text
    (
        FORMED,
        "title",
        [
            "",
            " \n\t",
            "\u3000",
            "\u200b\ufeff\u00ad\ufe0f\x1f",
            "x" * 10_001,
            "a\0b",
            "\0",
            "\ud800",
            "a\udfffb",
            1,
            True,
            ["x"],
            {},
            None,
        ],
        "",
    ),
    (FORMED, "sector", ["x" * 10_001, "\0", " \0 ", "\ud800", 0, False, []], ""),
    # Keys
    (
        FORMED,
        "cohort",
        ["", " a", "a ", "a/b", ".a", "-a", "_a", "~a", "a" * 65, "ä", "a\n", "a b", 1, None],
        "",
    ),
    (PLANNED, "question", ["question/a", "a b", "", None], ""),
    (PLANNED, "follows", ["", " ", "iteration/a"], ""),
    # References
    (
        CAPTURED,
        "from",
        [
            ["a"],
            ["learning/"],
            ["learning/a b"],
            ["Learning/a"],
            ["banana/a"],
            ["/a"],
            ["learning/a/b"],
            ["event/1"],
            [1],
            [None],
            [""],
        ],
        "/0",
    ),
    (samples.noted("question/a"), "about", ["event/1", "question", "", "question/"], ""),
    (
        samples.shown("question/a", "public"),
        "of",
        [
            "event/0",
            "event/01",
            "event/-1",
            "event/1.0",
            "event/",
            "event/x",
            "event/\u0663",
            "event/1000000000000000",
        ],
        "",
    ),
    # Lists
    (
        CAPTURED,
        "from",
        [[], [*FIFTY, "learning/more"], ["learning/a", "learning/a"], "learning/a", None, {}],
        "",
    ),
    (FORMED, "builds_on", [["a", "a"], [f"c{n}" for n in range(51)], "a", {"0": "a"}], ""),
    (samples.paired(), "organisations", [["a"], ["a", "b", "c", "d"], ["a", "a"], []], ""),
    (PLANNED, "modes", [["give_time", "give_time"]], ""),
    (
        REVIEWED,
        "sustain",
        [["Walls", " Walls "], ["Walls", "WALLS"], [str(n) for n in range(51)]],
        "",
    ),
    (REVIEWED, "sustain", [["ok", " "], ["ok", "\0"], ["ok", 1], ["ok", None]], "/1"),
    # Themes
    (FORMED, "themes", [[f"t{n}" for n in range(13)], ["a", " a"], ["a b", "a  b"], "a"], ""),
    (
        FORMED,
        "themes",
        [["caf\u00e9", "cafe\u0301"], ["it\u2019s", "it's"], ["a-b", "a\u2013b"]],
        "",
    ),
    (FORMED, "themes", [["a", "a\u200b"], ["stra\u00dfe", "strasse"]], ""),
    (FORMED, "themes", [["x" * 61], ["Labels"], ["É"], [""], ["  "], [1], ["\0"]], "/0"),
    # Urls
    (
        RELEASED,
        "url",
        [
            "",
            " ",
            "example.org",
            "ftp://example.org",
            "javascript:alert(1)",
            "http://",
            "https://exa mple.org",
            "http://a\n",
            "http://a:99999/",
            URL + "x" * (2_001 - len(URL)),
            1,
            "http://\ud800",
        ],
        "",
    ),
    # Codes
    (REGISTERED, "country", ["", "gb", "GBR", "UK", "XX", "ZZ", " GB", 1], ""),
    (
        CONCLUDED,
        "cost",
        [
            {"amount": 1, "currency": "eur"},
            {"amount": 1, "currency": "AAA"},
            {"amount": 1, "currency": ""},
            {"amount": 1},
            {"amount": 1, "currency": None},
        ],
        "/currency",
    ),
    (
        CONCLUDED,
        "cost",
        [
            {"amount": -0.01, "currency": "EUR"},
            {"amount": "1", "currency": "EUR"},
            {"currency": "EUR"},
            {"amount": None, "currency": "EUR"},
        ],
        "/amount",
    ),
    (CONCLUDED, "cost", [5, "5 EUR", [], ""], ""),
    (CONCLUDED, "cost", [{"amount": 1, "currency": "EUR", "note": "x"}], "/note"),
    (RELEASED, "language", ["", " ", "d", "de_AT", "de ", "Deutsch (AT)", "de-" * 40, 1], ""),
    (FORMED, "language", ["", "-", "en\n", ["en"]], ""),
    (RELEASED, "licence", ["", " ", "CC BY 4.0", "-MIT", "MIT OR Apache-2.0", None], ""),
    (
        INTRODUCED,
        "email",
        ["", " ", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b ", "a\0@b", 1],
        "",
    ),
    # Days
    (
        FORMED,
        "starts_on",
        [
            "2024-02-30",
            "2023-02-29",
            "2024-3-1",
            "20240301",
            "2024-03-01T00:00:00Z",
            "0000-01-01",
            "2024-W09-5",
            "\u0662024-03-01",
            "",
            20240301,
            None,
        ],
        "",
    ),
    (HARVESTED, "happened_on", ["2024-03-02", "9999-12-31"], ""),
    # Numbers
    (OBSERVED, "value", ["1", True, float("inf"), float("nan"), []], ""),
    (OBSERVED, "sample_size", [0, 1.5, "1", True, 2**53, parse("1e300")], ""),
    (CONCLUDED, "hours", [-1, -0.5, "1"], ""),
    (CONCLUDED, "evidence_level", [0, 6, 3.5, "3", None, True], ""),
    (FORMED, "planned_months", [0, 37, 9.5, "9", True], ""),
    (samples.took_part(), "people", [-1, 1.5, None, 2**53], ""),
    (samples.met(), "minutes", [0, 1441, 60.5], ""),
    (samples.checked_in(), "months_after", [-1, 121, None], ""),
    (HARVESTED, "anticipated", [0, 1, "true", None], ""),
    # Terms
    (PLANNED, "participation_level", ["", " ", "Inform", "INFORM", 1, "nothing"], ""),
    (FAILED, "failure_type", ["", "smart"], ""),
    (FAILED, "for_whom", [[], None], ""),
    (samples.voided(1), "event", [0, -1, 1.5, "1", None, True, [], {}], ""),
    (samples.voided(1), "event", [{"source": "a"}, {**NAMED, "position": 1}], ""),
    (samples.voided(1), "event", [{**NAMED, "id": wrong} for wrong in WRONG_IDS], ""),
    (samples.voided(1), "event", [{**NAMED, "source": wrong} for wrong in WRONG_SOURCES], ""),
    # No such field
    (FORMED, "colour", ["red", "", [], 0], ""),
]

RIGHT_ONES = [(event, name, value) for event, name, values in RIGHT for value in values]
WRONG_ONES = [(event, name, value, end) for event, name, values, end in WRONG for value in values]


def _name(value: object) -> str:
    return ascii(value)[:30] if not isinstance(value, dict) else ""


@pytest.mark.parametrize(("event", "name", "value"), RIGHT_ONES, ids=_name)
def test_a_field_takes_what_is_within_its_limits(event: EventJson, name: str, value: Any) -> None:
    assert faults(with_data(event, **{name: value})) == []


@pytest.mark.parametrize(("event", "name", "value", "end"), WRONG_ONES, ids=_name)
def test_a_field_refuses_what_is_beyond_its_limits_at_its_place(
    event: EventJson, name: str, value: Any, end: str
) -> None:
    assert faults(with_data(event, **{name: value})) == [f"/data/{name}{end}"]


@pytest.mark.parametrize(
    ("text", "position"),
    [("event/1", 1), ("event/0", None), ("event/01", None), ("cohort/1", None), ("event/²", None)],
)
def test_an_events_position_is_a_plain_number(text: str, position: int | None) -> None:
    assert event_position(text) == position


def test_a_key_is_a_whole_match() -> None:
    assert is_key("a" * 64)
    assert not is_key("a\n")
    assert KEY_PATTERN.startswith("[A-Za-z0-9]")


def test_an_unknown_field_is_pointed_at_as_json_pointers_do() -> None:
    assert faults(with_data(FORMED, **{"a/b~c": 1})) == ["/data/a~1b~0c"]


def test_an_unknown_field_that_nothing_can_write_is_reported_in_words_that_can_be_written() -> None:
    (pointer,) = faults(with_data(FORMED, **{"\ud800": 1}))
    assert pointer.encode()
