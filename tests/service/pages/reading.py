"""Reads the HTML of a page as a person or a browser does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})


@dataclass
class PageReader(HTMLParser):
    """What is in a page: its text without markup, its elements with their attributes, and faults of nesting."""

    html: str
    text: str = ""
    elements: list[tuple[str, Mapping[str, str | None]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    """The texts of elements that have an id and only text."""
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        self.text = " ".join(self.text.split())
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content, as in SVG."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element."""
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.faults.append(f"</{tag}> closes {self._open[-1:]}")

    def handle_data(self, data: str) -> None:
        """Note the text."""
        tag, given = self.elements[-1] if self.elements else ("", {})
        name = given.get("id")
        if name is not None and self._open[-1:] == [tag]:
            self.named[name] = self.named.get(name, "") + data
        if not {"script", "style", "title"} & set(self._open):
            self.text += data

    def attributes(self, tag: str, name: str) -> Sequence[str]:
        """Return an attribute's values of all elements of this tag that have it."""
        return [
            value for found, given in self.elements if found == tag and (value := given.get(name))
        ]

    @property
    def links(self) -> Sequence[str]:
        """The addresses of its links."""
        return self.attributes("a", "href")

    @property
    def ids(self) -> Sequence[str]:
        """The ids of its elements."""
        return [value for _, given in self.elements if (value := given.get("id"))]
