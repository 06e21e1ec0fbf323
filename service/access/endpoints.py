"""What each door is for, in the words of the policy. A door that stands nowhere here keeps the service from starting.

HTTP: a line per method and path. GraphQL: a line per type of the graph, which holds for its fields; a line for a field
where it is something else. Whoever comes is let in where the policy allows the action to their role at all; what they
see or record there is then judged thing by thing, by the same table.
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

HTTP: Final[Mapping[str, Action]] = {
    "POST /events": Action.SEND,
    "POST /events/validate": Action.SEND,
    "OPTIONS /events": Action.DESCRIBE,
    "GET /events": Action.READ,
    "GET /events/{position}": Action.READ,
    "GET /streams/{kind}/{key}": Action.READ,
    "GET /quarantine": Action.KEEP,
    "POST /quarantine/{id}/retry": Action.SEND,
    "DELETE /quarantine/{id}": Action.KEEP,
    "GET /consumers": Action.KEEP,
    "GET /consumers/{name}": Action.KEEP,
    "PUT /consumers/{name}": Action.KEEP,
    "GET /keys": Action.GRANT_ORGANISATION,
    "POST /keys": Action.GRANT_ORGANISATION,
    "POST /keys/{id}/rotate": Action.GRANT,
    "DELETE /keys/{id}": Action.GRANT_ORGANISATION,
    "GET /graphql": Action.READ,
    "POST /graphql": Action.READ,
    "WS /graphql": Action.READ,
    "GET /graphql/{asset}": Action.DESCRIBE,
    "GET /event-types": Action.DESCRIBE,
    "GET /event-types/{type}": Action.DESCRIBE,
    "GET /metrics": Action.DESCRIBE,
    "GET /health/live": Action.DESCRIBE,
    "GET /health/ready": Action.DESCRIBE,
    "GET /docs": Action.DESCRIBE,
    "GET /docs/{asset}": Action.DESCRIBE,
    "GET /openapi.json": Action.DESCRIBE,
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
    "Note",
    "Person",
    "Event",
)
"""Types that stand in lists, each with its connection and its edge."""

_PARTS: Final = (
    "Query",
    "Subscription",
    "PageInfo",
    "Stay",
    "Cost",
    "Citation",
    "Journey",
    "Viewer",
    "SearchHit",
    "SearchFragment",
    "Highlight",
)
"""Types that are parts of others, and the roots."""

_INSIGHTS: Final = (
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
    "Openness",
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
"""The figures and what they are made of."""

GRAPH: Final[Mapping[str, Action]] = {
    **dict.fromkeys((*_LISTED, *_PARTS, *_INSIGHTS), Action.READ),
    **{
        f"{name}{part}": Action.READ
        for name in (*_LISTED, "Timeline", "Search")
        for part in ("Connection", "Edge")
    },
    # Every type of event has its entry in timelines.
    **{model.__name__: Action.READ for model in EVENT_TYPES},
    "Person.name": Action.READ_PERSONAL,
    "Person.email": Action.READ_PERSONAL,
}


def endpoints_of(app: FastAPI) -> Iterator[str]:
    """Yield every door of the application, as `METHOD /path`; a WebSocket's method is WS."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or {"WS"}):
            # Asking for the headers alone is asking.
            if method != "HEAD":
                yield f"{method} {route.path}"


def types_of(graph: GraphQLSchema) -> Iterator[str]:
    """Yield every type of the graph whose fields are asked for, by its name."""
    for name, type_ in graph.type_map.items():
        # Those that a schema is asked for itself by tell nothing else.
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
            yield name


def undeclared(doors: Iterable[str]) -> list[str]:
    """Return those of the doors, routes and types, that stand nowhere here."""
    return sorted(set(doors) - HTTP.keys() - GRAPH.keys())


def admits(role: Role, request: HTTPConnection) -> bool:
    """Say whether the role may come through the door that the request came to."""
    return may_ever(role, _action(request))


def admitted_by(request: HTTPConnection) -> list[Role]:
    """Return the roles that may come through the door that the request came to."""
    return [role for role in Role if may_ever(role, _action(request))]


def is_for_everybody(request: HTTPConnection) -> bool:
    """Say whether what is behind the door is the same for whoever comes."""
    return _action(request) is Action.DESCRIBE


def _action(request: HTTPConnection) -> Action:
    method = request.scope.get("method", "WS")
    return HTTP[f"{'GET' if method == 'HEAD' else method} {request.scope['route'].path}"]
