"""By hand, not part of the suite: `python -m tests.labels.mutate_barcodes [count] [seed]`, a million by default.

Takes the published vectors apart and puts them together wrongly. Nothing but `UnreadableBarcode` may come out, and
nothing may take long: a scanner's text must never hang the page it is scanned into.
"""

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random
from time import process_time

from labels import barcodes, codes
from labels.barcodes import UnreadableBarcode
from labels.codes import UnreadableCode

TODAY = date(2026, 11, 23)
SLOWEST_SECONDS = 0.25
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
TEXTS = [case["text"] for cases in VECTORS.values() if isinstance(cases, list) for case in cases if case["text"]]
PIECES = [
    *("^", "\x1d", "<GS>", "(", ")", "(01)", "(10)", "(8030)", "+", "+$$", "$", "/", "%", "%00", "%zz", "]d2", "]C1"),
    *("https://a/01/", "?10=", "&", "#", "\x00", "\x1e", "Ö", "٣", "🩹", "0" * 40, "9" * 40, "A" * 90, " ", "\r\n"),
]


def mutated(random: Random) -> str:
    """One of the published texts with up to six things done to it."""
    text = random.choice(TEXTS)
    for _ in range(random.randint(0, 6)):
        at, to = sorted((random.randint(0, len(text)), random.randint(0, len(text))))
        match random.randrange(7):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:at] + random.choice(PIECES) + text[at:]
            case 2:
                text = text[:at] + text[at:to] * 2 + text[to:]
            case 3:
                text = text[:at] + text[at:to][::-1] + text[to:]
            case 4:
                text = text[:at] + random.choice(TEXTS)[to:]
            case 5:
                text = (
                    text[:at] + chr(random.choice((random.randrange(32, 127), random.randrange(0x11000)))) + text[to:]
                )
            case 6:
                text = text[:at] + text[at:to].swapcase() + text[to:]
    return text


def main(count: int = 1_000_000, seed: int = 1) -> None:
    random, met, slowest = Random(seed), Counter[str](), (0.0, "")
    for _ in range(count):
        text = mutated(random)
        began = process_time()
        try:
            read = barcodes.read(text, today=TODAY)
            met[read.kind.value] += 1
        except UnreadableBarcode as refused:
            assert refused.sentence.endswith("."), text
            met["refused"] += 1
        try:
            codes.parse(text)
        except UnreadableCode as refused:
            assert str(refused).endswith("."), text
        slowest = max(slowest, (process_time() - began, text))
    print(f"{count} texts, seed {seed}: {dict(met)}; slowest {slowest[0] * 1000:.1f} ms: {slowest[1][:80]!r}")
    assert slowest[0] < SLOWEST_SECONDS


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
