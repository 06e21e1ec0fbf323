"""How far questions and trials got, how fast, and what they cost."""

from typing import Final

from service.pages.charts.bars import Bar, Group, bars
from service.pages.charts.geometry import Tone
from service.pages.charts.matrix import Count, Heading, of_counts
from service.pages.charts.strip import Durations, strip
from service.pages.figures import fields
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

Stage = tuple[str, str]
"""The name of a number of the funnel, and how it is called."""

PATHS_MIN: Final = 3
"""A path that fewer chains took is not a pattern."""


def funnel(figure: Figure, reader: Reader) -> Described:
    """Describe how many questions, trials and learnings reached each stage. Each kind has a scale of its own."""
    _ = reader.gettext
    sentence = _(
        "Questions: %(questions)s; trials: %(planned)s; failures: %(failures)s; learnings: %(learnings)s; "
        "publications: %(publications)s.",
        **{name: reader.number(count) for name, count in figure.items()},
    )

    def drawing(title: str, tone: Tone, first: Stage, *further: Stage) -> Drawing:
        whole = reader.number(figure[first[0]])
        stages = [Bar(first[1], figure[first[0]], reader.records, text=whole)]
        for name, label in further:
            part = _("%(part)s of %(whole)s", part=reader.number(figure[name]), whole=whole)
            stages.append(Bar(label, figure[name], reader.records, text=part))
        return Drawing("bars", bars([Group(title, stages, tone)]))

    return Described(
        (sentence,),
        (
            drawing(
                _("Questions"),
                "question",
                ("questions", _("recorded")),
                ("reframed", _("reworded")),
                ("tried", _("tried out")),
                ("answered", _("answered")),
                ("parked", _("parked")),
            ),
            drawing(
                _("Trials"),
                "good",
                ("planned", _("planned")),
                ("started", _("started")),
                ("concluded", _("concluded")),
            ),
            drawing(
                _("Learnings"),
                "learning",
                ("learnings", _("recorded")),
                ("adopted", _("taken up by others")),
            ),
        ),
    )


def _strip(figure: Figure, reader: Reader, name: str, sentence: str) -> Described:
    drawn = strip(
        [Durations(name, sentence, (), _few(figure))],
        lambda days: reader.days(days),
    )
    return Described((), (Drawing("strip", drawn),))


def _few(figure: Figure) -> tuple[float, float, float] | None:
    """Return the quartiles, None if they are of so few things that the sentence is enough."""
    if figure["quartiles"] is None or figure["n"] < 5:
        return None
    lower, median, upper = figure["quartiles"]
    return lower, median, upper


def _half(figure: Figure, reader: Reader, of: str) -> str:
    lower, median, upper = map(reader.days, figure["quartiles"])
    if figure["n"] < 5:
        return reader.gettext("%(of)s: the middle one took %(median)s.", of=of, median=median)
    return reader.gettext(
        "%(of)s: half of them took at most %(median)s, and the middle half between %(lower)s and %(upper)s.",
        of=of,
        median=median,
        lower=lower,
        upper=upper,
    )


def _wait(figure: Figure, reader: Reader, name: str, of: str, without: str) -> Described:
    nothing = reader.gettext("There is nothing to measure yet.")
    sentence = _half(figure, reader, of) if figure["n"] else nothing
    return _strip(figure, reader, name, f"{sentence} {without}".strip())


def time_to_first_iteration(figure: Figure, reader: Reader) -> Described:
    """Describe how long questions waited for their first trial."""
    n, without = figure["n"], figure["without"]
    return _wait(
        figure,
        reader,
        reader.gettext("From the question to its first trial"),
        reader.ngettext("%(count)s question", "%(count)s questions", n),
        reader.ngettext("%(count)s has no trial.", "%(count)s have no trial.", without)
        if without
        else "",
    )


def learning_velocity(figure: Figure, reader: Reader) -> Described:
    """Describe how long it took from the start of a trial to the first learning."""
    n, without = figure["n"], figure["without"]
    return _wait(
        figure,
        reader,
        reader.gettext("From the start of a trial to the first learning"),
        reader.ngettext("%(count)s trial", "%(count)s trials", n),
        reader.ngettext("%(count)s led to no learning.", "%(count)s led to no learning.", without)
        if without
        else "",
    )


def fail_fast(figure: Figure, reader: Reader) -> Described:
    """Describe how long it took from the start of a trial to its failure."""
    return _wait(
        figure,
        reader,
        reader.gettext("From the start of a trial to its failure"),
        reader.ngettext("%(count)s failure", "%(count)s failures", figure["n"]),
        "",
    )


def results_by_decision(figure: Figure, reader: Reader) -> Described:
    """Describe what came of the trials, and what was decided."""
    if not figure["n"]:
        return reader.nothing()
    sentence = reader.ngettext(
        "%(count)s trial was concluded.", "%(count)s trials were concluded.", figure["n"]
    )
    matrix = of_counts(
        {name: Heading(reader.term("Result", name)) for name in words("Result")},
        {name: Heading(reader.term("Decision", name)) for name in words("Decision")},
        {
            (row["result"], row["decision"]): Count(
                row["count"], reader.those(result=row["result"], decision=row["decision"])
            )
            for row in figure["counts"]
        },
        titles=(reader.gettext("Result"), reader.gettext("Decision")),
        row_totals=True,
        column_totals=True,
    )
    of_result: dict[str, int] = {}
    for row in figure["counts"]:
        of_result[row["result"]] = of_result.get(row["result"], 0) + row["count"]
    results = [
        Bar(reader.term("Result", name), of_result[name], reader.those(result=name))
        for name in words("Result")
        if name in of_result
    ]
    return Described(
        (sentence,),
        (
            Drawing("matrix", matrix, reader.gettext("Results by decision")),
            Drawing("bars", bars([Group(reader.gettext("By result"), results, "good")])),
        ),
    )


def thin_decisions(figure: Figure, reader: Reader) -> Described:
    """Describe how many decisions to continue rest on little."""
    n = figure["n"]
    if not n:
        return reader.nothing()
    part = part_of(figure["share"], n)
    message = reader.language.ngettext(
        "%(part)s of %(whole)s decisions to continue rests on the weakest evidence",
        "%(part)s of %(whole)s decisions to continue rest on the weakest evidence",
        part,
    )
    return Described((), (reader.squares(message, part, n, "unsure"),))


def pathways(figure: Figure, reader: Reader) -> Described:
    """Describe which paths several chains of trials took."""
    _ = reader.gettext
    if not figure["n"]:
        return reader.nothing()
    sentence = reader.ngettext(
        "The trials form %(count)s chain.", "The trials form %(count)s chains.", figure["n"]
    )
    often = [row for row in figure["list"] if row["count"] >= PATHS_MIN]
    if not often:
        return Described(
            (sentence, _("No path was taken three times or more, so none is a pattern."))
        )
    steps = fields.steps(reader.language)
    points = tuple(
        Point(
            Heading(" → ".join(steps.get(step, step) for step in row["sequence"])),
            reader.ngettext("%(count)s chain", "%(count)s chains", row["count"]),
        )
        for row in often
    )
    return Described((sentence,), (Drawing("points", points),))


def cost_of_learning(figure: Figure, reader: Reader) -> Described:
    """Describe what trials and learnings cost, in hours and in each currency. It is not compared."""
    _ = reader.gettext
    number = reader.number
    sentences: list[str] = []
    if figure["hours"] is not None:
        sentences.append(
            reader.ngettext(
                "%(count)s concluded trial took %(hours)s hours.",
                "%(count)s concluded trials took %(hours)s hours.",
                figure["n"],
                hours=number(figure["hours"]),
            )
        )
        if figure["perLearning"] is not None:
            sentences.append(
                _("That is %(hours)s hours for each learning.", hours=number(figure["perLearning"]))
            )
    for row in figure["money"]:
        sentences.append(
            reader.ngettext(
                "%(count)s trial cost %(amount)s %(currency)s.",
                "%(count)s trials cost %(amount)s %(currency)s.",
                row["n"],
                amount=_money(row["amount"], reader),
                currency=row["currency"],
            )
        )
        if row["perLearning"] is not None:
            sentences.append(
                _(
                    "That is %(amount)s %(currency)s for each learning.",
                    amount=_money(row["perLearning"], reader),
                    currency=row["currency"],
                )
            )
    return Described(tuple(sentences)) if sentences else reader.nothing()


def _money(amount: float, reader: Reader) -> str:
    """Return an amount, from a hundred on in whole units."""
    return reader.number(amount, 0 if amount >= 100 else 2)


DESCRIBE: dict[str, Describe] = {
    "funnel": funnel,
    "timeToFirstIteration": time_to_first_iteration,
    "learningVelocity": learning_velocity,
    "failFast": fail_fast,
    "resultsByDecision": results_by_decision,
    "thinDecisions": thin_decisions,
    "pathways": pathways,
    "costOfLearning": cost_of_learning,
}
