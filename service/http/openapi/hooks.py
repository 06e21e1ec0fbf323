"""The description of hooks: what a form tool sends, and what it is answered."""

from typing import Any, Final

from service.hooks.tool import Tool
from service.http.openapi.answers import RECEIPTS, answer, problems
from service.http.openapi.component import schema
from service.http.openapi.parameters import parameter

_OF_OPERATOR: Final = {"x-beyond-schema": "A hook that the operator has added."}
_NAME: Final = parameter(
    "path",
    "name",
    "The name of the hook.",
    {"type": "string"},
    component="HookName",
    example="trial-notes",
    **_OF_OPERATOR,
)
_SUBMISSION: Final = schema(
    "Submission",
    {
        "description": "What somebody filled in, in the form of the hook's tool. This is the plain one.",
        "type": "object",
        "properties": {
            "id": {
                "type": ["string", "integer"],
                "description": "The submission's id. The same one again is a repeat.",
            },
            "time": {"type": "string", "description": "When it was submitted."},
            "answers": {"type": "object", "description": "The answers, by question."},
        },
    },
)
SUBMITTING: Final[dict[str, Any]] = {
    "parameters": [_NAME],
    "requestBody": {
        "required": True,
        "x-beyond-schema": f"The JSON of the hook's tool ({', '.join(Tool)}), with what the hook's mapping needs.",
        "content": {
            "application/json": {
                "schema": _SUBMISSION,
                "example": {
                    "id": "response-17",
                    "time": "2024-05-02T10:30:00Z",
                    "answers": {"What happened?": "Nobody read the label"},
                },
            }
        },
    },
}
SUBMITTED: Final = {
    200: answer("The same submission was recorded before", RECEIPTS),
    201: answer("Its events are recorded, on disk", RECEIPTS),
    **problems(400, 403, 409, 413, 415, 422),
}
