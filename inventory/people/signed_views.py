"""Answering a form that was signed."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import g, request

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.errors import DomainError
from inventory.people.forms import SignedForm
from inventory.people.signatures import check_signature


def answer_signed(form: SignedForm, content: Mapping[str, object], act: Callable[[str, datetime], Answer]) -> Answer:
    """Run `act` with how it was signed, once a form. The view `begins_reading` and commits, whatever the answer."""
    now = utc_now()
    try:
        signed_with = check_signature(form.secret.data or "", g.actor, request.remote_addr or "unknown", now)
    except DomainError as refused:
        return Answer(refused.sentence, accepted=False, code=refused.code, status=refused.status, field=refused.field)
    return answer_once(form.event, content, by=g.actor, now=now, act=lambda: act(signed_with, now))
