"""Loads: the list, a new record. Deciding on one stands with the packs it releases; equipment: `equipment_views`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.sterilising import equipment, equipment_views, operations, queries
from inventory.sterilising.blueprint import blueprint
from inventory.sterilising.forms import LoadForm
from inventory.sterilising.judging import tested_on
from inventory.sterilising.models import Indicator, Programme
from inventory.sterilising.readings import Readings, Typed
from inventory.web.access import actor, requires
from inventory.web.forms import choices
from inventory.web.pages import go

__all__ = ["blueprint", "equipment_views"]


@blueprint.get("/loads")
@requires("loads.view")
def loads() -> ResponseReturnValue:
    by = actor()
    today = day_in(by.time_zone, utc_now())
    sterilisers = queries.sterilisers_in(by.clinic_id)
    return render_template(
        "sterilising/loads.html",
        loads=queries.loads_in(by.clinic_id),
        sterilisers=[(each, tested_on(each, today, by.time_zone)) for each in sterilisers],
        programmes=queries.programmes_in(by.clinic_id),
        to_read=queries.biological_to_read(by.clinic_id),
    )


@blueprint.route("/loads/new", methods=["GET", "POST"])
@requires("loads.work")
def record_load() -> ResponseReturnValue:
    by, form = actor(), LoadForm()
    programmes = queries.programmes_in(by.clinic_id)
    form.programme.choices = choices(_named(programmes))
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=utc_now(), act=lambda: _recorded(form))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    page = render_template(
        "sterilising/record_load.html",
        form=form,
        programmes=programmes,
        sterilisers=queries.sterilisers_in(by.clinic_id),
    )
    return page, form.status


def _recorded(form: LoadForm) -> Answer:
    by = actor()
    programme = queries.programme_of(by.clinic_id, UUID(form.programme.data))
    made = operations.record_load(
        programme,
        _readings(form, programme, by.time_zone),
        contents=form.contents.data,
        wrapped_or_hollow=form.wrapped_or_hollow.data,
        external_indicator=Indicator(form.external_indicator.data),
        internal_indicator=Indicator(form.internal_indicator.data),
        internal_indicator_type=int(form.internal_indicator_type.data),
        dry=form.condition.data == "dry",
        by=by,
        now=utc_now(),
    )
    return Answer(f"Load {made.number} is recorded and {made.state.value}.", url_for("packs.load", load_id=made.id))


def _readings(form: LoadForm, programme: Programme, zone: str) -> Readings:
    typed = Typed(
        started_at=_moment(form.started_at.data, zone),
        ended_at=_moment(form.ended_at.data, zone),
        temperature_tenths=_tenths(form.temperature.data),
        highest_temperature_tenths=_tenths(form.highest_temperature.data),
        pressure_millibar=form.pressure.data,
        hold_seconds=form.hold_seconds.data,
        drying_seconds=form.drying_seconds.data,
    )
    log = form.raw_log
    if log is None:
        return typed.alone()
    measured = equipment.read_log(programme, log[1])
    return typed.with_log(log[0], measured, _moment(measured.started_at, zone), _moment(measured.ended_at, zone))


def _named(programmes: Sequence[Programme]) -> list[tuple[str, str]]:
    return [(str(each.id), f"{each.steriliser.name}: {each.name}, type {each.cycle_type.value}") for each in programmes]


def _tenths(degrees: Decimal | None) -> int | None:
    return None if degrees is None else int(degrees * 10)


def _moment(typed: datetime | None, zone: str) -> datetime | None:
    """What was typed, and the steriliser's clock, are the clinic's own time."""
    return None if typed is None else typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
