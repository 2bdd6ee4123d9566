"""Verifying a log of a million entries by `verify.py`, against reading, spelling and hashing the same lines.

The floor does for each line what no verifier can leave out: parse the JSON, write it in its one spelling again, and
compute SHA-256 of the bytes. Proof that the lines hang together comes on top.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.audit.canonical import canonical, leaf
from inventory.audit.checkpoints import Checkpoint, public_bytes, signed, verifier_key
from inventory.audit.evidence import Noted, whole_log
from inventory.audit.merkle import Frontier

OWN_PEAK = """
import runpy, sys
from pathlib import Path
verifier, sys.argv = sys.argv[1], sys.argv[1:]
try:
    runpy.run_path(verifier, run_name="__main__")
finally:
    (peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    print(int(peak.split()[1]) / 1024)
"""
"""From the process itself: what the system says of a child counts what its parent held when it was made."""
ENTRIES = int(os.environ.get("STERILOG_BENCH_ENTRIES", "1000000"))
ROUNDS = 3
CHAIN = UUID("01932f6e-0000-7000-8000-000000000001")
EVERY = 1000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
FLOOR = """
import json, sys
from hashlib import sha256
decode = json.JSONDecoder().decode
encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
with open(sys.argv[1], "rb") as file:
    for line in file:
        encode(decode(line.decode()))
        sha256(line).digest()
"""


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        log, anchor = Path(folder) / "log.ndjson", Path(folder) / "anchor.txt"
        anchor.write_text(_written(log))
        verifier = Path(__file__).parent.parent / "inventory" / "audit" / "verify.py"
        held = ["--key", verifier_key(public_bytes(KEY)), "--anchor", str(anchor)]
        floors, verified = [], []
        for _ in range(ROUNDS):
            floors.append(_cpu([sys.executable, "-c", FLOOR, str(log)]))
            verified.append(_cpu([sys.executable, str(verifier), str(log), *held]))
        command = [sys.executable, "-c", OWN_PEAK, str(verifier), str(log), *held]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        peak = float(told.splitlines()[-1])
    each, ratio = median(verified) / ENTRIES * 1e6, median(verified) / median(floors)
    return (
        f"{ENTRIES:,} entries verified in {median(verified):.1f} s of CPU, {each:.1f} us each; JSON and hashing alone "
        f"{median(floors):.1f} s: ratio {ratio:.2f} (aim 2). Peak memory {peak:.0f} MB (aim below 200)."
    )


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _written(path: Path) -> str:
    """A log with a checkpoint every thousand entries; the newest one's note is given back, to be the anchor.

    Made twice, once for the checkpoints that stand before it: what this process holds, its children would be said to.
    """
    noted = list(_noted(ENTRIES))
    with path.open("wb") as file:
        file.writelines(whole_log(CHAIN, ENTRIES, noted, (text.decode() for text, _ in _records(ENTRIES))))
    return noted[-1].note


def _noted(count: int) -> Iterator[Noted]:
    tree = Frontier()
    for _, link in _records(count):
        tree.append(link)
        if tree.size % EVERY == 0 or tree.size == count:
            checkpoint = Checkpoint(CHAIN, 1, tree.size, tree.root())
            yield Noted(checkpoint, signed(checkpoint, KEY))


def _records(count: int) -> Iterator[tuple[bytes, bytes]]:
    previous = bytes(32)
    for seq in range(count):
        text = canonical(_entry(seq, previous))
        previous = leaf(text)
        yield text, previous


def _entry(seq: int, previous: bytes) -> dict[str, object]:
    minute = seq // 60
    return {
        "v": 1,
        "chain": str(CHAIN),
        "seq": seq,
        "prev": previous.hex(),
        "at": f"2026-11-{1 + minute // 1440 % 28:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:{seq % 60:02d}.000Z",
        "actor": {"id": str(UUID(int=7)), "name": "Nora Nurse"},
        "action": "pack.opened",
        "subject": {"kind": "pack", "id": str(UUID(int=seq))},
        "changes": [{"kind": "pack", "id": str(UUID(int=seq)), "fields": {"state": ["available", "opened"]}}],
        "facts": {},
    }
