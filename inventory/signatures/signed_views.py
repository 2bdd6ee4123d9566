"""Answering a form that was signed."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import g, request

from inventory.audit.once import Answer, answer_once
from inventory.clock import utc_now
from inventory.errors import DomainError
from inventory.signatures.forms import SignedForm
from inventory.signatures.signer import Signer, check_signature


def answer_signed(form: SignedForm, content: Mapping[str, object], act: Callable[[Signer, datetime], Answer]) -> Answer:
    """Run `act` with who signed it, once a form. The view `begins_reading` and commits, whatever the answer."""
    now = utc_now()
    try:
        by = check_signature(form.secret.data or "", g.actor, request.remote_addr or "unknown", now)
    except DomainError as refused:
        return Answer(refused.sentence, accepted=False, code=refused.code, status=refused.status, field=refused.field)
    return answer_once(form.event, content, by=by, now=now, act=lambda: act(by, now))
