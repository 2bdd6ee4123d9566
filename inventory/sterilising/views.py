"""Loads: the list, a new record. Deciding on one stands with the packs it releases."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.sterilising import operations, queries
from inventory.sterilising.forms import LoadForm, SteriliserForm
from inventory.sterilising.models import CycleType, Indicator
from inventory.web.access import actor, requires
from inventory.web.forms import choices
from inventory.web.pages import go

blueprint = Blueprint("sterilising", __name__)


@blueprint.get("/loads")
@requires("loads.view")
def loads() -> ResponseReturnValue:
    clinic_id = actor().clinic_id
    return render_template(
        "sterilising/loads.html",
        loads=queries.loads_in(clinic_id),
        sterilisers=queries.sterilisers_in(clinic_id),
    )


@blueprint.route("/loads/new", methods=["GET", "POST"])
@requires("loads.work")
def record_load() -> ResponseReturnValue:
    by, form = actor(), LoadForm()
    sterilisers = queries.sterilisers_in(by.clinic_id)
    form.steriliser.choices = choices([(str(each.id), each.name) for each in sterilisers])
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=lambda: _recorded(form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("sterilising/record_load.html", form=form, sterilisers=sterilisers), form.status


@blueprint.route("/loads/sterilisers/new", methods=["GET", "POST"])
@requires("loads.work")
def add_steriliser() -> ResponseReturnValue:
    by, form = actor(), SteriliserForm()

    def added() -> Answer:
        made = operations.add_steriliser(form.name.data, form.serial_number.data, by, utc_now())
        return Answer(f"{made.name} was added.", url_for("sterilising.loads"))

    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=added)
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return render_template("sterilising/add_steriliser.html", form=form), form.status


def _recorded(form: LoadForm) -> Answer:
    by = actor()
    made = operations.record_load(
        queries.steriliser_of(by.clinic_id, UUID(form.steriliser.data)),
        cycle_type=CycleType(form.cycle_type.data),
        programme=form.programme.data,
        started_at=_moment(form.started_at.data, by.time_zone),
        ended_at=_moment(form.ended_at.data, by.time_zone),
        temperature_tenths=int(form.temperature.data * 10),
        hold_seconds=form.hold_seconds.data,
        contents=form.contents.data,
        wrapped_or_hollow=form.wrapped_or_hollow.data,
        external_indicator=Indicator(form.external_indicator.data),
        internal_indicator=Indicator(form.internal_indicator.data),
        internal_indicator_type=int(form.internal_indicator_type.data),
        dry=form.dry.data,
        by=by,
        now=utc_now(),
    )
    return Answer(f"Load {made.number} is recorded and {made.state.value}.", url_for("packs.load", load_id=made.id))


def _moment(typed: datetime, zone: str) -> datetime:
    """What was typed is the clinic's own time."""
    return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
