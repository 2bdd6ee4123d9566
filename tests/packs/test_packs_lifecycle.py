"""A pack's steps and what forbids opening it, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.packs.lifecycle import (
    ALLOWED,
    OVERRIDABLE,
    Fault,
    ImpossibleStep,
    PackFacts,
    PackState,
    check_transition,
    faults,
    is_ready,
    needle_reuse,
    needle_unfit,
)

TODAY = date(2026, 11, 23)
GOOD = PackFacts(state=PackState.AVAILABLE, load_state="released", lot_statuses=("usable",), last_day=TODAY)
STEPS = {
    ("made_up", "available"),
    ("made_up", "discarded"),
    ("available", "made_up"),
    ("available", "opened"),
    ("available", "discarded"),
    ("opened", "used"),
    *((state, "recalled") for state in ("made_up", "available", "opened", "used", "discarded")),
}


@pytest.mark.parametrize("wanted", list(PackState))
@pytest.mark.parametrize("state", list(PackState))
def test_a_pack_takes_only_the_steps_of_the_table(state: PackState, wanted: PackState) -> None:
    if (state.value, wanted.value) in STEPS:
        check_transition(state, wanted)
    else:
        with pytest.raises(ImpossibleStep) as refused:
            check_transition(state, wanted)
        assert refused.value.state is state
    assert set(ALLOWED) == set(PackState)


@pytest.mark.parametrize(
    ("labelled", "needs_load", "load_state", "ready"),
    [
        (True, False, None, True),
        (False, False, None, False),
        (True, True, None, False),
        (True, True, "awaiting", False),
        (True, True, "quarantined", False),
        (True, True, "rejected", False),
        (True, True, "recalled", False),
        (True, True, "released", True),
        (False, True, "released", False),
        # Put into a load although it did not need one: then the load counts.
        (True, False, "awaiting", False),
    ],
)
def test_a_pack_is_ready_when_labelled_and_its_load_released(
    labelled: bool, needs_load: bool, load_state: str | None, ready: bool
) -> None:
    assert is_ready(labelled=labelled, needs_load=needs_load, load_state=load_state) is ready


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (GOOD, []),
        (PackFacts(state=PackState.AVAILABLE, last_day=TODAY), []),
        (PackFacts(state=PackState.AVAILABLE, last_day=TODAY - timedelta(days=1)), [Fault.EXPIRED]),
        (PackFacts(state=PackState.AVAILABLE, lot_statuses=("usable", "quarantined"), last_day=TODAY), ["quarantined"]),
        (PackFacts(state=PackState.AVAILABLE, lot_statuses=("usable", "recalled"), last_day=TODAY), ["recalled"]),
        (PackFacts(state=PackState.MADE_UP, last_day=TODAY), ["not_released"]),
        (PackFacts(state=PackState.DISCARDED, last_day=TODAY), ["discarded", "not_released"]),
        (PackFacts(state=PackState.OPENED, used=True, last_day=TODAY), ["already_used", "not_released"]),
        (
            PackFacts(state=PackState.MADE_UP, load_state="rejected", last_day=TODAY),
            ["load_rejected", "not_released"],
        ),
    ],
)
def test_what_forbids_opening_is_named_the_gravest_first(facts: PackFacts, expected: list[str]) -> None:
    assert faults(facts, TODAY) == expected


def test_n1_a_needle_serves_one_session() -> None:
    assert needle_reuse(PackFacts(state=PackState.OPENED, used=True, last_day=TODAY))
    assert not needle_reuse(GOOD)


def test_n2_an_expired_recalled_damaged_or_unscanned_needle_is_unfit() -> None:
    def why(state: PackState = PackState.AVAILABLE, lot: str = "usable", late: int = 0) -> list[Fault]:
        facts = PackFacts(state=state, lot_statuses=(lot,), last_day=TODAY - timedelta(days=late))
        return needle_unfit(facts, TODAY)

    assert why() == []
    assert why(late=1) == [Fault.EXPIRED]
    assert why(PackState.DISCARDED)[0] is Fault.DISCARDED
    assert why(lot="recalled", late=1) == [Fault.RECALLED, Fault.EXPIRED]
    assert why(PackState.MADE_UP) == [Fault.NOT_RELEASED]


_FACTS = st.builds(
    PackFacts,
    state=st.sampled_from(PackState),
    used=st.booleans(),
    load_state=st.sampled_from([None, "awaiting", "quarantined", "released", "rejected", "recalled"]),
    lot_statuses=st.lists(st.sampled_from(["usable", "quarantined", "recalled"]), max_size=3).map(tuple),
    last_day=st.dates(TODAY - timedelta(days=2), TODAY + timedelta(days=2)),
)


@given(_FACTS)
def test_only_an_available_released_good_and_fresh_pack_has_no_fault(facts: PackFacts) -> None:
    good = (
        facts.state is PackState.AVAILABLE
        and not facts.used
        and facts.load_state in (None, "released")
        and set(facts.lot_statuses) <= {"usable"}
        and facts.last_day >= TODAY
    )
    assert (faults(facts, TODAY) == []) is good


@given(_FACTS)
def test_no_override_reaches_reuse_recall_or_what_was_not_released(facts: PackFacts) -> None:
    if set(faults(facts, TODAY)) <= OVERRIDABLE:
        assert facts.state is PackState.AVAILABLE and not facts.used
        assert "recalled" not in facts.lot_statuses and facts.load_state in (None, "released")
