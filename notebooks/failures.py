"""The failure landscape: an image of all visible failures, by facet and degree.

    python notebooks/failures.py SOURCE [IMAGE]

Facets and degrees are FailSpace's. A reclassified failure counts with its current class; a voided one does not count.
"""

# %%
import sys

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import pandas as pd

from howcanwe import open_log

image = sys.argv[2] if len(sys.argv) > 2 else "failures.png"
with open_log(sys.argv[1]) as log:
    frame = log.select(
        type=["failure.recorded", "failure.reclassified", "event.voided"]
    ).to_pandas()

# %% Each failure with its current class.
CLASSES = ["data_facet", "data_degree", "data_failure_type"]
unvoided = frame[~frame["position"].isin(frame["data_event"].dropna())]
classified = unvoided[unvoided["type"] != "event.voided"].sort_values("position")
failures = classified.groupby("data_failure")[CLASSES].last()
print(f"{len(failures)} failures, {failures['data_facet'].notna().sum()} with a facet")

# %% Facet by degree.
FACETS = ["purpose", "process", "participation", "practice", "profile"]
DEGREES = [
    "outright_failure",
    "precarious_failure",
    "tolerable_failure",
    "conflicted_success",
    "resilient_success",
    "outright_success",
]
landscape = (
    pd.crosstab(failures["data_facet"].astype(object), failures["data_degree"].astype(object))
    .reindex(index=FACETS, columns=DEGREES)
    .fillna(0)
    .astype(int)
)
print(landscape.to_string())

# %% Draw the image.
figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.imshow(landscape.to_numpy(), cmap="YlOrRd", aspect="auto")
axes.set_xticks(range(len(DEGREES)), [degree.replace("_", "\n") for degree in DEGREES])
axes.set_yticks(range(len(FACETS)), FACETS)
for row, facet in enumerate(FACETS):
    for column, degree in enumerate(DEGREES):
        count = int(landscape.loc[facet, degree])
        if count:
            axes.text(column, row, str(count), ha="center", va="center")
axes.set_title("What failed, and how badly")
figure.savefig(image, dpi=120)
print(image)
