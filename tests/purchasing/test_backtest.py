"""Years lived through by a rule: what is counted, and that the comparison is a fair one."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.purchasing.backtest import ITEMS, LEADS, LEARNING, YEAR, Item, compared, fixed, invented_use, lived, ours

EVEN = Item("even", 100, 1, 10)


def _always(packs: int):
    return lambda _uses, _on_hand, _on_order, _seen: packs


def test_what_is_missing_is_counted_by_day_and_piece() -> None:
    uses = [1] * (LEARNING + 30)
    lived_through = lived(uses, 10, _always(0), Random(1))
    assert (lived_through.days_out, lived_through.missing, lived_through.orders) == (10, 10, 0)
    assert lived_through.mean_stock == sum(range(20)) / 30


def test_an_order_comes_after_its_lead_time_and_only_then_is_it_learned() -> None:
    told: list[tuple[int, int]] = []

    def decide(_uses, _on_hand, on_order, seen) -> int:
        told.append((on_order, len(seen)))
        return 1 if len(told) == 1 else 0

    lived([1] * (LEARNING + 20), 10, decide, Random(1))
    coming = [on_order for on_order, _ in told].count(10)
    assert coming + 1 in LEADS
    assert all((on_order == 10) != (seen == 1) for on_order, seen in told[1:])


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_demand_and_its_year_are_the_same_for_the_same_seed(item: Item) -> None:
    first, second, other = (invented_use(item, Random(seed)) for seed in (1, 1, 2))
    assert first == second != other and len(first) == LEARNING + YEAR
    assert all(use == 0 for day, use in enumerate(first) if day % 7 == 6)  # Sundays


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from(ITEMS))
def test_no_rule_sells_what_is_not_there(seed: int, item: Item) -> None:
    uses = invented_use(item, Random(seed))
    for rule in (ours(item), fixed(item, uses)):
        found = lived(uses, item.pack, rule, Random(seed))
        assert 0 <= found.days_out <= YEAR and 0 <= found.missing <= sum(uses[LEARNING:])
        assert found.mean_stock >= 0


def test_the_fixed_point_set_with_hindsight_holds_as_much_as_ours() -> None:
    for row in compared(range(1, 4)):
        assert row.level.mean_stock == pytest.approx(row.ours.mean_stock, rel=0.2)
        assert row.times > 0


def test_our_rule_leaves_fewer_days_without_than_a_careful_person_in_a_season_and_where_use_is_rare() -> None:
    found = {row.name: row for row in compared(range(1, 6))}
    for name in ("seasonal", "now and then", "rarely, then many"):
        assert found[name].ours.days_out < found[name].fixed.days_out / 2
