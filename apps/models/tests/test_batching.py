from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from apps.models.inference.batching import batches

LENGTHS = st.lists(st.integers(min_value=2, max_value=256))
BUDGETS = st.integers(min_value=1, max_value=4096)


@given(LENGTHS, BUDGETS)
def test_every_text_once(lengths: list[int], budget: int) -> None:
    assert sorted(index for batch in batches(lengths, budget) for index in batch) == list(range(len(lengths)))


@given(LENGTHS, BUDGETS)
def test_no_batch_over_budget_unless_alone(lengths: list[int], budget: int) -> None:
    for batch in batches(lengths, budget):
        assert batch
        assert len(batch) == 1 or max(lengths[index] for index in batch) * len(batch) <= budget


@given(LENGTHS, BUDGETS)
def test_a_batch_closes_only_when_the_next_text_does_not_fit(lengths: list[int], budget: int) -> None:
    made = list(batches(lengths, budget))
    for batch, following in pairwise(made):
        assert lengths[following[0]] * (len(batch) + 1) > budget


@given(LENGTHS, BUDGETS)
def test_similar_lengths_are_batched_together(lengths: list[int], budget: int) -> None:
    order = [lengths[index] for batch in batches(lengths, budget) for index in batch]
    assert order == sorted(order)
