"""Metrics of the log, the read models and the requests, without keys, names or texts. `GET /metrics` returns them."""

from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    StateSetMetricFamily,
)
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from projections.store.progress import Phase, ReadModelState
from projections.updating.replica import ReplicaFollower
from service.connections.admission import Admission
from service.webhooks.deliverer import Progress
from service.webhooks.sender import Trouble

_ENCODE, MEDIA_TYPE = choose_encoder("application/openmetrics-text")

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Submitted(StrEnum):
    """What became of a submission to a hook."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    REFUSED = "refused"
    UNOPENED = "unopened"
    """The hook is unknown, or the request had neither its secret nor a signature."""


class Called(StrEnum):
    """What became of an assistant's call of a tool."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    """The service could not answer, such as while the database is away."""


class Metrics:
    """The metrics of one service process.

    Requests are labelled with their route's template, not with their path, so that the number of series is bounded by
    the number of routes.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "howcanwe_http_requests",
            "Requests answered, by route and status; `none`: the client had disconnected.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "howcanwe_http_request_duration_seconds",
            "Time from a request to the end of its answer, without live streams.",
            ("method", "route"),
            unit="seconds",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._live = Gauge(
            "howcanwe_live_streams",
            "Open live streams, by form.",
            ("form",),
            registry=self._registry,
        )
        for form in ("sse", "multipart", "websocket"):
            self._live.labels(form)
        self._webhook_attempts = Counter(
            "howcanwe_webhook_attempts",
            "Attempts to deliver to webhooks, by result: `delivered`, `status` for a status that is no success, or what"
            " prevented an answer.",
            ("result",),
            registry=self._registry,
        )
        for result in ("delivered", "status", *Trouble):
            self._webhook_attempts.labels(result)
        self._submissions = Counter(
            "howcanwe_hook_submissions",
            "Submissions to hooks, by result; `unopened`: the hook is unknown, or the request did not open it.",
            ("result",),
            registry=self._registry,
        )
        for submitted in Submitted:
            self._submissions.labels(submitted)
        self._tool_calls = Counter(
            "howcanwe_assistant_calls",
            "Calls of tools by assistants, by tool and result; `failed`: the service could not answer.",
            ("tool", "result"),
            registry=self._registry,
        )
        self._tool_seconds = Histogram(
            "howcanwe_assistant_call_duration_seconds",
            "Time from a call of a tool to its result.",
            ("tool",),
            unit="seconds",
            buckets=_SECONDS,
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)

    def counts_connections(self, admission: Admission) -> None:
        """Include the connections that `admission` counts."""
        self._registry.register(_Connections(admission))

    def answered(self, method: str, route: str, status: int | None, seconds: float | None) -> None:
        """Count a request; `seconds` is None for a live stream, whose duration says nothing about the service."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, "none" if status is None else str(status)).inc()
        if seconds is not None:
            self._seconds.labels(method, route).observe(seconds)

    def opened(self, form: str) -> None:
        """Count a live stream that has begun."""
        self._live.labels(form).inc()

    def ended(self, form: str) -> None:
        """Count a live stream that has ended."""
        self._live.labels(form).dec()

    def attempted(self, result: str) -> None:
        """Count an attempt to deliver to a webhook."""
        self._webhook_attempts.labels(result).inc()

    def submitted(self, result: Submitted) -> None:
        """Count a submission to a hook."""
        self._submissions.labels(result).inc()

    def called(self, tool: str, result: Called, seconds: float) -> None:
        """Count a call of a tool. The caller bounds the names: `unknown` stands for all that are none."""
        self._tool_calls.labels(tool, result).inc()
        self._tool_seconds.labels(tool).observe(seconds)

    def text(
        self,
        *,
        head: int | None,
        known_head: int,
        recorded: int,
        state: ReadModelState,
        standby: ReplicaFollower | None = None,
        ahead_seconds: float | None = None,
        webhooks: Progress | None = None,
    ) -> bytes:
        """Return all metrics as OpenMetrics text.

        `head` is the log's last position; None while the database is unavailable, when `known_head` is used instead.
        `ahead_seconds` is how far this clock is ahead of the database's; None if unknown.
        """
        collectors: list[Collector] = [_LogAndReadModels(head, known_head, recorded, state)]
        if standby is not None:
            collectors.append(_OnReplica(standby))
        if ahead_seconds is not None:
            collectors.append(_Clock(ahead_seconds))
        if webhooks is not None:
            collectors.append(_Webhooks(webhooks))
        for collector in collectors:
            self._registry.register(collector)
        try:
            return _ENCODE(self._registry)
        finally:
            for collector in collectors:
                self._registry.unregister(collector)


class _Connections(Collector):
    """The numbers of open and of refused connections."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    def collect(self) -> list[GaugeMetricFamily | CounterMetricFamily]:
        """Return the metric families."""
        return [
            GaugeMetricFamily("howcanwe_connections", "Open connections.", self._admission.open),
            CounterMetricFamily(
                "howcanwe_connections_refused",
                "Connections refused because too many were open.",
                self._admission.refused,
            ),
        ]


class _LogAndReadModels(Collector):
    """The state of the log and the read models at one moment."""

    def __init__(
        self, head: int | None, known_head: int, recorded: int, state: ReadModelState
    ) -> None:
        self._is_up = head is not None
        self._head = known_head if head is None else head
        self._recorded = recorded
        self._state = state

    def collect(self) -> list[GaugeMetricFamily | CounterMetricFamily | StateSetMetricFamily]:
        """Return the metric families."""
        state = self._state
        undigested = state.undigested.position if state.undigested is not None else 0
        return [
            GaugeMetricFamily("howcanwe_database_up", "Whether the database answers.", self._is_up),
            GaugeMetricFamily(
                "howcanwe_log_position", "Position of the last event of the log.", self._head
            ),
            CounterMetricFamily(
                "howcanwe_events_recorded",
                "Events recorded by this process, without repeats.",
                self._recorded,
            ),
            GaugeMetricFamily(
                "howcanwe_read_models_position",
                "Position up to which the read models are complete.",
                state.position,
            ),
            GaugeMetricFamily(
                "howcanwe_read_models_lag_events",
                "Events of the log that the read models have not processed yet.",
                max(0, self._head - state.position),
            ),
            StateSetMetricFamily(
                "howcanwe_read_models_phase",
                "What the read models are doing.",
                {phase.value: phase is state.phase for phase in Phase},
            ),
            GaugeMetricFamily(
                "howcanwe_read_models_undigested_position",
                "Position of the event at which the read models stopped; 0: none.",
                undigested,
            ),
        ]


class _Clock(Collector):
    """The difference between this clock and the database's."""

    def __init__(self, ahead_seconds: float) -> None:
        self._ahead_seconds = ahead_seconds

    def collect(self) -> list[GaugeMetricFamily]:
        """Return the metric family."""
        return [
            GaugeMetricFamily(
                "howcanwe_clock_ahead_seconds",
                "How far this process's clock is ahead of the database's; negative: behind.",
                self._ahead_seconds,
            )
        ]


class _Webhooks(Collector):
    """The webhooks that this process delivers."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def collect(self) -> list[GaugeMetricFamily]:
        """Return the metric families."""
        return [
            GaugeMetricFamily(
                "howcanwe_webhooks_delivering",
                "Whether this process delivers to webhooks; one of all processes does.",
                self._progress.is_delivering,
            ),
            GaugeMetricFamily(
                "howcanwe_webhooks_running", "Webhooks that deliver.", self._progress.webhooks
            ),
            GaugeMetricFamily(
                "howcanwe_webhooks_parked",
                "Webhooks that failed for too long and wait for somebody to start them again.",
                self._progress.parked,
            ),
            GaugeMetricFamily(
                "howcanwe_webhooks_lag_events",
                "Events of the log that the webhook furthest behind has not delivered or left out yet.",
                self._progress.lag_events,
            ),
        ]


class _OnReplica(Collector):
    """The state of the read models on the replica at one moment."""

    def __init__(self, standby: ReplicaFollower) -> None:
        self._standby = standby

    def collect(self) -> list[GaugeMetricFamily]:
        """Return the metric families."""
        return [
            GaugeMetricFamily(
                "howcanwe_replica_up",
                "Whether the replica answers.",
                self._standby.state.phase is not Phase.WAITING,
            ),
            GaugeMetricFamily(
                "howcanwe_replica_read_models_position",
                "Position up to which the read models are complete on the replica.",
                self._standby.position,
            ),
            GaugeMetricFamily(
                "howcanwe_replica_lag_seconds",
                "How long the primary has had events that the replica lacks; 0: it lacks none.",
                self._standby.lag_seconds,
            ),
        ]
