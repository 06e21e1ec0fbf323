"""The records that a figure counts: the stream and the position of each, so that anybody can find it in the log."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from events.vocabulary.values.text_folding import folded
from projections.folding.tables import Row
from service.graphql.node_ids import ENTRY
from service.pages.figures.document.evidence import Evidence
from service.pages.figures.document.period import Counted
from service.pages.frame import addresses
from service.pages.frame.language import Language
from service.pages.parts.records import heading

_PAIR: Final = "pair"


@dataclass(frozen=True)
class Citation:
    """A record: its stream, the position of the event that recorded it, and its address if it is known."""

    stream: str
    position: int | None
    text: str
    href: str | None


@dataclass(frozen=True)
class Citations:
    """Records that are counted together, the first of `total`. They are not listed if it is unknown which they are."""

    title: str
    records: Sequence[Citation]
    total: int
    is_listed: bool = True


def citations(
    name: str,
    figure: Mapping[str, Any],
    evidence: Evidence,
    counted: Counted,
    language: Language,
    records_max: int,
) -> Sequence[Citations]:
    """Return the records that a figure counts, in the groups in which it counts them."""
    found = []
    for title, items, total in _groups(name, figure, evidence, counted, language):
        records = [_citation(item, evidence) for item in items[:records_max]]
        is_listed = len(items) == total
        found.append(Citations(title, records if is_listed else (), total, is_listed))
    return found


Group = tuple[str, Sequence[str], int]
"""A title, the items, and how many the figure says they are."""


def _groups(
    name: str,
    figure: Mapping[str, Any],
    evidence: Evidence,
    counted: Counted,
    language: Language,
) -> Iterator[Group]:
    if name in _LISTED:
        yield from _LISTED[name](figure, evidence, counted, language)
    elif "items" in figure:
        yield "", figure["items"], len(figure["items"])
    else:
        for row in figure.get("list", ()):
            if row.get("items"):
                title = language.gettext("%(months)s months after the close") % row
                yield title, row["items"], len(row["items"])


def _citation(item: str, evidence: Evidence) -> Citation:
    kind, _, name = item.partition("/")
    if kind == ENTRY:
        return Citation(item, int(name), "", evidence.address(f"/events/{name}"))
    if kind == _PAIR:
        found = [heading(evidence.subject("organisation", key), key) for key in name.split(",")]
        return Citation(item, None, " → ".join(one.text for one in found), None)
    row, named = evidence.rows.get(item), heading(evidence.of_stream(item), "")
    return Citation(
        item,
        None if row is None else row["position"],
        named.text,
        evidence.address(addresses.of_stream(item)),
    )


# The figures that do not name what they count


def _those(table: str, evidence: Evidence, counted: Counted) -> Iterator[Row]:
    return (row for row in evidence.tables[table] if counted.has(row))


def _streams(kind: str, rows: Iterator[Row]) -> list[str]:
    return [f"{kind}/{row['key']}" for row in rows]


def _funnel(
    figure: Mapping[str, Any], evidence: Evidence, counted: Counted, language: Language
) -> Iterator[Group]:
    _ = language.gettext
    questions = (row for row in _those("questions", evidence, counted) if not row["shared"])
    publications = (
        row
        for row in _those("publications", evidence, counted)
        if row["withdrawn_at"] is None or row["withdrawn_at"] > counted.at
    )
    yield _("Questions"), _streams("question", questions), figure["questions"]
    iterations = _those("iterations", evidence, counted)
    yield _("Trials"), _streams("iteration", iterations), figure["planned"]
    failures = _those("failures", evidence, counted)
    yield _("Failures"), _streams("failure", failures), figure["failures"]
    learnings = _those("learnings", evidence, counted)
    yield _("Learnings"), _streams("learning", learnings), figure["learnings"]
    yield _("Publications"), _streams("publication", publications), figure["publications"]


def _inspirations(
    figure: Mapping[str, Any], evidence: Evidence, counted: Counted, language: Language
) -> Iterator[Group]:
    shared = sum(row["shared"] for row in figure["list"])
    found = _streams("inspiration", _those("inspirations", evidence, counted))
    yield language.gettext("Inspirations"), found, shared


def _joined(
    figure: Mapping[str, Any], evidence: Evidence, counted: Counted, language: Language
) -> Iterator[Group]:
    hosts = {
        (cohort["key"], host) for cohort in evidence.tables["cohorts"] for host in cohort["hosts"]
    }
    joined = {
        (row["cohort"], row["organisation"]): row["joined_position"]
        for row in reversed(list(evidence.tables["stays"]))
        if counted.is_of(row) and row["joined_at"] <= counted.at
    }
    members = sorted(
        position
        for place, position in joined.items()
        # A cohort or an organisation that the viewer does not see has no key here.
        if None not in place and place not in hosts
    )
    items = [f"{ENTRY}/{position}" for position in members]
    yield language.gettext("Organisations"), items, figure["joined"]


def _compared(
    figure: Mapping[str, Any], evidence: Evidence, counted: Counted, language: Language
) -> Iterator[Group]:
    rows = figure["list"]
    if rows:
        fields = ("organisations", "questions", "planned", "failures", "learnings", "publications")
        sums: dict[str, Any] = {name: sum(row[name] for row in rows) for name in fields}
        within = replace(counted, cohorts=tuple(row["cohort"] for row in rows))
        sums["joined"] = sums["organisations"]
        yield from _joined(sums, evidence, within, language)
        yield from _funnel(sums, evidence, within, language)


def _themes(
    figure: Mapping[str, Any], evidence: Evidence, counted: Counted, language: Language
) -> Iterator[Group]:
    _ = language.gettext
    places = {
        (folded(row["theme"]), one["cohort"]): one
        for row in figure["list"]
        for one in row["cohorts"]
    }
    for kind, title in (
        ("question", _("Questions")),
        ("failure", _("Failures")),
        ("learning", _("Learnings")),
    ):
        found, times = [], 0
        for row in _those(f"{kind}s", evidence, counted):
            own = {folded(theme) for theme in row["themes"]} if not row.get("shared") else ()
            those = sum((theme, row["cohort"]) in places for theme in own)
            if those:
                found.append(f"{kind}/{row['key']}")
                times += those
        # A record with two themes counts with each, and is one record.
        given = sum(one[f"{kind}s"] for one in places.values())
        yield title, found, len(found) if times == given else given


def _begun(
    figure: Mapping[str, Any], evidence: Evidence, counted: Counted, language: Language
) -> Iterator[Group]:
    rates = {row["cohort"]: row for row in figure["list"] if row["value"] is not None}
    begun = (
        row
        for row in evidence.tables["iterations"]
        if row["cohort"] in rates
        and row["organisation"] == counted.organisation
        and row["started_at"] is not None
        and row["started_at"] <= counted.at
    )
    total = round(sum(row["value"] * row["months"] for row in rates.values()))
    yield language.gettext("Trials"), _streams("iteration", begun), total


_LISTED: Final[
    Mapping[str, Callable[[Mapping[str, Any], Evidence, Counted, Language], Iterator[Group]]]
] = {
    "funnel": _funnel,
    "inspirationYield": _inspirations,
    "retention": _joined,
    "compareCohorts": _compared,
    "recurringThemes": _themes,
    "rhythm": _begun,
}
