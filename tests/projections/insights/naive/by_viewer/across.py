"""The figures across cohorts."""

from typing import Any, cast

from tests.projections.insights.naive.by_viewer import evaluator, facilitator, pairing, people
from tests.projections.insights.naive.history import Fact, Thing
from tests.projections.insights.naive.numbers import share
from tests.projections.insights.naive.story import Story
from tests.projections.insights.naive.tables import counted
from tests.projections.insights.naive.times import as_text

Figure = dict[str, Any]


def compare_cohorts(story: Story) -> Figure:
    rows = []
    for cohort in story.cohorts():
        own = story.with_scope(story.scope.of_cohort(cohort.key))
        shares = {
            "failureConversion": evaluator.failure_conversion(own),
            "doubleLoop": evaluator.double_loop(own),
            "thinDecisions": evaluator.thin_decisions(own),
            "openness": evaluator.openness(own),
            "avoidableRepeats": facilitator.avoidable_repeats(own),
        }
        medians = {
            "timeToFirstIteration": evaluator.time_to_first_iteration(own),
            "learningVelocity": evaluator.learning_velocity(own),
            "failFast": evaluator.fail_fast(own),
        }
        stays = evaluator.retention(own)
        lasting = evaluator.sustained(own)
        double = evaluator.double_loop(own)
        rows.append(
            {
                "cohort": cohort.key,
                "organisations": len(facilitator.memberships(own)),
                **evaluator.funnel(own),
                **{
                    name: figure["quartiles"][1] if figure["quartiles"] else None
                    for name, figure in medians.items()
                },
                **{
                    name: figure["share"] if figure is not None else None
                    for name, figure in shares.items()
                },
                "corroborated": double["corroborated"],
                "substantiated": evaluator.harvest(own)["substantiated"],
                "intelligentShare": evaluator.failure_mix(own)["intelligentShare"],
                "medianSlope": people.participation_shift(own)["medianSlope"],
                "lift": pairing.pairing_lift(own)["lift"],
                "participations": people.reach(own)["participations"],
                "retention": share(stays["present"], stays["joined"]),
                "sustained": lasting["list"][1]["share"] if lasting else None,
            }
        )
    return {"list": rows}


def diffusion(story: Story) -> Figure:
    chosen, edges, apart = [], [], 0
    for adoption in story.adoptions():
        if not story.chosen_fact(adoption.fact, adoption.by, story.themes(adoption.learning)):
            continue
        origin = story.owner(adoption.learning)
        chosen.append(adoption)
        if origin is None:
            continue
        edges.append((adoption.fact.position, {"from": origin, "to": adoption.by}, 1))
        one, other = (
            story.thing(f"organisation/{origin}"),
            story.thing(f"organisation/{adoption.by}"),
        )
        assert one and other
        meets = pairing.together(story, one, other, story.of("cohort"))
        apart += not any(start <= adoption.fact.moment for start, _ in meets)
    return {
        "n": len(edges),
        "items": [f"event/{position}" for position, _, _ in sorted(edges, key=lambda one: one[0])],
        "edges": counted(edges),
        "acrossCohorts": share(apart, len(edges)),
    }


def recurring_themes(story: Story) -> Figure:
    things = [
        thing
        for kind in ("question", "failure", "learning")
        for thing in story.of(kind)
        if story.chosen(thing)
    ]
    themes = sorted({theme for thing in things for theme in story.themes(thing)})
    rows = []
    for theme in themes:
        own = [
            (thing, story.thing(f"cohort/{story.history.cohort(thing)}"))
            for thing in things
            if theme in story.themes(thing)
        ]
        placed = [(thing, cohort) for thing, cohort in own if cohort is not None]
        cohorts = sorted({cohort for _, cohort in placed}, key=lambda one: one.born.position)
        if len(cohorts) < 2:
            continue
        learnings = [thing for thing, _ in placed if thing.kind == "learning"]
        times = [thing.born.time for thing, _ in placed]
        row = {
            "theme": story.as_written(theme),
            "cohorts": [
                {
                    "cohort": cohort.key,
                    **{
                        f"{kind}s": sum(
                            1 for thing, where in placed if where is cohort and thing.kind == kind
                        )
                        for kind in ("question", "failure", "learning")
                    },
                }
                for cohort in cohorts
            ],
            "first": as_text(min(times)),
            "last": as_text(max(times)),
            "learning": max(learnings, key=lambda one: one.born.moment).key if learnings else None,
        }
        earliest = min(thing.born.position for thing, _ in placed)
        rows.append((-len(cohorts), earliest, theme, row))
    return {"list": [row for *_, row in sorted(rows, key=lambda one: one[:3])]}


def question_families(story: Story) -> Figure:
    nodes = [one for one in story.things if one.kind == "question" and story.chosen(one)]
    parents = {node: _parents(story, node) for node in nodes}
    concluded = story.concluded()

    def tree(node: Thing) -> Figure:
        cells = [
            (thing.born.position, {"result": end.data["result"]}, 1)
            for thing, end in concluded
            if story.ref(thing.born, "question") is node
        ]
        children = [one for one in nodes if parents[one][:1] == [node]]
        return {
            "question": node.key,
            "framings": story.wordings(node),
            "counts": counted(cells),
            "also": [one.key for one in parents[node][1:]],
            "children": [tree(one) for one in children],
        }

    roots = [one for one in nodes if not parents[one] or parents[one][0] not in nodes]
    return {"trees": [tree(root) for root in roots]}


def _parents(story: Story, question: Thing) -> list[Thing]:
    """What a question comes from: its parent first, then what else it builds on."""
    if question.born.type == "cohort.formed":
        shared = [_shared(story, cohort) for cohort in story.refs(question.born, "builds_on")]
        return [one for one in shared if one is not None]
    parent = story.ref(question.born, "parent")
    if parent is not None:
        return [parent]
    cohort = story.thing(f"cohort/{story.history.cohort(question)}")
    shared_question = _shared(story, cohort) if cohort else None
    return [shared_question] if shared_question else []


def _shared(story: Story, cohort: Thing) -> Thing | None:
    for thing in story.things:
        if thing.kind == "question" and thing.born is cohort.born:
            return thing
    return None


WORDS = {
    "iteration.planned": "planned",
    "iteration.revised": "revised",
    "iteration.started": "started",
    "observation.recorded": "observation",
    "participation.recorded": "participation",
    "iteration.concluded": "concluded",
    "failure.recorded": "failure",
    "learning.captured": "learning",
    "learning.adopted": "adopted",
    "review.held": "review",
    "inspiration.used": "used",
}


def pathways(story: Story) -> Figure:
    nodes = [one for one in story.of("iteration") if story.chosen(one)]
    before = {one: story.ref(one.born, "follows") for one in nodes}
    chains = []
    for last in nodes:
        if any(before[one] is last for one in nodes):
            continue
        chain = [last]
        while before[chain[-1]] in nodes:
            chain.append(cast(Thing, before[chain[-1]]))
        chains.append(chain)
    found: list[tuple[int, tuple[str, ...]]] = []
    for chain in chains:
        found.append((chain[0].born.position, _sequence(story, chain)))
    rows = counted((position, {"sequence": sequence}, 1) for position, sequence in found)
    return {
        "n": len(chains),
        "items": [chain[0].name for chain in sorted(chains, key=lambda one: one[0].born.position)],
        "list": [{**row, "sequence": list(row["sequence"])} for row in rows[:10]],
    }


def _sequence(story: Story, chain: list[Thing]) -> tuple[str, ...]:
    failures = [one for one in story.of("failure") if story.ref(one.born, "iteration") in chain]
    words: list[str] = []
    for fact in sorted(story.of_types(*WORDS), key=lambda one: one.moment):
        if _names_one_of(story, fact, [*chain, *failures]) and words[-1:] != [WORDS[fact.type]]:
            words.append(WORDS[fact.type])
    return tuple(words)


def _names_one_of(story: Story, fact: Fact, things: list[Thing]) -> bool:
    fields = {field for field, _ in fact.named} - {"follows", "inspired_by"}
    return any(thing in story.refs(fact, field) for field in fields for thing in things)
