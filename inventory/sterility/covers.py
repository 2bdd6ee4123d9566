"""What a report says about itself, and how a filter is said in words."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from inventory.audit.actors import Actor
from inventory.audit.handing_out import newest_noted
from inventory.db import db
from inventory.guns.models import Gun
from inventory.people.models import Clinic
from inventory.sterility.filters import LogFilter, Shape
from inventory.sterility.log_queries import Summary
from inventory.sterility.making import Asked
from inventory.sterility.models import Export
from inventory.sterility.report import Cover
from inventory.stock.models import Location, Lot

UNSIGNED = "No checkpoint is signed yet, so this page carries none."


def cover_of(asked: Asked, by: Actor, now: datetime, summary: Summary, export_id: UUID) -> Cover:
    noted = newest_noted(by.clinic_id)
    clinic = db.session.get_one(Clinic, by.clinic_id)
    local = now.astimezone(ZoneInfo(by.time_zone))
    shown = "one row a needle" if asked.shape is Shape.EVENTS else "one row a session"
    facts = [
        ("Range", range_said(asked.wanted)),
        ("Filters", "; ".join(f"{name}: {value}" for name, value in filters_said(asked.wanted)) or "none"),
        ("Shown", shown),
        ("Rows", f"{summary.rows:,}"),
        ("Sessions", f"{summary.treatments:,}"),
        ("Policy versions", ", ".join(map(str, summary.policies)) or "none"),
        ("Clinic's time zone", by.time_zone),
        ("Patient references", "included" if asked.with_references else "left out"),
        ("Made", f"{local.day} {local:%b %Y, %H:%M} by {by.name}"),
        ("Export", f"{export_id}; its SHA-256 stands in the record and on the page of exports"),
    ]
    if noted:
        facts += [
            ("Checkpoint", f"{noted.checkpoint.size:,} entries, epoch {noted.checkpoint.epoch}"),
            (
                "To check",
                "Scan the code of any page and give its text to verify.py as --anchor, with the record handed out "
                "under Proof and export: a record changed or cut off before this point does not agree with it.",
            ),
        ]
    facts.append(("Flags", "State that a session went past the clinic's own policy, never that anything was infected."))
    return Cover(
        clinic.name,
        by.time_zone,
        asked.shape,
        range_said(asked.wanted),
        facts,
        now,
        noted.note if noted else None,
        UNSIGNED,
    )


def asked_said(export: Export) -> str:
    """What an export was asked for, in words."""
    wanted = LogFilter.from_mapping(json.loads(export.filters))
    return "; ".join([range_said(wanted), *(f"{name}: {value}" for name, value in filters_said(wanted))])


def range_said(wanted: LogFilter) -> str:
    first = f"from {wanted.first_day.day} {wanted.first_day:%b %Y}" if wanted.first_day else "from the first session"
    last = f"to {wanted.last_day.day} {wanted.last_day:%b %Y}" if wanted.last_day else "to the newest"
    return f"Sessions {first} {last}"


def filters_said(wanted: LogFilter) -> Sequence[tuple[str, str]]:
    """Everything but the days, in words."""
    said = []
    if wanted.room_id:
        room = db.session.get(Location, wanted.room_id)
        said.append(("room", room.name if room else "unknown"))
    if wanted.gun_id:
        gun = db.session.get(Gun, wanted.gun_id)
        said.append(("gun", f"{gun.model} {gun.serial_number}" if gun else "unknown"))
    if wanted.lot_id:
        lot = db.session.get(Lot, wanted.lot_id)
        said.append(("lot", lot.number if lot else "unknown"))
    if wanted.flag:
        said.append(("flag", wanted.flag.replace("_", " ").lower()))
    if wanted.code:
        said.append(("code", wanted.code))
    return said
