"""One act of each kind that is signed, done through its operation, with what is signed by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from inventory.compliance.drafting import approve_draft, draft_policy
from inventory.compliance.techniques import PolicyNumbers
from inventory.oversight.lifecycle import Step
from inventory.oversight.review import take_step
from inventory.purchasing import operations as orders
from inventory.reactions import operations as reactions
from inventory.reactions.models import ReactionKind, ReactionSeverity
from inventory.reactions.queries import correction_of
from inventory.recalls import operations as recalls
from inventory.sessions import operations as sessions
from inventory.sessions import queries as session_queries
from inventory.signatures.models import Meaning
from inventory.signatures.signer import Signer
from inventory.sterilising import queries as loads
from inventory.sterilising.models import LoadState
from inventory.stock import operations as stock
from inventory.stock.ledger import ledger_page
from inventory.stock.returning import return_to_supplier
from inventory.stock.shelf_models import RecallReach
from inventory.stock.signed_content import decisions_on
from inventory.stocktaking import approving
from inventory.stocktaking import operations as stocktaking
from tests.conftest import NOW
from tests.factories.compliance import make_policy
from tests.factories.purchasing import make_draft
from tests.factories.sessions import make_ready, start_session
from tests.factories.sterilising import decide, make_load
from tests.factories.stock import make_location, make_lot
from tests.stocktaking.counting import count, make_shelf


@dataclass(frozen=True)
class Staff:
    nurse: Signer
    lead: Signer
    manager: Signer


@dataclass(frozen=True)
class Done:
    """The row that was signed, with which meaning, by whom."""

    subject: Any
    meaning: Meaning
    by: Signer


def _load(state: LoadState, meaning: Meaning) -> Callable[[Staff], Done]:
    def act(staff: Staff) -> Done:
        load = make_load(staff.nurse, NOW)
        if state is LoadState.RECALLED:
            decide(load, LoadState.RELEASED, staff.lead, NOW)
        decide(load, state, staff.lead, NOW + timedelta(minutes=1))
        return Done(loads.decisions_on(load)[-1], meaning, staff.lead)

    return act


def _lot_released(staff: Staff) -> Done:
    lot = make_lot(staff.manager, NOW)
    stock.quarantine(lot, "Wet box", staff.manager, NOW)
    stock.release_from_quarantine(lot, "Inner seal is dry", staff.lead, NOW + timedelta(minutes=1))
    return Done(decisions_on(lot)[-1], Meaning.RELEASE, staff.lead)


def _lot_recalled(staff: Staff) -> Done:
    lot = make_lot(staff.manager, NOW)
    stock.recall(lot, "Notice 12", staff.manager, NOW)
    return Done(decisions_on(lot)[-1], Meaning.RECALL, staff.manager)


def _notice(staff: Staff) -> Done:
    lot = make_lot(staff.manager, NOW)
    entered = recalls.enter(
        lot.product, "FSN-1", NOW.date(), "Seals may open", RecallReach.LOTS, staff.manager, NOW, lots=[lot]
    )
    return Done(entered.notice, Meaning.RECALL, staff.manager)


def _written_off(staff: Staff) -> Done:
    place = make_location(staff.manager, NOW)
    lot = make_lot(staff.manager, NOW, quantity=10, location=place)
    return Done(stock.write_off(lot, place, 3, "Dropped", staff.lead, NOW), Meaning.CORRECTION, staff.lead)


def _counted(staff: Staff) -> Done:
    place = make_location(staff.manager, NOW)
    lot = make_lot(staff.manager, NOW, quantity=10, location=place)
    return Done(stock.correct_to(lot, place, 12, "Shelf count", staff.lead, NOW), Meaning.CORRECTION, staff.lead)


def _returned(staff: Staff) -> Done:
    place = make_location(staff.manager, NOW)
    lot = make_lot(staff.manager, NOW, quantity=10, location=place)
    return_to_supplier(lot, place, 4, "RMA-1", "Wrong length", staff.manager, NOW)
    return Done(ledger_page(lot, None).lines[0].movement, Meaning.CORRECTION, staff.manager)


def _policy(staff: Staff) -> Done:
    make_policy(staff.manager, NOW)
    numbers = PolicyNumbers()
    numbers = replace(numbers, clinic_wide=replace(numbers.clinic_wide, overdue_punctures=80))
    draft = draft_policy(numbers, "Blunt tips", staff.manager, NOW)
    return Done(approve_draft(draft, staff.lead, NOW + timedelta(days=1)), Meaning.APPROVAL, staff.lead)


def _stocktake(staff: Staff) -> Done:
    shelf = make_shelf(staff.manager, NOW)
    begun = stocktaking.start(shelf.store, staff.manager, shelf.later())
    count(begun, shelf, 0, 97, staff.nurse)
    count(begun, shelf, 1, 100, staff.nurse)
    stocktaking.finish(begun, staff.nurse, shelf.later())
    count(begun, shelf, 0, 97, staff.lead)
    stocktaking.finish(begun, staff.lead, shelf.later())
    approving.approve(begun, staff.manager, shelf.later())
    return Done(begun, Meaning.APPROVAL, staff.manager)


def _order(staff: Staff) -> Done:
    order = make_draft(staff.manager, NOW)
    orders.approve(order, None, order.version, staff.manager, NOW)
    return Done(order, Meaning.APPROVAL, staff.manager)


def _review(staff: Staff) -> Done:
    treatment = start_session(staff.nurse, NOW, make_ready(staff.nurse, NOW))
    sessions.close(treatment, staff.nurse, NOW + timedelta(minutes=5), shots=150)
    (flag,) = session_queries.live_flags(treatment)
    step = take_step(flag, treatment, Step.CLOSE, "Spoken about", staff.lead, NOW + timedelta(hours=1))
    return Done(step, Meaning.REVIEW, staff.lead)


def _reaction(staff: Staff) -> Done:
    treatment = start_session(staff.nurse, NOW, make_ready(staff.nurse, NOW))
    kind, bad = ReactionKind.RASH, ReactionSeverity.MILD
    wrong = reactions.report(treatment, kind, bad, NOW.date(), "Left arm", staff.nurse, NOW)
    reactions.correct(wrong, treatment, kind, bad, NOW.date(), "Right arm", "Wrong side typed", staff.lead, NOW)
    return Done(correction_of(wrong), Meaning.CORRECTION, staff.lead)


ACTS: Mapping[str, Callable[[Staff], Done]] = {
    "a load is released": _load(LoadState.RELEASED, Meaning.RELEASE),
    "a load is rejected": _load(LoadState.REJECTED, Meaning.REJECTION),
    "a load is quarantined": _load(LoadState.QUARANTINED, Meaning.QUARANTINE),
    "a load is recalled": _load(LoadState.RECALLED, Meaning.RECALL),
    "a lot is released": _lot_released,
    "a lot is recalled": _lot_recalled,
    "a recall notice is entered": _notice,
    "stock is written off": _written_off,
    "stock is counted": _counted,
    "stock is returned": _returned,
    "a policy is approved": _policy,
    "a stocktake is approved": _stocktake,
    "an order is approved": _order,
    "a flag is reviewed": _review,
    "a reaction is corrected": _reaction,
}
