"""A journey: what an organisation asked, tried, failed at and learned, month by month.

    python notebooks/journey.py SOURCE [ORGANISATION]

SOURCE is a server's URL (with HOWCANWE_KEY), a database's URL or an exported file. Editors that support cells (`# %%`)
can run them one by one.
"""

# %%
import sys
from collections import defaultdict
from itertools import groupby

from howcanwe import ReplayedEvent, open_log

log = open_log(sys.argv[1])

# %% The organisation: the one on the command line, else the one with the most events.
recorded: dict[str, int] = defaultdict(int)
names: dict[str, str] = {}
for event in log:
    organisation = event.data.get("organisation")
    if event.type == "organisation.registered":
        names[event.data["organisation"]] = event.data["name"]
    elif isinstance(organisation, str):
        recorded[organisation] += 1
chosen = sys.argv[2] if len(sys.argv) > 2 else max(recorded, key=lambda key: (recorded[key], key))

# %% Its steps: the events about the organisation or about one of its subjects, by time.
own: set[str] = {f"organisation/{chosen}"}
steps: list[ReplayedEvent] = []
voided: set[int] = set()
for event in log:
    if event.type == "event.voided":
        voided.add(event.data["event"])
    elif event.data.get("organisation") == chosen or not own.isdisjoint(event.subjects[:1]):
        own.update(event.subjects[:1])
        steps.append(event)
steps = sorted(
    (step for step in steps if step.position not in voided),
    key=lambda step: (step.time, step.position),
)

# %% The journey in words.
WORDS = {
    "question.framed": "asked: {text}",
    "question.reframed": "asked again: {text}",
    "iteration.planned": "planned: {title}",
    "iteration.concluded": "concluded, {result}: {summary}",
    "failure.recorded": "failed: {actual}",
    "learning.captured": "learned: {statement}",
    "learning.adopted": "adopted a peer's learning, {learning}",
    "outcome.harvested": "saw a change: {description}",
    "publication.released": "published: {title}",
}
print(f"{names.get(chosen, chosen)}: {len(steps)} steps")
for month, of_month in groupby(steps, key=lambda step: f"{step.time:%B %Y}"):
    described = [step for step in of_month if step.type in WORDS]
    if described:
        print(f"\n{month}")
    for step in described:
        print(f"  {step.time:%d}  {WORDS[step.type].format(**step.data)}")

# %%
log.close()
