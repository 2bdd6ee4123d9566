"""The filter of the log. Sent by GET: it changes nothing and its address can be kept."""

from uuid import UUID

from flask import request
from wtforms import DateField, Form, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from inventory.guns.queries import guns_in
from inventory.sessions.judging import STORED_CODES
from inventory.sterility.filters import LogFilter
from inventory.stock.models import LocationKind
from inventory.stock.queries import locations_in


class FilterForm(Form):
    first_day = DateField("From", [Optional()])
    last_day = DateField("To", [Optional()])
    room = SelectField("Room")
    gun = SelectField("Gun")
    flag = SelectField("Flag")
    lot = SelectField("Lot", validate_choice=False)

    def wanted(self) -> LogFilter:
        """The filter as asked; parts that mean nothing are left open."""
        return LogFilter(
            self.first_day.data,
            self.last_day.data,
            _id(self.room.data),
            _id(self.gun.data),
            _id(self.lot.data),
            self.flag.data or None,
        )


def filter_form(clinic_id: UUID) -> FilterForm:
    """The form with the clinic's rooms, guns and flags to choose from, filled from the address."""
    form = FilterForm(request.args)
    rooms = locations_in(clinic_id, LocationKind.ROOM)
    form.room.choices = [SelectChoice("", "All rooms")] + [SelectChoice(str(r.id), r.name) for r in rooms]
    form.gun.choices = [SelectChoice("", "All guns")] + [
        SelectChoice(str(gun.id), f"{gun.model} {gun.serial_number}") for gun in guns_in(clinic_id)
    ]
    form.flag.choices = [SelectChoice("", "Flagged or not"), SelectChoice("any", "Any flag")] + [
        SelectChoice(code, code.replace("_", " ").capitalize()) for code in STORED_CODES
    ]
    form.lot.choices = [SelectChoice(form.lot.data or "", "")]
    return form


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
