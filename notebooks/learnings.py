# %% [markdown]
"""
# How learnings travel

A picture of who adopted whose learnings, as they stand: arrows between up to 14 organisations, a matrix of up to 40,
and of more, a matrix of their sectors.

    python notebooks/learnings.py SOURCE [IMAGE]

SOURCE is a server's URL (with a key in HOWCANWE_KEY), a database's URL, or an exported file. IMAGE is the picture to
write, such as learnings.png, .svg or .pdf. In a notebook, write both into the next cell.
"""

# %%
SOURCE = ""
IMAGE = "learnings.png"

# %% Each adoption: from the organisation that learned, to the one that adopted.
import pandas as pd
from pictures import arrows, empty, matrix
from reading import read

reading = read(SOURCE, IMAGE, "learnings.py SOURCE [IMAGE]")
organisations = reading.tables["organisations"].to_pandas().set_index("key").astype(object)
origins = reading.tables["learnings"].to_pandas().set_index("key")["organisation"]
adoptions = reading.tables["adoptions"].to_pandas()
pairs = pd.DataFrame({"from": adoptions["learning"].map(origins), "to": adoptions["organisation"]})
seen = pairs.astype(object).dropna()

# %% By the names of organisations. Two of the same name have their keys beside them.
names = organisations["name"].where(
    ~organisations["name"].duplicated(keep=False),
    organisations["name"] + " (" + organisations.index + ")",
)
named = seen.apply(lambda keys: keys.map(names).fillna(keys))
edges = named.value_counts()
for (origin, adopter), count in edges.items():
    print(f"{count:3}  {origin} → {adopter}")

# %% By sectors, if the organisations are too many. The sectors that adopt and give least are together.
SECTORS_MAX = 40
sectors = organisations["sector"].fillna("no sector")
by_sector = seen.apply(lambda keys: keys.map(sectors).fillna("no sector"))
largest = by_sector.stack().value_counts()
if len(largest) > SECTORS_MAX:
    by_sector = by_sector.where(by_sector.isin(largest.index[: SECTORS_MAX - 1]), "other sectors")


def square(counted: pd.DataFrame) -> pd.DataFrame:
    """Return how often each name adopted from each, with the same names in rows and columns."""
    places = sorted({*counted["from"], *counted["to"]})
    found = pd.crosstab(counted["from"], counted["to"]).reindex(
        places, columns=places, fill_value=0
    )
    return found.rename_axis("learned by", axis=0).rename_axis("adopted by", axis=1)


# %% The picture.
notes = [reading.credit]
if hidden := len(pairs) - len(seen):
    notes.insert(
        0, f"{hidden:,} more adoptions are of learnings that are not in the viewer's tables."
    )
number = len({*named["from"], *named["to"]})
adopted = "adoption" if len(seen) == 1 else "adoptions"
title = f"{len(seen):,} {adopted} of learnings between {number:,} organisations"
if seen.empty:
    picture = empty("There are no adoptions of learnings that this viewer may see", notes)
elif number <= 14:
    notes.insert(
        0,
        "An arrow goes from who learned to who adopted. A number counts its adoptions if there are several.",
    )
    picture = arrows(edges, title, notes)
elif number <= 40:
    picture = matrix(square(named), title, notes)
else:
    picture = matrix(square(by_sector), f"{title}, by sector", notes)
picture.savefig(reading.option)
print(reading.option)
