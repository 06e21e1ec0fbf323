"""Parts of the description with a name stand in its components, once."""

import pytest

from service.http.openapi.component import Component, Components, DoubleComponent, referring, schema


def test_a_component_is_referred_to_wherever_it_is_used() -> None:
    text = schema("Text", {"type": "string"})
    pair = schema("Pair", {"type": "array", "prefixItems": [text, text]})
    components: Components = {}
    assert referring({"a": pair, "b": [text]}, components) == {
        "a": {"$ref": "#/components/schemas/Pair"},
        "b": [{"$ref": "#/components/schemas/Text"}],
    }
    reference = {"$ref": "#/components/schemas/Text"}
    assert components == {
        "schemas": {
            "Text": {"title": "Text", "type": "string"},
            "Pair": {"title": "Pair", "type": "array", "prefixItems": [reference, reference]},
        }
    }


def test_a_reference_may_have_siblings() -> None:
    components: Components = {}
    part = {"$ref": Component("schemas", "Text", {"type": "string"}), "description": "A text."}
    found = referring(part, components)
    assert found == {"$ref": "#/components/schemas/Text", "description": "A text."}
    assert components == {"schemas": {"Text": {"type": "string"}}}


def test_a_function_stands_for_what_it_returns() -> None:
    components: Components = {}
    found = referring({"a": lambda: schema("Text", {})}, components)
    assert found == {"a": {"$ref": "#/components/schemas/Text"}}


def test_two_components_with_one_name_are_an_error() -> None:
    parts = [schema("Text", {"type": "string"}), schema("Text", {"type": "integer"})]
    with pytest.raises(DoubleComponent, match="two components are #/components/schemas/Text"):
        referring(parts, {})
