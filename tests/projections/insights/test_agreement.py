"""The figures agree with a second, naive implementation, to the last digit, on logs and questions of chance."""

import pytest

from projections.insights.index.index import Index
from tests.projections.insights import naive
from tests.projections.insights.asking import Asker
from tests.projections.insights.stories import log_of_chance

SEEDS = 24
SEEDS_LONG = 400
QUESTIONS = 8


def agree(seed: int) -> None:
    log = log_of_chance(seed)
    index = Index()
    for event in log.events():
        index.take(event)
    history = naive.History.of(log.lines)
    asker = Asker(log, seed)
    for _ in range(QUESTIONS):
        question = asker.question()
        expected = question.of_the_naive(history)
        found = question.of_the_product(index)
        assert found.keys() == expected.keys()
        for name, figure in expected.items():
            assert found[name] == figure, (seed, name, question)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_product_and_naive_agree(seed: int) -> None:
    agree(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(SEEDS, SEEDS_LONG))
def test_product_and_naive_agree_on_many_more(seed: int) -> None:
    agree(seed)
