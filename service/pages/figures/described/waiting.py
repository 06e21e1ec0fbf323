"""What waits for somebody: lists of sentences, the longest wait first."""

from collections.abc import Iterable

from service.pages.figures.described.describing import (
    Describe,
    Described,
    Drawing,
    Figure,
    Point,
    Reader,
)
from service.pages.parts.records import heading


def _points(points: Iterable[Point]) -> tuple[Drawing, ...]:
    found = tuple(points)
    return (Drawing("points", found),) if found else ()


def _said(
    figure: Figure, reader: Reader, message: str, points: Iterable[Point] | None = None
) -> Described:
    """Return how many of the n things are in the list, and the list."""
    if not figure["n"]:
        return reader.nothing()
    sentence = reader.share(message, len(figure["list"]), figure["n"])
    if points is None:
        points = (
            Point(heading(subject, key))
            for key, subject in zip(figure["list"], figure["listSubjects"], strict=True)
        )
    return Described((sentence,), _points(points))


def quiet_organisations(figure: Figure, reader: Reader) -> Described:
    """Describe who has gone quiet."""
    _ = reader.gettext
    return _said(
        figure,
        reader,
        reader.language.gettext("%(part)s of %(whole)s organisations have gone quiet"),
        (
            Point(
                heading(row["organisationSubject"], row["organisation"]),
                _("has recorded nothing for %(days)s", days=reader.days(row["silenceDays"])),
            )
            for row in figure["list"]
        ),
    )


def no_failures_told(figure: Figure, reader: Reader) -> Described:
    """Describe whom to ask about failures."""
    return _said(
        figure,
        reader,
        reader.language.gettext(
            "%(part)s of %(whole)s organisations concluded at least three trials and recorded no failure. "
            "This is a reason to ask, not a mark"
        ),
    )


def dangling_pivots(figure: Figure, reader: Reader) -> Described:
    """Describe which changes of course led to nothing."""
    return _said(
        figure,
        reader,
        reader.language.gettext(
            "%(part)s of %(whole)s trials that were to continue differently led to nothing within 30 days"
        ),
    )


def stalled_iterations(figure: Figure, reader: Reader) -> Described:
    """Describe which trials stand still."""
    return _said(
        figure,
        reader,
        reader.language.gettext("%(part)s of %(whole)s trials under way stand still"),
        (
            Point(
                heading(row["iterationSubject"], row["iteration"]),
                reader.gettext(
                    "nothing was recorded about it for %(days)s",
                    days=reader.days(row["silenceDays"]),
                ),
            )
            for row in figure["list"]
        ),
    )


def open_asks(figure: Figure, reader: Reader) -> Described:
    """Describe who asked for help and got no answer."""
    return _said(
        figure,
        reader,
        reader.language.gettext("%(part)s of %(whole)s requests for help have no answer"),
        (
            Point(
                heading(row["askSubject"], row["ask"]),
                reader.gettext("open for %(days)s", days=reader.days(row["daysOpen"])),
            )
            for row in figure["list"]
        ),
    )


def open_commitments(figure: Figure, reader: Reader) -> Described:
    """Describe which commitments are overdue."""
    return _said(
        figure,
        reader,
        reader.language.gettext("%(part)s of %(whole)s open commitments are overdue"),
        (
            Point(
                heading(row["commitmentSubject"], row["commitment"]),
                reader.gettext("overdue for %(days)s", days=reader.days(row["daysOverdue"])),
            )
            for row in figure["list"]
        ),
    )


def pairings_without_meeting(figure: Figure, reader: Reader) -> Described:
    """Describe which pairings have not met."""
    return _said(
        figure,
        reader,
        reader.language.gettext("%(part)s of %(whole)s pairings have not met in 30 days"),
    )


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
        reader.language.gettext(
            "%(part)s of %(whole)s learnings are challenged and not revised since"
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
    "quietOrganisations": quiet_organisations,
    "noFailuresTold": no_failures_told,
    "danglingPivots": dangling_pivots,
    "stalledIterations": stalled_iterations,
    "openAsks": open_asks,
    "openCommitments": open_commitments,
    "pairingsWithoutMeeting": pairings_without_meeting,
    "attendance": attendance,
    "pairingSuggestions": pairing_suggestions,
    "contestedLearnings": contested_learnings,
}
