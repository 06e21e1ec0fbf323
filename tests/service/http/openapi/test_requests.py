"""The description is true enough to attack by: requests that it allows, or just does not, cause no error of ours."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from tests.processes import Serving, data_folder, key_for

pytestmark = pytest.mark.generated

CASES_MAX: Final = 25
BOUNDS: Final = settings(
    max_examples=CASES_MAX,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, str]]:
    """The address of a service with the sample cohort, and a key for it."""
    with data_folder() as data, Serving(data) as service:
        service.ready()
        yield service.address, key_for(data)
        assert service.stop() == 0
        assert "unexpected error" not in service.err.text, service.err.text
        assert "trace=" not in service.err.text, service.err.text


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_that_the_description_suggests_is_answered_5xx(
    served: tuple[str, str], mode: GenerationMode
) -> None:
    address, key = served
    described = schemathesis.openapi.from_url(f"{address}/openapi.json")
    headers = {"Authorization": f"Bearer {key}"}
    tried = set()
    for found in described.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.path == "/health/ready":
            continue  # It says 503 until the read models are there.
        strategy = operation.as_strategy(generation_mode=mode)

        @BOUNDS
        @given(case=strategy)
        def answers(case: Case[Any]) -> None:
            # `min_position` may be answered with 503 in time, which is not what is looked for here.
            if isinstance(case.query, dict):
                case.query.pop("min_position", None)
            response = case.call(headers=headers, timeout=30)
            assert response.status_code < 500, response.text

        try:
            answers()
        except Unsatisfiable:
            continue  # Nothing about it can be wrong.
        tried.add((operation.method, operation.path))
    assert {("post", "/events"), ("get", "/events"), ("post", "/events/validate")} <= tried
