# %% [markdown]
"""
# The failure landscape

A picture of all failures by facet and degree (FailSpace's terms), as they stand: a voided failure is not counted, and a
reclassified one counts with its present class.

    python notebooks/failures.py SOURCE [IMAGE]

SOURCE is a server's URL (with a key in HOWCANWE_KEY), a database's URL, or an exported file. IMAGE is the picture to
write, such as failures.png, .svg or .pdf. In a notebook, write both into the next cell.
"""

# %%
SOURCE = ""
IMAGE = "failures.png"

# %% The failures as they stand.
import pandas as pd
from pictures import empty, matrix
from reading import read

reading = read(SOURCE, IMAGE, "failures.py SOURCE [IMAGE]")
failures = reading.tables["failures"].to_pandas()
print(f"{len(failures)} failures, {failures['facet'].notna().sum()} with a facet")

# %% Facet by degree, in the order of the vocabulary. What is not given has a row or a column of its own.
terms = {
    column.name: {term.value: term.title for term in column.terms.terms}
    for column in reading.tables["failures"].definition.columns
    if column.name in ("facet", "degree")
}
NONE = "not given"


def titles(name: str) -> pd.Series:
    found = failures[name].astype(object).map(terms[name]).fillna(NONE)
    known = [*terms[name].values()]
    return pd.Categorical(found, [*known, NONE] if (found == NONE).any() else known)


landscape = pd.crosstab(
    pd.Series(titles("facet"), name="facet"),
    pd.Series(titles("degree"), name="degree"),
    dropna=False,
)
print(landscape.to_string())

# %% The picture.
if failures.empty:
    picture = empty("There are no failures that this viewer may see", [reading.credit])
else:
    first, last = failures["time"].min(), failures["time"].max()
    picture = matrix(
        landscape,
        f"{len(failures):,} {'failure' if len(failures) == 1 else 'failures'} by facet and degree",
        [f"The first is of {first:%B %Y}, the last of {last:%B %Y}.", reading.credit],
    )
picture.savefig(reading.option)
print(reading.option)
