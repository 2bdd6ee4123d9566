"""Mail that waits, was sent or was refused; and sending it, right after a commit or by the command."""

from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.mail import operations, queries, smtp
from inventory.mail.blueprint import blueprint
from inventory.mail.models import OutgoingMessage
from inventory.web.access import SignedIn, actor, requires
from inventory.web.forms import Form
from inventory.web.pages import error_page, go


@blueprint.get("/mail")
@requires("mail.manage")
def index() -> ResponseReturnValue:
    return render_template(
        "mail/index.html",
        messages=queries.messages_in(actor().clinic_id),
        form=Form(),
        configured=bool(current_app.config["SMTP_URL"]),
    )


@blueprint.post("/mail/<uuid:message_id>/again")
@requires("mail.manage")
def send_again(message_id: UUID) -> ResponseReturnValue:
    by, now = actor(), utc_now()
    message, form = queries.message_of(by.clinic_id, message_id), Form()
    if not form.validate_on_submit():
        return error_page(422, "Open the page again and repeat the step.")
    content = {**form.content, "message": str(message_id)}
    answer = answer_once(form.event, content, by=by, now=now, act=lambda: _again(message, by, now))
    db.session.commit()
    if not answer.accepted:
        return error_page(answer.status, answer.message)
    deliver_waiting(by.clinic_id)
    return go(answer)


def deliver_waiting(clinic_id: UUID | None = None, *, most: int = 1000) -> tuple[int, int]:
    """Send what is due, each message in transactions of its own: how many were taken, how many not.

    Called with nothing uncommitted. Without STERILOG_SMTP_URL nothing is tried and everything waits.
    """
    if not current_app.config["SMTP_URL"]:
        return 0, 0
    server, sender = smtp.server_at(current_app.config["SMTP_URL"]), current_app.config["MAIL_FROM"]
    sent = failed = 0
    for _ in range(most):
        db.session.rollback()
        begin_write()
        message = operations.claim(utc_now(), clinic_id)
        if message is None:
            db.session.rollback()
            break
        made, message_id = operations.composed(message, sender), message.id
        db.session.commit()
        if _delivered(server, made, message_id):
            sent += 1
        else:
            failed += 1
    return sent, failed


def _delivered(server: smtp.Server, made: EmailMessage, message_id: UUID) -> bool:
    """No transaction is open while the server is spoken to: others go on with their work."""
    why, final, unsure = "", False, False
    try:
        smtp.hand_over(server, made)
    except smtp.NotTaken as fault:
        why, final = fault.sentence, fault.final
    except smtp.Uncertain as fault:
        why, unsure = str(fault), True
    begin_write()
    message, now = db.session.get_one(OutgoingMessage, message_id), utc_now()
    if unsure:
        operations.unsure(message, why, now)
    elif why:
        operations.not_taken(message, why, now, final=final)
    else:
        operations.taken(message, now)
    db.session.commit()
    return not why


def _again(message: OutgoingMessage, by: SignedIn, now: datetime) -> Answer:
    operations.send_again(message, by, now)
    return Answer(f"{message.subject} is on its way again.", url_for("mail.index"))
