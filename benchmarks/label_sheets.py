"""1,000 pack labels as a PDF, beside their QR matrices alone and beside one HTML document a label in WeasyPrint.

Then the memory of 1,000 and 20,000 labels and the time to the first page, each in a process of its own.
WeasyPrint is no dependency of the product: `pip install -e '.[bench]'` brings it, and without it that row is left out.
"""

import base64
import gc
import io
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import qrcode

from labels import codes, qr
from labels.layout import Label
from labels.media import MEDIA, Medium
from labels.pdf import pdf_chunks, write_pdf

try:
    import weasyprint
except (ImportError, OSError) as error:  # OSError: the package is there, its Pango libraries are not
    weasyprint, MISSING = None, str(error).splitlines()[0]

LABELS, ROUNDS = 1_000, 7
PAGES, PAGE_ROUNDS = 60, 3
MATRIX_AIM, HTML_AIM = 1.5, 20
COUNTS = (1_000, 20_000)
MEMORY_AIM = 10
STATUS = Path("/proc/self/status")
MEASURE = "import sys; from benchmarks.label_sheets import streamed; print(*streamed(int(sys.argv[1])))"
SHEETS = (MEDIA["avery-l7160"], MEDIA["avery-l7651"])
PAGE = """<html><head><style>@page {{ size: 63.5mm 38.1mm; margin: 1mm }} body {{ font: 8pt Helvetica, sans-serif }}
img {{ float: left; width: 19mm; image-rendering: pixelated }} h1 {{ font-size: 9pt; margin: 0 }} p {{ margin: 0 }}
code {{ clear: both; font-weight: bold }}</style></head><body><img src="data:image/png;base64,{image}"><h1>{title}</h1>
{lines}<code>{code}</code></body></html>"""


def run() -> str:
    """Aims: at most 1.5 times the matrices; WeasyPrint at least 20 times slower. CPU time, interleaved, medians."""
    loads, alone = _packs(load_size=40), _packs(load_size=1)
    work: dict[str, Callable[[], object]] = {"matrices": lambda: [qr.matrix(label.address) for label in loads]}
    for medium in SHEETS:
        work[f"{medium.name}, loads of 40"] = lambda medium=medium: _sheets(loads, medium)
        work[f"{medium.name}, no two alike"] = lambda medium=medium: _sheets(alone, medium)
    seconds: dict[str, list[float]] = {name: [] for name in work}
    html: list[float] = []
    for number in range(ROUNDS):
        for name, task in work.items():
            seconds[name].append(_cpu(task))
        if weasyprint and number < PAGE_ROUNDS:
            html.append(_cpu(lambda: [_html_page(label) for label in loads[:PAGES]]) * LABELS / PAGES)
    report = _report({name: statistics.median(taken) for name, taken in seconds.items()}, html)
    return f"{report}\n{_memory()}"


def streamed(count: int) -> tuple[float, float]:
    """Make the pages of `count` labels one by one: seconds to the first, and the most MB the process ever held."""
    began = time.perf_counter()
    chunks = pdf_chunks(_pack_labels(load_size=40, count=count), SHEETS[0])
    next(chunks)
    first = time.perf_counter() - began
    deque(chunks, maxlen=0)
    return first, _peak_mb()


def main(argv: list[str]) -> int:
    """Print the report; `argv` is not used."""
    print(run())
    return 0


def _report(medians: dict[str, float], html: list[float]) -> str:
    matrices = medians.pop("matrices")
    lines = [f"{LABELS} QR matrices alone: {matrices:.3f} s CPU"]
    for name, taken in medians.items():
        lines.append(f"{LABELS} labels on {name}: {taken:.3f} s, {taken / matrices:.2f} x matrices (aim {MATRIX_AIM})")
    if not html:
        return "\n".join([*lines, f"WeasyPrint left out: {MISSING}. Install the extra `bench` for it."])
    slow = statistics.median(html)
    least = slow / max(medians.values())
    lines.append(
        f"{LABELS} HTML pages through WeasyPrint {weasyprint.__version__} ({PAGES} made, scaled): {slow:.1f} s; "
        f"ours {least:.0f} x faster at least (aim {HTML_AIM})"
    )
    return "\n".join(lines)


def _memory() -> str:
    if not STATUS.exists():
        return "Memory left out: only Linux tells how much a process held."
    lines, peaks = [], []
    for count in COUNTS:
        command = [sys.executable, "-c", MEASURE, str(count)]
        first, peak = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
        lines.append(f"{count} labels streamed: peak {peak:.1f} MB, first page after {first * 1000:.0f} ms")
        peaks.append(peak)
    return "\n".join([*lines, f"Growth: {peaks[-1] - peaks[0]:.1f} MB (aim at most {MEMORY_AIM})"])


def _peak_mb() -> float:
    """Of the whole process, interpreter and libraries included; getrusage would count the parent's before exec."""
    [peak] = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def _packs(load_size: int) -> list[Label]:
    return list(_pack_labels(load_size, LABELS))


def _pack_labels(load_size: int, count: int) -> Iterator[Label]:
    """Pack labels as made: `load_size` of them in a row differ in nothing but code and address."""
    source = Random(20261123)
    for number in range(count):
        code = codes.new_code(source.getrandbits)
        yield Label(
            codes.address("sterilog.example.org", codes.CodeKind.PACK, code),
            codes.grouped(code),
            "5 x needle 30G x 4 mm, 1 luer adapter",
            (f"LOT A{number // load_size:04d}", "USE BY 2028-01-31", f"LOAD S1-2026-{number // load_size:04d}"),
            "Room 2",
        )


def _sheets(labels: list[Label], medium: Medium) -> bytes:
    out = io.BytesIO()
    write_pdf(labels, medium, out)
    return out.getvalue()


def _html_page(label: Label) -> bytes:
    """As InvenTree prints: a template with the code as a PNG in a data address, a document a label."""
    picture = io.BytesIO()
    qrcode.make(label.address).save(picture)
    lines = "".join(f"<p>{line}</p>" for line in (*label.lines, label.note))
    image = base64.b64encode(picture.getvalue()).decode()
    page = PAGE.format(image=image, title=label.title, lines=lines, code=label.code)
    return bytes(weasyprint.HTML(string=page).write_pdf())


def _cpu(task: Callable[[], object]) -> float:
    gc.collect()
    began = time.process_time()
    task()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
