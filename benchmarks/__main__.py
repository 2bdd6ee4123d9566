"""Run every benchmark and print what each found: `python -m benchmarks [name ...]`."""

import sys
from importlib import import_module

NAMES = (
    "label_sheets",
    "scan_to_verdict",
    "scan_on_page",
    "log_export",
    "log_pages",
    "judging",
    "replay",
    "verifying",
    "appending",
    "catalogue_import",
    "reorder",
    "traces",
)


def main(names: list[str]) -> None:
    for name in names or NAMES:
        print(f"== {name}", flush=True)
        print(import_module(f"benchmarks.{name}").run(), flush=True)


main(sys.argv[1:])
