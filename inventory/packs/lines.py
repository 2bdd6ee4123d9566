"""A pack as a list shows it."""

from dataclasses import dataclass
from datetime import date

from inventory.packs.lifecycle import PackState
from inventory.packs.models import Pack
from inventory.packs.operations import faults_of
from labels.codes import grouped

TONES = {PackState.AVAILABLE: "go", PackState.RECALLED: "stop", PackState.OPENED: "accent"}


@dataclass(frozen=True)
class Line:
    """An available pack that may not be opened says why."""

    pack: Pack
    code: str
    word: str
    tone: str


def line_of(pack: Pack, today: date) -> Line:
    faults = faults_of(pack, today) if pack.state is PackState.AVAILABLE else []
    if faults:
        return Line(pack, grouped(pack.code), f"do not use: {faults[0].value.replace('_', ' ')}", "stop")
    if pack.held_at is not None and pack.state is PackState.MADE_UP:
        return Line(pack, grouped(pack.code), "held for a manager", "caution")
    return Line(pack, grouped(pack.code), pack.state.value.replace("_", " "), TONES.get(pack.state, "plain"))
