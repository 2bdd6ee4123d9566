"""What is asked about a gun."""

from wtforms import BooleanField, DateField, IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, Optional

from inventory.disinfection.forms import ContainerForm
from inventory.disinfection.models import RinseWater
from inventory.web.forms import Form, TextField, choices


class GunForm(Form):
    model = TextField("Model", [InputRequired("Type the model, as on the gun.")])
    serial_number = TextField("Serial number", [InputRequired("Type the serial number, as on the gun.")], longest=80)
    fastest_shots_per_minute = IntegerField(
        "Fastest rate, shots per minute",
        [Optional(), NumberRange(1, 100_000, "Type a rate from 1 to 100000.")],
    )
    high_speed = BooleanField("High-speed gun")
    service_due_on = DateField("Next service due on", [Optional()])


class DisinfectForm(ContainerForm):
    rinse_water = RadioField(
        "Rinsed with",
        [InputRequired("Choose what it was rinsed with.")],
        choices=choices(
            [
                (RinseWater.NONE.value, "Not rinsed"),
                (RinseWater.STERILE.value, "Sterile water"),
                (RinseWater.FILTERED.value, "Filtered water"),
                (RinseWater.TAP.value, "Tap water"),
            ]
        ),
    )


class ServiceForm(Form):
    work_done = TextField("Work done", [InputRequired("Say what was done.")])
    next_due_on = DateField("Next service due on", [Optional()])


class OutOfServiceForm(Form):
    reason = TextField("Reason", [InputRequired("Say what is wrong with it.")])
