"""What is wrong with a scanner's settings, told from what it typed for a known code. Pure.

The layouts are what a keyboard set to German, French or Belgian types for the keys a scanner set to US English sends.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import NamedTuple

from inventory.scanning.samples import SAMPLES, SEPARATOR, Sample
from labels.barcodes import separated

CABLE_GAP_MS = 50
BLUETOOTH_GAP_MS = 120
_AIM = re.compile(r"^\][A-Za-z][0-9]")
_US = str.maketrans("", "")
_QWERTZ = str.maketrans("YZ:/", "ZYÖ-")
_FRENCH = str.maketrans("AQZWM:/1234567890", "QAWZ?M!&é\"'(-è_çà")
_BELGIAN = str.maketrans("AQZWM:/1234567890", "QAWZ?M=&é\"'(§è!çà")


class Keystroke(NamedTuple):
    """A character, or the name of a key (`Enter`, `Tab`); `gap` is the milliseconds since the key before."""

    key: str
    gap: int


class Fault(Enum):
    """How bad it is, the word for it, and what to do."""

    NOTHING = ("stop", "Nothing arrived", "Click into the field, then scan one of the two codes.")
    AZERTY = (
        "stop",
        "Keyboard layout",
        "This device types as AZERTY and the scanner does not. Set the scanner's keyboard country to AZERTY.",
    )
    QWERTZ = (
        "stop",
        "Keyboard layout",
        "This device types as QWERTZ and the scanner does not. Set the scanner's keyboard country to QWERTZ.",
    )
    CAPS_LOCK = (
        "stop",
        "Caps lock",
        "Capital and small letters are swapped. Switch caps lock off, here or in the scanner.",
    )
    SEPARATOR_LOST = (
        "stop",
        "Separator lost",
        "The GS between lot and expiry was not sent. Switch on sending of FNC1 or GS (ASCII 29) in the scanner.",
    )
    SEPARATOR_OTHER = (
        "stop",
        "Separator changed",
        "The GS arrives as something else. Have the scanner send ASCII 29, Ctrl-] or {GS} for it.",
    )
    EXTRA = ("stop", "Too much", "Something is typed around the code. Take prefix and suffix text out of the scanner.")
    INCOMPLETE = ("stop", "Not whole", "Characters are missing. Scan again; if it stays, slow the scanner's keys down.")
    OTHER_CODE = ("stop", "Not a test code", "This is neither of the two codes here. Scan one of them.")
    TOO_SLOW = (
        "caution",
        "Too slow",
        "The keys come too slowly for a scan, or a hand typed them. Shorten the scanner's delay between characters.",
    )
    SLOW = ("caution", "Slow keys", "The keys come slowly, as over Bluetooth. Choose Bluetooth under Speed below.")
    MISSING_SUFFIX = (
        "caution",
        "No Enter",
        "Scans are taken after a short wait. Have the scanner send Enter: it is quicker.",
    )
    DOUBLE_SUFFIX = (
        "caution",
        "Enter twice",
        "Nothing is sent twice, but set the scanner's ending to Enter (CR) alone.",
    )

    def __init__(self, tone: str, word: str, sentence: str) -> None:
        self.tone = tone
        self.word = word
        self.sentence = sentence


@dataclass(frozen=True)
class Diagnosis:
    """No fault: the scanner is set well for what this `sample` can show."""

    sample: Sample | None
    faults: tuple[Fault, ...]


def diagnose(keys: Sequence[Keystroke], *, gap: int = CABLE_GAP_MS, timed: bool = True) -> Diagnosis:
    """`gap` is what this device takes for a scan; not `timed`: only the text is known, neither gaps nor its ending."""
    last = max((place for place, key in enumerate(keys) if len(key.key) == 1), default=-1)
    if last < 0:
        return Diagnosis(None, (Fault.NOTHING,))
    text = "".join(key.key for key in keys[: last + 1] if len(key.key) == 1)
    sample, faults = _of_text(_AIM.sub("", text))
    if timed:
        faults = (*faults, *_of_speed(keys[1:], gap), *_of_ending(keys[last + 1 :]))
    return Diagnosis(sample, faults)


def shown(key: str) -> str:
    """A key as it is named on screen; a control character by its symbol."""
    if key == " ":
        return "space"
    return chr(0x2400 + ord(key)) if len(key) == 1 and key < " " else key


def _of_text(text: str) -> tuple[Sample | None, tuple[Fault, ...]]:
    sent = separated(text.replace("^", SEPARATOR))
    for sample in SAMPLES:
        for typed, faults in _ways_to_type(sample.text):
            if sent == typed:
                return sample, faults
    for sample in SAMPLES:
        if _swapped(text, sample.text):
            return sample, (Fault.SEPARATOR_OTHER,)
        if sample.text in sent:
            return sample, (Fault.EXTRA,)
        if len(sent) >= len(sample.text) // 3 and _is_part(sent, sample.text):
            return sample, (Fault.INCOMPLETE,)
    return None, (Fault.OTHER_CODE,)


def _ways_to_type(text: str) -> Iterator[tuple[str, tuple[Fault, ...]]]:
    """Every known fault and their combinations, the sound one first."""
    layouts = ((_US, None), (_QWERTZ, Fault.QWERTZ), (_FRENCH, Fault.AZERTY), (_BELGIAN, Fault.AZERTY))
    lost = (False, True) if SEPARATOR in text else (False,)
    for without, swapped, (layout, fault) in product(lost, (False, True), layouts):
        typed = text.replace(SEPARATOR, "") if without else text
        typed = typed.translate(layout)
        found = (
            fault,
            Fault.CAPS_LOCK if swapped else None,
            Fault.SEPARATOR_LOST if without else None,
        )
        yield typed.swapcase() if swapped else typed, tuple(each for each in found if each)


def _swapped(text: str, whole: str) -> bool:
    """Whether one or a few other characters stand where the separator belongs."""
    before, separator, after = whole.partition(SEPARATOR)
    between = text[len(before) : len(text) - len(after)]
    return bool(separator and between) and text == before + between + after and len(between) <= 6


def _is_part(text: str, whole: str) -> bool:
    rest = iter(whole)
    return all(character in rest for character in text)


def _of_speed(keys: Sequence[Keystroke], gap: int) -> tuple[Fault, ...]:
    """By the gap that three of four keep, as the page that takes a scan does: a busy device holds a key back."""
    gaps = sorted(key.gap for key in keys)
    usual = gaps[len(gaps) * 3 // 4] if gaps else 0
    if usual <= gap:
        return ()
    return (Fault.SLOW,) if usual <= BLUETOOTH_GAP_MS else (Fault.TOO_SLOW,)


def _of_ending(keys: Sequence[Keystroke]) -> tuple[Fault, ...]:
    if not keys:
        return (Fault.MISSING_SUFFIX,)
    return (Fault.DOUBLE_SUFFIX,) if len(keys) > 1 else ()
