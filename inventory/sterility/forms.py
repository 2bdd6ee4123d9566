"""The filter of the log, in its address; what is asked for an export, a kept view, a trace."""

from datetime import date, timedelta
from uuid import UUID

from flask import request
from wtforms import BooleanField, DateField, SelectField, StringField, ValidationError
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional

from inventory.clock import start_of_day
from inventory.errors import Invalid, NotHere
from inventory.guns.queries import guns_in
from inventory.sessions.judging import STORED_CODES
from inventory.sterility.code_queries import found_by
from inventory.sterility.exposure import Period
from inventory.sterility.filters import ExportFormat, LogFilter, Shape
from inventory.sterility.queries import rooms_of
from inventory.stock.queries import lot_of
from inventory.web.forms import ChoiceField, Form, TextField, trim


class FilterForm(PlainForm):
    clinic_id: UUID
    first_day = DateField("From", [Optional()])
    last_day = DateField("To", [Optional()])
    room = SelectField("Room", default="")
    gun = SelectField("Gun", default="")
    flag = SelectField("Flag", default="")
    lot = SelectField("Lot", default="")
    code = StringField("Code or lot", filters=[trim])
    shape = SelectField("Shown as", default=Shape.EVENTS.value, choices=[SelectChoice(each.value) for each in Shape])

    def validate_first_day(self, field: DateField) -> None:
        _check(field.data, None)

    def validate_last_day(self, field: DateField) -> None:
        _check(self.first_day.data, field.data)

    def validate_code(self, field: StringField) -> None:
        """Looked up here, so that what begins too many codes is said at the field."""
        if field.data:
            try:
                LogFilter(code=field.data)
                found_by(self.clinic_id, field.data)
            except Invalid as refused:
                raise ValidationError(refused.sentence) from None

    def wanted(self) -> LogFilter:
        """The filter as asked; only of a form that validates, or something else would be shown or handed out."""
        return LogFilter(
            self.first_day.data,
            self.last_day.data,
            _id(self.room.data),
            _id(self.gun.data),
            _id(self.lot.data),
            self.flag.data or None,
            self.code.data or None,
        )

    @property
    def wanted_shape(self) -> Shape:
        return Shape(self.shape.data)

    def asked(self) -> dict[str, str]:
        """The parts that are set, as the address holds them."""
        return {name: str(value) for name, value in self.data.items() if value and value != Shape.EVENTS}


FORMATS = (
    (ExportFormat.CSV.value, "CSV: for a spreadsheet or a program"),
    (ExportFormat.XLSX.value, "XLSX: a workbook"),
    (ExportFormat.JSONL.value, "JSON Lines: for a program"),
    (ExportFormat.PDF.value, "PDF: a report to print, with the record's checkpoint on each page"),
)


class ExportForm(Form):
    format = ChoiceField("As", FORMATS)


class KeepForm(Form):
    ids = "keep"
    name = TextField("Name of this view", [DataRequired("Give it a name.")], longest=60)
    shared = BooleanField("For everybody of the clinic")


class PeriodForm(PlainForm):
    """Days of the clinic; each side may be open."""

    first_day = DateField("From", [Optional()])
    last_day = DateField("To", [Optional()])

    def validate_last_day(self, field: DateField) -> None:
        _check(self.first_day.data, field.data)

    def period(self, zone: str | None) -> Period:
        """Without a zone, as of a form that does not validate: every day."""
        return Period() if zone is None else _period(zone, self.first_day.data, self.last_day.data)


class ExposedForm(Form):
    """Whom something reached, references and all: sent by POST, as it is recorded."""

    ids = "exposed"

    first_day = DateField("From", [Optional()])
    last_day = DateField("To", [Optional()])

    def validate_last_day(self, field: DateField) -> None:
        _check(self.first_day.data, field.data)

    def period(self, zone: str) -> Period:
        return _period(zone, self.first_day.data, self.last_day.data)


class TraceForm(Form):
    """Sent by GET: tracing changes nothing."""

    text = TextField("Scan or type", longest=512)


def filter_form(clinic_id: UUID) -> FilterForm:
    """The form with the clinic's rooms, guns and flags to choose from, filled from the address."""
    form = FilterForm(request.args)
    form.clinic_id = clinic_id
    rooms = rooms_of(clinic_id)
    form.room.choices = [SelectChoice("", "All rooms")] + [SelectChoice(str(r.id), r.name) for r in rooms]
    form.gun.choices = [SelectChoice("", "All guns")] + [
        SelectChoice(str(gun.id), f"{gun.model} {gun.serial_number}") for gun in guns_in(clinic_id)
    ]
    form.flag.choices = [SelectChoice("", "Flagged or not"), SelectChoice("any", "Any flag")] + [
        SelectChoice(code, code.replace("_", " ").capitalize()) for code in STORED_CODES
    ]
    form.lot.choices = [SelectChoice("", "All lots"), *_chosen_lot(clinic_id, _id(form.lot.data))]
    return form


def _period(zone: str, first: date | None, last: date | None) -> Period:
    return Period(
        None if first is None else start_of_day(zone, first),
        None if last is None else start_of_day(zone, last + timedelta(days=1)),
    )


def _check(first: date | None, last: date | None) -> None:
    try:
        LogFilter(first, last)
    except Invalid as refused:
        raise ValidationError(refused.sentence) from None


def _chosen_lot(clinic_id: UUID, lot_id: UUID | None) -> list[SelectChoice]:
    """A lot is chosen by its link in the log or in stock: a clinic has thousands."""
    if lot_id is None:
        return []
    try:
        lot = lot_of(clinic_id, lot_id)
    except NotHere:
        return []
    return [SelectChoice(str(lot_id), f"{lot.product.name} {lot.number}")]


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
