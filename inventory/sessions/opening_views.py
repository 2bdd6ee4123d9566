"""Opening a session."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.people.models import Membership, Role
from inventory.people.queries import memberships_in
from inventory.sessions import operations
from inventory.sessions.blueprint import blueprint
from inventory.sessions.forms import OpenForm
from inventory.sessions.models import AgeBand, Sex, Side, Technique
from inventory.sessions.review_queries import latest_of
from inventory.sessions.subjects import reference_opened_by
from inventory.stock.models import LocationKind
from inventory.stock.queries import location_of, locations_in
from inventory.web.access import actor, requires
from inventory.web.forms import choices
from inventory.web.pages import go

PRACTITIONERS = (Role.NURSE, Role.LEAD_NURSE)


@blueprint.route("/sessions/new", methods=["GET", "POST"])
@requires("sessions.work")
def new() -> ResponseReturnValue:
    form, by = OpenForm(), actor()
    members = memberships_in(by.clinic_id, PRACTITIONERS)
    form.practitioner.choices = choices([(str(member.id), member.person.name) for member in members])
    rooms = locations_in(by.clinic_id, LocationKind.ROOM)
    form.room.choices = choices([(str(room.id), room.name) for room in rooms])
    if form.validate_on_submit():
        now = utc_now()
        chosen = next(member for member in members if str(member.id) == form.practitioner.data)
        answer = answer_once(form.event, _kept_of(form), by=by, now=now, act=lambda: _opened(form, chosen))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    elif not form.is_submitted():
        _prefill(form, next((member for member in members if member.person_id == by.id), None))
        # The label on a room's door names it.
        asked = request.args.get("room", "")
        form.room.data = asked if asked in {str(room.id) for room in rooms} else form.room.data
    return render_template("sessions/new.html", form=form, rooms=rooms), form.status


def _kept_of(form: OpenForm) -> dict[str, object]:
    """The form without the reference: a hash of it is kept for ever, and case numbers can be tried out against one.

    Sent again for another patient it is another form all the same.
    """
    content, sent = form.content, form.patient_reference.data
    opened_for = reference_opened_by(actor().clinic_id, form.event)
    return {**content, "patient_reference": "same" if opened_for in (None, sent) else "another"}


def _prefill(form: OpenForm, own: Membership | None) -> None:
    """As the person at work did it last: mostly the same room and technique again."""
    if own is None:
        return
    form.practitioner.data = str(own.id)
    before = latest_of(own.clinic_id, own.id)
    if before is not None:
        form.room.data, form.technique.data = str(before.room_id), before.technique.value
        form.needle_length_mm.data = str(before.needle_length_mm)


def _opened(form: OpenForm, practitioner: Membership) -> Answer:
    by, now = actor(), utc_now()
    made = operations.open_session(
        form.patient_reference.data,
        practitioner,
        location_of(by.clinic_id, UUID(form.room.data)),
        Technique(form.technique.data),
        int(form.needle_length_mm.data),
        by,
        now,
        tilt_degrees=form.tilt_degrees.data,
        age_band=AgeBand(form.age_band.data) if form.age_band.data else None,
        sex=Sex(form.sex.data) if form.sex.data else None,
        planned_punctures=form.planned_punctures.data,
        body_protocol=form.body_protocol.data,
        event_id=form.event,
    )
    if not form.region.data:
        return Answer(f"Session {made.number} is open.", url_for("sessions.areas", treatment_id=made.id))
    operations.add_area(
        made,
        form.region.data,
        Side(form.side.data),
        by,
        now,
        area_cm2=form.area_cm2.data,
        palms=form.palms.data,
    )
    return Answer(
        f"Session {made.number} is open. Scan the gun, the antiseptic and a pack.",
        url_for("sessions.treatment", treatment_id=made.id),
    )
