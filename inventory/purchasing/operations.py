"""Orders, from the draft to what came of them. Suppliers and terms: `supplying`; booked sessions: `planning`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.mail import operations as mail
from inventory.purchasing import queries
from inventory.purchasing.amounts import money
from inventory.purchasing.documents import as_csv, as_pdf, sheet_of
from inventory.purchasing.errors import (
    AboveLimit,
    ChangedMeanwhile,
    DraftOpen,
    NoEmail,
    NothingToOrder,
    NotNow,
    NotOnOrder,
    OutOfRange,
)
from inventory.purchasing.lifecycle import Act, OrderState, after, received_as
from inventory.purchasing.models import OrderLine, OrderReceipt, PurchaseOrder, Supplier
from inventory.purchasing.reordering import lead_time
from inventory.purchasing.signed_content import approval_in_words, content_of
from inventory.purchasing.suggesting import Suggestion
from inventory.purchasing.use_queries import lead_days_by_supplier
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer
from inventory.stock import operations as stock
from inventory.stock.models import Location, Lot, Product

MOST_PACKS = 10_000


def draft(supplier: Supplier, suggested: list[Suggestion], by: Actor, now: datetime) -> PurchaseOrder:
    """An order of everything suggested that this supplier offers. Raises `DraftOpen`, `NothingToOrder`.

    One draft a supplier, by unique index: of two managers at once the second is told of the first one's.
    """
    lines = [line for line in suggested if line.low and line.supplier is not None and line.supplier.id == supplier.id]
    if not lines:
        raise NothingToOrder(supplier)
    order = PurchaseOrder(
        clinic_id=by.clinic_id,
        number=queries.next_number(by.clinic_id),
        supplier=supplier,
        currency=supplier.currency,
        made_at=now,
        made_by_name=by.name,
        changed_by_name=by.name,
    )
    for line in lines:
        OrderLine(
            clinic_id=by.clinic_id,
            order=order,
            product=line.product,
            reference=line.offer.reference if line.offer else "",
            pack_units=line.terms.pack_units,
            packs=line.packs,
            price=line.terms.price,
            why=line.why,
        )
    try:
        with db.session.begin_nested():
            db.session.add(order)
            record(by, "order.drafted", order, now=now, also=order.lines)
    except IntegrityError:
        open_draft = queries.draft_to(supplier)
        if open_draft is None:
            raise
        raise DraftOpen(open_draft) from None
    return order


def change(order: PurchaseOrder, packs: Mapping[UUID, int], version: int, by: Actor, now: datetime) -> None:
    """Other numbers of packs, by line; 0 leaves a line out. Raises `ChangedMeanwhile`, `NotNow`, `OutOfRange`."""
    state = _checked(order, Act.CHANGE, version)
    for line in order.lines:
        wanted = packs.get(line.id, line.packs)
        if not 0 <= wanted <= MOST_PACKS:
            raise OutOfRange(f"Packs are a whole number from 0 to {MOST_PACKS:,}.", f"packs-{line.id}")
        line.packs = wanted
    _move(order, state, by)
    record(by, "order.changed", order, now=now, also=order.lines)


def approve(order: PurchaseOrder, limit: int | None, version: int, by: Signer, now: datetime) -> None:
    """Signed. `limit`: the largest amount the person's role approves, None for any.

    Raises `AboveLimit`, `NothingToOrder`.
    """
    state = _checked(order, Act.APPROVE, version)
    if not any(line.packs for line in order.lines):
        raise NothingToOrder
    if limit is not None and order.total > limit:
        writing = queries.terms_of(by.clinic_id).writing
        raise AboveLimit(money(order.total, writing, order.currency), money(limit, writing, order.currency))
    order.approved_at, order.approved_by_name = now, by.name
    _move(order, state, by)
    under = sign(Meaning.APPROVAL, [order], content_of, by, now)
    record(by, "order.approved", order, now=now, also=under, total=order.total)


def reopen(order: PurchaseOrder, version: int, by: Actor, now: datetime) -> None:
    """Back to a draft that can be changed. Raises `DraftOpen` where the supplier has another one."""
    other = queries.draft_to(order.supplier)
    if other is not None:
        raise DraftOpen(other)
    state = _checked(order, Act.REOPEN, version)
    _move(order, state, by)
    order.approved_at = order.approved_by_name = None
    record(by, "order.reopened", order, now=now)


def send(
    order: PurchaseOrder,
    version: int,
    by: Actor,
    now: datetime,
    *,
    clinic_name: str,
    by_email: bool,
    reply_to: str | None,
) -> None:
    """Sent, by e-mail with PDF and CSV or in another way. Raises `NoEmail`, `NotNow`, `ChangedMeanwhile`."""
    state = _checked(order, Act.SEND, version)
    if by_email and not order.supplier.email:
        raise NoEmail(order.supplier)
    today = day_in(by.time_zone, now)
    seen = lead_days_by_supplier(order.clinic_id).get(order.supplier_id, ())
    order.sent_at = now
    order.expected_on = today + timedelta(days=ceil(lead_time(order.supplier.lead_days, seen).days))
    _move(order, state, by)
    record(by, "order.sent", order, now=now, by_email=by_email)
    if by_email and order.supplier.email:
        _mail(order, order.supplier.email, clinic_name, today, reply_to, by, now)


def receive(
    order: PurchaseOrder,
    product: Product,
    number: str,
    expires_on: date | None,
    units: int,
    location: Location,
    by: Actor,
    now: datetime,
) -> OrderReceipt:
    """Book what came of one lot: into stock, onto the order's line and into the histories, all or nothing.

    More than ordered is booked too: it lies on the table. Raises `NotOnOrder`, `NotNow` and as `stock.receive`.
    """
    db.session.refresh(order, ["state", "version"], with_for_update=True)
    line = next((line for line in order.lines if line.product_id == product.id and line.packs), None)
    if line is None:
        raise NotOnOrder(product, order)
    if order.sent_at is None:
        raise NotNow(order, Act.RECEIVE_PART)
    db.session.refresh(line, ["received_units"], with_for_update=True)
    still_to_come = order.outstanding - min(units, line.outstanding)
    state = _checked(order, received_as(still_to_come), order.version)
    lot: Lot = stock.receive(product, number, expires_on, units, location, by, now)
    line.received_units += units
    if state is OrderState.CLOSED:
        order.ended_at = now
    sent_on, today = day_in(by.time_zone, order.sent_at), day_in(by.time_zone, now)
    receipt = OrderReceipt(
        clinic_id=by.clinic_id,
        line=line,
        lot=lot,
        units=units,
        price=line.price,
        lead_days=max(0, (today - sent_on).days),
        at=now,
        by_name=by.name,
    )
    db.session.add(receipt)
    _move(order, state, by)
    record(by, "order.received", order, now=now, also=[line, receipt])
    return receipt


def close(order: PurchaseOrder, reason: str, version: int, by: Actor, now: datetime) -> None:
    """The rest will not come."""
    state = _checked(order, Act.CLOSE, version)
    order.ended_at, order.end_reason = now, reason
    _move(order, state, by)
    record(by, "order.closed", order, now=now)


def cancel(order: PurchaseOrder, reason: str, version: int, by: Actor, now: datetime) -> None:
    state = _checked(order, Act.CANCEL, version)
    order.ended_at, order.end_reason = now, reason
    _move(order, state, by)
    record(by, "order.cancelled", order, now=now)


def _checked(order: PurchaseOrder, act: Act, version: int) -> OrderState:
    """The state after `act`. Raises `ChangedMeanwhile`, `NotNow`. Of two at once the second waits for the first."""
    db.session.refresh(order, ["state", "version", "changed_by_name"], with_for_update=True)
    if order.version != version:
        raise ChangedMeanwhile(order)
    state = after(order.state, act)
    if state is None:
        raise NotNow(order, act)
    return state


def _move(order: PurchaseOrder, state: OrderState, by: Actor) -> None:
    order.state, order.version, order.changed_by_name = state, order.version + 1, by.name


def _mail(
    order: PurchaseOrder, to: str, clinic_name: str, today: date, reply_to: str | None, by: Actor, now: datetime
) -> None:
    signed = approval_in_words(order, by.time_zone)
    sheet = sheet_of(order, clinic_name, today, queries.terms_of(by.clinic_id).writing, signed)
    name = f"order-{order.number}"
    mail.queue(
        to,
        f"Order {order.number} of {clinic_name}",
        f"Please deliver the order that is attached as PDF and as CSV.\n\n{clinic_name}\n{by.name}\n",
        by,
        now,
        cause_id=order.id,
        reply_to=reply_to,
        attachments=[
            (f"{name}.pdf", "application/pdf", as_pdf(sheet)),
            (f"{name}.csv", "text/csv", as_csv(sheet)),
        ],
    )
