"""Sentences that are made from the words of each domain."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from re import split
from typing import Any
from unicodedata import normalize

from events.vocabulary.values.question_form import ENGLISH, openings
from service.samples.generator.randomness.dice import Dice

# Literal text alternating with lists of words to choose from.
Template = tuple[str | tuple[str, ...], ...]

_COUNTS = ("two", "three", "four", "five", "six")


@dataclass(frozen=True, slots=True)
class SampleMeasure:
    """Something that can be counted, with the two values that it is expected to lie between."""

    text: str
    unit: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of work: its words, and the sentences that can be made with them."""

    name: str
    sectors: tuple[str, ...]
    themes: tuple[str, ...]
    bodies: tuple[str, ...]
    measures: tuple[SampleMeasure, ...]
    sentences: dict[str, tuple[Template, ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All domains, and what belongs to none: lists of words, and questions of other languages."""

    domains: tuple[Domain, ...]
    lists: dict[str, tuple[str, ...]]
    questions: dict[str, dict[str, tuple[str, ...]]]
    """The questions of other languages than English, without their openings, and the tails of these."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages other than English that have questions."""
        return tuple(self.questions)


def _capital(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word[0].upper() + word[1:] for word in words)


def _with_article(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(("an " if word[0] in "aeiou" else "a ") + word for word in words)


def _slots(
    name: str, words: dict[str, list[str]], measures: Sequence[SampleMeasure]
) -> dict[str, tuple[str, ...]]:
    slots = {
        "people": tuple(words["people"]),
        "thing": tuple(words["things"]),
        "aim": tuple(words["aims"]),
        "trial": tuple(words["trials"]),
        "a_trial": _with_article(words["trials"]),
        "place": tuple(words["places"]),
        "obstacle": tuple(words["obstacles"]),
        "insight": tuple(words["insights"]),
        "measure": tuple(
            f"the number of {m.text}" if m.unit != "%" else f"the {m.text}" for m in measures
        ),
        "domain": (name,),
        "weeks": _COUNTS,
    }
    slots["people2"] = slots["people"]
    capitals = {slot[0].upper() + slot[1:]: _capital(choices) for slot, choices in slots.items()}
    return slots | capitals


def _template(text: str, slots: dict[str, tuple[str, ...]]) -> Template:
    parts = split(r"\{(\w+)\}", text)
    return tuple(slots[part] if place % 2 else part for place, part in enumerate(parts))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


def _domain(name: str, words: dict[str, Any], phrases: dict[str, Any]) -> Domain:
    measures = tuple(SampleMeasure(*measure) for measure in words["measures"])
    slots = _slots(name, words, measures)
    return Domain(
        name=name,
        sectors=tuple(words["sectors"]),
        themes=tuple(words["themes"]),
        bodies=tuple(words["bodies"]),
        measures=measures,
        sentences={
            kind: tuple(_template(text, slots) for text in texts)
            for kind, texts in phrases.items()
            if kind != "criteria"  # Criteria are made from a measure, not from the domain.
        },
    )


@cache
def lexicon() -> Lexicon:
    """Return the words and sentences of this package's TOML files."""
    phrases = _read("phrases.toml")
    domains = tuple(_domain(name, words, phrases) for name, words in _read("domains.toml").items())
    return Lexicon(
        domains,
        {kind: tuple(texts) for kind, texts in phrases.items()},
        {
            language: {kind: tuple(texts) for kind, texts in lists.items()}
            for language, lists in _read("languages.toml").items()
        },
    )


class Phrasebook:
    """Makes random sentences."""

    __slots__ = ("_dice", "_lists")

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._lists = lexicon().lists

    def say(self, domain: Domain, kind: str) -> str:
        """Return a sentence of this kind (a list's name in phrases.toml) in the domain's words."""
        pick = self._dice.pick
        template = pick(domain.sentences[kind])
        return "".join([part if isinstance(part, str) else pick(part) for part in template])

    def word(self, kind: str) -> str:
        """Return an entry of a list without slots."""
        return self._dice.pick(self._lists[kind])

    def several(self, domain: Domain, kind: str, low: int, high: int) -> list[str]:
        """Return `low` to `high` different sentences; fewer if draws repeat."""
        count = self._dice.between(low, high)
        return list(dict.fromkeys(self.say(domain, kind) for _ in range(count)))

    def criterion(self, measure: SampleMeasure) -> str:
        """Return a criterion: the value that the measure has to reach."""
        number = self._dice.between(measure.low, measure.high)
        weeks = self._dice.pick(_COUNTS)
        return self.word("criteria").format(number=number, unit=measure.unit, weeks=weeks)

    def question(self, domain: Domain, language: str, other_than: str = "") -> str:
        """Return a question in the language that differs from `other_than`."""
        text = other_than
        while text.lower() == other_than.lower():
            text = self._asked(domain, "questions", language)
            if self._dice.chance(0.02):
                text = text[0].lower() + text[1:]
        return text

    def shared_question(self, domain: Domain, language: str, other_than: str = "") -> str:
        """Return a question for a whole cohort, in its language, that differs from `other_than`."""
        text = other_than
        while text.lower() == other_than.lower():
            text = self._asked(domain, "shared_questions", language)
        return text

    def _asked(self, domain: Domain, kind: str, language: str) -> str:
        if language == ENGLISH:
            tail = self.word("tails") if kind == "questions" else ""
            return f"{self.say(domain, kind)}{tail}?"
        pick, words = self._dice.pick, lexicon().questions[language]
        return f"{pick(openings(language))} {pick(words['questions'])}{pick(words['tails'])}?"

    def themes(self, domain: Domain, low: int, high: int) -> list[str]:
        """Return different themes: the domain's, and sometimes one that all domains share."""
        themes = self._dice.some(domain.themes, low, high)
        if self._dice.chance(0.3):
            themes.append(self.word("themes"))
        return list(dict.fromkeys(themes))

    def full_name(self) -> tuple[str, str]:
        """Return an invented person's name, and their e-mail address at example.org in ASCII letters."""
        name = f"{self.word('given')} {self.word('family')}"
        plain = normalize("NFKD", name.replace("Ł", "L").replace("ł", "l")).encode(
            "ascii", "ignore"
        )
        return name, plain.decode().lower().replace(" ", ".") + "@example.org"
