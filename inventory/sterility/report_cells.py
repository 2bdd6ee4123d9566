"""What stands in each column of the printed log, from a row as exports have it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from inventory.sterility.filters import Shape
from labels.codes import LENGTH, grouped

Row: TypeAlias = "Sequence[object]"


@dataclass(frozen=True)
class Printed:
    """One column: its title, its share of the width, and the paragraphs of its cell."""

    title: str
    weight: int
    said: Callable[[Row], list[str]]


class Cells:
    """Reads cells by the header of their column; moments become those of the clinic's zone."""

    def __init__(self, header: Sequence[str], zone: str) -> None:
        self._places = {name: place for place, name in enumerate(header)}
        self._zone = ZoneInfo(zone)

    def has(self, name: str) -> bool:
        return name in self._places

    def place(self, name: str) -> int:
        return self._places[name]

    def text(self, row: Row, name: str, unit: str = "", none: str = "") -> str:
        value = row[self._places[name]]
        return none if value in (None, "") else f"{value}{unit}"

    def words(self, row: Row, name: str, none: str = "") -> str:
        return self.text(row, name, none=none).replace("_", " ")

    def moment(self, row: Row, name: str) -> str:
        found = self._local(row, name)
        return f"{found.day} {found:%b %Y, %H:%M}" if found else "-"

    def hour(self, row: Row, name: str) -> str:
        found = self._local(row, name)
        return f"{found:%H:%M}" if found else "..."

    def _local(self, row: Row, name: str) -> datetime | None:
        value = row[self._places[name]]
        return datetime.fromisoformat(str(value)).astimezone(self._zone) if value else None

    def code(self, row: Row, name: str) -> str:
        value = self.text(row, name)
        return grouped(value) if len(value) == LENGTH else value


def _sitting(cells: Cells) -> list[Printed]:
    patient = Printed("Patient", 6, lambda row: [cells.text(row, "patient_reference", none="erased")])
    return [
        Printed(
            "Room, practitioner",
            8,
            lambda row: [cells.text(row, "room"), cells.text(row, "practitioner"), cells.words(row, "technique")],
        ),
        *([patient] if cells.has("patient_reference") else []),
        Printed("Gun", 7, lambda row: [cells.text(row, "gun_model"), cells.text(row, "gun_serial_number")]),
        Printed("Gun last disinfected", 10, lambda row: _disinfected(cells, row)),
        Printed("Antiseptic", 10, lambda row: cells.text(row, "antiseptic", none="none").split("; ")),
    ]


def _disinfected(cells: Cells, row: Row) -> list[str]:
    if not cells.text(row, "gun_disinfected_at"):
        return ["never before"]
    return [
        cells.moment(row, "gun_disinfected_at"),
        cells.text(row, "gun_disinfectant"),
        cells.text(row, "gun_disinfection_agent"),
        cells.text(row, "gun_contact_seconds", " s") + ", rinsed: " + cells.words(row, "gun_rinse_water"),
    ]


def _judged(cells: Cells) -> Printed:
    def said(row: Row) -> list[str]:
        reviews = cells.text(row, "flag_reviews").replace("_", " ").split("; ")
        return [f"Policy {cells.text(row, 'policy')}", *(reviews if reviews != [""] else ["no flag"])]

    return Printed("Flags, review", 10, said)


def _events(cells: Cells) -> list[Printed]:
    def used(row: Row) -> list[str]:
        counted = "" if cells.text(row, "shots_counted") == "yes" else " (estimated)"
        return [
            cells.text(row, "punctures", f" punctures{counted}", none="not counted"),
            cells.text(row, "minutes", " min"),
            cells.text(row, "area_cm2", " cm2"),
            cells.words(row, "regions").replace(":", " ").replace(",", ", "),
            cells.words(row, "removal_reason", none="on the gun"),
        ]

    return [
        Printed("Session", 6, lambda row: [f"{cells.text(row, 'session')}, needle {cells.text(row, 'needle')}"]),
        Printed(
            "Fitted, removed",
            8,
            lambda row: [cells.moment(row, "fitted_at"), f"to {cells.hour(row, 'removed_at')}"],
        ),
        *_sitting(cells),
        Printed(
            "Needle",
            9,
            lambda row: [
                cells.text(row, "product"),
                f"lot {cells.text(row, 'lot')}",
                cells.text(row, "lot_expires_on"),
            ],
        ),
        Printed("Pack, load", 9, lambda row: [cells.code(row, "pack"), cells.text(row, "load", none="bought sterile")]),
        Printed("Use", 9, used),
        _judged(cells),
    ]


def _sessions(cells: Cells) -> list[Printed]:
    def totals(row: Row) -> list[str]:
        return [
            cells.text(row, "needle_count", " needle" if row[cells.place("needle_count")] == 1 else " needles"),
            cells.text(row, "punctures", " punctures", none="not counted"),
            cells.text(row, "area_cm2", " cm2"),
            cells.text(row, "minutes", " min"),
        ]

    return [
        Printed("Session", 5, lambda row: [cells.text(row, "session")]),
        Printed(
            "Started, closed",
            8,
            lambda row: [cells.moment(row, "started_at"), f"to {cells.hour(row, 'closed_at')}"],
        ),
        *_sitting(cells),
        Printed("Needles", 24, lambda row: cells.text(row, "needles", none="none").split("; ")),
        Printed("Together", 7, totals),
        _judged(cells),
    ]


TABLES: dict[Shape, Callable[[Cells], list[Printed]]] = {Shape.EVENTS: _events, Shape.SESSIONS: _sessions}
