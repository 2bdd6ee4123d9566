"""Who was at work when something was done without network: signed by the server, kept with the event."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from inventory.web.access import SignedIn


@dataclass(frozen=True)
class Witness:
    person_id: UUID
    clinic_id: UUID


def token_for(person: SignedIn) -> str:
    """Says that this person worked in this clinic on this device. It lets nobody in: only events carry it."""
    return _signer().dumps([str(person.id), str(person.clinic_id)])


def witness(token: str) -> Witness | None:
    """None where the server did not sign it."""
    try:
        person_id, clinic_id = _signer().loads(token)
        return Witness(UUID(person_id), UUID(clinic_id))
    except (BadSignature, ValueError, TypeError):
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="sterilog device event")
