"""What waits for somebody: lists of sentences, the longest wait first."""

from collections.abc import Callable, Iterable

from service.pages.figures.described.describing import (
    Describe,
    Described,
    Drawing,
    Figure,
    Point,
    Reader,
)
from service.pages.frame.language import Language
from service.pages.parts.records import heading


def _points(points: Iterable[Point]) -> tuple[Drawing, ...]:
    found = tuple(points)
    return (Drawing("points", found),) if found else ()


def _said(figure: Figure, reader: Reader, message: str, points: Iterable[Point]) -> Described:
    """Return how many of the n things are in the list, and the list."""
    if not figure["n"]:
        return reader.nothing()
    return Described((reader.share(message, len(figure["list"]), figure["n"]),), _points(points))


HowMany = Callable[[Language, int], str]
"""Returns the sentence that so many of the n things are in the list."""


def named(how_many: HowMany) -> Describe:
    """Return what describes a list of things."""

    def describe(figure: Figure, reader: Reader) -> Described:
        keys = zip(figure["list"], figure["listSubjects"], strict=True)
        points = (Point(heading(subject, key)) for key, subject in keys)
        return _said(figure, reader, how_many(reader.language, len(figure["list"])), points)

    return describe


def lasting(
    kind: str, days: str, how_many: HowMany, how_long: Callable[[Language], str]
) -> Describe:
    """Return what describes a list of things of a kind that have waited for some `days`, which is the field's name.

    `how_long` returns the words for how many `days` each has waited.
    """

    def describe(figure: Figure, reader: Reader) -> Described:
        points = (
            Point(
                heading(row[f"{kind}Subject"], row[kind]),
                how_long(reader.language) % {"days": reader.days(row[days])},
            )
            for row in figure["list"]
        )
        return _said(figure, reader, how_many(reader.language, len(figure["list"])), points)

    return describe


def attendance(figure: Figure, reader: Reader) -> Described:
    """Describe who came to the sessions, in the order in which the organisations were registered."""
    if not figure["n"]:
        return reader.nothing()
    sentence = reader.ngettext(
        "%(count)s session was held.", "%(count)s sessions were held.", figure["n"]
    )
    return Described(
        (sentence,),
        _points(
            Point(
                heading(row["organisationSubject"], row["organisation"]),
                reader.gettext(
                    "came to %(part)s of %(whole)s", part=row["attended"], whole=row["sessions"]
                ),
            )
            for row in figure["list"]
        ),
    )


def pairing_suggestions(figure: Figure, reader: Reader) -> Described:
    """Describe who could help whom, and with what."""
    _ = reader.gettext
    rows = figure["list"]
    if not rows:
        return Described((_("No two organisations need what the other one offers."),))
    points = []
    for row in rows:
        first, second = map(heading, row["organisationSubjects"], row["organisations"])
        themes = ", ".join(row["themes"])
        sentence = _("and %(other)s: %(themes)s", other=second.text, themes=themes)
        points.append(Point(first, sentence))
    sentence = reader.ngettext(
        "%(count)s pair of organisations could help each other.",
        "%(count)s pairs of organisations could help each other.",
        len(rows),
    )
    return Described((sentence,), _points(points))


def contested_learnings(figure: Figure, reader: Reader) -> Described:
    """Describe which learnings were challenged and not revised since."""
    return _said(
        figure,
        reader,
        reader.language.ngettext(
            "%(part)s of %(whole)s learnings is challenged and not revised since",
            "%(part)s of %(whole)s learnings are challenged and not revised since",
            len(figure["list"]),
        ),
        (
            Point(
                heading(row["learningSubject"], row["learning"]),
                reader.ngettext(
                    "%(count)s challenge that stands; adoptions since the first: %(since)s",
                    "%(count)s challenges that stand; adoptions since the first: %(since)s",
                    row["challenges"],
                    since=row["adoptionsSince"],
                ),
            )
            for row in figure["list"]
        ),
    )


DESCRIBE: dict[str, Describe] = {
    "quietOrganisations": lasting(
        "organisation",
        "silenceDays",
        lambda language, part: language.ngettext(
            "%(part)s of %(whole)s organisations has gone quiet",
            "%(part)s of %(whole)s organisations have gone quiet",
            part,
        ),
        lambda language: language.gettext("has recorded nothing for %(days)s"),
    ),
    "stalledIterations": lasting(
        "iteration",
        "silenceDays",
        lambda language, part: language.ngettext(
            "%(part)s of %(whole)s trials under way stands still",
            "%(part)s of %(whole)s trials under way stand still",
            part,
        ),
        lambda language: language.gettext("nothing was recorded about it for %(days)s"),
    ),
    "openAsks": lasting(
        "ask",
        "daysOpen",
        lambda language, part: language.ngettext(
            "%(part)s of %(whole)s requests for help has no answer",
            "%(part)s of %(whole)s requests for help have no answer",
            part,
        ),
        lambda language: language.gettext("open for %(days)s"),
    ),
    "openCommitments": lasting(
        "commitment",
        "daysOverdue",
        lambda language, part: language.ngettext(
            "%(part)s of %(whole)s open commitments is overdue",
            "%(part)s of %(whole)s open commitments are overdue",
            part,
        ),
        lambda language: language.gettext("overdue for %(days)s"),
    ),
    "noFailuresTold": named(
        lambda language, _: language.gettext(
            "%(part)s of %(whole)s organisations concluded at least three trials and recorded no failure. "
            "This is a reason to ask, not a mark"
        )
    ),
    "danglingPivots": named(
        lambda language, _: language.gettext(
            "%(part)s of %(whole)s trials that were to continue differently led to nothing within 30 days"
        )
    ),
    "pairingsWithoutMeeting": named(
        lambda language, part: language.ngettext(
            "%(part)s of %(whole)s pairings has not met in 30 days",
            "%(part)s of %(whole)s pairings have not met in 30 days",
            part,
        )
    ),
    "attendance": attendance,
    "pairingSuggestions": pairing_suggestions,
    "contestedLearnings": contested_learnings,
}
