"""Counting one place: scan after scan, or by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.stock.models import Location
from inventory.stock.queries import all_lots, location_of, lot_of
from inventory.stocktaking import operations, queries
from inventory.stocktaking.blueprint import blueprint
from inventory.stocktaking.forms import HandForm, ScanForm
from inventory.stocktaking.lifecycle import TAKES_SCANS, StocktakeState
from inventory.stocktaking.lines import to_count_again
from inventory.stocktaking.models import CountScan, Stocktake
from inventory.web.access import actor, requires
from inventory.web.forms import Form
from inventory.web.pages import go


@dataclass(frozen=True)
class Said:
    """The answer to a scan, as the page shows it."""

    tone: str
    word: str
    sentence: str
    next: str


@blueprint.get("/stocktakes/<uuid:stocktake_id>/count/<uuid:location_id>")
@requires("stock.count")
def count(stocktake_id: UUID, location_id: UUID) -> ResponseReturnValue:
    by = actor()
    found, place = queries.stocktake_of(by.clinic_id, stocktake_id), location_of(by.clinic_id, location_id)
    scan_id = request.args.get("scan", type=UUID)
    said = _said(found, queries.scan_of(found, scan_id)) if scan_id else None
    return _page(found, place, ScanForm(None), HandForm(None), said)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/count/<uuid:location_id>/scan")
@requires("stock.count")
def scan(stocktake_id: UUID, location_id: UUID) -> ResponseReturnValue:
    form = ScanForm()

    def act(found: Stocktake, place: Location) -> CountScan:
        pieces, is_found = form.pieces.data, bool(form.found.data)
        return operations.scan(found, place, form.text.data, actor(), utc_now(), pieces=pieces, found=is_found)

    return _counted(stocktake_id, location_id, form, act)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/count/<uuid:location_id>/hand")
@requires("stock.count")
def count_by_hand(stocktake_id: UUID, location_id: UUID) -> ResponseReturnValue:
    by, form = actor(), HandForm()
    form.offer(all_lots(by.clinic_id))

    def act(found: Stocktake, place: Location) -> CountScan:
        lot = lot_of(by.clinic_id, form.lot_id)
        return operations.count(found, place, lot, form.pieces.data or 0, by, utc_now())

    return _counted(stocktake_id, location_id, form, act)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/scans/<uuid:scan_id>/take-back")
@requires("stock.count")
def take_back(stocktake_id: UUID, scan_id: UUID) -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), Form()
    found = queries.stocktake_of(by.clinic_id, stocktake_id)
    scanned = queries.scan_of(found, scan_id)
    page = url_for("stocktaking.count", stocktake_id=found.id, location_id=scanned.location_id)

    def act() -> Answer:
        operations.take_back(found, scanned, by, now)
        return Answer("Taken back. It is not counted.", page)

    if form.validate_on_submit():
        content = {**form.content, "taken_back": scanned.id}
        answer = answer_once(form.event, content, by=by, now=now, act=act)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message)
    said = Said("stop", "Not taken back", "; ".join(form.form_errors) or "Open the page again.", "")
    return _page(found, scanned.location, ScanForm(None), HandForm(None), said), 422


def _counted(
    stocktake_id: UUID, location_id: UUID, form: ScanForm | HandForm, act: Callable[[Stocktake, Location], CountScan]
) -> ResponseReturnValue:
    """Count once; the answer is a page of its own, so that loading it again counts nothing."""
    by, now = actor(), utc_now()
    found, place = queries.stocktake_of(by.clinic_id, stocktake_id), location_of(by.clinic_id, location_id)

    def kept() -> Answer:
        made = act(found, place)
        return Answer("", url_for("stocktaking.count", stocktake_id=found.id, location_id=place.id, scan=made.id))

    said, unknown_lot = None, ""
    if form.validate_on_submit():
        content = {**form.content, "stocktake": found.id, "place": place.id}
        answer = answer_once(form.event, content, by=by, now=now, act=kept)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
        unknown = answer.code == "LOT_UNKNOWN" and isinstance(form, ScanForm)
        unknown_lot = form.text.data if unknown else ""
        word = "Unknown lot" if unknown else "Not counted"
        said = Said("caution" if unknown else "stop", word, answer.message, "" if unknown else "Nothing was added.")
    scanning = form if isinstance(form, ScanForm) else ScanForm(None)
    by_hand = form if isinstance(form, HandForm) else HandForm(None)
    return _page(found, place, scanning, by_hand, said, unknown_lot), form.status


def _said(found: Stocktake, scan: CountScan) -> Said:
    if scan.lot is None:
        sentence = f"The code {scan.scanned} is not in the catalogue."
        return Said("stop", "Unknown", sentence, "Put the box aside; it is listed with the stocktake.")
    together = queries.counted_so_far(found, scan.lot, scan.location)
    named = f"{scan.lot.product.name}, lot {scan.lot.number}"
    if scan.quantity == 0:
        return Said("go", "None", f"{named}: none is there.", "Go on with the next.")
    unit = scan.lot.product.base_unit
    return Said("go", f"+ {scan.quantity}", f"{named}. Counted here: {together} x {unit}.", "Scan the next.")


def _page(
    found: Stocktake,
    place: Location,
    form: ScanForm,
    hand_form: HandForm,
    said: Said | None = None,
    unknown_lot: str = "",
) -> str:
    by = actor()
    # The list of all lots only where it is asked for: most scans have a code.
    by_hand = bool(request.args.get("by_hand")) or bool(hand_form.errors)
    hand_form.offer(all_lots(by.clinic_id) if by_hand else [])
    recount = found.state is StocktakeState.RECOUNTING
    asked, done = to_count_again(found) if recount else ([], set())
    form.text.data = ""
    return render_template(
        "stocktaking/count.html",
        stocktake=found,
        place=place,
        form=form,
        hand_form=hand_form,
        by_hand=by_hand,
        plain_form=Form(None),
        said=said,
        unknown_lot=unknown_lot,
        takes_scans=found.state in TAKES_SCANS and found.location_id in (None, place.id),
        recount=recount,
        asked=[(line.lot, (line.lot.id, line.location.id) in done) for line in asked if line.location.id == place.id],
        scans=queries.newest_scans(found, place),
        progress=queries.progress_of(found).get(place.id),
    )
