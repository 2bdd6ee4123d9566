"""The steps of a running session, by name: their form, and what they do. Sent by a page or brought home by a device."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.audit.actors import Actor
from inventory.sessions import operations, undoing
from inventory.sessions.forms import CloseForm, CountForm, EventForm, RegionForm
from inventory.sessions.models import RemovalReason, TreatmentSession
from inventory.web.forms import Form

Act = Callable[[TreatmentSession, Any, Actor, datetime], object]


@dataclass(frozen=True)
class Step:
    """`act` takes the session, the checked form, who did it and when."""

    form: type[Form]
    act: Act


STEPS: Mapping[str, Step] = {
    "count": Step(
        CountForm,
        lambda found, form, by, now: operations.count_shots(
            found, form.shots.data, by, now, area_cm2=form.area_cm2.data
        ),
    ),
    "region": Step(RegionForm, lambda found, form, by, now: operations.treat_region(found, form.region.data, by, now)),
    "must_change": Step(
        EventForm,
        lambda found, form, by, now: operations.must_change(found, RemovalReason(form.must_change.data), by, now),
    ),
    "syringe": Step(Form, lambda found, _form, by, now: operations.draw_syringe(found, by, now)),
    "undo": Step(Form, lambda found, _form, by, now: undoing.undo_swap(found, by, now)),
    "close": Step(CloseForm, lambda found, form, by, now: operations.close(found, by, now, shots=form.shots.data)),
}
