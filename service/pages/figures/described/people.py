"""Who took part, who stayed, what changed for people, and what travelled between organisations."""

from collections.abc import Sequence

from service.pages.charts.bars import Bar, Group, Level, bars, distribution
from service.pages.charts.dots import Row, dots
from service.pages.charts.geometry import FEW, Mark
from service.pages.charts.matrix import Count, Heading, of_counts
from service.pages.figures.described.describing import (
    Describe,
    Described,
    Drawing,
    Figure,
    Point,
    Reader,
    part_of,
)
from service.pages.frame.terms import words
from service.pages.parts.checkins import asked_between
from service.pages.parts.records import heading


def _levels(rows: Sequence[Figure], reader: Reader, label: str) -> Drawing:
    counts = {row["level"]: row["count"] for row in rows}
    levels = [
        Level(reader.term("ParticipationLevel", name), counts.get(name, 0), reader.records)
        for name in words("ParticipationLevel")
    ]
    return Drawing("distributions", (distribution(label, levels),))


def reach(figure: Figure, reader: Reader) -> Described:
    """Describe how often people took part, how deeply, and how."""
    _ = reader.gettext
    if not figure["n"]:
        return reader.nothing()
    sentence = reader.ngettext(
        "People took part %(times)s times, according to %(count)s record.",
        "People took part %(times)s times, according to %(count)s records.",
        figure["n"],
        times=reader.number(figure["participations"]),
    )
    modes = [
        Bar(
            reader.term("Mode", row["mode"]) if row["mode"] else _("mode not recorded"),
            row["count"],
            reader.records,
            text=reader.number(row["count"]),
        )
        for row in figure["byMode"]
    ]
    return Described(
        (sentence,),
        (
            _levels(figure["byLevel"], reader, _("How much say people had")),
            Drawing("bars", bars([Group(_("How they took part"), modes, "peer")])),
        ),
    )


def participation_shift(figure: Figure, reader: Reader) -> Described:
    """Describe how the levels of participation changed, the distribution first. It is no ranking."""
    _ = reader.gettext
    if not figure["n"]:
        return Described((_("No organisation recorded participation on three days or more."),))
    sentence = reader.ngettext(
        "%(count)s organisation recorded participation on at least three days; its level changed by %(slope)s a month.",
        "%(count)s organisations recorded participation on at least three days; in the middle one, the level changed "
        "by %(slope)s a month.",
        figure["n"],
        slope=reader.number(figure["medianSlope"], 2),
    )
    return Described(
        (sentence,),
        (
            _levels(figure["firstThird"], reader, _("In the first third of the recording days")),
            _levels(figure["lastThird"], reader, _("In the last third of the recording days")),
        ),
    )


def framing_shift(figure: Figure, reader: Reader) -> Described:
    """Describe how organisations changed the way in which they regard people."""
    _ = reader.gettext
    n = figure["n"]
    if not n:
        return Described((_("No organisation assessed its mindset twice."),))
    sentence = reader.share(
        reader.language.gettext(
            "%(part)s of %(whole)s organisations moved towards doing things with people; %(same)s did not move, "
            "%(down)s moved away"
        ),
        figure["up"],
        n,
        same=figure["same"],
        down=figure["down"],
    )
    if n < FEW:
        return Described((sentence,))
    group = Group(
        _("From the first to the last assessment"),
        (
            Bar(_("towards doing with people"), figure["up"], reader.records),
            Bar(_("no change"), figure["same"], reader.records),
            Bar(_("towards doing to people"), figure["down"], reader.records),
        ),
    )
    return Described((sentence,), (Drawing("bars", bars([group])),))


def harvest(figure: Figure, reader: Reader) -> Described:
    """Describe what changed outside, and how far others agree."""
    _, ngettext = reader.language.gettext, reader.language.ngettext
    n = figure["n"]
    if not n:
        return reader.nothing()
    parts = {
        name: part_of(figure[name], n)
        for name in ("substantiated", "contested", "unanticipated", "negative")
    }
    messages = {
        "substantiated": ngettext(
            "%(part)s of %(whole)s outcomes was confirmed by somebody else",
            "%(part)s of %(whole)s outcomes were confirmed by somebody else",
            parts["substantiated"],
        ),
        "contested": ngettext(
            "%(part)s of %(whole)s outcomes was disputed by somebody",
            "%(part)s of %(whole)s outcomes were disputed by somebody",
            parts["contested"],
        ),
        "unanticipated": ngettext(
            "%(part)s of %(whole)s outcomes was not expected",
            "%(part)s of %(whole)s outcomes were not expected",
            parts["unanticipated"],
        ),
        "negative": ngettext(
            "%(part)s of %(whole)s outcomes is negative",
            "%(part)s of %(whole)s outcomes are negative",
            parts["negative"],
        ),
    }
    drawn = [reader.squares(message, parts[name], n) for name, message in messages.items()]
    types = [
        Bar(reader.term("ChangeType", row["changeType"]), row["count"], reader.records)
        for row in figure["counts"]
    ]
    drawn.append(Drawing("bars", bars([Group(_("What changed"), types, "good")])))
    return Described((), drawn)


def sustained(figure: Figure, reader: Reader) -> Described:
    """Describe who still grew or held what they began, at 6, 12 and 24 months after the close."""
    _ = reader.language.gettext
    goes_on, stopped = (
        Mark(_("grows or holds"), tone="good"),
        Mark(_("fades or stopped"), tone="bad", shape="square"),
    )
    silent = Mark(_("no check-in"), hollow=True, shape="diamond")
    rows = []
    for one in figure["list"]:
        title = reader.gettext("%(months)s months after the close", months=one["months"])
        n, without = one["n"], one["withoutCheckin"]
        held = part_of(one["share"], n)
        if n or without:
            message = reader.language.ngettext(
                "%(part)s of %(whole)s that checked in grows or holds it; %(without)s did not check in",
                "%(part)s of %(whole)s that checked in grow or hold it; %(without)s did not check in",
                held,
            )
            sentence = (
                reader.share(message, held, n, without=without) if n else _("Nobody checked in.")
            )
        else:
            sentence = _not_yet(one["months"], reader)
        marks = (*[goes_on] * held, *[stopped] * (n - held), *[silent] * without)
        rows.append(Row(Heading(title), marks, sentence))
    return Described((), (Drawing("dots", dots(rows, (goes_on, stopped, silent))),))


def _not_yet(months: int, reader: Reader) -> str:
    """Return why nothing is counted for so many months after the close."""
    if reader.closed_at is None:
        return reader.gettext("The cohort has not been closed yet.")
    begins, ends = asked_between(reader.closed_at, months)
    if reader.at.date() < begins:
        return reader.gettext(
            "It is too early: check-ins are due from %(day)s.", day=reader.language.day(begins)
        )
    if reader.at < ends:
        return reader.gettext(
            "Check-ins have been due since %(begin)s; they are counted from %(end)s on.",
            begin=reader.language.day(begins),
            end=reader.language.day(ends),
        )
    return reader.gettext("Nobody that is counted here was present at the close.")


def retention(figure: Figure, reader: Reader) -> Described:
    """Describe who joined, left and stayed; who stayed only if no leaving can be hidden."""
    if not figure["joined"]:
        return reader.nothing()
    if reader.is_partial:
        joined = reader.ngettext(
            "%(count)s organisation joined.", "%(count)s organisations joined.", figure["joined"]
        )
        return Described((joined, *_shown_leavings(figure["left"], reader)))
    sentence = reader.ngettext(
        "%(count)s organisation joined; %(left)s left before the close, %(present)s stayed.",
        "%(count)s organisations joined; %(left)s left before the close, %(present)s stayed.",
        figure["joined"],
        left=figure["left"],
        present=figure["present"],
    )
    return Described((sentence,))


def _shown_leavings(left: int, reader: Reader) -> Sequence[str]:
    """Return how many left as far as this reader sees."""
    if not left:
        return (reader.gettext("No leaving before the close is shown here."),)
    sentence = reader.ngettext(
        "%(count)s left before the close; further leavings may be hidden here.",
        "%(count)s left before the close; further leavings may be hidden here.",
        left,
    )
    return (sentence,)


def leavers(figure: Figure, reader: Reader) -> Described:
    """Describe how many left before the close, and why."""
    n = figure["n"]
    if not n:
        return reader.nothing()
    left = sum(row["count"] for row in figure["counts"])
    sentences = (
        _shown_leavings(left, reader)
        if reader.is_partial
        else (
            reader.share(
                reader.language.gettext(
                    "%(part)s of %(whole)s organisations left before the close"
                ),
                left,
                n,
            ),
        )
    )
    reasons = tuple(
        Point(
            Heading(reader.term("LeaveReason", row["reason"])),
            reader.ngettext("%(count)s organisation", "%(count)s organisations", row["count"]),
        )
        for row in figure["counts"]
    )
    return Described(sentences, (Drawing("points", reasons),) if reasons else ())


def diffusion(figure: Figure, reader: Reader) -> Described:
    """Describe who took up whose learnings."""
    _ = reader.gettext
    n = figure["n"]
    if not n:
        return reader.nothing()
    sentences = [
        reader.ngettext(
            "Once, an organisation took up a learning of another one.",
            "%(count)s times, an organisation took up a learning of another one.",
            n,
        )
    ]
    if across := part_of(figure["acrossCohorts"], n):
        message = reader.language.gettext(
            "In %(part)s of these %(whole)s cases, the two had never been in a cohort together before"
        )
        sentences.append(reader.share(message, across, n))
    givers, takers = {}, {}
    for edge in figure["edges"]:
        givers[edge["from"]] = heading(edge["fromSubject"], edge["from"])
        takers[edge["to"]] = heading(edge["toSubject"], edge["to"])
    matrix = of_counts(
        by_name(givers),
        by_name(takers),
        {
            (edge["from"], edge["to"]): Count(
                edge["count"], reader.those(giver=edge["from"], taker=edge["to"])
            )
            for edge in figure["edges"]
        },
        titles=(_("Whose learning"), _("Who took it up")),
    )
    return Described(sentences, (Drawing("matrix", matrix, _("Who took up whose learnings")),))


def by_name(headings: dict[str, Heading]) -> dict[str, Heading]:
    """Return the headings in the order of their names, which is no ranking."""
    return dict(sorted(headings.items(), key=lambda one: one[1].text.casefold()))


def pairing_lift(figure: Figure, reader: Reader) -> Described:
    """Describe how often learnings are taken up between organisations that are paired, and that are not."""
    _ = reader.gettext
    if not figure["n"]:
        return reader.nothing()

    def bar(label: str, adoptions: int, months: float | None) -> Bar:
        of = reader.ngettext(
            "adoption in %(months)s months that two organisations were together",
            "adoptions in %(months)s months that two organisations were together",
            adoptions,
            months=reader.number(months or 0),
        )
        rate = adoptions / months if months else 0
        return Bar(label, rate, reader.records, of, reader.number(adoptions))

    paired = bar(_("while paired"), figure["adoptionsPaired"], figure["monthsPaired"])
    apart = bar(_("while not paired"), figure["adoptionsUnpaired"], figure["monthsUnpaired"])
    if figure["lift"] is None:
        sentence = _("Pairs and others cannot be compared yet.")
    else:
        sentence = _(
            "In the same time, paired organisations took up learnings of each other %(lift)s times as often as others.",
            lift=reader.number(figure["lift"]),
        )
    title = _("Adoptions for the time together")
    return Described((sentence,), (Drawing("bars", bars([Group(title, (paired, apart), "peer")])),))


def inspiration_yield(figure: Figure, reader: Reader) -> Described:
    """Describe which inspirations were used."""
    _ = reader.language.gettext
    rows = figure["list"]
    shared, used = (sum(row[name] for row in rows) for name in ("shared", "used"))
    if not shared:
        return Described((_("No inspiration was shared."),))
    took, not_taken = Mark(_("used"), tone="peer"), Mark(_("not used"), hollow=True, tone="peer")
    drawn = []
    for row in rows:
        sentence = _("none was shared")
        if row["shared"]:
            sentence = reader.gettext(
                "%(part)s of %(whole)s used", part=row["used"], whole=row["shared"]
            )
        if row["medianDays"] is not None:
            days = reader.days(row["medianDays"])
            first = row["used"] == 1
            sentence += "; " + (
                _("after %(days)s") if first else _("half of them within %(days)s")
            ) % {"days": days}
        marks = (*[took] * row["used"], *[not_taken] * (row["shared"] - row["used"]))
        drawn.append(Row(Heading(reader.term("InspirationKind", row["kind"])), marks, sentence))
    message = reader.language.ngettext(
        "%(part)s of %(whole)s inspirations was used",
        "%(part)s of %(whole)s inspirations were used",
        used,
    )
    sentence = reader.share(message, used, shared)
    return Described((sentence,), (Drawing("dots", dots(drawn, (took, not_taken))),))


DESCRIBE: dict[str, Describe] = {
    "reach": reach,
    "participationShift": participation_shift,
    "framingShift": framing_shift,
    "harvest": harvest,
    "sustained": sustained,
    "retention": retention,
    "leavers": leavers,
    "diffusion": diffusion,
    "pairingLift": pairing_lift,
    "inspirationYield": inspiration_yield,
}
