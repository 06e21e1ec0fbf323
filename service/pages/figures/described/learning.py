"""What failed, and what was learned from it."""

from service.pages.charts.bars import Bar, Group, bars
from service.pages.charts.dumbbell import Points, dumbbell
from service.pages.charts.geometry import Mark
from service.pages.charts.matrix import Count, Heading, of_counts
from service.pages.charts.tree import Node, tree
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
from service.pages.parts.records import heading

_NOT_CLASSIFIED = ""


def failure_conversion(figure: Figure, reader: Reader) -> Described:
    """Describe how many failures led to a learning soon."""
    n = figure["n"]
    if not n:
        return reader.nothing()
    message = reader.language.gettext(
        "%(part)s of %(whole)s failures led to a learning within 30 days"
    )
    drawn = reader.squares(message, part_of(figure["share"], n), n, "learning")
    return Described((), (drawn,), _median(figure, reader))


def _median(figure: Figure, reader: Reader) -> tuple[str, ...]:
    if figure["medianDays"] is None:
        return ()
    if figure["medianDays"] < 1:
        return (reader.gettext("Half of these took less than a day."),)
    return (
        reader.gettext(
            "Half of these took at most %(days)s.", days=reader.days(figure["medianDays"])
        ),
    )


def failure_mix(figure: Figure, reader: Reader) -> Described:
    """Describe what failed, how badly, and of which type."""
    _ = reader.gettext
    if not figure["n"]:
        return reader.nothing()
    counts = figure["counts"]
    sentences = [
        reader.ngettext(
            "%(count)s failure was recorded.", "%(count)s failures were recorded.", figure["n"]
        )
    ]
    typed = sum(row["count"] for row in counts if row["failureType"])
    if typed:
        message = reader.language.gettext(
            "Intelligent, which means planned with a measure and a criterion: %(part)s of the %(whole)s failures with "
            "a type"
        )
        sentences.append(reader.share(message, part_of(figure["intelligentShare"], typed), typed))
    facets = {name: Heading(reader.term("Facet", name)) for name in words("Facet")}
    if any(row["facet"] is None for row in counts):
        facets[_NOT_CLASSIFIED] = Heading(_("not classified"))
    places: dict[tuple[str, str], int] = {}
    for row in counts:
        place = row["facet"] or _NOT_CLASSIFIED, row["degree"]
        places[place] = places.get(place, 0) + row["count"]
    matrix = of_counts(
        facets,
        {name: Heading(reader.term("Degree", name)) for name in words("Degree")},
        {
            (facet, degree): Count(count, reader.those(facet=facet, degree=degree))
            for (facet, degree), count in places.items()
        },
        titles=(_("What failed"), _("How badly")),
        row_totals=True,
        column_totals=True,
    )
    types: dict[str | None, int] = {}
    for row in counts:
        types[row["failureType"]] = types.get(row["failureType"], 0) + row["count"]
    by_type = [
        Bar(reader.term("FailureType", name), types[name], reader.those(failureType=name))
        for name in words("FailureType")
        if name in types
    ]
    if None in types:
        by_type.append(Bar(_("not classified"), types[None], reader.those(failureType=None)))
    return Described(
        sentences,
        (
            Drawing("matrix", matrix, _("Failures by what failed and how badly")),
            Drawing("bars", bars([Group(_("By type"), by_type, "bad")])),
        ),
    )


def avoidable_repeats(figure: Figure, reader: Reader) -> Described:
    """Describe which failures repeated one whose learning was there to be had."""
    n = figure["n"]
    if not n:
        return reader.nothing()
    message = reader.language.gettext(
        "%(part)s of %(whole)s classified failures repeated one from which another organisation had already learned"
    )
    drawings = [reader.squares(message, part_of(figure["share"], n), n, "bad")]
    points = []
    for row in figure["list"]:
        learning = heading(row["learningSubject"], row["learning"])
        sentence = reader.gettext("this was known before:")
        points.append(Point(heading(row["failureSubject"], row["failure"]), sentence, learning))
    if points:
        drawings.append(Drawing("points", tuple(points)))
    return Described((), drawings)


def double_loop(figure: Figure, reader: Reader) -> Described:
    """Describe how many learnings changed the thinking, and how many of these changed the question."""
    n, of = figure["n"], figure["corroboratedOf"]
    if not n:
        return reader.nothing()
    drawings = [
        reader.squares(
            reader.language.gettext(
                "%(part)s of %(whole)s learnings changed the thinking, not only the doing"
            ),
            part_of(figure["share"], n),
            n,
            "learning",
        )
    ]
    if of:
        part = part_of(figure["corroborated"], of)
        message = reader.language.ngettext(
            "%(part)s of %(whole)s learnings that questioned the question was followed by new words for it "
            "within 60 days",
            "%(part)s of %(whole)s learnings that questioned the question were followed by new words for it "
            "within 60 days",
            part,
        )
        drawings.append(reader.squares(message, part, of, "learning"))
    return Described((), drawings)


def openness(figure: Figure, reader: Reader) -> Described:
    """Describe how much of what was learned is public."""
    n = figure["n"]
    if not n:
        return reader.nothing()
    part = part_of(figure["share"], n)
    message = reader.language.ngettext(
        "%(part)s of %(whole)s failures and learnings is public",
        "%(part)s of %(whole)s failures and learnings are public",
        part,
    )
    sentence: tuple[str, ...] = ()
    if figure["medianDays"] is not None and figure["medianDays"] < 1:
        sentence = (reader.gettext("Half of what was ever public was public on the first day."),)
    elif figure["medianDays"] is not None:
        sentence = (
            reader.gettext(
                "Half of what was ever public was public after %(days)s.",
                days=reader.days(figure["medianDays"]),
            ),
        )
    return Described((), (reader.squares(message, part, n, "good"),), sentence)


def perspective_gap(figure: Figure, reader: Reader) -> Described:
    """Describe where parties judge the same thing differently."""
    _ = reader.gettext
    if not figure["n"]:
        return Described((_("Nothing was judged by more than one party."),))
    sentence = reader.ngettext(
        "%(count)s thing was judged by several parties; on average, the judgements are %(mean)s steps apart, of at "
        "most five.",
        "%(count)s things were judged by several parties; on average, the judgements are %(mean)s steps apart, of at "
        "most five.",
        figure["n"],
        mean=reader.number(figure["mean"]),
    )
    degrees = list(words("Degree"))
    things = [
        Points(
            heading(row["iterationSubject"], row["iteration"]),
            [
                (
                    degrees.index(one["degree"]),
                    Mark(reader.term("ForWhom", one["forWhom"]), reader.records),
                )
                for one in row["degrees"]
            ],
            reader.term("Facet", row["facet"]),
        )
        for row in figure["list"]
    ]
    steps = [reader.term("Degree", name) for name in degrees]
    title = _("How parties judge the same thing")
    return Described((sentence,), (Drawing("dumbbell", dumbbell(title, steps, things)),))


def question_families(figure: Figure, reader: Reader) -> Described:
    """Describe which question came from which."""
    if not figure["trees"]:
        return reader.nothing()

    def node(row: Figure) -> Node:
        named = heading(row["questionSubject"], row["question"])
        notes = [
            reader.ngettext("%(count)s wording", "%(count)s wordings", len(row["framings"])),
            *(f"{reader.term('Result', one['result'])}: {one['count']}" for one in row["counts"]),
        ]
        if "children" not in row:
            notes.append(reader.gettext("What came of it is not shown"))
        children = [node(child) for child in row.get("children", ())]
        note = "; ".join(notes)
        return Node(named.text, named.href, note, children=children, language=named.language)

    trees = [node(row) for row in figure["trees"]]
    sentence = reader.ngettext(
        "The questions form %(count)s family.", "The questions form %(count)s families.", len(trees)
    )
    return Described((sentence,), (Drawing("tree", tree(trees)),))


DESCRIBE: dict[str, Describe] = {
    "failureConversion": failure_conversion,
    "failureMix": failure_mix,
    "avoidableRepeats": avoidable_repeats,
    "doubleLoop": double_loop,
    "openness": openness,
    "perspectiveGap": perspective_gap,
    "questionFamilies": question_families,
}
