# %% [markdown]
"""
# A journey

What an organisation asked, tried, failed at and learned, month by month, as it stands: what was voided is left out, and
what was corrected has its present words.

    python notebooks/journey.py SOURCE [ORGANISATION]

SOURCE is a server's URL (with a key in HOWCANWE_KEY), a database's URL, or an exported file. ORGANISATION is a key such
as mill-museum; by default it is the organisation with the most steps. In a notebook, write both into the next cell.
"""

# %%
SOURCE = ""
ORGANISATION = ""

# %% The tables that a journey is made of, each with the column that has the time, and the words.
from collections import Counter
from itertools import groupby

from reading import read

STEPS = [
    ("framings", "time", "asked: {text}"),
    ("iterations", "time", "planned: {title}"),
    ("iterations", "concluded_at", "concluded, {result}: {conclusion}"),
    ("failures", "time", "failed: {actual}"),
    ("learnings", "time", "learned: {statement}"),
    ("adoptions", "time", "adopted a peer's learning: {learning}"),
    ("outcomes", "time", "saw a change: {description}"),
    ("publications", "time", "published: {title}"),
]

reading = read(SOURCE, ORGANISATION, "journey.py SOURCE [ORGANISATION]")
tables = reading.tables
found = [
    (row, when, words)
    for name, when, words in STEPS
    for row in tables[name]
    if row[when] and row["organisation"]
]

# %% The organisation: the one that was given, else the one with the most steps.
names = {row["key"]: row["name"] for row in tables["organisations"]}
entries = Counter(row["organisation"] for row, _, _ in found)
chosen = reading.option or min(entries, key=lambda key: (-entries[key], key), default="")
if chosen and chosen not in names:
    raise SystemExit(f"There is no organisation {chosen} that this viewer may see.")

# %% The journey in words. A learning that the viewer may not see has no words.
statements = {row["key"]: row["statement"] for row in tables["learnings"]}


def sentence(row: dict, words: str) -> str:
    known = {name: "…" if value is None else value for name, value in row.items()}
    learning = row.get("learning")
    return " ".join(words.format(**known | {"learning": statements.get(learning, "…")}).split())


steps = sorted(
    (row[when], row["position"], sentence(row, words))
    for row, when, words in found
    if row["organisation"] == chosen
)
if steps:
    print(f"{names[chosen]}: {len(steps)} {'step' if len(steps) == 1 else 'steps'}")
else:
    print("There is no journey that this viewer may see.")
for month, of_month in groupby(steps, key=lambda step: f"{step[0]:%B %Y}"):
    print(f"\n{month}")
    for time, _, words in of_month:
        print(f"  {time:%d}  {words}")
print(f"\n{reading.credit}")
