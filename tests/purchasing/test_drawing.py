"""A suggestion at a glance."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.purchasing.drawing import BAR, stock_bar
from inventory.purchasing.reordering import Advice, Shelf, Terms
from inventory.purchasing.suggesting import Suggestion
from tests.factories.purchasing import make_low_product, make_offer, make_sent, make_supplier
from tests.pages import words


def _line(on_hand: int, expiring: int, on_order: int, packs: int, point: int) -> Suggestion:
    shelf, advice = Shelf([(date(2027, 1, 1), on_hand)], on_order), Advice(1, expiring, 9, 0, point, packs, False)
    return SimpleNamespace(shelf=shelf, advice=advice, packs=packs, terms=Terms(50, 1, 0, 7, 950))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("line", "parts", "point", "said"),
    [
        (_line(60, 0, 0, 1, 120), [("on-hand", 0, 120), ("suggested", 120, 100)], BAR - 2, "60 on hand, 50 to order"),
        (_line(120, 60, 120, 0, 120), [("on-hand", 0, 60), ("expiring", 60, 60), ("coming", 120, 120)], 120, "60 on"),
        (_line(0, 0, 0, 0, 0), [], 0, "nothing on hand"),
    ],
)
def test_a_bar_shows_what_there_is_beside_the_point(line, parts, point, said) -> None:
    drawn = stock_bar(line)
    assert [(part.kind, part.x, part.width) for part in drawn.parts] == parts
    assert drawn.point == point and drawn.said.startswith(said)
    assert drawn.said.endswith(f"reorder point {line.advice.reorder_point}")


@given(*[st.integers(0, 100_000)] * 3, st.integers(0, 1000), st.integers(0, 100_000))
def test_a_bar_stays_on_its_line(kept: int, expiring: int, on_order: int, packs: int, point: int) -> None:
    drawn = stock_bar(_line(kept + expiring, expiring, on_order, packs, point))
    assert 0 <= drawn.point < BAR
    assert all(part.width >= 2 and part.x + part.width <= BAR + 2 for part in drawn.parts)


def test_each_suggestion_in_the_list_has_its_line_and_its_chart(manager, client_for, now) -> None:
    supplier = make_supplier(manager, now)
    for name in ("Needle A", "Needle B"):
        make_offer(supplier, make_low_product(manager, now, name=name, left=7), manager, now)
    make_sent(manager, now)
    page = client_for(manager).open("/orders/reorder/all")
    said = [drawn.get("aria-label", "") for drawn in page.all("*", role="img")]
    assert len(said) == 3 == len(page.rows())
    assert [text for text in said if text.startswith("7 on hand")] and any("on order" in text for text in said)
    assert [words(item) for key in page.all("ul", aria_label="What the bars show") for item in key.iter("li")] == [
        "on hand",
        "will expire unused",
        "on order",
        "to order",
        "reorder point",
    ]
