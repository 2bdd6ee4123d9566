"""What is signed with a decision on a load: the cycle and its indicators as they were seen, and what was decided."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from inventory.sterilising import queries
from inventory.sterilising.models import BiologicalIndicator, Load, LoadDecision

CYCLE = (
    "number",
    "programme",
    "cycle_type",
    "set_temperature_tenths",
    "set_hold_seconds",
    "set_drying_seconds",
    "started_at",
    "ended_at",
    "temperature_tenths",
    "highest_temperature_tenths",
    "pressure_millibar",
    "hold_seconds",
    "drying_seconds",
    "log_sha256",
    "contents",
    "wrapped_or_hollow",
    "external_indicator",
    "internal_indicator",
    "internal_indicator_type",
    "dry",
    "loaded_by_name",
)


def content_of(decision: LoadDecision) -> dict[str, object]:
    """As it is being signed, or of one decision alone."""
    newest = queries.decisions_on(decision.load)[-1:]
    return _content(decision, queries.biological_of(decision.load), is_newest=newest == [decision])


def contents_of(load: Load) -> dict[UUID, Mapping[str, object] | None]:
    """Of every decision on a load, by its id."""
    indicator, decisions = queries.biological_of(load), queries.decisions_on(load)
    return {each.id: _content(each, indicator, is_newest=each is decisions[-1]) for each in decisions}


def _content(decision: LoadDecision, indicator: BiologicalIndicator | None, *, is_newest: bool) -> dict[str, object]:
    load = decision.load
    return {
        "load": {name: getattr(load, name) for name in CYCLE},
        "steriliser": load.steriliser_id or load.steriliser.id,
        "biological_indicator": _seen(indicator, decision.at),
        "decision": decision.state,
        "meaning": decision.meaning,
        "warnings": decision.warnings,
        "decided_at": decision.at,
        "scope": decision.scope,
        "because_of": decision.because_of_id,
        # The load holds the newest decision's state; one that was put there otherwise is not what was signed.
        "state": load.state if is_newest else decision.state,
    }


def _seen(indicator: BiologicalIndicator | None, at: datetime) -> dict[str, object] | None:
    """The indicator as it stood at `at`: one that was put in or read later was not seen."""
    if indicator is None or indicator.placed_at > at:
        return None
    read = indicator.read_at is not None and indicator.read_at <= at
    return {
        "product": indicator.product,
        "lot": indicator.lot,
        "incubation_hours": indicator.incubation_hours,
        "placed_at": indicator.placed_at,
        "placed_by_name": indicator.placed_by_name,
        "result": indicator.outcome if read else "pending",
        "control": indicator.control if read else "pending",
        "read_at": indicator.read_at if read else None,
        "read_by_name": indicator.read_by_name if read else None,
    }
