"""Data at random, after the published schema of a type: mostly as it should be, with values beside the edge of it.

It reads nothing but the schema, so it finds where schema and service differ in either direction.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from events.vocabulary.fields.marks import LIST_LENGTH_MAX
from events.vocabulary.json_schemas import definition_name
from events.vocabulary.stream import KINDS

ODD: Final = 0.12
"""How often a value is taken from beside the edge."""

_PLAIN: Final = "abcdefghijklmnopqrstuvwxyzäß 0123456789"
_CHARACTERS: Final = (
    *(
        "a",
        "Z",
        "Ä",
        "ß",
        "\u0130",
        "\u01c5",
        "\u03a3",
        "\u03c2",
        "\u017f",
        "K",
        "\u00aa",
        "\u0661",
        "7",
        "-",
        "'",
        "\u2019",
        "?",
        "!",
        "/",
        "\\",
    ),
    *(" ", "\t", "\n", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u202f", "\u3000"),
    *(
        "\0",
        "\x01",
        "\x1c",
        "\x1f",
        "\x7f",
        "\xad",
        "\u061c",
        "\u200b",
        "\u2060",
        "\ufe0f",
        "\ufeff",
    ),
    *("\u0301", "한", "😀", "𐐀", "\U000e0100", "\U000e0001"),
)
_KEYS: Final = ("a", "A.b_c~d-1", "9" * 64, "9" * 65, "", ".a", "-a", "a b", "ä", "a\n", "a/b", "A")
_ADDRESSES: Final = (
    *(
        "https://keepers.example/a",
        "HTTP://keepers.example",
        "http://ä.example/ö?q=ü#x",
        "ftp://keepers.example",
    ),
    *(
        "https://",
        "https:///a",
        "https://a b",
        "https://a\u2028b",
        "https://a<b",
        "https://[::1]/",
        "https://[::1",
    ),
    *(
        "https://a:99999/",
        "https://a:80/",
        "keepers.example",
        "",
        " https://a",
        "https://a ",
        "https://a\0",
    ),
    *(
        "https://a/" + "x" * 1990,
        "https://a/" + "x" * 1991,
        "https://%00/",
        "https://xn--a/",
        "javascript:a",
    ),
)
_DAYS: Final = (
    *(
        "2024-02-29",
        "2023-02-29",
        "1900-02-29",
        "2000-02-29",
        "0000-02-29",
        "0000-01-01",
        "0001-01-01",
    ),
    *(
        "9999-12-31",
        "2024-04-31",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-01-32",
        "2024-1-1",
    ),
    *(
        "20240101",
        "2024-01-01T00:00:00Z",
        " 2024-01-01",
        "2024-01-01\n",
        "\u0662\u0660\u0662\u0664-\u0660\u0661-\u0660\u0661",
        "",
        "10000-01-01",
    ),
)
_EMAILS: Final = (
    *(
        "a@b",
        "dot@keepers.example",
        "a@b@c",
        "@b",
        "a@",
        "a b@c",
        "a@b\u2028",
        "ä@ö",
        "a\0@b",
        "a@\ufeff",
    ),
    *("a" * 252 + "@b", "a" * 253 + "@b", "a@\x1c", ""),
)
_CODES: Final = (
    "GB",
    "ZZ",
    "gb",
    "GBR",
    "GBP",
    "ZZZ",
    "gbp",
    "",
    "G1",
    "CC-BY-4.0",
    "NOASSERTION",
    "a b",
    "x" * 101,
)
_OTHERS: Final[tuple[Any, ...]] = (True, False, 0, 1, "a", "", [], {}, 1.5, None, ["a"])
_NUMBERS: Final = (
    0,
    1,
    -1,
    12,
    12.0,
    12.5,
    36,
    37,
    120,
    121,
    1440,
    1441,
    2**53 - 1,
    2**53,
    -0.0,
    1e300,
    -(2**60),
)


class RandomData:
    """Makes data for one schema."""

    def __init__(self, schema: Mapping[str, Any], random: Random) -> None:
        self._schema = schema
        self._random = random
        self._defined: dict[str, Callable[[], str]] = {
            "Text": self._text,
            "OptionalText": self._text,
            "Question": self._question,
            "Theme": self._theme,
            "Day": self._day,
            "Address": lambda: self._one("https://keepers.example/a", _ADDRESSES),
            "Email": lambda: self._one("dot@keepers.example", _EMAILS),
            "Sealed": lambda: self._one(
                "sealed:aGVsbG8=", ("sealed:", "sealed:?", "unsealed:aGVsbG8=")
            ),
        }

    def data(self) -> dict[str, Any]:
        """Return data, mostly with all required fields and without unknown ones."""
        return self._object(self._schema)

    def _odd(self) -> bool:
        return self._random.random() < ODD

    def _one(self, plain: str, odd: tuple[str, ...]) -> str:
        return self._random.choice(odd) if self._odd() else plain

    def _object(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        if "properties" not in schema:
            return {"title": "a"} if not self._odd() else {}
        found = {}
        for name, one in schema["properties"].items():
            share = 0.99 if name in schema["required"] else 0.4
            if self._random.random() < share:
                found[name] = self._value(one)
        if self._random.random() < 0.01:
            found[self._random.choice(["sheep", "Title", ""])] = 1
        return found

    def _value(self, schema: Mapping[str, Any]) -> Any:
        if self._random.random() < 0.01:
            return self._random.choice(_OTHERS)
        for several in ("anyOf", "oneOf"):
            if several in schema and "const" not in schema[several][0]:
                return self._value(self._random.choice(schema[several]))
        definition = definition_name(schema)
        if definition in self._defined:
            return self._defined[definition]()
        if definition is not None:
            return self._value(self._schema["$defs"][definition])
        if "oneOf" in schema:
            terms = tuple(one["const"] for one in schema["oneOf"])
            if schema["type"] == "integer":
                return self._random.choice(_NUMBERS if self._odd() else terms)
            return self._one(
                self._random.choice(terms), (terms[0].upper(), terms[0] + " ", "", "sheep")
            )
        match schema["type"]:
            case "null":
                return None
            case "boolean":
                return self._random.random() < 0.5
            case "integer" | "number":
                return self._number(schema)
            case "array":
                return self._list(schema)
            case "object":
                return self._object(schema)
        return self._string(schema)

    def _number(self, schema: Mapping[str, Any]) -> Any:
        if self._odd():
            return self._random.choice(_NUMBERS)
        least = int(schema.get("minimum", 0)) if schema.get("minimum", 0) > -1000 else 0
        return self._random.randint(least, min(int(schema["maximum"]), least + 4))

    def _list(self, schema: Mapping[str, Any]) -> list[Any]:
        least = schema.get("minItems", 0)
        length = self._random.randint(least, least + 2)
        if self._random.random() < 0.02:
            length = self._random.choice(
                [0, schema["maxItems"], schema["maxItems"] + 1, LIST_LENGTH_MAX + 1]
            )
        found = [self._value(schema["items"]) for _ in range(length)]
        if found and self._random.random() < 0.02:
            found.append(found[0])
        return found

    def _string(self, schema: Mapping[str, Any]) -> str:
        if "x-creates" in schema or len(schema.get("x-names", ())) == 1:
            return self._key()
        if "x-names" in schema:
            kind = self._random.choice([*schema["x-names"], "event"])
            kind = self._random.choice([*KINDS, "sheep", ""]) if self._odd() else kind
            key = self._one(
                str(self._random.randint(1, 9)), ("0", "01", "1" * 15, "1" * 16, "-1", "x")
            )
            return f"{kind}/{key if kind == 'event' else self._key()}"
        plain = {"^[A-Z]{2}$": "GB", "^[A-Z]{3}$": "GBP"}.get(schema["pattern"], "CC-BY-4.0")
        return self._one(plain, _CODES)

    def _key(self) -> str:
        plain = "".join(self._random.choices("abc123", k=6))
        return self._one(plain, _KEYS)

    def _text(self) -> str:
        if not self._odd():
            return "".join(self._random.choices(_PLAIN, k=self._random.randint(1, 8))) + "x"
        if self._random.random() < 0.1:
            edge = self._random.choice(["", " ", "\u200b"])
            return edge + "x" * self._random.choice([9_999, 10_000, 10_001]) + edge
        return "".join(self._random.choices(_CHARACTERS, k=self._random.randint(0, 6)))

    def _question(self) -> str:
        opening = self._one("How can we ", ("", "Sut gallwn ni ", "how can we"))
        end = self._one(
            "?", ("", "?!", " \u061f", "?\u201d)", "\uff1f\u200b", "\u037e", "?.", "?\0")
        )
        return opening + self._text() + end

    def _theme(self) -> str:
        if self._random.random() < 0.05:
            edge = self._random.choice(["", " ", "\ufeff"])
            return (
                edge
                + self._random.choice(["x", "ä", "한"]) * self._random.choice([59, 60, 61])
                + edge
            )
        return self._text()

    def _day(self) -> str:
        if self._odd():
            return self._random.choice(_DAYS)
        year, month, day = (
            self._random.randint(*span) for span in ((1999, 2024), (1, 12), (1, 28))
        )
        return f"{year}-{month:02}-{day:02}"
