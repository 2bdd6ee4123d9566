"""What a cycle measured: typed from the printout, read from the steriliser's log, or both where they agree. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from inventory.sterilising.cycle_log import Measured
from inventory.sterilising.errors import LogContradicted, MeasuredMissing
from inventory.sterilising.programmes import degrees


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Temperatures in tenths of a degree Celsius, pressure absolute in mbar; the extremes are those of the hold."""

    started_at: datetime
    ended_at: datetime
    temperature_tenths: int
    hold_seconds: int
    highest_temperature_tenths: int | None = None
    pressure_millibar: int | None = None
    drying_seconds: int | None = None
    log_name: str | None = None
    log_sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed; None is an empty field."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    temperature_tenths: int | None = None
    hold_seconds: int | None = None
    highest_temperature_tenths: int | None = None
    pressure_millibar: int | None = None
    drying_seconds: int | None = None

    def alone(self) -> Readings:
        """Raises `MeasuredMissing`."""
        if self.started_at is None:
            raise MeasuredMissing("started_at")
        if self.ended_at is None:
            raise MeasuredMissing("ended_at")
        if self.temperature_tenths is None:
            raise MeasuredMissing("temperature")
        if self.hold_seconds is None:
            raise MeasuredMissing("hold_seconds")
        return Readings(
            started_at=self.started_at,
            ended_at=self.ended_at,
            temperature_tenths=self.temperature_tenths,
            hold_seconds=self.hold_seconds,
            highest_temperature_tenths=self.highest_temperature_tenths,
            pressure_millibar=self.pressure_millibar,
            drying_seconds=self.drying_seconds,
        )

    def with_log(
        self, name: str, measured: Measured, started_at: datetime | None, ended_at: datetime | None
    ) -> Readings:
        """The log's measurements; `started_at` and `ended_at` are its first and last moment, where it keeps dates.

        Raises `LogContradicted` where a typed value differs, `MeasuredMissing` where neither says when it was.
        """
        self._agrees("temperature", self.temperature_tenths, measured.temperature_tenths, "C", tenths=True)
        self._agrees("hold_seconds", self.hold_seconds, measured.hold_seconds, "s")
        filled = replace(
            self,
            started_at=self.started_at or started_at,
            ended_at=self.ended_at or ended_at,
            temperature_tenths=measured.temperature_tenths,
            hold_seconds=measured.hold_seconds,
            highest_temperature_tenths=measured.highest_temperature_tenths,
            pressure_millibar=measured.pressure_millibar or self.pressure_millibar,
            drying_seconds=measured.drying_seconds or self.drying_seconds,
        )
        return replace(filled.alone(), log_name=name, log_sha256=measured.sha256)

    def _agrees(self, field: str, typed: int | None, measured: int, unit: str, *, tenths: bool = False) -> None:
        if typed is not None and typed != measured:
            raise LogContradicted(field, f"{degrees(measured) if tenths else measured} {unit}")
