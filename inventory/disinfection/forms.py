"""What is asked when a container is opened, tested, ended or used."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from wtforms import Field
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.widgets import TextInput

from inventory.disinfection.lifetimes import ends_with_a_day, last_day
from inventory.disinfection.models import Container
from inventory.stock.models import ContactTarget, Location, Lot
from inventory.web.access import actor
from inventory.web.forms import ChoiceField, Form, TextField, choices
from inventory.web.pages import day, moment


class TestResult(StrEnum):
    __test__ = False

    PASSED = "passed"
    FAILED = "failed"


class EndReason(StrEnum):
    USED_UP = "used_up"
    TIME_IS_OVER = "time_is_over"
    CONTAMINATED = "contaminated"
    DAMAGED = "damaged"
    OPENED_BY_MISTAKE = "opened_by_mistake"


class DurationField(Field):
    """Minutes and seconds as `5:00`; minutes alone as `5`. Its data are seconds."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else duration(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        minutes, _, seconds = (valuelist[0] if valuelist else "").strip().partition(":")
        whole = minutes.isdecimal() and (seconds.isdecimal() or not seconds)
        if not whole or len(minutes) > 4 or len(seconds) > 2 or int(seconds or 0) > 59:
            self.data = None
            raise ValueError("Type minutes and seconds, such as 5:00.")
        self.data = int(minutes) * 60 + int(seconds or 0)


class OpenForm(Form):
    scan = TextField("Scan the supplier's barcode on the closed container", longest=400)
    # Not checked against the list: sent again after its last unit was opened, the answer is the stored one.
    lot = ChoiceField("Or choose its lot", validate_choice=False)
    out_of_order = TextField("Why this lot goes before the one that expires first", longest=200)

    def offer(self, openable: Sequence[tuple[Lot, Location, int]]) -> None:
        self.lot.choices = choices(
            [
                (
                    f"{lot.id} {place.id}",
                    f"{lot.product.name}, lot {lot.number}, {place.name}, {on_hand} left",
                )
                for lot, place, on_hand in openable
            ],
            optional="Choose",
        )

    def validate_lot(self, field: ChoiceField) -> None:
        if not self.scan.data and _ids(field.data, 2) is None:
            raise ValidationError("Scan the container, or choose its lot.")

    @property
    def lot_and_place(self) -> tuple[UUID, UUID]:
        lot_id, place_id = _ids(self.lot.data, 2) or ()
        return lot_id, place_id


class StripForm(Form):
    result = ChoiceField("Result of the test strip", TestResult)


class EndForm(Form):
    reason = ChoiceField("Why is nothing taken from it any more?", EndReason)


class ContainerForm(Form):
    """Whatever uses an open container: its own label scanned, or chosen from the list."""

    target = ContactTarget.GUN
    scan = TextField("Scan the label on the open container", longest=400)
    container = ChoiceField("Or choose the open container", validate_choice=False)
    contact_seconds = DurationField(
        "Contact time kept (minutes:seconds)",
        [
            InputRequired("Type how long it acted."),
            NumberRange(0, 86_400, "A contact time is at most a day."),
        ],
    )

    def offer(self, opened: Sequence[Container], asked: str = "") -> None:
        """List `opened`; choose the one asked for by id, else the first, and its contact time."""
        self.container.choices = choices(
            [(str(found.id), _offered(found, self.target)) for found in opened], optional="Choose"
        )
        named = [found for found in opened if str(found.id) == asked]
        chosen = next(iter(named or opened), None)
        if chosen is not None and not self.is_submitted():
            self.container.data = str(chosen.id)
            self.contact_seconds.data = chosen.lot.product.contact_on(self.target)

    def validate_container(self, field: ChoiceField) -> None:
        if not self.scan.data and _ids(field.data, 1) is None:
            raise ValidationError("Scan the label on the container, or choose it.")

    @property
    def contact_kept(self) -> int:
        """In seconds."""
        return self.contact_seconds.data or 0

    @property
    def chosen_id(self) -> UUID | None:
        return next(iter(_ids(self.container.data, 1) or ()), None)


class RoomForm(ContainerForm):
    target = ContactTarget.SURFACE
    room = ChoiceField("Room")


def until(container: Container) -> str:
    """Until when it may be used, as it is said: a day where it is good through that day, else a moment."""
    zone = actor().time_zone
    if ends_with_a_day(container.usable_until, zone):
        return day(last_day(container.usable_until, zone))
    return moment(container.usable_until)


def duration(seconds: int | None) -> str:
    """`5:00`: minutes and seconds."""
    return f"{(seconds or 0) // 60}:{(seconds or 0) % 60:02d}"


def _offered(found: Container, target: ContactTarget) -> str:
    product = found.lot.product
    return (
        f"{product.name}, lot {found.lot.number}, good until {until(found)}, "
        f"contact time {duration(product.contact_on(target))}"
    )


def _ids(text: str | None, many: int) -> tuple[UUID, ...] | None:
    try:
        found = tuple(UUID(part) for part in (text or "").split())
    except ValueError:
        return None
    return found if len(found) == many else None
