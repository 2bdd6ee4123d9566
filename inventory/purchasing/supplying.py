"""Suppliers, what they offer, and how the clinic orders."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.mail.operations import checked
from inventory.purchasing import queries
from inventory.purchasing.amounts import Currency, Writing
from inventory.purchasing.errors import OutOfRange, SupplierNameTaken
from inventory.purchasing.models import PurchasingTerms, Supplier, SupplierOffer
from inventory.stock.models import Product


def set_terms(
    by: Actor,
    now: datetime,
    *,
    writing: Writing,
    currency: Currency,
    service: int,
    review_days: int,
    manager_limit: int,
) -> PurchasingTerms:
    """`service` in thousandths, 500 to 999. Raises `OutOfRange`."""
    if not 500 <= service <= 999:
        raise OutOfRange("The service level is between 50 and 99.9 %.", "service")
    if not 1 <= review_days <= 90:
        raise OutOfRange("Order at least every 90 days.", "review_days")
    terms = queries.terms_of(by.clinic_id)
    terms.writing, terms.currency, terms.service = writing, currency, service
    terms.review_days, terms.manager_limit = review_days, manager_limit
    db.session.add(terms)
    record(by, "purchasing_terms.set", terms, now=now)
    return terms


def save_supplier(
    supplier: Supplier | None,
    by: Actor,
    now: datetime,
    *,
    name: str,
    email: str | None,
    customer_number: str | None,
    currency: Currency,
    minimum_order: int,
    lead_days: int,
    active: bool = True,
) -> Supplier:
    """Add one, or change `supplier`. Raises `SupplierNameTaken`, `AddressUnusable`, `OutOfRange`."""
    if not 0 <= lead_days <= 365:
        raise OutOfRange("The lead time is from 0 to 365 days.", "lead_days")
    if email:
        checked(email)
    added = supplier is None
    row = supplier or Supplier(clinic_id=by.clinic_id, name=name, currency=currency)
    try:
        with db.session.begin_nested():
            row.name, row.email, row.customer_number, row.currency = name, email, customer_number, currency
            row.minimum_order, row.lead_days, row.active = minimum_order, lead_days, active
            db.session.add(row)
            record(by, "supplier.added" if added else "supplier.changed", row, now=now)
    except IntegrityError:
        raise SupplierNameTaken(name) from None
    return row


def offer(
    supplier: Supplier,
    product: Product,
    by: Actor,
    now: datetime,
    *,
    reference: str,
    pack_units: int,
    price: int,
    minimum_packs: int = 1,
    preferred: bool = True,
) -> SupplierOffer:
    """What the supplier sells the product for; said again it replaces what was known. One is preferred a product."""
    if not 1 <= pack_units <= 100_000:
        raise OutOfRange("A pack holds 1 to 100,000 pieces.", "pack_units")
    if not 1 <= minimum_packs <= 10_000:
        raise OutOfRange("At least 1 and at most 10,000 packs.", "minimum_packs")
    known = next((row for row in queries.offers_of(supplier) if row.product_id == product.id), None)
    earlier = queries.preferred_offer(by.clinic_id, product.id)
    if preferred and earlier is not None and earlier is not known:
        earlier.preferred = False
        record(by, "supplier_offer.second_choice", earlier, now=now)
    row = known or SupplierOffer(
        clinic_id=by.clinic_id,
        supplier=supplier,
        product=product,
        reference=reference,
        pack_units=pack_units,
        price=price,
    )
    row.reference, row.pack_units, row.price = reference, pack_units, price
    row.minimum_packs, row.preferred = minimum_packs, preferred
    db.session.add(row)
    record(by, "supplier_offer.set", row, now=now)
    return row
