"""The digest of a cohort's week: what its page shows, as plain text for a mail, and as a feed with an entry a week."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from xml.etree.ElementTree import SubElement

from service.pages.cohort.day import day_of
from service.pages.cohort.week.view import Week, variables, view
from service.pages.frame.addresses import of_kind
from service.pages.frame.page import Answer, File, Visit
from service.pages.frame.templates import on_one_line, rendered
from service.pages.parts import atom, xml
from service.pages.parts.happened import HAPPENED, in_force
from service.pages.parts.texts import wrapped

WEEK: Final = timedelta(days=7)
TEXT: Final = "text/plain; charset=utf-8"


def as_text(answer: Answer, visit: Visit) -> File | None:
    """Return the digest of a day as plain text, None if there is no such cohort for the visitor."""
    week = view(answer, visit)
    return None if week is None else File(text_of(week, answer, visit).encode(), TEXT)


def text_of(week: Week, answer: Answer, visit: Visit) -> str:
    """Return a week in plain sentences, in lines of 72 columns, with whole addresses."""
    lately = answer["lately"]["timeline"]
    context = {
        "week": week,
        "lately": in_force(lately),
        "earlier": lately["filteredCount"] - len(lately["nodes"]),
        "site": visit.site.address,
    }
    return wrapped(rendered("cohort/week/digest.txt", visit.language, context))


def lately_variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query for what happened in the seven days before; None if there is no cohort."""
    if answer["cohort"] is None:
        return None
    day = day_of(visit)
    return {
        "key": visit.key,
        "at": day.variable,
        "weekFrom": (day.at - WEEK).isoformat(),
        "happened": HAPPENED,
    }


def atom_lately_variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the same for the feed."""
    return lately_variables(answer, since_monday(visit))


def since_monday(visit: Visit) -> Visit:
    """Return the visit that asks about the Monday of the week of the day. Raises UnreadableDay.

    An entry of a feed is about one moment, so that it stays as it was when a reader fetched it first.
    """
    day = day_of(visit).at.date()
    monday = day - timedelta(days=day.weekday())
    return replace(visit, query={**visit.query, "at": monday.isoformat()})


def atom_variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query for the feed."""
    return variables(since_monday(visit))


def as_atom(answer: Answer, visit: Visit) -> File | None:
    """Return the digest of a week as a feed; None if there is no such cohort for the visitor.

    It has the entry of the week. Once the cohort has closed, it has none while nothing is due and nothing happens.
    """
    monday = since_monday(visit)
    week = view(answer, monday)
    if week is None:
        return None
    site, cohort = visit.site, week.cohort
    # What waits on the Monday of this week can still be recorded.
    week = replace(week, is_now=timedelta() <= visit.now - week.day.at < WEEK)
    path = f"{of_kind('cohort', cohort['key'])}/week"
    begins = datetime.combine(week.day.at.date(), time(), UTC).isoformat()
    title = f"{on_one_line(cohort['title'])}: {week.heading}"
    root = atom.feed(site.tag(path), title, begins, visit.language.tag)
    atom.link(root, "self", f"{site.address}{path}.atom", "application/atom+xml")
    atom.link(root, "alternate", site.address + path, "text/html")
    atom.by(root, "howcanwe")
    is_over = week.has_closed and not (week.due or week.commitments)
    if not is_over or in_force(answer["lately"]["timeline"]):
        entry = SubElement(root, "entry")
        day = week.day.at.date()
        atom.add(entry, "id", site.tag(f"{path}@{day.isoformat()}"))
        atom.add(entry, "title", f"{title}, {visit.language.day(day)}")
        atom.add(entry, "updated", begins)
        address = f"{site.address}{path}?at={day.isoformat()}"
        atom.link(entry, "alternate", address, "text/html")
        atom.add(entry, "content", text_of(week, answer, monday))
    return File(xml.written(root), atom.MEDIA_TYPE)
