"""What is about one organisation: who learned from it, how people took part, and how often it tried something."""

from events.vocabulary.terms import Mode
from service.pages.charts.matrix import Heading
from service.pages.figures.described.describing import (
    Describe,
    Described,
    Drawing,
    Figure,
    Point,
    Reader,
)
from service.pages.parts.records import heading


def learning_reach(figure: Figure, reader: Reader) -> Described:
    """Describe how many others took up what the organisation learned."""
    if not figure["n"]:
        return reader.nothing()
    sentences = [
        reader.ngettext("%(count)s learning.", "%(count)s learnings.", figure["n"]),
        reader.ngettext(
            "%(count)s other organisation took up at least one of them.",
            "%(count)s other organisations took up at least one of them.",
            figure["adopters"],
        ),
    ]
    if figure["longestChain"] > 1:
        sentences.append(
            reader.gettext(
                "From one of them, others learned further, and this was taken up again: %(count)s times in a row.",
                count=reader.number(figure["longestChain"]),
            )
        )
    return Described(sentences)


def modes_tried(figure: Figure, reader: Reader) -> Described:
    """Describe in how many ways people took part in what the organisation started, and what there is about others."""
    if not figure["n"]:
        return reader.nothing()
    whole = len(Mode)
    message = reader.language.ngettext(
        "%(part)s of %(whole)s ways of taking part was tried",
        "%(part)s of %(whole)s ways of taking part were tried",
        whole - len(figure["untried"]),
    )
    drawings = [reader.squares(message, whole - len(figure["untried"]), whole, "peer")]
    untried = []
    for row in figure["untried"]:
        mode = Heading(reader.term("Mode", row["mode"]))
        if row["suggestion"] is None:
            untried.append(Point(mode))
        else:
            about = heading(row["suggestionSubject"], row["suggestion"])
            untried.append(Point(mode, reader.gettext("to read about it:"), about))
    if untried:
        title = reader.gettext("Not tried yet")
        drawings.append(Drawing("points", tuple(untried), title))
    trials = reader.ngettext("%(count)s started trial.", "%(count)s started trials.", figure["n"])
    return Described((trials,), drawings)


def rhythm(figure: Figure, reader: Reader) -> Described:
    """Describe how often the organisation started a trial in each of its cohorts, without ranks."""
    if not figure["list"]:
        return reader.nothing()
    points = []
    for row in figure["list"]:
        months = reader.number(row["months"])
        if row["value"] is None:
            sentence = reader.gettext("not yet there for 30 days")
        elif row["lower"] is None:
            sentence = reader.gettext(
                "%(value)s started trials a month, in %(months)s months",
                value=reader.number(row["value"]),
                months=months,
            )
        else:
            sentence = reader.gettext(
                "%(value)s started trials a month, in %(months)s months; the middle half of the organisations there: "
                "%(lower)s to %(upper)s",
                value=reader.number(row["value"]),
                months=months,
                lower=reader.number(row["lower"]),
                upper=reader.number(row["upper"]),
            )
        points.append(Point(heading(row["cohortSubject"], row["cohort"]), sentence))
    return Described((), (Drawing("points", tuple(points)),))


DESCRIBE: dict[str, Describe] = {
    "learningReach": learning_reach,
    "modesTried": modes_tried,
    "rhythm": rhythm,
}
