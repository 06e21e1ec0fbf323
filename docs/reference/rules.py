"""The rules, in the order of judgement."""

from typing import Final

from docs.reference.markdown import page, table
from events.rules import ADVICE, RULES, STAGES
from events.vocabulary.values.question_form import OPENINGS

INTRODUCTION: Final = """An event is recorded if all rules hold. A refusal lists the rules that are
broken, each by its id, with a JSON pointer to the field. Ids do not change. The status is 422
unless the table gives another one.

The service judges in stages: the form of the event, its id, the subjects that it names, the sender,
the expected versions, and then all other rules together. Of an event, the first stage with a fault
is the last one that is reported. All events of a batch are judged, also beside others with faults.
What refers to a subject that only a refused event would have created is not judged further. Other
faults may follow from those of earlier events, so correct the first ones first."""

TEXTS: Final = """## How texts are compared

Texts are stored as sent and compared in one folded form: themes, measures, sectors, items of a list,
filters. Upper and lower case, blanks, invisible characters, typographic quotes and dashes, and the
Unicode form of a letter make no difference. Whether a reframing changes the text also depends on
upper and lower case. Keys, URLs and terms are compared as they are."""

QUESTIONS: Final = """## How a question begins

A question begins with an opening of its language, continues with a word or number, and ends with a question
mark: `?`, its full-width or its Arabic form, in Greek also `;`. It may be in quotes or brackets, and may be
followed by `!`. Upper and lower case make no difference. Of a language such as `de-AT`, only the first
part counts.

In any other language, every text with a letter or digit and such an end is accepted."""

GIVEN: Final = """## Advice

Advice refuses nothing. It is returned in a receipt's `warnings`."""


def rules() -> str:
    """Return the table of rules."""
    texts = {stage.id: stage.text for stage in STAGES}
    for rule in RULES:
        texts[rule.id] = f"{texts[rule.id]} {rule.text}" if rule.id in texts else rule.text
    return table(("rule", "what holds"), ((f"`{rule}`", text) for rule, text in texts.items()))


def openings() -> str:
    """Return the table of languages with their openings."""
    rows = (
        (f"`{language}`", " or ".join(f"*{opening} …?*" for opening in found))
        for language, found in OPENINGS.items()
    )
    return table(("language", "a question begins"), rows)


def advice() -> str:
    """Return the table of advice."""
    texts: dict[str, str] = {}
    for one in ADVICE:
        texts[one.id] = f"{texts[one.id]} {one.text}" if one.id in texts else one.text
    return table(("advice", "what is usual"), ((f"`{name}`", text) for name, text in texts.items()))


def written() -> str:
    """Return the page of rules."""
    return page("Rules", INTRODUCTION, rules(), QUESTIONS, openings(), TEXTS, GIVEN, advice())
