"""Booked sessions: typed, or from a CSV file that is first read without saving anything."""

from datetime import datetime, timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.purchasing import booking, planning, queries, use_queries
from inventory.purchasing.amounts import Unreadable, Writing
from inventory.purchasing.blueprint import blueprint
from inventory.purchasing.booking import Booked, Fault
from inventory.purchasing.forms import BookForm, ImportForm
from inventory.purchasing.suggesting import BOOKED_DAYS, booked_needles
from inventory.purchasing.writing import Written
from inventory.sessions.models import Technique
from inventory.stock.forms import whole
from inventory.web.access import SignedIn, actor, requires
from inventory.web.pages import go

TECHNIQUES = frozenset(technique.value for technique in Technique)


@blueprint.route("/orders/booked", methods=["GET", "POST"])
@requires("orders.work")
def booked() -> ResponseReturnValue:
    by, now = actor(), utc_now()
    form = BookForm(queries.terms_of(by.clinic_id).writing)
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _booked(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    return _page(form, by, now), form.status


@blueprint.route("/orders/booked/import", methods=["GET", "POST"])
@requires("orders.work")
def import_booked() -> ResponseReturnValue:
    """Without `text` of an earlier reading the file is only read; with it the rows are saved."""
    by, now, form = actor(), utc_now(), ImportForm()
    writing = queries.terms_of(by.clinic_id).writing
    if not form.validate_on_submit():
        return _import_page(form, [], [], writing, None), form.status
    confirmed = bool(form.text.data) and not form.file.data
    try:
        text = form.text.data if confirmed else booking.decoded(form.file.data.read() if form.file.data else b"")
        rows, faults = booking.read(text, TECHNIQUES, writing)
    except Unreadable as fault:
        text, rows, faults = "", [], [Fault(1, "file", str(fault))]
    if not (confirmed and rows and not faults):
        return _import_page(form, rows, faults, writing, text), 422 if faults else 200
    answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _imported(rows, by, now))
    db.session.commit()
    return go(answer)


def _page(form: BookForm, by: SignedIn, now: datetime) -> str:
    today = day_in(by.time_zone, now)
    return render_template(
        "purchasing/booked.html",
        form=form,
        planned=queries.planned_from(by.clinic_id, today),
        usual=use_queries.usual_needles(by.clinic_id, now - timedelta(days=use_queries.WINDOW)),
        needles=round(booked_needles(by.clinic_id, now, today)),
        days=BOOKED_DAYS,
        written=Written(form.writing),
    )


def _import_page(form: ImportForm, rows: list[Booked], faults: list[Fault], writing: Writing, text: str | None) -> str:
    ready = bool(rows) and not faults
    form.text.data = text if ready else ""
    return render_template(
        "purchasing/import_booked.html",
        form=form,
        rows=rows,
        faults=faults,
        ready=ready,
        read=text is not None,
        written=Written(writing),
        example="01/02/2027" if writing is Writing.EUROPEAN else "02/01/2027",
    )


def _booked(form: BookForm, by: SignedIn, now: datetime) -> Answer:
    row = Booked(form.booked_day, form.technique.data, whole(form.sessions), form.needles.data)
    planning.plan([row], by, now)
    return Answer("The sessions are booked.", url_for("purchasing.booked"))


def _imported(rows: list[Booked], by: SignedIn, now: datetime) -> Answer:
    planning.plan(rows, by, now)
    return Answer(f"{len(rows)} rows were booked.", url_for("purchasing.booked"))
