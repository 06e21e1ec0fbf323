"""A report as Markdown (GitHub's, with tables). Texts of people are escaped: they stay texts."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.pages.charts.table import Table
from service.pages.charts.tree import Branch
from service.pages.figures.described.describing import Described, Drawing
from service.pages.figures.document.content import Report, ReportedFigure, ReportedSection
from service.pages.figures.document.period import span
from service.pages.frame import terms

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~&@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
"""What is taken for Markdown, for HTML, or for an address that becomes a link."""
_AT_BEGIN: Final = re.compile(r"^(\s*)([#+-]|\d+[.)])(?=\s|$)")
_LINES: Final = re.compile(r"\s+")


def written(report: Report) -> str:
    """Return the text of a report. The same report gives the same text."""
    return "\n".join(_report(report)).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """Return a text on one line, in which nothing is taken for Markdown or HTML."""
    line = _SPECIAL.sub(r"\\\1", _LINES.sub(" ", text).strip())
    return _AT_BEGIN.sub(lambda found: f"{found[1]}{_escaped_mark(found[2])}", line)


def _escaped_mark(mark: str) -> str:
    return f"{mark[:-1]}\\{mark[-1]}"


def _report(report: Report) -> Iterator[str]:
    _ = report.language.gettext
    yield f"# {escaped(report.title)}"
    if report.readers:
        yield from ("", escaped(report.readers))
    for text in report.words:
        yield from ("", escaped(text))
    yield from ("", f"**{escaped(report.running)}**", "")
    yield from _facts(report)
    led = _("All of this is only as far as is shown here; there may be more.")
    for section in report.sections:
        yield from _section(section, report, led if report.is_partial else "")
    if report.glossary:
        yield from ("", f"## {_('What the words mean')}", "")
        for list_ in report.glossary:
            yield f"- **{escaped(list_.title)}**"
            for word, meaning in list_.words:
                yield f"  - {escaped(word)}: {escaped(meaning)}"
    yield from ("", f"## {_('Method and definitions')}")
    for one in report.defined:
        yield from ("", f"### {escaped(one.title)} (`{one.name}`)", "", escaped(one.text))
        if one.units:
            named = "; ".join(f"{escaped(field)}: {escaped(unit)}" for field, unit in one.units)
            yield from ("", f"{_('Units:')} {named}")
    yield from ("", f"## {_('The records that the figures count')}")
    for figure in report.figures:
        yield from _cited(figure, report)


def _facts(report: Report) -> Iterator[str]:
    language = report.language
    _ = language.gettext
    if report.organisation:
        yield f"- {_('Organisation')}: {escaped(report.organisation)}"
    if report.range:
        started = _("that started %(time)s") % {"time": report.range}
        yield f"- {_('Cohorts')} {started}:"
    for cohort in report.cohorts:
        closed = cohort["closed_at"]
        end = language.day(closed) if closed else _("open")
        days = span(language.day(cohort["starts_on"]), end)
        yield f"- {_('Cohort')}: {escaped(str(cohort['title']))} ({days})"
    yield f"- {_('Time')}: {report.period or _('all that was recorded')}"
    moment = _("%(moment)s (UTC), by the first %(position)s entries of the log") % {
        "moment": language.instant(report.at),
        "position": language.number(report.position, 0),
    }
    yield f"- {_('As of')}: {moment}"
    role = _(terms.title("Role", report.viewer.role.value))
    places = ", ".join(map(escaped, report.viewer_places))
    yield f"- {_('As seen by')}: {role}{f' ({places})' if places else ''}. {report.unseen}"


def _section(section: ReportedSection, report: Report, led: str) -> Iterator[str]:
    language = report.language
    _ = language.gettext
    about = f" ({escaped(section.about)})" if section.about else ""
    yield from ("", f"## {escaped(section.title)}{about}")
    for text in (*section.words, *([led] if led else [])):
        yield from ("", escaped(text))
    for figure in section.figures:
        yield from _figure(figure, report)
    if section.series is not None:
        yield from _table(section.series.table)
    if section.listed is not None:
        listed = section.listed
        if listed.total > listed.shown:
            yield from (
                "",
                language.ngettext(
                    "Only the first %(shown)s of %(total)s is here.",
                    "Only the first %(shown)s of %(total)s are here.",
                    listed.shown,
                )
                % {"shown": language.number(listed.shown), "total": language.number(listed.total)},
            )
        nothing = _("Nothing is shown here.") if report.is_partial else _("Nothing yet.")
        yield from _table(listed.table) if listed.shown else ("", nothing)
    if section.withheld:
        why = _(
            "Left out of this version, because only those who see everything in the cohort (its facilitators and "
            "evaluators) would get the right numbers:"
        )
        yield from ("", f"{why} {', '.join(map(escaped, section.withheld))}.")


def _figure(figure: ReportedFigure, report: Report) -> Iterator[str]:
    n = "" if figure.n is None else f" (n = {report.language.number(figure.n)})"
    yield from ("", f"### {escaped(figure.title)}{n}")
    for text in figure.words:
        yield from ("", escaped(text))
    yield from _described(figure.described)
    yield from ("", f"*{escaped(figure.meaning)}*")
    for one in figure.tables:
        yield from _table(one)


def _described(described: Described) -> Iterator[str]:
    if described.sentences:
        yield from ("", escaped(" ".join(described.sentences)))
    for drawing in described.drawings:
        yield from _drawing(drawing)
    for note in described.notes:
        yield from ("", escaped(note))


def _drawing(drawing: Drawing) -> Iterator[str]:
    """Yield what a drawing says in words. The numbers of the others stand in the tables."""
    chart = drawing.chart
    match drawing.kind:
        case "squares":
            yield from ("", escaped(chart.sentence))
        case "strip":
            for row in chart.rows:
                yield from ("", escaped(f"{row.name}: {row.sentence}"))
        case "points":
            if drawing.title:
                yield from ("", escaped(drawing.title))
            yield ""
            for point in chart:
                sentence = f": {escaped(point.sentence)}" if point.sentence else ""
                if point.further is not None:
                    sentence += f" {_linked(point.further.text, point.further.href)}"
                yield f"- {_linked(point.heading.text, point.heading.href)}{sentence}"
        case "dots":
            yield ""
            for row in chart.rows:
                yield f"- {_linked(row.heading.text, row.heading.href)}: {escaped(row.sentence)}"
        case "tree":
            yield ""
            yield from _branches(chart, "")
        case _:
            pass


def _branches(branches: Sequence[Branch], indent: str) -> Iterator[str]:
    for branch in branches:
        node = branch.node
        note = f" ({escaped(node.note)})" if node.note else ""
        yield f"{indent}- {_linked(node.text, node.href)}{note}"
        yield from _branches(branch.branches, f"{indent}  ")


def _table(table: Table) -> Iterator[str]:
    yield ""
    if table.caption:
        yield from (f"**{escaped(table.caption)}**", "")
    yield f"| {' | '.join(escaped(one.title) for one in table.columns)} |"
    yield f"| {' | '.join('--:' if one.numeric else '---' for one in table.columns)} |"
    for row in table.rows:
        yield f"| {' | '.join(_linked(cell.shown, cell.href) for cell in row)} |"


def _linked(text: str, href: str | None) -> str:
    if href is None or href.startswith("#"):
        return escaped(text)
    return f"[{escaped(text)}](<{href}>)"


def _cited(figure: ReportedFigure, report: Report) -> Iterator[str]:
    _ = report.language.gettext
    about = f" ({escaped(figure.about)})" if figure.about else ""
    yield from ("", f"### {escaped(figure.title)}{about}")
    if not figure.citations:
        yield from ("", _("It names the records above."))
    for group in figure.citations:
        title = f"**{escaped(group.title)}: {group.total}.** " if group.title else ""
        records = ", ".join(
            _linked(one.stream, one.href)
            + (
                ""
                if one.position is None or one.stream.startswith("event/")
                else f" ({one.position})"
            )
            for one in group.records
        )
        if not group.is_listed:
            records = _("They cannot be listed here.")
        elif left := group.total - len(group.records):
            more = _("and %(count)s more") % {"count": report.language.number(left)}
            records = f"{records} {more}"
        yield from ("", f"{title}{records or _('none')}")
