"""One's own digest of this clinic."""

from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import db
from inventory.digest import operations
from inventory.digest.forms import DigestForm
from inventory.digest.queries import choice_of
from inventory.digest.sections import SECTIONS
from inventory.web.access import SIGNED_IN, SignedIn, actor, requires
from inventory.web.pages import go

blueprint = Blueprint("digest", __name__)


@blueprint.route("/account/digest", methods=["GET", "POST"])
@requires(SIGNED_IN)
def choose() -> ResponseReturnValue:
    by, now, form = actor(), utc_now(), DigestForm()
    form.offer([section for section in SECTIONS if by.may(section.permission)])
    known = choice_of(by.clinic_id, by.membership_id)
    if form.validate_on_submit():
        answer = answer_once(form.event, form.content, by=by, now=now, act=lambda: _chosen(form, by, now))
        db.session.commit()
        if answer.accepted:
            return go(answer)
        form.refuse(answer.message, answer.field)
    elif request.method == "GET" and known is not None:
        form.parts.data, form.weekdays.data = known.parts.split(","), list(known.weekdays)
    return render_template("digest/choose.html", form=form), form.status


def _chosen(form: DigestForm, by: SignedIn, now: datetime) -> Answer:
    kept = operations.choose(
        form.parts.data or [], [int(day) for day in form.weekdays.data or []], by.membership_id, by, now
    )
    said = f"A mail goes to {by.email} on the days you chose." if kept.parts and kept.weekdays else "No mail is sent."
    return Answer(said, url_for("digest.choose"))
