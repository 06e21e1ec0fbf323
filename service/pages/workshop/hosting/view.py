"""What the page for a new session shows: its form, and who was in the cohort at the time of the session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from events.access.policy import Role
from events.access.principal import Principal
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import TimePrecision
from events.vocabulary.types.sessions import SessionHeld
from service.pages.record.form import Field, form_of
from service.pages.record.reading import OFFSET, PRECISION, TIME, Given, time_of
from service.pages.record.view import FormPage
from service.pages.workshop.presence import Thing, others, present

FORM: Final = form_of(VOCABULARY.of(SessionHeld))
"""The form of a session."""

ATTENDED: Final = "attended"
ALL: Final = "*"
"""The value of the tick for all who were in the cohort. No organisation has such a key."""

_FIRST: Final = ("kind", "title")
_CROWD: Final = ("people",)
_APART: Final = ("cohort", ATTENDED)


@dataclass(frozen=True)
class Hosting:
    """The form of a session of a cohort. `present` were in the cohort at its time; `others` may have come, too."""

    form: FormPage
    cohort: Thing
    present: Sequence[Thing]
    others: Sequence[Thing]

    @property
    def first(self) -> Sequence[Field]:
        """The fields that say what it was."""
        return [field for field in FORM.fields if field.name in _FIRST]

    @property
    def crowd(self) -> Sequence[Field]:
        """The fields that say how many people came."""
        return [field for field in FORM.fields if field.name in _CROWD]

    @property
    def more(self) -> Sequence[Field]:
        """The fields that say more about it."""
        shown = (*_FIRST, *_CROWD, *_APART)
        return [field for field in FORM.fields if field.name not in shown]

    @property
    def came(self) -> Sequence[str]:
        """The keys of those who are ticked."""
        return expanded(self.form.given, self.present)[ATTENDED]

    @property
    def all_came(self) -> bool:
        """Whether the tick for all is set."""
        return ALL in self.form.given.get(ATTENDED, ())


def may_host(viewer: Principal, cohort: str) -> bool:
    """Return whether the principal facilitates the cohort. The recorder has the last word."""
    return viewer.role is Role.FACILITATOR and (not viewer.cohorts or cohort in viewer.cohorts)


def hosting(form: FormPage, cohort: Thing, now: datetime) -> Hosting:
    """Return what the page shows."""
    at = moment(form.given, now)
    return Hosting(form, cohort, present(cohort, at), others(cohort, at))


def moment(given: Given, now: datetime) -> datetime:
    """Return the time that a form says, the present one if it cannot be read."""
    try:
        at = datetime.fromisoformat(time_of(given))
    except ValueError:
        return now
    return at if at.tzinfo else now


def on_day(day: date | None) -> dict[str, list[str]]:
    """Return what a form contains for a session of which only the day is known; nothing without a day."""
    if day is None:
        return {}
    noon = f"{day.isoformat()}T12:00"
    return {TIME: [noon], OFFSET: ["+00:00"], PRECISION: [TimePrecision.DAY.value]}


def expanded(given: Given, members: Sequence[Thing]) -> Given:
    """Return what was sent, with the members instead of the tick for all."""
    ticked = given.get(ATTENDED, ())
    all_ = [one["key"] for one in members] if ALL in ticked else []
    came = dict.fromkeys([*all_, *(key for key in ticked if key != ALL)])
    return {**given, ATTENDED: list(came)}
