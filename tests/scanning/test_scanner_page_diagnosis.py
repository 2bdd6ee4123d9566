"""What a scanner typed, and what is named as wrong with its settings."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from inventory.scanning.diagnosis import Fault, Keystroke, diagnose, shown
from inventory.scanning.samples import LABEL, SAMPLES, SUPPLIER
from labels import codes

FAST = 12
LOST = SUPPLIER.text.replace("\x1d", "")


def typed(text: str, *ending: str, gap: int = FAST) -> list[Keystroke]:
    return [Keystroke(key, gap) for key in (*text, *ending)]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (LABEL.text, ()),
        (SUPPLIER.text, ()),
        ("]Q3" + SUPPLIER.text, ()),
        (SUPPLIER.text.replace("\x1d", "^"), ()),
        (SUPPLIER.text.replace("\x1d", "{GS}"), ()),
        (SUPPLIER.text.replace("\x1d", "<GS>"), ()),
        (LOST, (Fault.SEPARATOR_LOST,)),
        (SUPPLIER.text.replace("\x1d", "#"), (Fault.SEPARATOR_OTHER,)),
        (LABEL.text.lower(), (Fault.CAPS_LOCK,)),
        (LOST.lower(), (Fault.CAPS_LOCK, Fault.SEPARATOR_LOST)),
        ("HTTPSÖ--TEST-P-0123456789ABCDEFGHJKMNPQRSTVWXZY", (Fault.QWERTZ,)),
        ("httpsö--test-p-0123456789abcdefghjkmnpqrstvwxzy", (Fault.QWERTZ, Fault.CAPS_LOCK)),
        ("HTTPSM!!TEST!P!à&é\"'(-è_çQBCDEFGHJK?NPARSTVZXYW", (Fault.AZERTY,)),
        ("HTTPSM==TEST=P=à&é\"'(§è!çQBCDEFGHJK?NPARSTVZXYW", (Fault.AZERTY,)),
        ('à&àç(é&é"\'(\'"é&"&àTEST&&èé!&é"&', (Fault.AZERTY, Fault.SEPARATOR_LOST)),
        (f"#{LABEL.text}", (Fault.EXTRA,)),
        (LABEL.text.replace("9", "").replace("K", ""), (Fault.INCOMPLETE,)),
        ("4006381333931", (Fault.OTHER_CODE,)),
        ("", (Fault.NOTHING,)),
    ],
)
def test_the_text_of_a_test_code_names_the_fault(text: str, faults: tuple[Fault, ...]) -> None:
    assert diagnose(typed(text), timed=False).faults == faults


@pytest.mark.parametrize(
    ("ending", "faults"),
    [
        (["Enter"], ()),
        (["Tab"], ()),
        ([], (Fault.MISSING_SUFFIX,)),
        (["Enter", "Enter"], (Fault.DOUBLE_SUFFIX,)),
        (["Tab", "Enter"], (Fault.DOUBLE_SUFFIX,)),
    ],
)
def test_the_ending_of_a_scan_is_judged(ending: list[str], faults: tuple[Fault, ...]) -> None:
    assert diagnose(typed(LABEL.text, *ending)).faults == faults


@pytest.mark.parametrize(
    ("gap", "device", "faults"),
    [
        (50, 50, ()),
        (51, 50, (Fault.SLOW,)),
        (120, 50, (Fault.SLOW,)),
        (120, 120, ()),
        (121, 50, (Fault.TOO_SLOW,)),
        (121, 120, (Fault.TOO_SLOW,)),
    ],
)
def test_slow_keys_lead_to_the_bluetooth_setting(gap: int, device: int, faults: tuple[Fault, ...]) -> None:
    assert diagnose(typed(LABEL.text, "Enter", gap=gap), gap=device).faults == faults


def test_the_long_wait_before_a_scan_is_not_part_of_it() -> None:
    keys = [Keystroke("H", 90_000), *typed(LABEL.text[1:], "Enter")]
    assert diagnose(keys).faults == ()


def test_a_key_held_back_by_a_busy_device_is_no_slow_scanner() -> None:
    keys = typed(LABEL.text, "Enter")
    for place in (5, 20):
        keys[place] = keys[place]._replace(gap=300)
    assert diagnose(keys).faults == ()


def test_several_faults_are_named_at_once() -> None:
    found = diagnose(typed(LOST, "Enter", "Enter", gap=100))
    assert found.faults == (Fault.SEPARATOR_LOST, Fault.SLOW, Fault.DOUBLE_SUFFIX)
    assert found.sample is SUPPLIER


def test_control_characters_are_shown_as_symbols() -> None:
    assert [shown(key) for key in ("\x1d", " ", "A", "Enter", "\r")] == ["␝", "space", "A", "Enter", "␍"]


def test_the_test_label_holds_every_letter_of_our_codes() -> None:
    assert set(codes.ALPHABET) <= set(LABEL.text)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_drawn_test_code_reads_as_its_text(sample) -> None:
    scale = 6
    picture = Image.new("L", (sample.size * scale, sample.size * scale), 255)
    draw = ImageDraw.Draw(picture)
    for found in re.finditer(r"M(\d+) (\d+)h(\d+)", sample.path):
        left, top, width = (int(part) * scale for part in found.groups())
        draw.rectangle((left, top, left + width - 1, top + scale - 1), fill=0)
    [read] = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    assert read.text == sample.text
