"""The table of verdicts at a scan: colour, word, and what to do next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """A verdict's colour, never shown without its word, icon and sentence."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Verdict:
    """`override` tells whether a policy may let a lead nurse go on with a reason; reuse and recall never."""

    code: str
    tone: Tone
    word: str
    next_step: str
    override: bool = False
    incident: bool = False


_TABLE = (
    Verdict("ACCEPTED", Tone.GREEN, "OK", "Scan the next label."),
    Verdict("ALREADY_HERE", Tone.GREEN, "Already in", "It is part of this session. Scan the next label."),
    Verdict("ALREADY_COUNTED", Tone.AMBER, "Already counted", "No needle was changed. To change it, scan a new pack."),
    Verdict("EXPIRES_SOON", Tone.AMBER, "Expires soon", "You may use it. Tell the preparation room."),
    Verdict(
        "FIRST_EXPIRED_FIRST_OUT",
        Tone.AMBER,
        "Another first",
        "You may use it. Next time take the earlier one.",
    ),
    Verdict(
        "LOT_UNREAD",
        Tone.AMBER,
        "Scan again",
        "The lot could not be told apart. Scan again, or type it from the box.",
    ),
    Verdict("UNREADABLE", Tone.RED, "Not read", "Scan again, or type the code printed below the label."),
    Verdict(
        "UNKNOWN_CODE",
        Tone.RED,
        "Unknown",
        "This is no label of this clinic. Do not use it; take one with our label.",
    ),
    Verdict(
        "LABEL_VOID",
        Tone.RED,
        "Old label",
        "Look for the newer label on the pack. If there is none, bring it to the preparation room.",
    ),
    Verdict(
        "OTHER_CLINIC",
        Tone.RED,
        "Not ours",
        "It belongs to another clinic. Put it aside and take one of yours.",
    ),
    Verdict(
        "PACK_NOT_RELEASED",
        Tone.RED,
        "Stop",
        "Take a released pack. Bring this one back to the preparation room.",
    ),
    Verdict("LOAD_REJECTED", Tone.RED, "Stop", "Its load was rejected. Bring it back to the preparation room."),
    Verdict("RECALLED", Tone.RED, "Stop", "Put it aside, marked as recalled, and take another lot."),
    Verdict("QUARANTINED", Tone.RED, "Stop", "Put it aside and take another lot.", override=True),
    Verdict(
        "EXPIRED",
        Tone.RED,
        "Expired",
        "Do not use it. Take another and have this one discarded.",
        override=True,
    ),
    Verdict("OPEN_LIFE_EXCEEDED", Tone.RED, "Too long open", "Discard it and open a new container.", override=True),
    Verdict("CONTAINER_ENDED", Tone.RED, "Ended", "It is not used any more. Discard it and open a new container."),
    Verdict(
        "TEST_STRIP_MISSING",
        Tone.RED,
        "Test first",
        "Test the solution's strength with a strip, then scan again.",
    ),
    Verdict(
        "ALREADY_USED",
        Tone.RED,
        "Stop",
        "Do not use it: one needle, one patient, one session. Take a new pack.",
        incident=True,
    ),
    Verdict("GUN_NOT_DISINFECTED", Tone.RED, "Stop", "Disinfect the gun, or take another one.", override=True),
    Verdict("GUN_OUT_OF_SERVICE", Tone.RED, "Stop", "Take another gun."),
    Verdict("GUN_IN_USE", Tone.RED, "In use", "Take another gun, or close the other session first."),
    Verdict(
        "TAP_WATER_RINSE",
        Tone.RED,
        "Stop",
        "The gun is out of service until it has been serviced. Take another gun.",
    ),
    Verdict("WRONG_THING", Tone.RED, "Not this", "Scan a gun, an antiseptic, a vial or a sterile pack."),
    Verdict("REFUSED", Tone.RED, "Not now", "Do what the sentence says, then scan again."),
)
VERDICTS: Mapping[str, Verdict] = {verdict.code: verdict for verdict in _TABLE}


def verdict_on(code: str) -> Verdict:
    """The verdict for a code; a refusal without one of its own stops all the same."""
    return VERDICTS.get(code, VERDICTS["REFUSED"])
