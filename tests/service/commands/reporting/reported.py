"""Cohorts whose texts are awkward in a report, and reports of a log."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from service.commands.reporting.evidence import evidence_of
from service.pages.figures.document.content import Report, report
from service.pages.figures.document.definition import Definition
from service.pages.figures.document.form import Form, written
from service.pages.frame.language import languages
from service.replay.sources.address import source_of
from tests.events.samples import (
    EventJson,
    begun,
    captured,
    failed,
    formed,
    framed,
    joined,
    planned,
    registered,
    released,
    started,
)

HOSTILE = (
    "<script>alert(1)</script>\"'>{{ 7 * 7 }} %(n)s =1+1 | [x](https://evil.example) <b> `a` \u202e"
)


def hostile() -> Sequence[EventJson]:
    """Return a cohort whose texts are taken for something else wherever they can be."""
    return [
        *begun(),
        registered("hostile", name=HOSTILE),
        framed(cohort="heritage", text=f"How can we {HOSTILE}?"),
        planned(title=HOSTILE, hypothesis=HOSTILE, action=HOSTILE),
        started(),
        failed(cohort="heritage", actual=HOSTILE),
        captured(cohort="heritage", statement=HOSTILE),
    ]


def welsh() -> Sequence[EventJson]:
    """Return a cohort with texts in several languages."""
    sut = "Sut gallwn ni agor ein drysau?"
    own = {"cohort": "welsh"}
    return [
        formed("welsh", title="Treftadaeth", text=sut, language="cy"),
        registered("cymru", name="Cymru"),
        joined("cymru", "welsh"),
        framed(
            "welsh-de",
            "cymru",
            text="Wie können wir mit Nachbarn beschriften?",
            language="de",
            **own,
        ),
        planned("welsh-trial", "cymru", question="welsh-de", title="Eine Wand"),
        captured(
            "welsh-learning",
            "cymru",
            statement="Gofynnwch yn gyntaf.",
            from_=["question/welsh-question"],
            **own,
        ),
        released(
            "welsh-report",
            organisation="cymru",
            title="Ce que nous avons essayé",
            language="fr",
            **own,
        ),
    ]


def made(
    source: str, definition: dict[str, Any], key: str | None = None, tag: str = "en", **options: Any
) -> Report:
    """Return the report of a definition; without sections, the usual one."""
    with closing(source_of(source, key)) as opened:
        found = evidence_of(opened, **options)
        return report(Definition.of(definition), found, languages()[tag])


def forms(report: Report) -> list[str]:
    """Return a report in every form."""
    return [written(report, form) for form in Form]
