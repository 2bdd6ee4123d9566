"""Forms about devices: shape only."""

from wtforms.validators import DataRequired

from inventory.scanning.forms import ScannerTestForm
from inventory.web.forms import TextField


class CheckForm(ScannerTestForm):
    """What one scanner typed for a test label."""

    device = TextField(
        "Scanner or phone",
        [DataRequired("Say which scanner this is, as it is called in the clinic.")],
        longest=60,
        description="As your clinic calls it, such as: room 1, wedge.",
    )
