"""The types of the fields of events. The models in `events.vocabulary.types` use them."""

import re
import sys
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Final

import pycountry
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
)
from pydantic_core import PydanticCustomError, Url

from events.vocabulary.fields.definitions import (
    TEXT_LENGTH_MAX,
    THEME_LENGTH_MAX,
    URL_LENGTH_MAX,
    Beyond,
    Definition,
)
from events.vocabulary.fields.marks import (
    Correctable,
    Creates,
    Distinct,
    HowCanWe,
    Names,
    NamesEvent,
    OwnWords,
)
from events.vocabulary.stream import (
    KINDS,
)
from events.vocabulary.values.identity import EventIdentity
from events.vocabulary.values.language_tags import (
    LANGUAGE_LENGTH_MAX,
    LANGUAGE_PATTERN,
    is_language,
)
from events.vocabulary.values.text_folding import trimmed

THEMES_MAX: Final = 12
LINKS_MAX: Final = 10
INTEGER_MAX: Final = 2**53 - 1  # what every JSON implementation keeps exactly
DOUBLE_MAX: Final = sys.float_info.max

OF_NEW_EVENTS: Final = frozenset({"alike", "unseen", "unrevised"})
"""Types of pydantic's errors that release 0.1.0 did not check for: events that it recorded may have them."""

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPDX_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


def _text(value: str) -> str:
    shown = trimmed(value)
    if not shown or len(shown) > TEXT_LENGTH_MAX:
        raise PydanticCustomError(
            "text" if shown or not value.strip() else "unseen",
            "a text of 1 to 10,000 characters after trimming",
        )
    if not _is_storable(value):
        raise PydanticCustomError("text", "a text without U+0000 and lone surrogates")
    return value


def _some_fields(value: dict[str, Any]) -> dict[str, Any]:
    if not value:
        raise PydanticCustomError("fields", "an object with at least one field")
    return value


def _is_storable(value: str) -> bool:
    """Return whether the text has neither U+0000 nor lone surrogates (which UTF-8 cannot encode)."""
    if value.isascii():
        return "\0" not in value
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def blank_is_absent(value: object) -> object:
    """Return None for a blank text, and any other value unchanged."""
    return None if isinstance(value, str) and not trimmed(value) and "\0" not in value else value


def _theme(value: str) -> str:
    if len(trimmed(value)) > THEME_LENGTH_MAX or value != value.lower():
        raise PydanticCustomError("theme", "a theme: lower-case, at most 60 characters")
    return value


def _date(value: object) -> object:
    # Programs may give a date; JSON has none.
    if type(value) is date:
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "a date as YYYY-MM-DD")


def _url(value: str) -> str:
    fault = PydanticCustomError("url", "an http or https address of at most 2,000 characters")
    if len(value) > URL_LENGTH_MAX or not value.lower().startswith(("http://", "https://")):
        raise fault
    if any(character.isspace() or ord(character) < 0x20 for character in value):
        raise fault
    try:
        Url(value)
    except ValueError:
        raise fault from None
    return value


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def _country(value: str) -> str:
    if value not in _countries():
        raise PydanticCustomError("country", "an assigned ISO 3166-1 alpha-2 code in capitals")
    return value


def _currency(value: str) -> str:
    if value not in _currencies():
        raise PydanticCustomError("currency", "an assigned ISO 4217 code in capitals")
    return value


def _licence(value: str) -> str:
    if len(value) > 100 or _SPDX_ID.fullmatch(value) is None:
        raise PydanticCustomError("licence", "an SPDX licence id (NOASSERTION where unknown)")
    return value


def _language(value: str) -> str:
    if not is_language(value):
        raise PydanticCustomError(
            "language", "a BCP 47 language tag of at most 100 characters, such as cy or de-AT"
        )
    return value


def _email(value: str) -> str:
    if len(value) > 254 or _EMAIL.fullmatch(value) is None or not _is_storable(value):
        raise PydanticCustomError("email", "an e-mail address: one @ with something on both sides")
    return value


Text = Annotated[str, AfterValidator(_text), OwnWords(), Correctable(), Definition("Text")]
OptionalText = Annotated[
    Annotated[str, AfterValidator(_text)] | None,
    BeforeValidator(blank_is_absent),
    OwnWords(),
    Correctable(),
    Definition("OptionalText"),
]
HowCanWeText = Annotated[Text, HowCanWe(), Definition("Question")]
Theme = Annotated[
    str,
    AfterValidator(_text),
    AfterValidator(_theme),
    OwnWords(),
    Correctable(),
    Definition("Theme"),
]
Themes = Annotated[list[Theme], Distinct(THEMES_MAX, of_texts=True)]
Texts = Annotated[list[Text], Distinct(of_texts=True)]

Day = Annotated[date, BeforeValidator(_date), Correctable(), Definition("Day")]
Address = Annotated[str, AfterValidator(_url), Correctable(), Definition("Address")]
Links = Annotated[list[Address], Distinct(LINKS_MAX)]
Country = Annotated[
    str,
    AfterValidator(_country),
    Correctable(),
    Field(json_schema_extra={"pattern": "^[A-Z]{2}$"}),
    Beyond("A code that ISO 3166-1 has assigned."),
]
Currency = Annotated[
    str,
    AfterValidator(_currency),
    Field(json_schema_extra={"pattern": "^[A-Z]{3}$"}),
    Beyond("A code that ISO 4217 has assigned."),
]
Licence = Annotated[
    str,
    AfterValidator(_licence),
    Correctable(),
    Field(json_schema_extra={"pattern": f"^{_SPDX_ID.pattern}$", "maxLength": 100}),
]
Language = Annotated[
    str,
    AfterValidator(_language),
    Correctable(),
    Field(json_schema_extra={"pattern": LANGUAGE_PATTERN, "maxLength": LANGUAGE_LENGTH_MAX}),
]
Email = Annotated[str, AfterValidator(_email), Definition("Email")]
Count = Annotated[int, Field(ge=0, le=INTEGER_MAX), Correctable()]
Number = Annotated[
    float,
    Field(allow_inf_nan=False, json_schema_extra={"minimum": -DOUBLE_MAX, "maximum": DOUBLE_MAX}),
    Correctable(),
]
Amount = Annotated[
    float,
    Field(ge=0, allow_inf_nan=False, json_schema_extra={"maximum": DOUBLE_MAX}),
    Correctable(),
]
EvidenceLevel = Annotated[int, Field(ge=1, le=5), Definition("EvidenceLevel")]

NewCohort = Annotated[str, Creates("cohort")]
NewOrganisation = Annotated[str, Creates("organisation")]
NewQuestion = Annotated[str, Creates("question")]
NewPairing = Annotated[str, Creates("pairing")]
NewInspiration = Annotated[str, Creates("inspiration")]
NewIteration = Annotated[str, Creates("iteration")]
NewFailure = Annotated[str, Creates("failure")]
NewLearning = Annotated[str, Creates("learning")]
NewAsk = Annotated[str, Creates("ask")]
NewOutcome = Annotated[str, Creates("outcome")]
NewPublication = Annotated[str, Creates("publication")]
NewSession = Annotated[str, Creates("session")]
NewCommitment = Annotated[str, Creates("commitment")]
NewPerson = Annotated[str, Creates("person")]

CohortKey = Annotated[str, Names(("cohort",))]
OrganisationKey = Annotated[str, Names(("organisation",))]
QuestionKey = Annotated[str, Names(("question",))]
PairingKey = Annotated[str, Names(("pairing",))]
InspirationKey = Annotated[str, Names(("inspiration",))]
IterationKey = Annotated[str, Names(("iteration",))]
FailureKey = Annotated[str, Names(("failure",))]
LearningKey = Annotated[str, Names(("learning",))]
AskKey = Annotated[str, Names(("ask",))]
OutcomeKey = Annotated[str, Names(("outcome",))]
PublicationKey = Annotated[str, Names(("publication",))]
SessionKey = Annotated[str, Names(("session",))]
CommitmentKey = Annotated[str, Names(("commitment",))]
PersonKey = Annotated[str, Names(("person",))]

AnySubject = Annotated[str, Names(KINDS)]
SubjectOrEvent = Annotated[str, Names(KINDS, or_event=True)]
Position = Annotated[int, Field(ge=1, le=INTEGER_MAX)]
NamedEvent = Annotated[Position | EventIdentity, NamesEvent()]
CorrectedFields = Annotated[
    dict[str, Any],
    AfterValidator(_some_fields),
    Field(json_schema_extra={"minProperties": 1}),
    Beyond(
        "Fields that may be corrected, with values that the event could have been recorded with."
    ),
]
