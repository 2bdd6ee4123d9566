"""Lines in, one JSON answer each out: what `sterilog read` and `sterilog judge` have in common."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

import click

LONGEST_LINE = 1_000_000
"""Bytes. A session of 10,000 needles has half of that; what is longer is no line of text."""
SHOWN = 200
"""Characters of a refused line that its answer repeats."""

Answer = Mapping[str, object]


class BadLine(ValueError):
    """A line that cannot be used; the text says what to do next."""


def answer_each(answer: Callable[[str], Answer]) -> None:
    """One JSON line a line of standard input, as it comes. Ends with exit code 1 if `BadLine` was raised for some."""
    if sys.stdin is None:
        raise click.UsageError("There is no standard input. Give the lines by a pipe or from a file: < FILE.")
    refused = False
    for number, line in enumerate(_lines(sys.stdin.buffer), 1):
        text = line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
        try:
            said = answer(_checked(line, text.removeprefix("\ufeff") if number == 1 else text))
        except BadLine as fault:
            refused = True
            said = {"line": number, "text": text[:SHOWN], "error": str(fault)}
        # As bytes: a console's own encoding may lack a letter. A lone surrogate becomes its JSON escape.
        click.echo(json.dumps(said, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    sys.exit(1 if refused else 0)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines in constant memory: of one that is too long comes its beginning, and the rest is passed over."""
    while line := stream.readline(LONGEST_LINE + 1):
        end = line
        while len(end) > LONGEST_LINE and not end.endswith(b"\n"):
            end = stream.readline(LONGEST_LINE + 1)
        yield line


def _checked(line: bytes, text: str) -> str:
    if len(line) > LONGEST_LINE:
        raise BadLine(f"This line is longer than {LONGEST_LINE:,} bytes. Put one barcode or one session on a line.")
    try:
        line.decode()
    except UnicodeDecodeError as fault:
        raise BadLine(f"Byte {fault.start + 1} of this line is no UTF-8. Save the text as UTF-8.") from None
    return text
