"""The colours of the series, read from the stylesheet, against the texts on them and the ground behind them."""

import re
from pathlib import Path

import pytest

import service.pages.charts

CHARTS = Path(service.pages.charts.__file__).parent
PALETTE = (CHARTS / "palette.css").read_text()
FRAME = (CHARTS.parent / "frame/frame.css").read_text()


def colours(styles: str) -> list[dict[str, str]]:
    """Return the variables of the light and of the dark palette."""
    light, dark, *_ = styles.split("@media")
    return [dict(re.findall(r"--([\w-]+): (#\w{6});", part)) for part in (light, dark)]


LIGHT, DARK = colours(PALETTE)
PAGE_LIGHT, PAGE_DARK = colours(FRAME)
GROUNDS = [(LIGHT, PAGE_LIGHT["paper"]), (LIGHT, PAGE_LIGHT["raised"])]
GROUNDS += [(DARK, PAGE_DARK["paper"]), (DARK, PAGE_DARK["raised"])]
SERIES = [f"series-{number}" for number in range(1, 7)]
LEVELS = range(1, 6)


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the ratio that WCAG 2.2 defines."""
    lower, higher = sorted((luminance(one), luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def test_black_on_white_has_the_known_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_on_a_series_can_be_read(palette: dict[str, str], name: str) -> None:
    assert contrast(palette[name], palette["on-series"]) >= 4.5


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize(("palette", "ground"), GROUNDS)
def test_a_series_stands_out_from_the_ground(
    palette: dict[str, str], ground: str, name: str
) -> None:
    assert contrast(palette[name], ground) >= 3


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_on_a_level_can_be_read(palette: dict[str, str], level: int) -> None:
    assert contrast(palette[f"level-{level}"], palette[f"on-level-{level}"]) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_levels_become_steadily_darker_or_lighter(palette: dict[str, str]) -> None:
    shades = [luminance(palette[f"level-{level}"]) for level in LEVELS]
    assert shades in (sorted(shades), sorted(shades, reverse=True))


def test_both_palettes_define_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_every_variable_is_defined_by_the_page_or_the_palette() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", PALETTE + (CHARTS / "charts.css").read_text()))
    assert used <= PAGE_LIGHT.keys() | LIGHT.keys() | {"tone", "on-tone", "edge"}


def test_charts_name_no_colour_of_their_own() -> None:
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb", (CHARTS / "charts.css").read_text())
