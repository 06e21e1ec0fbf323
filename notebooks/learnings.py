"""How learnings travel: an image of which organisation adopted whose learnings, as a graph.

    python notebooks/learnings.py SOURCE [IMAGE]

An arrow goes from the organisation that learned to the one that adopted; its width grows with the number of adoptions.
An organisation adopts a learning once.
"""

# %%
import math
import sys
from collections import Counter

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

from howcanwe import open_log

image = sys.argv[2] if len(sys.argv) > 2 else "learnings.png"
TYPES = ["organisation.registered", "learning.captured", "learning.adopted", "event.voided"]
names: dict[str, str] = {}
origins: dict[str, str] = {}
adopted: dict[tuple[str, str], int] = {}
voided: set[int] = set()

# %% The organisation of each learning, and those that adopted it.
with open_log(sys.argv[1]) as log:
    for event in log.select(type=TYPES):
        match event.type:
            case "organisation.registered":
                names[event.data["organisation"]] = event.data["name"]
            case "learning.captured":
                origins[event.data["learning"]] = event.data["organisation"]
            case "learning.adopted":
                key = (event.data["learning"], event.data["organisation"])
                adopted.setdefault(key, event.position)
            case "event.voided":
                voided.add(event.data["event"])
edges = Counter(
    (origins[learning], adopter)
    for (learning, adopter), position in adopted.items()
    if position not in voided and learning in origins
)
for (origin, adopter), count in sorted(edges.items(), key=lambda item: (-item[1], item[0])):
    print(f"{count:3}  {names.get(origin, origin)} → {names.get(adopter, adopter)}")

# %% Draw the image: organisations on a circle, with arrows between them.
places = sorted({organisation for edge in edges for organisation in edge})
around = {
    organisation: (
        math.cos(2 * math.pi * index / max(len(places), 1)),
        math.sin(2 * math.pi * index / max(len(places), 1)),
    )
    for index, organisation in enumerate(places)
}
figure, axes = plt.subplots(figsize=(8, 8), layout="constrained")
axes.set_axis_off()
axes.set_aspect("equal")
axes.set_xlim(-1.6, 1.6)
axes.set_ylim(-1.4, 1.4)
for (origin, adopter), count in edges.items():
    axes.annotate(
        "",
        xy=around[adopter],
        xytext=around[origin],
        arrowprops={
            "arrowstyle": "-|>",
            "linewidth": 0.8 + 0.8 * count,
            "connectionstyle": "arc3,rad=0.15",
            "shrinkA": 12,
            "shrinkB": 12,
            "color": "#30638e",
        },
    )
for organisation, (x, y) in around.items():
    axes.plot(x, y, "o", color="#d1495b", markersize=10)
    axes.text(1.15 * x, 1.12 * y, names.get(organisation, organisation), ha="center", va="center")
axes.set_title("How learnings travel")
figure.savefig(image, dpi=120)
print(image)
