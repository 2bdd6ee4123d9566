"""What the morning's self-tests show: for each scanner, which of the two test labels arrived as it should. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from inventory.devices.models import DeviceCheck
from inventory.scanning.diagnosis import Fault, Keystroke, diagnose, shown
from inventory.scanning.samples import SAMPLES, SEPARATOR

NOT_YET = "not yet"
_SYMBOL = shown(SEPARATOR)


@dataclass
class Checked:
    """One scanner today. `results` has a line for each test label: faults in words, "" where all was well."""

    device_name: str
    results: dict[str, str] = field(default_factory=lambda: {sample.name: NOT_YET for sample in SAMPLES})

    @property
    def well(self) -> bool:
        return not any(self.results.values())


def by_device(checks: Iterable[DeviceCheck]) -> list[Checked]:
    """Of checks from the newest to the oldest: the newest result for each scanner and label counts."""
    found: dict[str, Checked] = {}
    for check in checks:
        device = found.setdefault(check.device_name, Checked(check.device_name))
        name = label_in(check.scanned)
        if name is not None and device.results[name] == NOT_YET:
            device.results[name] = said(check.faults)
    return sorted(found.values(), key=lambda device: device.device_name.lower())


def label_in(scanned: str) -> str | None:
    """Which test label it was, as far as what arrived tells."""
    sample = diagnose(_keys(scanned), timed=False).sample
    return sample.name if sample else None


def faults_in(check: DeviceCheck) -> list[Fault]:
    return [Fault[name] for name in check.faults.split(",") if name]


def said(faults: str) -> str:
    return ", ".join(Fault[name].word.lower() for name in faults.split(",") if name)


def text_of(keys: Sequence[Keystroke]) -> str:
    """What arrived, for the record: without the ending, control characters as symbols."""
    return "".join(shown(key.key) if key.key != " " else " " for key in keys if len(key.key) == 1)


def _keys(scanned: str) -> list[Keystroke]:
    return [Keystroke(SEPARATOR if character == _SYMBOL else character, 0) for character in scanned]
