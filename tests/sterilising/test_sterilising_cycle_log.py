"""A steriliser's CSV log: what it measures, and what cannot be read."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inventory.sterilising.cycle_log import CycleLogUnreadable, LogFormat, PressureUnit, TimeFormat, read

PHASED = LogFormat(
    time="Time", temperature="Temp C", pressure="P bar", phase="Phase", hold_phase="Hold", drying_phase="Dry"
)
LOG = b"""Time;Temp C;P bar;Phase
2026-11-23 06:30:00;21,4;1,01;Vacuum
2026-11-23 06:45:00;134,9;3,12;Heat
2026-11-23 06:46:00;134,6;3,09;hold
2026-11-23 06:48:00;135,2;3,15;Hold
2026-11-23 06:49:40;134,5;3,08;Hold
2026-11-23 06:50:00;110,0;1,40;Exhaust
2026-11-23 06:52:00;90,0;0,10;Dry
2026-11-23 07:07:00;70,0;0,08;Dry
"""


def test_a_log_tells_the_hold_its_extremes_and_the_drying() -> None:
    measured = read(LOG, PHASED, 1340)
    assert (measured.started_at, measured.ended_at) == (
        datetime(2026, 11, 23, 6, 30),  # noqa: DTZ001
        datetime(2026, 11, 23, 7, 7),  # noqa: DTZ001
    )
    assert (measured.temperature_tenths, measured.highest_temperature_tenths) == (1345, 1352)
    assert (measured.pressure_millibar, measured.hold_seconds, measured.drying_seconds) == (3080, 220, 900)
    assert measured.sha256 == sha256(LOG).hexdigest()


def test_without_phases_the_hold_is_the_longest_stretch_at_the_set_temperature() -> None:
    plain = replace(PHASED, phase="", hold_phase="", drying_phase="")
    log = LOG.replace(b"06:52:00;90,0", b"06:52:00;134,0")  # a peak on its own
    measured = read(log, plain, 1340)
    assert (measured.temperature_tenths, measured.hold_seconds, measured.drying_seconds) == (1345, 280, None)


def test_a_hold_that_was_interrupted_is_as_long_as_its_best_part() -> None:
    """Phases are what the control unit calls them: between two of them the chamber may have been cold."""
    broken = LOG.replace(b"06:49:40;134,5;3,08;Hold", b"06:48:30;121,0;2,05;Heat\n2026-11-23 06:49:40;134,5;3,08;Hold")
    measured = read(broken, PHASED, 1340)
    assert (measured.hold_seconds, measured.temperature_tenths) == (120, 1346)


ACCENTED = replace(PHASED, temperature="Température °C", phase="Phase", hold_phase="Stérilisation", drying_phase="")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_accents_are_read_in_the_encoding_the_control_unit_writes(encoding: str) -> None:
    text = (
        LOG.decode()
        .replace("Temp C", "Température °C")
        .replace("Hold", "STÉRILISATION")
        .replace("hold", "stérilisation")
    )
    measured = read(text.encode(encoding), ACCENTED, 1340)
    assert (measured.hold_seconds, measured.temperature_tenths) == (220, 1345)
    assert measured.sha256 == sha256(text.encode(encoding)).hexdigest()


def test_what_the_steriliser_writes_of_itself_above_the_table_is_passed_over() -> None:
    above = b"Steriliser S1, serial no. 88213, class B\r\nCycle;00412\r\n\r\n"
    measured = read(above + LOG.replace(b"\n", b"\r\n"), PHASED, 1340)
    assert (measured.hold_seconds, measured.temperature_tenths, measured.pressure_millibar) == (220, 1345, 3080)
    with pytest.raises(CycleLogUnreadable, match="Line 8"):
        read(above + LOG.replace(b"135,2", b"135,2 C"), PHASED, 1340)


def test_a_cycle_that_never_got_hot_is_told_as_it_was() -> None:
    plain = replace(PHASED, phase="", hold_phase="", drying_phase="")
    measured = read(LOG, plain, 1500)
    assert (measured.temperature_tenths, measured.hold_seconds) == (1352, 0)


@pytest.mark.parametrize(
    ("time_format", "times"),
    [
        (TimeFormat.DAY_FIRST_DOTS, ("23.11.2026 06:46:00", "23.11.2026 06:49:40")),
        (TimeFormat.DAY_FIRST_SLASHES, ("23/11/2026 06:46:00", "23/11/2026 06:49:40")),
        (TimeFormat.MONTH_FIRST, ("11/23/2026 06:46:00", "11/23/2026 06:49:40")),
        (TimeFormat.CLOCK, ("06:46:00", "06:49:40")),
        (TimeFormat.CLOCK, ("23:58:00", "00:01:40")),
        (TimeFormat.SECONDS, ("960", "1180")),
        (TimeFormat.ISO, ("2026-11-23T06:46:00", "2026-11-23T06:49:40")),
    ],
)
def test_times_are_read_as_the_steriliser_writes_them(time_format: TimeFormat, times: tuple[str, str]) -> None:
    log = f"Time,Temp C,P bar,Phase\n{times[0]},134.5,3.08,Hold\n{times[1]},134.5,3.08,Hold\n".encode()
    measured = read(log, replace(PHASED, time_format=time_format), 1340)
    assert measured.hold_seconds == 220
    assert (measured.started_at is None) == (time_format in (TimeFormat.CLOCK, TimeFormat.SECONDS))


@pytest.mark.parametrize(
    ("unit", "text", "millibar"),
    [
        (PressureUnit.BAR_ABSOLUTE, "3.04", 3040),
        (PressureUnit.BAR_GAUGE, "2.03", 3043),
        (PressureUnit.KPA_ABSOLUTE, "304.2", 3042),
        (PressureUnit.MBAR_ABSOLUTE, "3042", 3042),
    ],
)
def test_pressures_are_absolute_millibar(unit: PressureUnit, text: str, millibar: int) -> None:
    log = f"Time,Temp C,P bar,Phase\n2026-01-01,134.0,{text},Hold\n2026-01-02,134.0,{text},Hold\n".encode()
    assert read(log, replace(PHASED, pressure_unit=unit), 1340).pressure_millibar == millibar


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (b"", "empty"),
        (LOG.replace(b"Temp C", b"Temperature"), "no column 'Temp C'"),
        (LOG.replace(b"135,2", b"135,2 C"), "Line 5"),
        (LOG.replace(b"2026-11-23 06:48:00", b"yesterday"), "Line 5"),
        (LOG.replace(b"06:48:00", b"05:48:00"), "do not run on"),
        (b"Time;Temp C;P bar;Phase\n2026-11-23 06:30:00;21,4;1,01;Hold\n", "fewer than two"),
        (LOG.replace(b"old", b"alt"), "no line of the file has the phase 'hold'"),
        (b"Time;Temp C;P bar;Phase\n" + b"2026-11-23 06:30:00;21;1;Hold\n" * 100_001, "more than"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(log: bytes, said: str) -> None:
    with pytest.raises(CycleLogUnreadable) as refused:
        read(log, PHASED, 1340)
    assert said.lower() in str(refused.value).lower()


@given(st.binary(max_size=400), st.sampled_from(TimeFormat))
@example(b"Time;Temp C;P bar;Phase\n1e400;nan;inf;Hold\n1;1;1;Hold", TimeFormat.SECONDS)
@example(b'Time;Temp C;P bar;Phase\n"\n', TimeFormat.ISO)
@example(b"\xff\xfeT", TimeFormat.ISO)
def test_no_bytes_at_all_break_the_reader(raw: bytes, time_format: TimeFormat) -> None:
    for start in (b"", b"Time;Temp C;P bar;Phase\n"):
        try:
            measured = read(start + raw, replace(PHASED, time_format=time_format), 1340)
        except CycleLogUnreadable as refused:
            assert str(refused).endswith(".")
        else:
            assert measured.hold_seconds >= 0


def test_a_format_is_kept_as_text_and_read_back() -> None:
    kept = replace(PHASED, time_format=TimeFormat.CLOCK, pressure_unit=PressureUnit.BAR_GAUGE)
    assert LogFormat.from_text(kept.as_text()) == kept
