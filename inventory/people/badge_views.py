"""Badges: made anew, printed while their code is known, ended."""

from io import BytesIO
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.errors import Invalid
from inventory.people import queries, switching
from inventory.people.blueprint import blueprint
from inventory.people.forms import BadgeLabelForm
from inventory.people.models import Membership
from inventory.web.access import actor, requires
from inventory.web.downloads import shown
from inventory.web.forms import Form
from inventory.web.pages import go
from labels import codes
from labels.codes import CodeKind
from labels.kinds import LabelKind, label
from labels.layout import LabelTooSmall, StartOutOfRange
from labels.media import MEDIA
from labels.pdf import write_pdf
from labels.svg import drawing


@blueprint.route("/people/<uuid:membership_id>/badge", methods=["GET", "POST"])
@requires("people.manage")
def badge(membership_id: UUID) -> ResponseReturnValue:
    """A new badge, shown once to be printed: its code is kept nowhere."""
    found, form = queries.membership_of(actor().clinic_id, membership_id), Form()
    code = None
    if form.validate_on_submit():
        code = switching.new_badge(found, actor(), utc_now())
        db.session.commit()
    return render_template(
        "people/badge.html",
        member=found,
        form=Form(formdata=None),
        code=code,
        drawn=None if code is None else drawing(_address(code)),
        label_form=BadgeLabelForm(formdata=None, data={"code": code}),
    )


@blueprint.post("/people/<uuid:membership_id>/badge/label")
@requires("people.manage")
def badge_sheet(membership_id: UUID) -> ResponseReturnValue:
    """The badge on a label, of the code that was just shown. It is no print job: those are kept, this code is not."""
    found, form = queries.membership_of(actor().clinic_id, membership_id), BadgeLabelForm()
    code = form.code.data or ""
    if not form.validate_on_submit() or found.badge_code != switching.hashed(code):
        raise Invalid("This badge is no more the newest one. Make a new badge and print that.")
    return shown(_sheet(found, code, form.medium.data, form.start.data), "badge.pdf", "application/pdf")


@blueprint.post("/people/<uuid:membership_id>/badge/end")
@requires("people.manage")
def end_badge(membership_id: UUID) -> ResponseReturnValue:
    found, form = queries.membership_of(actor().clinic_id, membership_id), Form()
    if form.validate_on_submit():

        def ended() -> Answer:
            switching.end_badge(found, actor(), utc_now())
            return Answer("The badge opens nothing any more.", url_for("people.member", membership_id=membership_id))

        answer = answer_once(form.event, {"step": request.path}, by=actor(), now=utc_now(), act=ended)
        db.session.commit()
        return go(answer)
    return redirect(url_for("people.member", membership_id=membership_id), 303)


def _sheet(member: Membership, code: str, medium: str, start: int) -> bytes:
    out = BytesIO()
    made = label(LabelKind.BADGE, _address(code), codes.grouped(code), member.person.name, [actor().clinic_name])
    try:
        write_pdf([made], MEDIA[medium], out, start=start)
    except (LabelTooSmall, StartOutOfRange) as unfit:
        raise Invalid(str(unfit)) from None
    return out.getvalue()


def _address(code: str) -> str:
    return codes.address(request.host, CodeKind.BADGE, code)
