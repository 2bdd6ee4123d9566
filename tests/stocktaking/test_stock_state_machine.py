"""Every operation on the stock in any order, stocktakes included, against the shelf as it really is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from inventory.audit.queries import verify
from inventory.db import db
from inventory.packs import operations as packs
from inventory.people import operations as people
from inventory.people.models import Role
from inventory.recalls import operations as recalls
from inventory.stock import operations as stock
from inventory.stock import pars, returning
from inventory.stock.errors import LotQuarantined, LotRecalled, NotEnough, NothingToCorrect
from inventory.stock.models import Balance, LocationKind, LotStatus, Movement, MovementKind
from inventory.stock.shelf_models import RecallReach
from inventory.stocktaking import approving, operations
from inventory.stocktaking.errors import CannotSettle
from inventory.stocktaking.lifecycle import StocktakeState
from inventory.stocktaking.lines import to_count_again
from inventory.stocktaking.models import Stocktake
from tests.conftest import _somebody
from tests.factories.stock import make_location, make_lot

BEGAN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LOT, PLACE, PIECES = st.integers(0, 2), st.integers(0, 2), st.integers(1, 30)
BLOCKED = (LotQuarantined, LotRecalled)


def test_inv_06_the_books_are_the_sum_of_what_moved_whatever_is_done(app: Flask) -> None:
    run_state_machine_as_test(
        Clinic,
        settings=settings(
            max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


class Clinic(RuleBasedStateMachine):
    """`books` is what the ledger must say; `drift` is how much more really lies there, which only a count finds.

    `found` is the drift that a running stocktake has seen of a line, and so what its approval must book.
    """

    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        clinic = people.found_clinic("Clinic", "Europe/Brussels", BEGAN)
        roles = (Role.NURSE, Role.NURSE, Role.NURSE, Role.MANAGER)
        self.counters = [_somebody(clinic, f"P{id(self)} {number}", role) for number, role in enumerate(roles)]
        self.by, self.now = self.counters[-1], BEGAN
        kinds = (LocationKind.STORE, LocationKind.STORE, LocationKind.TROLLEY)
        self.places = [make_location(self.by, BEGAN, name=f"Place {n}", kind=kind) for n, kind in enumerate(kinds)]
        self.lots = [make_lot(self.by, BEGAN, quantity=20, location=self.places[0], expires_on=None) for _ in range(3)]
        self.books = {(lot, place): 20 * (place == 0) for lot in range(3) for place in range(3)}
        self.drift = dict.fromkeys(self.books, 0)
        self.found: dict[tuple[int, int], int] = {}
        self.stocktake: Stocktake | None = None

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def take(self, line: tuple[int, int], pieces: int, act: Callable[[], object]) -> bool:
        """Pieces leave a place. Nobody can take what does not lie there, whatever the books say."""
        if self.books[line] >= pieces > self.books[line] + self.drift[line]:
            return False
        try:
            act()
        except NotEnough:
            assert self.books[line] < pieces
            return False
        assert self.books[line] >= pieces
        self.books[line] -= pieces
        return True

    @rule(lot=LOT, place=PLACE, pieces=PIECES)
    def receive(self, lot: int, place: int, pieces: int) -> None:
        row = self.lots[lot]
        try:
            stock.receive(row.product, row.number, None, pieces, self.places[place], self.by, self.later())
        except LotRecalled:
            assert row.status is LotStatus.RECALLED
        else:
            self.books[lot, place] += pieces

    @rule(lot=LOT, place=PLACE, pieces=PIECES)
    def make_up_packs(self, lot: int, place: int, pieces: int) -> None:
        row, until = self.lots[lot], (self.now + timedelta(days=30)).date()

        def act() -> None:
            packs.make_up([(row, pieces)], 1, self.places[place], until, False, self.by, self.later())

        try:
            self.take((lot, place), pieces, act)
        except BLOCKED:
            assert row.status is not LotStatus.USABLE
        else:
            assert row.status is LotStatus.USABLE or self.books[lot, place] + self.drift[lot, place] < pieces

    @rule(lot=LOT, place=PLACE, pieces=PIECES)
    def write_off(self, lot: int, place: int, pieces: int) -> None:
        row, at = self.lots[lot], self.places[place]
        self.take((lot, place), pieces, lambda: stock.write_off(row, at, pieces, "Wet", self.by, self.later()))

    @rule(lot=LOT, place=PLACE, pieces=PIECES)
    def send_back(self, lot: int, place: int, pieces: int) -> None:
        row, at = self.lots[lot], self.places[place]
        self.take(
            (lot, place),
            pieces,
            lambda: returning.return_to_supplier(row, at, pieces, "RMA-1", "Wrong", self.by, self.later()),
        )

    @rule(lot=LOT, places=st.permutations(range(3)), pieces=PIECES)
    def transfer(self, lot: int, places: list[int], pieces: int) -> None:
        row, (from_, to, _) = self.lots[lot], places
        act = lambda: stock.transfer(  # noqa: E731
            row, self.places[from_], self.places[to], pieces, self.by, self.later()
        )
        if self.take((lot, from_), pieces, act):
            self.books[lot, to] += pieces

    @rule(lot=LOT, level=st.integers(0, 40))
    def fill_the_trolley(self, lot: int, level: int) -> None:
        product, trolley = self.lots[lot].product, self.places[2]
        pars.set_par(trolley, product, level, self.by, self.later())
        wanted = pars.fill_list(trolley, self.now.date())
        picked = [(self.lots.index(t.lot), self.places.index(t.from_), t.quantity) for t in wanted.takings]
        if not picked or any(self.books[n, p] + self.drift[n, p] < q for n, p, q in picked):
            return
        pars.fill(trolley, wanted.mark, self.by, self.later())
        for number, place, pieces in picked:
            self.books[number, place] -= pieces
            self.books[number, 2] += pieces

    @rule(lot=LOT, place=PLACE)
    def correct(self, lot: int, place: int) -> None:
        line = (lot, place)
        really = self.books[line] + self.drift[line]
        try:
            stock.correct_to(self.lots[lot], self.places[place], really, "Looked", self.by, self.later())
        except NothingToCorrect:
            assert self.drift[line] == 0
            return
        self.books[line] = really
        if line in self.found:
            self.found[line] -= self.drift[line]
        self.drift[line] = 0

    @rule(lot=LOT, place=PLACE, pieces=st.integers(-10, 10))
    def something_moves_without_being_booked(self, lot: int, place: int, pieces: int) -> None:
        if self.books[lot, place] + self.drift[lot, place] + pieces >= 0:
            self.drift[lot, place] += pieces

    @rule(lot=LOT)
    def quarantine_or_release(self, lot: int) -> None:
        row = self.lots[lot]
        if row.status is LotStatus.USABLE:
            stock.quarantine(row, "Wet", self.by, self.later())
        elif row.status is LotStatus.QUARANTINED:
            stock.release_from_quarantine(row, "Dry", self.by, self.later())

    @rule(lot=LOT)
    def recall(self, lot: int) -> None:
        row = self.lots[lot]
        if lot == 2 and row.status is not LotStatus.RECALLED:
            day = self.now.date()
            recalls.enter(row.product, "FSN", day, "Seals", RecallReach.ALL, self.by, self.later())
            assert row.status is LotStatus.RECALLED

    @precondition(lambda self: self.stocktake is None)
    @rule()
    def begin_a_stocktake(self) -> None:
        self.stocktake, self.found = operations.start(None, self.by, self.later()), {}

    @precondition(lambda self: self.stocktake is not None and self.stocktake.state is StocktakeState.COUNTING)
    @rule(lot=LOT, place=PLACE, person=st.integers(0, 1))
    def count(self, lot: int, place: int, person: int) -> None:
        if (lot, place) not in self.found:
            self.look_and_count(lot, place, person)

    @precondition(lambda self: self.stocktake is not None and self.stocktake.state is StocktakeState.COUNTING)
    @rule()
    def finish_the_count(self) -> None:
        operations.finish(self.stocktake, self.counters[0], self.later())
        for line, books in self.books.items():
            self.found.setdefault(line, -books)
        wanted = {line for line, found in self.found.items() if found}
        if self.stocktake.state is StocktakeState.COUNTED:
            assert not wanted
        else:
            asked, _ = to_count_again(self.stocktake)
            assert {(self.lots.index(line.lot), self.places.index(line.location)) for line in asked} == wanted

    @precondition(lambda self: self.stocktake is not None and self.stocktake.state is StocktakeState.RECOUNTING)
    @rule()
    def count_again(self) -> None:
        asked, _ = to_count_again(self.stocktake)
        for line in asked:
            self.look_and_count(self.lots.index(line.lot), self.places.index(line.location), 2)
        operations.finish(self.stocktake, self.counters[2], self.later())

    @precondition(lambda self: self.stocktake is not None and self.stocktake.state is StocktakeState.COUNTED)
    @rule()
    def approve(self) -> None:
        impossible = any(self.books[line] + found < 0 for line, found in self.found.items())
        try:
            approving.approve(self.stocktake, self.by, self.later())
        except CannotSettle:
            assert impossible
            operations.cancel(self.stocktake, "Cannot be booked", self.by, self.later())
        else:
            assert not impossible
            for line, found in self.found.items():
                self.books[line] += found
                self.drift[line] -= found
        self.stocktake = None

    @precondition(lambda self: self.stocktake is not None)
    @rule(really=st.booleans())
    def cancel(self, really: bool) -> None:
        if really:
            operations.cancel(self.stocktake, "Another day", self.by, self.later())
            self.stocktake = None

    def look_and_count(self, lot: int, place: int, person: int) -> None:
        really = self.books[lot, place] + self.drift[lot, place]
        at, by = self.places[place], self.counters[person]
        operations.count(self.stocktake, at, self.lots[lot], really, by, self.later())
        self.found[lot, place] = self.drift[lot, place]

    @invariant()
    def the_books_are_the_model(self) -> None:
        held = {(row.lot_id, row.location_id): row.on_hand for row in db.session.scalars(select(Balance))}
        said = {(lot, place): held.get((self.lots[lot].id, self.places[place].id), 0) for lot, place in self.books}
        assert said == self.books
        db.session.expire_all()

    @invariant()
    def the_books_are_the_sum_of_movements_and_never_negative(self) -> None:
        sums = select(func.sum(Movement.quantity), Movement.lot_id, Movement.location_id)
        for total, lot_id, location_id in db.session.execute(
            sums.where(Movement.clinic_id == self.by.clinic_id).group_by(Movement.lot_id, Movement.location_id)
        ):
            balance = db.session.scalar(
                select(Balance.on_hand).where(Balance.lot_id == lot_id, Balance.location_id == location_id)
            )
            assert balance == total >= 0

    @invariant()
    def inv_09_the_legs_of_a_transfer_sum_to_nothing(self) -> None:
        legs = (
            select(func.sum(Movement.quantity))
            .where(Movement.clinic_id == self.by.clinic_id, Movement.kind == MovementKind.TRANSFER)
            .group_by(Movement.source_id, Movement.lot_id)
        )
        assert set(db.session.scalars(legs)) <= {0}

    def teardown(self) -> None:
        assert verify(self.by.clinic_id).whole
        db.session.rollback()
