"""The form of the body map: shape only."""

from collections.abc import Callable, Sequence

from uuid6 import uuid7
from wtforms import BooleanField, Field, HiddenField, IntegerField
from wtforms.validators import NumberRange, Optional, StopValidation, ValidationError

from inventory.sessions.areas import Size, on_spot, version_of
from inventory.sessions.body_map import SPOTS, Spot
from inventory.sessions.models import AreaSource, TreatedArea
from inventory.sessions.regions import PALM_CM2
from inventory.web.forms import Form

MOST_PALMS = 150


class AreasForm(Form):
    """Of every spot of the body map: `take_<spot>`, and `cm2_<spot>` or `palms_<spot>` where it is not the preset."""

    seen = HiddenField()
    """The `version_of` the areas that were shown."""

    def show(self, areas: Sequence[TreatedArea]) -> None:
        """Fill in what the session has."""
        self.seen.data = version_of(areas)
        for spot in SPOTS.values():
            rows = on_spot(areas, spot.key)
            if rows:
                take, cm2, palms = self.fields_of(spot)
                take.data = True
                area = sum(row.area_cm2 for row in rows)
                source = rows[0].source if len(rows) == 1 else AreaSource.TYPED
                cm2.data = area if source is AreaSource.TYPED else None
                palms.data = area // PALM_CM2 if source is AreaSource.PALMS else None

    def ask_again(self, areas: Sequence[TreatedArea]) -> None:
        """After a refusal: what is sent next is another event, chosen in view of what the session has now."""
        self.event_id.data = str(uuid7())
        self.seen.data = version_of(areas)

    def fields_of(self, spot: Spot) -> tuple[BooleanField, IntegerField, IntegerField]:
        return self[f"take_{spot.name}"], self[f"cm2_{spot.name}"], self[f"palms_{spot.name}"]

    @property
    def wanted(self) -> dict[str, Size]:
        """What was chosen, by key."""
        chosen = {}
        for spot in SPOTS.values():
            take, cm2, palms = self.fields_of(spot)
            if take.data:
                chosen[spot.key] = Size(cm2.data, palms.data)
        return chosen


def _only_with(taken: str) -> Callable[[Form, Field], None]:
    """What stands beside a region that was not chosen is no mistake."""

    def check(form: Form, field: Field) -> None:
        if not form[taken].data:
            field.errors = []
            raise StopValidation

    return check


def _instead_of(cm2: str) -> Callable[[Form, Field], None]:
    def check(form: Form, field: Field) -> None:
        if form[cm2].data is not None:
            raise ValidationError("Give the area in cm2 or in palms, not in both.")

    return check


def _add(spot: Spot) -> None:
    take, cm2, palms = f"take_{spot.name}", f"cm2_{spot.name}", f"palms_{spot.name}"
    setattr(AreasForm, take, BooleanField(spot.label))
    sized = [_only_with(take), Optional(), NumberRange(1, 20_000)]
    setattr(AreasForm, cm2, IntegerField(f"{spot.label} in cm2", sized))
    sized = [_only_with(take), Optional(), NumberRange(1, MOST_PALMS), _instead_of(cm2)]
    setattr(AreasForm, palms, IntegerField(f"{spot.label} in palms", sized))


for _spot in SPOTS.values():
    _add(_spot)
