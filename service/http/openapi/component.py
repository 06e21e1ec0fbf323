"""Parts of a description that stand in its components. Wherever one is used, the document has a reference to it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

SCHEMAS: Final = "schemas"
PARAMETERS: Final = "parameters"
HEADERS: Final = "headers"
RESPONSES: Final = "responses"
REQUEST_BODIES: Final = "requestBodies"

Components = dict[str, dict[str, Any]]


class DoubleComponent(Exception):
    """Two different components of a document have the same name."""

    def __init__(self, address: str) -> None:
        super().__init__(f"two components are {address}")


class Component(dict[str, Any]):
    """A part with a name in one of the sections of the components."""

    def __init__(self, section: str, name: str, content: Mapping[str, Any]) -> None:
        super().__init__(content)
        self.section = section
        self.name = name

    @property
    def address(self) -> str:
        """The JSON pointer of the component, as a reference has it."""
        return f"#/components/{self.section}/{self.name}"


def schema(name: str, content: Mapping[str, Any]) -> Component:
    """Return a schema that stands in the components. Generators name its type by the title."""
    return Component(SCHEMAS, name, {**content, "title": name})


def referring(part: Any, components: Components) -> Any:
    """Return the part with references in the place of components, which are added to `components`.

    As the value of `$ref`, a component may have siblings. A function stands for the part that it returns, so that the
    schemas of all events are not made before somebody asks for the document. Raises DoubleComponent.
    """
    if callable(part):
        return referring(part(), components)
    if isinstance(part, Component):
        return {"$ref": _added(part, components)}
    if isinstance(part, Mapping):
        return dict(_members(part, components))
    if isinstance(part, list | tuple):
        return [referring(one, components) for one in part]
    return part


def _members(part: Mapping[str, Any], components: Components) -> Iterator[tuple[str, Any]]:
    for name, one in part.items():
        if name == "$ref" and isinstance(one, Component):
            yield name, _added(one, components)
        else:
            yield name, referring(one, components)


def _added(part: Component, components: Components) -> str:
    content = dict(_members(part, components))
    if components.setdefault(part.section, {}).setdefault(part.name, content) != content:
        raise DoubleComponent(part.address)
    return part.address
