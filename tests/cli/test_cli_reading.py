"""`sterilog read`, and whatever lines are piped into it or into `sterilog judge`."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cli.lines import LONGEST_LINE
from labels import barcodes
from labels.codes import CodeKind, address, new_code
from tests.cli.commands import answered, run

TODAY = "2026-11-23"
NEEDLES = "0109521101530001172704301023A<GS>21X7"
VECTORS = json.loads((Path(__file__).parent.parent / "labels" / "vectors.json").read_text())


def _program(*arguments: str, sent: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "inventory.cli", *arguments], input=sent, capture_output=True)


@pytest.mark.parametrize("separator", ["<GS>", "{GS}", "^", "\x1d"])
def test_a_barcode_is_read_with_its_separator_however_written(separator: str) -> None:
    result = run("read", NEEDLES.replace("<GS>", separator), "--today", TODAY)
    (answer,) = answered(result)
    assert (answer["kind"], answer["gtin"], answer["lot"]) == ("gs1", "09521101530001", "23A")
    assert (answer["expires_on"], answer["serial"], result.exit_code) == ("2027-04-30", "X7", 0)


def test_a_label_of_ours_is_read_as_what_it_stands_on() -> None:
    code = new_code()
    (answer,) = answered(run("read", address("sterilog.example", CodeKind.PACK, code)))
    assert answer == {"kind": "own", "of": "pack", "code": code}


def test_published_barcodes_read_as_on_the_pages() -> None:
    cases = VECTORS["element_string_valid"]
    result = run("read", "".join(f"{case['text']}\n" for case in cases), "--today", TODAY)
    for case, answer in zip(cases, answered(result), strict=True):
        found = barcodes.read(case["text"], today=date.fromisoformat(TODAY))
        assert (answer["gtin"], answer["lot"], answer["serial"]) == (found.gtin, found.lot, found.serial), case["id"]
    assert result.exit_code == 0


def test_published_faults_are_each_answered_with_a_sentence() -> None:
    cases = VECTORS["element_string_invalid"]
    result = run("read", "".join(f"{case['text']}\n" for case in cases), "--today", TODAY)
    for number, answer in enumerate(answered(result), 1):
        assert answer["line"] == number and answer["error"].endswith(".")
    assert result.exit_code == 1


def test_one_bad_line_among_good_ones_is_the_only_one_refused() -> None:
    result = run("read", f"{NEEDLES}\n\n{NEEDLES}\r\nnonsense", "--today", TODAY)
    answers = answered(result)
    assert ["error" in answer for answer in answers] == [False, True, False, True]
    assert [answer.get("line") for answer in answers] == [None, 2, None, 4]
    assert answers[3]["text"] == "nonsense" and result.exit_code == 1


def test_nothing_on_standard_input_is_nothing_wrong() -> None:
    for command in ("read", "judge"):
        result = run(command, "")
        assert (result.exit_code, result.stdout) == (0, "")


def test_a_mark_of_byte_order_is_no_part_of_the_first_barcode() -> None:
    assert answered(run("read", b"\xef\xbb\xbf" + NEEDLES.encode()))[0]["lot"] == "23A"


def test_a_line_that_is_no_text_is_refused_and_not_guessed_at() -> None:
    (answer,) = answered(run("judge", b'{"regions": ["thigh \xe9"]}'))
    assert "no UTF-8" in answer["error"]


@pytest.mark.parametrize("command", ["read", "judge"])
def test_a_line_of_any_length_is_refused_and_the_next_one_still_answered(command: str) -> None:
    good = NEEDLES if command == "read" else '{"area_cm2": 60, "punctures": 40}'
    long = "1" * (3 * LONGEST_LINE)
    result = run(command, f"{long}\n{good}\n{'2' * LONGEST_LINE}\n{good}")
    answers = answered(result)
    assert ["error" in answer for answer in answers] == [True, False, True, False]
    assert "longer than" in answers[0]["error"] and len(answers[0]["text"]) == 200
    assert result.exit_code == 1


@given(st.binary(max_size=300))
def test_no_bytes_whatever_end_in_anything_butanswers(sent: bytes) -> None:
    lines = sent.count(b"\n") + (1 if sent and not sent.endswith(b"\n") else 0)
    for command in ("read", "judge"):
        assert len(answered(run(command, sent))) == lines


@pytest.mark.parametrize("command", ["read", "judge"])
def test_the_help_says_what_the_exit_codes_mean(command: str) -> None:
    said = run(command, "", "--help").stdout
    assert "Exit codes: 0" in said and "2  used wrongly" in said


def test_the_program_itself_reads_bytes_and_speaks_utf_8() -> None:
    ran = _program("read", "--today", TODAY, sent=f"{NEEDLES}\n\xff\n".encode("latin-1"))
    first, second = (json.loads(line) for line in ran.stdout.decode().splitlines())
    assert first["lot"] == "23A" and "no UTF-8" in second["error"]
    assert (ran.returncode, ran.stderr) == (1, b"")


def test_a_reader_that_stops_listening_ends_the_program_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "inventory.cli", "read"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as ran:  # fmt: skip
        assert ran.stdin and ran.stdout and ran.stderr
        ran.stdin.write(NEEDLES.encode() + b"\n")
        ran.stdin.flush()
        assert ran.stdout.readline()
        ran.stdout.close()
        try:
            ran.stdin.write((NEEDLES.encode() + b"\n") * 10_000)
            ran.stdin.close()
        except BrokenPipeError:
            pass
        said = ran.stderr.read()
    assert said == b""


def test_a_closed_standard_input_is_wrong_usage() -> None:
    ran = subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -m inventory.cli read <&-'], capture_output=True, text=True
    )
    assert ran.returncode == 2 and "no standard input" in ran.stderr and "Traceback" not in ran.stderr
