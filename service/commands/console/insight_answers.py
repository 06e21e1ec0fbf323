"""Figures for `howcanwe insights`, computed from a whole log or queried from a server."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.log import now_us
from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.values.times import as_text
from projections.insights.answers import ORDER, FigureArguments
from projections.insights.cache.cache import AnswerCache
from projections.insights.figures.definition import FIGURES
from projections.insights.follower import take
from projections.insights.perspective.partiality import is_partial
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.viewer import FigureViewer
from service.commands.console.figure_queries import FigurePart, groups, halves, query
from service.graphql.figure_documents import in_events, units
from service.replay.errors import PartOfLog, PastEnd, QueryRefused, ReplayError
from service.replay.line_pages import position_of
from service.replay.source import Source
from service.replay.sources.server import ServerSource
from service.replay.tables.viewer import check_known, viewer_of

_LISTS: Final = ("cohorts", "organisations", "sectors", "themes")


@dataclass(frozen=True, slots=True)
class InsightRequest:
    """The figures (None: all), their scope and arguments, and the position (None: last) and moment (None: now)."""

    names: Collection[str] | None
    scope: Scope
    asked: FigureArguments
    as_of: int | None
    at_us: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure with its parameters. `scope` is the filter as GraphQL takes it, without empty parts.

    `answer` is None if the figure is withheld. `partial` is true if some events of the cohorts in scope are hidden.
    """

    name: str
    at: str
    as_of: int
    scope: Mapping[str, Any]
    partial: bool
    arguments: Mapping[str, Any]
    answer: Mapping[str, Any] | None

    @property
    def units(self) -> dict[str, str]:
        """The units of the figure's numbers, by field."""
        return units(self.name)

    @property
    def definition(self) -> str:
        """The definition of the figure."""
        return FIGURES[self.name].text


class LogFigures:
    """The figures of a whole log, as a viewer may see them. The log is read once, for any number of requests.

    Raises ReplayError if the log has not the organisation or a cohort of the viewer.
    """

    def __init__(self, source: Source, viewer: FigureViewer) -> None:
        self._cache = _filled(source)
        things = self._cache.index.things
        check_known(viewer, lambda kind: {one.key for one in things[kind]})
        self._viewer = viewer

    def all(self, requests: Sequence[InsightRequest]) -> list[list[Answer]]:
        """Return the figures of several requests. Raises ReplayError."""
        return [self.answers(request) for request in requests]

    def answers(self, question: InsightRequest) -> list[Answer]:
        """Return the figures. Raises ReplayError."""
        cache = self._cache
        as_of = _reached(question.as_of, cache.position)
        at_us = now_us() if question.at_us is None else question.at_us
        view = cache.view(self._viewer, question.scope, at_us=at_us, as_of=question.as_of)
        found = cache.answer(view, question.names, question.asked)
        partial, scope = is_partial(view), _filter(question.scope)
        return [
            Answer(name, as_text(at_us), as_of, scope, partial, arguments, found[name])
            for name, arguments in _asked(question)
        ]


class ServerFigures:
    """The figures of a server for its key."""

    def __init__(self, server: ServerSource) -> None:
        self._server = server

    def all(self, requests: Sequence[InsightRequest]) -> list[list[Answer]]:
        """Return the figures of several requests, all as of the position of the first. Raises ReplayError."""
        as_of = _reached(requests[0].as_of, self._server.head())
        now = now_us()
        parts = [
            FigurePart(
                number,
                _filter(request.scope),
                as_text(now if request.at_us is None else request.at_us),
                dict(_asked(request)),
            )
            for number, request in enumerate(requests)
        ]
        found: list[list[Answer]] = [[] for _ in requests]
        for part, given in self._given(parts, as_of):
            for name, arguments in part.requested.items():
                answer = in_events(name, given[name])
                if answer is not None:
                    _check_generations(answer.get("trees", ()))
                found[part.number].append(
                    Answer(name, part.at, as_of, part.filter, given["partial"], arguments, answer)
                )
        return found

    def answers(self, question: InsightRequest) -> list[Answer]:
        """Return the figures, all as of one position and moment. Raises ReplayError."""
        return self.all([question])[0]

    def _given(
        self, parts: Sequence[FigurePart], as_of: int
    ) -> Iterator[tuple[FigurePart, Mapping[str, Any]]]:
        """Yield parts of the requests with their answers. A server with narrower limits gets smaller queries."""
        for group in groups(parts):
            try:
                given = self._server.graphql(*query(group, as_of))
            except QueryRefused:
                smaller = halves(group)
                if len(smaller) == 1:
                    raise
                for half in smaller:
                    yield from self._given(half, as_of)
            else:
                yield from ((part, given[f"r{place}"]) for place, part in enumerate(group))


def figures_of(source: Source, viewer: str | None = None) -> LogFigures | ServerFigures:
    """Return the figures of a source: a server's for its key, others' as a viewer may see them. Raises ReplayError."""
    if isinstance(source, ServerSource):
        return ServerFigures(source)
    return LogFigures(source, viewer_of(viewer))


def _filled(source: Source) -> AnswerCache:
    cache = AnswerCache()
    for chunk in source.chunks(Selection()):
        before = cache.position
        for position in map(position_of, chunk.splitlines()):
            if position != before + 1:
                raise PartOfLog("figures", (before, position))
            before = position
        take(cache, chunk, VOCABULARY)
    return cache


def _reached(as_of: int | None, head: int) -> int:
    if as_of is not None and as_of > head:
        raise PastEnd(as_of, head)
    return head if as_of is None else as_of


def _asked(question: InsightRequest) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in ORDER:
        arguments = question.asked.arguments(name)
        if arguments is not None and (question.names is None or name in question.names):
            yield name, arguments


def _filter(scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = {name: sorted(getattr(scope, name)) for name in _LISTS}
    for name, time_us in (("from", scope.from_us), ("to", scope.to_us)):
        found[name] = None if time_us is None else as_text(time_us)
    return {name: value for name, value in found.items() if value}


def _check_generations(trees: Collection[Mapping[str, Any]]) -> None:
    """Raise ReplayError if the trees are deeper than the query."""
    for tree in trees:
        if "children" not in tree:
            raise ReplayError(
                f"the families below {tree['question']} are deeper than one query can be; choose fewer with --cohort"
            )
        _check_generations(tree["children"])
