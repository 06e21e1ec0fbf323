"""What people write in `report.toml`, and what is wrong with it."""

from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest

from service.pages.figures import document
from service.pages.figures.document.definition import (
    Definition,
    UnreadableReport,
    begin_of,
    end_of,
    ignores_period,
    read,
)
from service.pages.figures.document.usual import usual_sections
from service.pages.figures.fitting import FITTING
from service.pages.figures.report.view import FIGURES
from service.pages.frame.language import languages


def faults(**given: Any) -> list[str]:
    with pytest.raises(UnreadableReport) as refused:
        Definition.of(given)
    return list(refused.value.faults)


def section(**given: Any) -> dict[str, Any]:
    return {"title": "Who took part?", **given}


def test_the_example_is_one_that_works_and_shows_every_setting() -> None:
    text = (files(document) / "example.toml").read_text("utf-8")
    given = read(text)
    made = Definition.of(given)
    assert made.sections[0].title == "How far did they get?"
    # Some exclude others.
    commented = {"cohorts_from", "cohorts_to", "organisation"}
    assert all(f"# {name} = " in text for name in commented)
    known = {field.alias or name for name, field in Definition.model_fields.items()}
    assert given.keys() == known - commented
    settings = {name for one in given["sections"] for name in one}
    fields = type(made.sections[0]).model_fields
    assert settings == {field.alias or name for name, field in fields.items()}


def test_all_faults_are_told_at_once_with_where_they_are() -> None:
    assert faults(
        language="fr",
        colour="red",
        at="yesterday",
        sections=[
            section(figures=["funnel", "failuremix"]),
            section(title="Months", numbers=["funnel.failure"], by="week"),
            section(title="Empty"),
            {"figures": ["funnel"]},
        ],
        figures={"funel": {"title": "Ours"}, "reach": {"word": "Ours"}},
    ) == [
        "language: input should be 'en' or 'de'",
        "at: yesterday is no day or moment; expected one such as 2024-07-01",
        "section 1 (Who took part?), figures 2: failuremix is no figure of a report; did you mean failureMix?",
        "section 2 (Months), numbers 1: funnel.failure is no number of a figure by time; "
        "did you mean funnel.failures?",
        "section 2 (Months), by: input should be 'month', 'quarter' or 'year'",
        "section 3 (Empty): it is empty; expected words, figures, numbers or a table",
        "section 4, title: field required",
        "figures, funel: funel is no figure of a report; did you mean funnel?",
        "figures, reach, word: there is no such setting; did you mean words?",
        "colour: there is no such setting; expected one of from, to, organisation, title, readers, language, cohorts, "
        "cohorts_from, cohorts_to, at, words, sections, figures, records_max",
    ]


def test_a_misspelt_setting_names_the_nearest_one() -> None:
    found = faults(
        titl="A",
        cohort=["c"],
        sections=[section(figure=["funnel"], words="A"), section(organization="a", words="A")],
        figures={"funnel": {"titles": "A"}},
    )
    assert sorted(found) == [
        "cohort: there is no such setting; did you mean cohorts?",
        "figures, funnel, titles: there is no such setting; did you mean title?",
        "section 1 (Who took part?), figure: there is no such setting; did you mean figures?",
        "section 2 (Who took part?), organization: there is no such setting; did you mean organisation?",
        "titl: there is no such setting; did you mean title?",
    ]


def test_cohorts_are_named_or_of_a_range() -> None:
    assert faults(cohorts=["c"], cohorts_from="2024-01-01") == [
        "cohorts are either named or chosen by cohorts_from and cohorts_to"
    ]
    assert faults(cohorts_from="2024-01-01", cohorts_to="2024-01-01") == [
        "cohorts_to is 2024-01-01, which is not after cohorts_from"
    ]
    for wrong in ("2024", 2024, "2024-01-01T00:00:00Z", True):
        [found] = faults(cohorts_to=wrong)
        assert found == f"cohorts_to: {wrong} is no day; expected one such as 2024-07-01"


def test_figures_of_an_organisation_need_one() -> None:
    sections = [section(figures=["rhythm", "funnel"])]
    assert faults(sections=sections) == [
        "section 1 (Who took part?): rhythm is about one organisation; expected the setting organisation with its key"
    ]
    assert Definition.of({"sections": sections, "organisation": "mill"}).organisation == "mill"
    Definition.of({"sections": [section(figures=["rhythm"], organisation="mill")]})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"table": "learnings", "columns": ["statement", "who"]}, "who is no column of learnings"),
        ({"columns": ["text"], "figures": ["funnel"]}, "columns are those of a table"),
        ({"figures": ["funnel", "funnel"]}, "funnel is named twice"),
        ({"table": "persons"}, "persons is no table"),
        ({"numbers": ["retention.joined"]}, "retention.joined is no number of a figure by time"),
        ({"numbers": ["timeToFirstIteration.quartiles"]}, "is no number of a figure by time"),
        (
            {"figures": ["funnel"], "from": "2024-07-01", "to": "2024-07-01"},
            "the period ends on 2024-07-01, which is not after it begins",
        ),
    ],
    ids=["column", "columns", "twice", "persons", "ignoring-time", "no-number", "period"],
)
def test_a_section_that_cannot_be_is_refused(given: dict[str, Any], fault: str) -> None:
    [found] = faults(sections=[section(**given)])
    assert found.startswith("section 1 (Who took part?)")
    assert fault in found


def test_what_is_not_toml_says_where() -> None:
    with pytest.raises(UnreadableReport, match=r"it is not TOML: .* line 2"):
        read('title = "A"\nlanguage = en\n')


def test_a_day_stands_for_its_begin_or_its_end() -> None:
    assert begin_of("2024-07-01") == datetime(2024, 7, 1, tzinfo=UTC)
    assert end_of("2024-07-01") == datetime(2024, 7, 1, 23, 59, 59, 999_999, tzinfo=UTC)
    moment = datetime(2024, 6, 30, 22, 30, tzinfo=UTC)
    assert begin_of("2024-07-01T00:30:00+02:00") == end_of("2024-07-01T00:30:00+02:00") == moment
    given = read("from = 2024-07-01\nto = 2024-07-01T00:30:00Z\nat = 2024-07-02")
    made = Definition.of(given)
    assert (made.from_, made.at) == (begin_of("2024-07-01"), end_of("2024-07-02"))
    for wrong in ("0001-01-01T00:00:00+10:00", 2024, "2024-02-30", True):
        with pytest.raises(ValueError, match="is no day or moment"):
            begin_of(wrong)


def test_the_usual_sections_have_the_figures_of_the_pages_reports() -> None:
    for language in languages().values():
        found = [name for one in usual_sections(language) for name in one.figures]
        assert sorted(found) == sorted(FIGURES)


def test_a_few_figures_are_always_over_the_whole_time() -> None:
    whole = {name for name in FITTING if ignores_period(name)}
    assert {"retention", "sustained", "leavers", "pairingLift"} <= whole
    assert not whole & {"funnel", "reach", "diffusion", "harvest"}
