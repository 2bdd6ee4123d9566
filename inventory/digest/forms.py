"""What is asked about one's digest."""

from collections.abc import Sequence

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from inventory.digest.sections import Section
from inventory.web.forms import Form, choices

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class TicksField(SelectMultipleField):
    """Some of a few, each with its checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DigestForm(Form):
    parts = TicksField("What you want to hear of")
    weekdays = TicksField("On which days", choices=choices([(str(n), name) for n, name in enumerate(WEEKDAYS)]))

    def offer(self, sections: Sequence[Section]) -> None:
        self.parts.choices = choices([(section.key, section.title) for section in sections])
