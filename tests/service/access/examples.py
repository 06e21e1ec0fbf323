"""A request for each route, who asks as which role, and organisations in each relation."""

from collections.abc import Mapping
from typing import Any, Final

from events.access.policy import (
    Role,
)
from service.access import endpoints
from service.pages.routes import FILES, PAGES
from tests.events.samples import formed, held, joined, paired, registered

NOBODYS_UUID: Final = "00000000-0000-0000-0000-000000000000"
# A request per route that only access can refuse: a permitted client is answered with neither 401 nor 403.
ASKED: Final[Mapping[str, tuple[str, bytes]]] = {
    "POST /events": ("/events", b"[]"),
    "POST /events/validate": ("/events/validate", b"[]"),
    "OPTIONS /events": ("/events", b""),
    "GET /events": ("/events", b""),
    "GET /events/visible": ("/events/visible", b""),
    "GET /events/{position}": ("/events/1", b""),
    "GET /streams/{kind}/{key}": ("/streams/organisation/mill", b""),
    "GET /tables/{table}": ("/tables/failures", b""),
    "GET /quarantine": ("/quarantine", b""),
    "POST /quarantine/{id}/retry": (f"/quarantine/{NOBODYS_UUID}/retry", b""),
    "DELETE /quarantine/{id}": (f"/quarantine/{NOBODYS_UUID}", b""),
    "GET /consumers": ("/consumers", b""),
    "GET /consumers/{name}": ("/consumers/nobodys", b""),
    "PUT /consumers/{name}": ("/consumers/nightly", b'{"position": 0, "hash": "%s"}' % (b"0" * 64)),
    "DELETE /consumers/{name}": ("/consumers/nobodys", b""),
    "GET /webhooks": ("/webhooks", b""),
    "POST /webhooks": ("/webhooks", b'{"url": "https://receiver.example/in"}'),
    "GET /webhooks/sample": ("/webhooks/sample", b""),
    "GET /webhooks/{id}": ("/webhooks/0000000000000000", b""),
    "PATCH /webhooks/{id}": ("/webhooks/0000000000000000", b"{}"),
    "DELETE /webhooks/{id}": ("/webhooks/0000000000000000", b""),
    "POST /webhooks/{id}/replay": ("/webhooks/0000000000000000/replay", b""),
    "POST /webhooks/{id}/rotate": ("/webhooks/0000000000000000/rotate", b""),
    "POST /webhooks/{id}/test": ("/webhooks/0000000000000000/test", b""),
    "GET /keys": ("/keys", b""),
    "POST /keys": ("/keys", b'{"role": "organisation", "organisation": "mill"}'),
    "POST /keys/{id}/rotate": ("/keys/0000000000000000/rotate", b""),
    "DELETE /keys/{id}": ("/keys/0000000000000000", b""),
    "GET /graphql": ("/graphql?query={__typename}", b""),
    "GET /graphql/{asset}": ("/graphql/x", b""),
    "POST /graphql": ("/graphql", b'{"query": "{__typename}"}'),
    "POST /mcp": ("/mcp", b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'),
    "GET /event-types": ("/event-types", b""),
    "GET /event-types/{type}": ("/event-types/x", b""),
    "GET /event-envelope": ("/event-envelope", b""),
    "GET /metrics": ("/metrics", b""),
    "GET /health/live": ("/health/live", b""),
    "GET /health/ready": ("/health/ready", b""),
    "GET /docs": ("/docs", b""),
    "GET /docs/{asset}": ("/docs/favicon.png", b""),
    "GET /openapi.json": ("/openapi.json", b""),
    "GET /asyncapi.json": ("/asyncapi.json", b""),
    "GET /assets/{name}": ("/assets/x", b""),
    "GET /queries/{name}": ("/queries/home.graphql", b""),
    "GET /robots.txt": ("/robots.txt", b""),
    **{
        call: (
            call.split()[1]
            .replace("{kind}", "cohort")
            .replace("{key}", "heritage")
            .replace("{part}", "1"),
            b"",
        )
        for call in endpoints.COMMONS
    },
    "GET /cohorts/{key}/access": ("/cohorts/heritage/access", b""),
    "POST /cohorts/{key}/access": ("/cohorts/heritage/access", b""),
    "POST /cohorts/{key}/access/end": ("/cohorts/heritage/access/end", b""),
    "GET /live": ("/live?cohort=there-is-none", b""),
    "GET /record/sheets": ("/record/sheets", b""),
    "GET /record/sheets/template.xlsx": ("/record/sheets/template.xlsx", b""),
    "GET /record/sheets/recorded": ("/record/sheets/recorded?first=1&last=9", b""),
    "GET /record/sheets/completed": ("/record/sheets/completed", b""),
    "POST /record/sheets": ("/record/sheets", b""),
    "POST /record/sheets/recorded": ("/record/sheets/recorded", b""),
    "GET /record/{type}": ("/record/note.added", b""),
    "POST /record/{type}": ("/record/note.added", b""),
    "GET /record/{type}/subjects": ("/record/note.added/subjects", b""),
    "POST /record/{type}/check": ("/record/note.added/check", b""),
    "GET /record/done/{position}": ("/record/done/1", b""),
    "POST /record/done/{position}": ("/record/done/1", b""),
    "GET /cohorts/{key}/sessions/new": ("/cohorts/heritage/sessions/new", b""),
    "POST /cohorts/{key}/sessions/new": ("/cohorts/heritage/sessions/new", b""),
    "GET /cohorts/{key}/sessions/{session}/notes": ("/cohorts/heritage/sessions/x/notes", b""),
    "POST /cohorts/{key}/sessions/{session}/notes": ("/cohorts/heritage/sessions/x/notes", b""),
    "GET /sign-in": ("/sign-in", b""),
    "POST /sign-in": ("/sign-in", b""),
    "GET /sign-in/oidc": ("/sign-in/oidc", b""),
    "POST /sign-in/oidc": ("/sign-in/oidc", b""),
    "GET /sign-in/sessions": ("/sign-in/sessions", b""),
    "POST /sign-in/sessions": ("/sign-in/sessions", b""),
    "GET /sign-out": ("/sign-out", b""),
    "POST /sign-out": ("/sign-out", b""),
    **{
        page.endpoint: (page.path.replace("{key}", "mill").replace("{figure}", "funnel"), b"")
        for page in (*FILES, *PAGES)
    },
}
NOT_OVER_HTTP: Final = {"WS /graphql"}
NOT_BY_KEY: Final = {"POST /hooks/{name}"}
"""What opens with a secret of its own, with any key or none: tests/service/submissions/test_route.py tries it."""
WHO: Final[Mapping[Role, str | None]] = {
    Role.FACILITATOR: "facilitator",
    Role.ORGANISATION: "mill",
    Role.GUEST: "guest",
    Role.EVALUATOR: "evaluator",
    Role.ANALYST: "analyst",
    Role.ADMIN: "admin",
    Role.PUBLIC: None,
}


def in_relation() -> list[dict[str, Any]]:
    """Return mill, with archive paired, bakery in the same cohort, library outside; all names are public."""
    public = {"visibility": "public"}
    return [
        formed(**public),
        formed("next", **public),
        *(registered(name, **public) for name in ("mill", "archive", "bakery", "library")),
        *(joined(name, **public) for name in ("mill", "archive", "bakery")),
        held(**public),
        paired("mill", "archive", visibility="public"),
    ]
