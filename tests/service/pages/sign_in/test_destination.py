"""After signing in, a visitor goes to a page of ours, never to another site."""

import pytest

from service.pages.sign_in.destination import CHARACTERS_MAX, HOME, destination


@pytest.mark.parametrize(
    "to",
    [
        "/",
        "/cohorts/heritage-2024",
        "/search?q=labels&cohort=heritage-2024",
        "/cohorts?to=https://example.org/",
        "/%2Fexample.org",
        "/%5Cexample.org",
    ],
)
def test_a_local_path_is_kept(to: str) -> None:
    assert destination(to) == to


@pytest.mark.parametrize(
    "to",
    [
        None,
        "",
        "cohorts",
        "//example.org",
        "///example.org",
        "/\\example.org",
        "\\\\example.org",
        "/cohorts\\..\\x",
        "https://example.org",
        "https:example.org",
        "javascript:alert(1)",
        "%2F%2Fexample.org",
        "/\t/example.org",
        "/\n/example.org",
        "\n//example.org",
        "/a\r\nSet-Cookie: x=y",
        "/a\0",
        " /a",
        "/ä",
        "/a b",
        "/" + "a" * CHARACTERS_MAX,
    ],
)
def test_anything_else_leads_to_the_first_page(to: str | None) -> None:
    assert destination(to) == HOME
