"""The sheet in use: which medium, from which label on, drawn as it lies in the printer."""

from dataclasses import dataclass
from uuid import UUID

from flask import request, session

from inventory.printing import queries
from inventory.printing.forms import PrintForm
from labels.media import Medium, smallest_module

USUAL = "avery-l7160"


@dataclass(frozen=True)
class Paper:
    medium: Medium

    @property
    def module_text(self) -> str:
        return f"{smallest_module(self.medium):.2f} mm"


def paper_of(form: PrintForm, clinic_id: UUID) -> Paper:
    """Offer the clinic's media and the printers in which the chosen one lies: sent, asked for, or used last."""
    media = queries.media_of(clinic_id)
    asked = form.medium.data if form.is_submitted() else request.args.get("medium") or session.get("medium")
    medium = media.get(asked or queries.usual_medium(clinic_id) or USUAL, media[USUAL])
    printers = [each for each in queries.printers_in(clinic_id) if each.medium == medium.key]
    form.offer(media.values(), printers)
    if not form.is_submitted():
        form.medium.data, form.start.data = medium.key, queries.next_free(clinic_id, medium)
        form.printer.data = str(printers[0].id) if printers else ""
    return Paper(medium)


def remember(form: PrintForm) -> None:
    """For the next time in this browser."""
    session["medium"] = form.medium.data
