"""The action of the policy that each endpoint stands for. The service does not start if an endpoint is missing here.

HTTP has a line for each method and path. GraphQL has a line for each type, which covers the type's fields; a field with
another action has a line of its own. A request is admitted if the policy allows the action to its role at all. What
the principal may then see or record is decided for each event and subject, by the same table.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from graphql import GraphQLObjectType, GraphQLSchema
from starlette.requests import HTTPConnection

from events.access.policy import Action, may_ever
from events.access.principal import Role
from events.vocabulary.types import EVENT_TYPES

PAGES: Final[Mapping[str, Action]] = {
    "GET /sign-in": Action.DESCRIBE,
    "POST /sign-in": Action.DESCRIBE,
    "GET /sign-in/oidc": Action.DESCRIBE,
    "POST /sign-in/oidc": Action.DESCRIBE,
    "GET /sign-in/sessions": Action.KEEP,
    "POST /sign-in/sessions": Action.KEEP,
    "GET /sign-out": Action.DESCRIBE,
    "POST /sign-out": Action.DESCRIBE,
    "GET /": Action.READ,
    "GET /cohorts": Action.READ,
    "GET /cohorts/{key}": Action.READ,
    "GET /cohorts/{key}/access": Action.INVITE_GUEST,
    "POST /cohorts/{key}/access": Action.INVITE_GUEST,
    "POST /cohorts/{key}/access/end": Action.INVITE_GUEST,
    # As with the forms of `/record`, the handlers ask who records.
    "GET /cohorts/{key}/sessions/new": Action.READ,
    "POST /cohorts/{key}/sessions/new": Action.READ,
    "GET /cohorts/{key}/sessions/{session}/notes": Action.READ,
    "POST /cohorts/{key}/sessions/{session}/notes": Action.READ,
    "GET /cohorts/{key}/figures": Action.READ,
    "GET /cohorts/{key}/figures/{figure}": Action.READ,
    "GET /cohorts/{key}/figures/{figure}.csv": Action.READ,
    "GET /cohorts/{key}/figures/{figure}.json": Action.READ,
    "GET /cohorts/{key}/report": Action.READ,
    "GET /cohorts/{key}/wall": Action.READ,
    "GET /live": Action.READ,
    "GET /themes": Action.READ,
    "GET /cohorts/{key}/week": Action.READ,
    "GET /cohorts/{key}/week.txt": Action.READ,
    "GET /cohorts/{key}/week.atom": Action.READ,
    "GET /cohorts/{key}/questions": Action.READ,
    "GET /cohorts/{key}/failures": Action.READ,
    "GET /cohorts/{key}/learnings": Action.READ,
    "GET /cohorts/{key}/history": Action.READ,
    "GET /cohorts/{key}/pairings": Action.READ,
    "GET /organisations/{key}": Action.READ,
    "GET /organisations/{key}/history": Action.READ,
    "GET /questions/{key}": Action.READ,
    "GET /iterations/{key}": Action.READ,
    "GET /failures/{key}": Action.READ,
    "GET /learnings/{key}": Action.READ,
    "GET /inspirations/{key}": Action.READ,
    "GET /asks/{key}": Action.READ,
    "GET /outcomes/{key}": Action.READ,
    "GET /publications/{key}": Action.READ,
    "GET /sessions/{key}": Action.READ,
    "GET /commitments/{key}": Action.READ,
    "GET /pairings/{key}": Action.READ,
    "GET /search": Action.READ,
    "GET /record": Action.READ,
    "GET /record/sheets": Action.READ,
    "GET /record/sheets/template.xlsx": Action.READ,
    "GET /record/sheets/recorded": Action.READ,
    "GET /record/sheets/completed": Action.READ,
    "GET /record/{type}": Action.READ,
    "GET /record/{type}/subjects": Action.READ,
    "GET /record/done/{position}": Action.READ,
    # Whoever's session has ended meanwhile gets the form back, with all that was typed. The handlers ask who records.
    "POST /record/sheets": Action.READ,
    "POST /record/sheets/recorded": Action.READ,
    "POST /record/{type}": Action.READ,
    "POST /record/{type}/check": Action.READ,
    "POST /record/done/{position}": Action.READ,
}
"""The endpoints that are pages for people. They alone take their caller from the cookie of a session."""

COMMONS: Final = (
    "GET /feed.atom",
    "GET /feed.json",
    "GET /sitemap.xml",
    "GET /sitemaps/{part}.xml",
    "GET /cards/{kind}/{key}.png",
    "GET /cohorts/{key}/data.zip",
    *(
        f"GET /{plural}/{{key}}/cite.{ending}"
        for plural in ("cohorts", "questions", "learnings", "publications")
        for ending in ("bib", "json")
    ),
)
"""The endpoints that show everybody alike what is public. No cookie is read there."""

HTTP: Final[Mapping[str, Action]] = {
    **PAGES,
    "POST /events": Action.SEND,
    "POST /events/validate": Action.SEND,
    "OPTIONS /events": Action.DESCRIBE,
    "GET /events": Action.READ,
    "GET /events/visible": Action.READ,
    "GET /events/{position}": Action.READ,
    "GET /streams/{kind}/{key}": Action.READ,
    "GET /tables/{table}": Action.READ,
    "GET /quarantine": Action.KEEP,
    "POST /quarantine/{id}/retry": Action.SEND,
    "DELETE /quarantine/{id}": Action.KEEP,
    "GET /consumers": Action.KEEP,
    "GET /consumers/{name}": Action.KEEP,
    "PUT /consumers/{name}": Action.KEEP,
    "DELETE /consumers/{name}": Action.KEEP,
    "GET /webhooks": Action.DELIVER,
    "POST /webhooks": Action.DELIVER,
    "GET /webhooks/sample": Action.DELIVER,
    "GET /webhooks/{id}": Action.DELIVER,
    "PATCH /webhooks/{id}": Action.DELIVER,
    "DELETE /webhooks/{id}": Action.DELIVER,
    "POST /webhooks/{id}/replay": Action.DELIVER,
    "POST /webhooks/{id}/rotate": Action.DELIVER,
    "POST /webhooks/{id}/test": Action.DELIVER,
    "POST /hooks/{name}": Action.SUBMIT,
    "GET /keys": Action.GRANT_ORGANISATION,
    "POST /keys": Action.GRANT_ORGANISATION,
    "POST /keys/{id}/rotate": Action.GRANT,
    "DELETE /keys/{id}": Action.GRANT_ORGANISATION,
    "GET /graphql": Action.READ,
    "POST /graphql": Action.READ,
    "WS /graphql": Action.READ,
    "GET /graphql/{asset}": Action.DESCRIBE,
    "POST /mcp": Action.READ,
    "GET /event-types": Action.DESCRIBE,
    "GET /event-types/{type}": Action.DESCRIBE,
    "GET /event-envelope": Action.DESCRIBE,
    "GET /metrics": Action.DESCRIBE,
    "GET /health/live": Action.DESCRIBE,
    "GET /health/ready": Action.DESCRIBE,
    "GET /docs": Action.DESCRIBE,
    "GET /docs/{asset}": Action.DESCRIBE,
    "GET /openapi.json": Action.DESCRIBE,
    "GET /asyncapi.json": Action.DESCRIBE,
    **dict.fromkeys(COMMONS, Action.READ),
    "GET /robots.txt": Action.DESCRIBE,
    "GET /assets/{name}": Action.DESCRIBE,
    "GET /queries/{name}": Action.DESCRIBE,
}

_LISTED: Final = (
    "Cohort",
    "Organisation",
    "Membership",
    "Pairing",
    "Meeting",
    "Mindset",
    "Question",
    "QuestionFraming",
    "Iteration",
    "Revision",
    "Observation",
    "Participation",
    "Review",
    "Failure",
    "Reclassification",
    "Learning",
    "LearningRevision",
    "Challenge",
    "Adoption",
    "Inspiration",
    "Use",
    "Ask",
    "Help",
    "Outcome",
    "Substantiation",
    "Checkin",
    "Publication",
    "Session",
    "Commitment",
    "Note",
    "Person",
    "Event",
)
"""Types that occur in lists, each with its connection and its edge."""

_PARTS: Final = (
    "Query",
    "Subscription",
    "PageInfo",
    "Stay",
    "Cost",
    "Citation",
    "Amendable",
    "Correction",
    "Journey",
    "Viewer",
    "SearchHit",
    "SearchFragment",
    "Highlight",
)
"""Types that are parts of others, and the roots."""

_INSIGHTS: Final = (
    "Attendance",
    "AvoidableRepeat",
    "AvoidableRepeats",
    "ChangeTypeCount",
    "CohortComparison",
    "CohortRhythm",
    "CompareCohorts",
    "ContestedLearning",
    "ContestedLearnings",
    "CostOfLearning",
    "CurrencyCost",
    "DegreeForWhom",
    "Diffusion",
    "DiffusionEdge",
    "DoubleLoop",
    "FailFast",
    "FailureClassCount",
    "FailureConversion",
    "FailureMix",
    "FramingShift",
    "Funnel",
    "Gap",
    "Harvest",
    "Insights",
    "InspirationKindYield",
    "InspirationYield",
    "IterationKeys",
    "LearningReach",
    "Leavers",
    "LevelCount",
    "ModeCount",
    "ModesTried",
    "OpenAsk",
    "OpenAsks",
    "OpenCommitment",
    "OpenCommitments",
    "Openness",
    "OrganisationAttendance",
    "OrganisationKeys",
    "OrganisationSlope",
    "PairingKeys",
    "PairingLift",
    "PairingSuggestion",
    "PairingSuggestions",
    "ParticipationShift",
    "Pathway",
    "Pathways",
    "PerspectiveGap",
    "QuestionFamilies",
    "QuestionFamily",
    "QuietOrganisation",
    "QuietOrganisations",
    "Reach",
    "ReasonCount",
    "RecurringTheme",
    "RecurringThemes",
    "ResultCount",
    "ResultDecisionCount",
    "ResultsByDecision",
    "Retention",
    "Rhythm",
    "SimilarQuestion",
    "SimilarQuestions",
    "StalledIteration",
    "StalledIterations",
    "Sustained",
    "SustainedAfter",
    "ThemeInCohort",
    "ThinDecisions",
    "TriedBefore",
    "UntriedMode",
    "Waits",
)
"""The figures, and the types of their parts."""

GRAPH: Final[Mapping[str, Action]] = {
    **dict.fromkeys((*_LISTED, *_PARTS, *_INSIGHTS), Action.READ),
    **{
        f"{name}{part}": Action.READ
        for name in (*_LISTED, "Timeline", "Search")
        for part in ("Connection", "Edge")
    },
    # Every type of event has its entry in timelines.
    **{model.__name__: Action.READ for model in EVENT_TYPES},
    "Cohort.evaluators": Action.READ_EVALUATORS,
    "Person.name": Action.READ_PERSONAL,
    "Person.email": Action.READ_PERSONAL,
}


def endpoints_of(app: FastAPI) -> Iterator[str]:
    """Yield every endpoint of the application, as `METHOD /path`; a WebSocket's method is WS."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or {"WS"}):
            # HEAD needs the same permission as GET.
            if method != "HEAD":
                yield f"{method} {route.path}"


def types_of(graph: GraphQLSchema) -> Iterator[str]:
    """Yield the name of every object type of the graph."""
    for name, type_ in graph.type_map.items():
        # The types of introspection only describe the schema.
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
            yield name


def undeclared(endpoints: Iterable[str]) -> list[str]:
    """Return the endpoints (routes and types) that have no line in this module."""
    return sorted(set(endpoints) - HTTP.keys() - GRAPH.keys())


def admits(role: Role, request: HTTPConnection) -> bool:
    """Return whether the role may use the request's endpoint."""
    return may_ever(role, _action(request))


def admitted_by(request: HTTPConnection) -> list[Role]:
    """Return the roles that may use the request's endpoint."""
    return [role for role in Role if may_ever(role, _action(request))]


def is_for_everybody(request: HTTPConnection) -> bool:
    """Return whether the request's endpoint answers everyone alike, with or without a key."""
    return _action(request) in (Action.DESCRIBE, Action.SUBMIT)


def is_page(request: HTTPConnection) -> bool:
    """Return whether the request's endpoint is a page for people."""
    return _endpoint(request) in PAGES


def _action(request: HTTPConnection) -> Action:
    return HTTP[_endpoint(request)]


def _endpoint(request: HTTPConnection) -> str:
    method = request.scope.get("method", "WS")
    return f"{'GET' if method == 'HEAD' else method} {request.scope['route'].path}"
