"""What may follow what, as a table; and that any order of steps on the real database keeps to it."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from flask import Flask

from inventory.errors import DomainError
from inventory.purchasing import operations as orders
from inventory.purchasing.lifecycle import TRANSITIONS, Act, OrderState, after, received_as
from inventory.purchasing.models import PurchaseOrder
from inventory.stock.levels import stock_list
from tests.factories.purchasing import make_draft
from tests.factories.stock import make_location

OVER = {OrderState.CLOSED, OrderState.CANCELLED}
LOT = ("L-1", date(2028, 1, 31))


def test_nothing_happens_to_an_order_that_is_over() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] in OVER]


def test_each_state_is_reached_and_each_act_has_its_place() -> None:
    assert set(TRANSITIONS.values()) | {OrderState.DRAFT} == set(OrderState)
    assert {act for _, act in TRANSITIONS} == set(Act)


def test_nothing_is_sent_without_approval_and_nothing_received_without_being_sent() -> None:
    assert [state for state, act in TRANSITIONS if act is Act.SEND] == [OrderState.APPROVED]
    received = {state for state, act in TRANSITIONS if act in (Act.RECEIVE_PART, Act.RECEIVE_REST)}
    assert received == {OrderState.SENT, OrderState.PARTLY_RECEIVED}


def test_what_is_complete_is_closed() -> None:
    assert received_as(0) is received_as(-5) is Act.RECEIVE_REST and received_as(1) is Act.RECEIVE_PART


def _do(act: Act, order: PurchaseOrder, by, now: datetime, place) -> None:
    seen, line = order.version, order.lines[0]
    if act in (Act.RECEIVE_PART, Act.RECEIVE_REST):
        units = line.outstanding if act is Act.RECEIVE_REST else 1
        orders.receive(order, line.product, *LOT, max(1, units), place, by, now)
    elif act is Act.SEND:
        orders.send(order, seen, by, now, clinic_name="North", by_email=False, reply_to=None)
    elif act is Act.APPROVE:
        orders.approve(order, None, seen, by, now)
    elif act is Act.CHANGE:
        orders.change(order, {line.id: line.packs + 1}, seen, by, now)
    elif act is Act.REOPEN:
        orders.reopen(order, seen, by, now)
    else:
        {Act.CLOSE: orders.close, Act.CANCEL: orders.cancel}[act](order, "No longer needed", seen, by, now)


@pytest.mark.parametrize("seed", range(12))
def test_inv_06_any_order_of_steps_keeps_to_the_table_and_books_what_came(app: Flask, manager, seed: int) -> None:
    random, now = Random(seed), datetime(2026, 11, 23, 9, tzinfo=UTC)
    order, place = make_draft(manager, now), make_location(manager, now)
    before, model, came = _on_hand(manager, now), OrderState.DRAFT, 0
    for step in range(14):
        act = random.choice(list(Act))
        if act is Act.RECEIVE_PART and order.lines[0].outstanding == 1:
            continue
        outstanding = order.lines[0].outstanding
        expected = after(model, act)
        if act is Act.RECEIVE_REST and model in OVER:
            expected = None
        try:
            _do(act, order, manager, now + timedelta(minutes=step), place)
        except DomainError:
            assert expected is None, f"{act} refused in {model}"
        else:
            assert expected is not None, f"{act} allowed in {model}"
            came += {Act.RECEIVE_PART: 1, Act.RECEIVE_REST: outstanding}.get(act, 0)
            model = expected
        assert order.state is model
        assert _on_hand(manager, now) - before == came == order.lines[0].received_units


def _on_hand(by, now: datetime) -> int:
    return sum(line.on_hand for line in stock_list(by.clinic_id, now.date()))
