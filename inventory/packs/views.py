"""Sterile packs: the list, and making up. One pack: `pack_views`; parts: `part_views`. Their labels: `printing`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.compliance.facts import Thresholds
from inventory.compliance.queries import policy_on, thresholds_of
from inventory.db import db
from inventory.errors import DomainError, NotHere
from inventory.packs import load_views, operations, pack_views, part_views, queries
from inventory.packs.blueprint import blueprint
from inventory.packs.forms import MakeUpForm, ScanForm
from inventory.packs.lifecycle import PackState, ShelfMode
from inventory.packs.lines import line_of
from inventory.packs.making import Plan
from inventory.packs.models import Pack
from inventory.packs.queries import PAGE, PackFilter
from inventory.packs.supplied import Scanned, scanned_lot
from inventory.sterilising import queries as loads
from inventory.sterilising.models import LoadState
from inventory.stock.models import Location, Lot
from inventory.stock.queries import location_of, lot_of, lots_to_take
from inventory.web.access import SignedIn, actor, requires
from inventory.web.forms import choices
from inventory.web.pages import go

__all__ = ["blueprint", "load_views", "pack_views", "part_views"]


@blueprint.get("/packs")
@requires("packs.view")
def index() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    today, days = day_in(by.time_zone, now), _soon_days(by, now)
    wanted = _asked(today, days)
    packs = queries.packs_in(by.clinic_id, wanted=wanted, before=request.args.get("before", type=UUID))
    return render_template(
        "packs/index.html",
        lines=[line_of(pack, today) for pack in packs],
        shelf=queries.shelf(by.clinic_id, today, days),
        days=days,
        states=list(PackState),
        wanted=wanted,
        older=_older(packs),
    )


@blueprint.route("/packs/make-up", methods=["GET", "POST"])
@requires("packs.work")
def make_up() -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), MakeUpForm()
    lots = lots_to_take(by.clinic_id, day_in(by.time_zone, now))
    scan = ScanForm(request.args)
    found = scanned_lot(scan.code.data or "", lots, by.clinic_id, day_in(by.time_zone, now))
    _offer(form, lots, found, by)
    plan = None
    if form.validate_on_submit():
        if form.preview.data:
            plan = _planned(form, by, now)
        else:
            answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _made_up(form, by, now))
            db.session.commit()
            if answer.accepted:
                return go(answer)
            form.refuse(answer.message, answer.field)
    page = render_template("packs/make_up.html", form=form, lots=lots, scan=scan, found=found, plan=plan)
    return page, form.status


def _asked(today: date, days: int) -> PackFilter:
    state, due = request.args.get("state", ""), request.args.get("due") == "1"
    return PackFilter(
        PackState(state) if state in set(PackState) else None,
        request.args.get("lot", "").strip()[:100],
        request.args.get("load", "").strip()[:100],
        today + timedelta(days=days) if due else None,
    )


def _older(packs: Sequence[Pack]) -> str:
    if len(packs) < PAGE:
        return ""
    state, lot, load, due = (request.args.get(name) for name in ("state", "lot", "load", "due"))
    return url_for("packs.index", before=packs[-1].id, state=state, lot=lot, load=load, due=due)


def _soon_days(by: SignedIn, now: datetime) -> int:
    """What the clinic's policy calls soon; a clinic without one works by the defaults."""
    try:
        return thresholds_of(policy_on(by.clinic_id, now)).expires_soon_days
    except NotHere:
        return Thresholds().expires_soon_days


def _offer(form: MakeUpForm, lots: list[tuple[Lot, Location, int]], found: Scanned | None, by: SignedIn) -> None:
    form.lot.choices = choices(
        [
            (f"{lot.id}~{place.id}", f"{lot.product.name}, lot {lot.number}, {held} in {place.name}")
            for lot, place, held in lots
        ]
    )
    if found is not None and found.choice and request.method == "GET":
        form.lot.data = found.choice
    open_loads = loads.loads_in(by.clinic_id, [LoadState.AWAITING, LoadState.RELEASED], limit=20)
    form.load.choices = choices([(str(load.id), load.number) for load in open_loads], "None yet")


def _taken(form: MakeUpForm, by: SignedIn) -> tuple[Lot, Location]:
    lot_id, _, location_id = form.lot.data.partition("~")
    return lot_of(by.clinic_id, UUID(lot_id)), location_of(by.clinic_id, UUID(location_id))


def _planned(form: MakeUpForm, by: SignedIn, now: datetime) -> Plan | None:
    """What it would take; a refusal is shown as the write's would be, and nothing is kept."""
    lot, location = _taken(form, by)
    try:
        return operations.plan([(lot, form.each.data)], form.count.data, location, form.use_by.data, by, now)
    except DomainError as refused:
        form.refuse(refused.sentence, refused.field)
        return None


def _made_up(form: MakeUpForm, by: SignedIn, now: datetime) -> Answer:
    lot, location = _taken(form, by)
    made = operations.make_up(
        [(lot, form.each.data)],
        form.count.data,
        location,
        form.use_by.data,
        form.needs_load.data,
        by,
        now,
        load=loads.load_of(by.clinic_id, UUID(form.load.data)) if form.load.data else None,
        shelf_mode=ShelfMode(form.shelf_mode.data),
        out_of_order=form.out_of_order.data,
    )
    return Answer(f"{len(made)} packs are made up. Print their labels now.", url_for("printing.pack_labels"))
