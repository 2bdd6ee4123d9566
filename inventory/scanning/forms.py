"""Forms of the scan pages: shape only. Nothing is written by them."""

import json

from wtforms import HiddenField, ValidationError

from inventory.scanning.diagnosis import BLUETOOTH_GAP_MS, CABLE_GAP_MS, Keystroke
from inventory.web.forms import Form, TextField

LONGEST = 512
MOST_KEYS = 400


class LookUpForm(Form):
    """Sent by GET: looking up changes nothing."""

    text = TextField("Scan", longest=LONGEST)


class ScannerTestForm(Form):
    """What a scanner typed: the keys with the milliseconds before each, from script; the bare text without it."""

    typed = TextField("What the scanner types here", longest=LONGEST)
    keys = HiddenField()
    gap = HiddenField()

    @property
    def keystrokes(self) -> list[Keystroke]:
        if self.keys.data:
            return self._timed
        return [Keystroke(character, 0) for character in self.typed.data or ""]

    @property
    def device_gap(self) -> int:
        return BLUETOOTH_GAP_MS if self.gap.data == str(BLUETOOTH_GAP_MS) else CABLE_GAP_MS

    def validate_keys(self, field: HiddenField) -> None:
        self._timed: list[Keystroke] = []
        if not field.data:
            return
        try:
            self._timed = [Keystroke(str(key)[:12], int(gap)) for key, gap in json.loads(field.data)[:MOST_KEYS]]
        except (ValueError, TypeError):
            raise ValidationError("The keys could not be read. Scan again.") from None
