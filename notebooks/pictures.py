"""The pictures of the notebooks: counts as a matrix with totals, or as arrows between names on a circle."""

import math
from collections.abc import Sequence
from textwrap import fill

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

mpl.rcParams["text.parse_math"] = False  # A dollar sign in a name is a dollar sign.
mpl.rcParams["savefig.bbox"] = "tight"  # Long names make the picture larger; nothing is cut off.
mpl.rcParams["savefig.dpi"] = 130
mpl.rcParams["svg.fonttype"] = "none"  # Words in an SVG can be searched and read aloud.

INK, DIM, RULE, BLUE = "#10151b", "#4a545e", "#c9d0d8", "#2a5a9c"

WIDE_COLUMNS_MAX = 8
"""Up to this number of columns, their names are written horizontally."""

DARKEST_MIN = 10
"""The darkest blue is for this count, or for the largest if that is more: one or two are no alarm."""

CURVE = 0.22
"""How far arrows are bent, so that there and back are two curves."""


def matrix(counts: pd.DataFrame, title: str, notes: Sequence[str]) -> Figure:
    """Return a picture of the counts, from pale to dark blue, with the totals of rows and columns."""
    rows, columns = counts.shape
    is_wide = columns <= WIDE_COLUMNS_MAX
    size, width, height = (11, 1.3, 0.6) if is_wide else (8, 0.36, 0.3)
    across = [fill(str(name), 14 if is_wide else 50) for name in [*counts.columns, "total"]]
    down = [fill(str(name), 50) for name in [*counts.index, "total"]]
    height = max(height, 0.16 * _lines(down) + 0.1)
    if not is_wide:
        width = max(width, 0.16 * _lines(across) + 0.1)
    _, axes = plt.subplots(figsize=((columns + 1) * width, (rows + 1) * height))
    right = columns + (0.5 if is_wide else 1.0)
    middle = {"ha": "center", "va": "center_baseline", "fontsize": size}
    blues = mpl.colormaps["Blues"]
    darkest = max(int(counts.max(axis=None)), DARKEST_MIN)
    for row, column in np.argwhere(counts.to_numpy()):
        count = int(counts.iat[row, column])
        blue = blues(count / darkest)
        axes.add_patch(plt.Rectangle((column - 0.5, row - 0.5), 1, 1, color=blue, linewidth=0))
        axes.text(column, row, f"{count:,}", color=_on(blue), **middle)
    total = {**middle, "fontweight": "bold", "color": INK}
    beside = (columns - 0.5 + right) / 2
    for row, count in enumerate(counts.sum(axis=1)):
        axes.text(beside, row, f"{count:,}", **total)
    for column, count in enumerate(counts.sum(axis=0)):
        axes.text(column, rows, f"{count:,}", **total)
    axes.text(beside, rows, f"{int(counts.sum(axis=None)):,}", **total)
    for edge in range(rows + 1):
        axes.axhline(edge - 0.5, color=INK if edge == rows else RULE, linewidth=0.8)
    for edge in range(columns + 1):
        axes.axvline(edge - 0.5, color=INK if edge == columns else RULE, linewidth=0.8)
    axes.set_xlim(-0.5, right)
    axes.set_ylim(rows + 0.5, -0.5)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=size, labeltop=True, labelbottom=False, labelcolor=INK)
    axes.set_xticks([*range(columns), beside], across, rotation=0 if is_wide else 90)
    axes.set_yticks(range(rows + 1), down)
    axes.set_xlabel(counts.columns.name, color=DIM)
    axes.xaxis.set_label_position("top")
    axes.set_ylabel(counts.index.name, color=DIM)
    return _framed(axes, title, notes)


def arrows(counts: pd.Series, title: str, notes: Sequence[str]) -> Figure:
    """Return a picture with an arrow per count, from the first name of its index to the second."""
    names = sorted({name for pair in counts.index for name in pair})
    _, axes = plt.subplots(figsize=(8, 8))
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-1.1, 1.1)
    axes.set_ylim(-1.1, 1.1)
    angles = {name: 2 * math.pi * place / len(names) for place, name in enumerate(names)}
    around = {name: (math.cos(angle), math.sin(angle)) for name, angle in angles.items()}
    for (origin, end), count in counts.items():
        _arrow(
            axes, around[origin], around[end], int(count), 0.8 + 3.2 * count / max(counts.max(), 8)
        )
    for name, (x, y) in around.items():
        axes.plot(x, y, "o", color=INK, markersize=9)
        axes.text(
            1.08 * x,
            1.08 * y,
            fill(name, 30),
            ha="center" if abs(x) < 0.2 else "left" if x > 0 else "right",
            va="center" if abs(y) < 0.7 else "bottom" if y > 0 else "top",
            fontsize=10,
            color=INK,
        )
    return _framed(axes, title, notes)


def empty(title: str, notes: Sequence[str]) -> Figure:
    """Return a picture that has only words."""
    _, axes = plt.subplots(figsize=(7, 0.2))
    axes.set_axis_off()
    return _framed(axes, title, notes)


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], count: int, width: float
) -> None:
    axes.annotate(
        "",
        xy=end,
        xytext=start,
        arrowprops={
            "arrowstyle": "-|>,head_length=0.5,head_width=0.25",
            "linewidth": width,
            "connectionstyle": f"arc3,rad={CURVE}",
            "shrinkA": 9,
            "shrinkB": 9,
            "color": BLUE,
        },
    )
    if count > 1:
        (x, y), (to_x, to_y) = start, end
        axes.text(
            (x + to_x) / 2 + CURVE / 2 * (to_y - y),
            (y + to_y) / 2 - CURVE / 2 * (to_x - x),
            f"{count:,}",
            ha="center",
            va="center",
            color=BLUE,
            fontweight="bold",
            zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.15"},
        )


def _framed(axes: Axes, title: str, notes: Sequence[str]) -> Figure:
    figure = axes.figure
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    left, top, bottom = box.x0 / width, (box.y1 + 0.25) / height, (box.y0 - 0.2) / height
    words = {"ha": "left", "linespacing": 1.5}
    figure.text(left, top, title, va="bottom", fontsize=14, fontweight="bold", color=INK, **words)
    figure.text(left, bottom, "\n".join(notes), va="top", fontsize=9, color=DIM, **words)
    return figure


def _lines(labels: Sequence[str]) -> int:
    return max(label.count("\n") + 1 for label in labels)


def _on(background: tuple[float, float, float, float]) -> str:
    """Return white or black, whichever has more contrast on the background: by WCAG's formula, at least 4.5."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in background[:3]]
    luminance = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"
