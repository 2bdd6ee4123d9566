"""`sterilog judge`: the worked cases of the product, and facts that cannot be meant."""

import json
from pathlib import Path

import pytest

from inventory.compliance.facts import Thresholds
from tests.cli.commands import answered, run

WORKED = [
    (60, 40, 8, 1, 1, None),
    (400, 190, 12, 1, 1, 2),
    (850, 380, 25, 2, 2, 5),
    (150, 600, 10, 1, 1, 6),
    (399, 199, 15, 1, 1, None),
]
FIELDS = ("area_cm2", "punctures", "minutes", "regions", "syringes")


def _judged(*sessions: object) -> list[dict]:
    sent = "\n".join(session if isinstance(session, str) else json.dumps(session) for session in sessions)
    return answered(run("judge", sent))


@pytest.mark.parametrize("case", WORKED, ids=str)
def test_the_worked_cases_of_the_product_are_judged_as_written(case: tuple[int | None, ...]) -> None:
    (answer,) = _judged(dict(zip(FIELDS, case, strict=False)))
    required = {
        f["code"]: f["facts"]["needles_required"] for f in answer["findings"] if "needles_required" in f["facts"]
    }
    assert required == ({} if case[5] is None else {"NEEDLE_CHANGE_TOO_FEW": case[5]})


def test_a_small_session_with_one_needle_is_fine() -> None:
    assert _judged(dict(zip(FIELDS, WORKED[0], strict=False))) == [{"findings": []}]


def test_a_needle_past_its_limit_is_found_though_the_session_is_small() -> None:
    (answer,) = _judged(dict(zip(FIELDS, WORKED[4], strict=False)))
    assert [finding["code"] for finding in answer["findings"]] == ["NEEDLE_OVERDUE"]
    assert "199 punctures" in answer["findings"][0]["sentence"]


def test_needles_may_be_counted_or_listed() -> None:
    session = {"area_cm2": 400, "punctures": 160, "minutes": 12, "regions": 1, "syringes": 1}
    uses = [{"punctures": 80, "minutes": 6, "area_cm2": 200, "regions": ["abdomen"]} for _ in range(2)]
    for needles in ({"needles": 2}, {"needle_uses": 2}, {"needle_uses": uses}):
        (answer,) = _judged({**session, **needles})
        assert not {f["code"] for f in answer["findings"]} & {"NEEDLE_CHANGE_TOO_FEW", "NEEDLE_OVERDUE"}


def test_findings_do_not_make_the_command_fail() -> None:
    assert run("judge", '{"area_cm2": 850, "punctures": 380}').exit_code == 0


WRONG = {
    "{": "no JSON",
    "": "no JSON",
    "[]": "JSON object",
    "null": "JSON object",
    '{"area": 5}': "area is no field",
    '{"area_cm2": -1}': "whole number",
    '{"area_cm2": 1.0}': "whole number",
    '{"area_cm2": 1e400}': "whole number",
    '{"area_cm2": true}': "whole number",
    '{"area_cm2": "60"}': "whole number",
    '{"area_cm2": 9999999}': "whole number",
    '{"punctures": NaN}': "NaN is no number",
    '{"punctures": -Infinity}': "-Infinity is no number",
    '{"minutes": 5, "minutes": 50}': "minutes stands there twice",
    '{"regions": -1}': "regions",
    '{"regions": [1]}': "regions",
    '{"needle_uses": [{"pins": 0}]}': "pins must be at least 1",
    '{"needle_uses": [{"shots": 4}]}': "shots is no field",
    '{"needle_uses": [[]]}': "no JSON object",
    '{"needles": 3, "needle_uses": [{}]}': "needles says 3",
    "[" * 100_000: "nested too deep",
    '{"area_cm2": ' + "9" * 5000 + "}": "too many digits",
}


@pytest.mark.parametrize("line", WRONG, ids=lambda line: line[:40])
def test_facts_that_cannot_be_meant_are_refused_with_a_sentence(line: str) -> None:
    result = run("judge", f"{line}\n")
    (answer,) = answered(result)
    assert WRONG[line] in answer["error"] and answer["error"].endswith(".")
    assert result.exit_code == 1


def test_a_name_that_no_encoding_holds_is_answered_all_the_same() -> None:
    (answer,) = _judged('{"regions": ["\\ud800", "b"], "area_cm2": 900, "\\udfff": 1}')
    assert "is no field" in answer["error"]


def test_a_policy_changes_the_limits_it_names_and_no_other(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text('{"overdue_punctures": 500}')
    sent = '{"area_cm2": 60, "punctures": 199, "minutes": 8}\n{"area_cm2": 60, "punctures": 20, "minutes": 16}'
    few, late = answered(run("judge", sent, "--policy", str(policy)))
    assert "NEEDLE_OVERDUE" not in {finding["code"] for finding in few["findings"]}
    assert "NEEDLE_OVERDUE" in {finding["code"] for finding in late["findings"]}


def test_a_whole_policy_as_the_record_holds_it_may_be_given(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(Thresholds().as_mapping()))
    assert answered(run("judge", "{}", "--policy", str(policy))) == _judged({})


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"{", b"\xff\xfe\x00", b'{"overdue": 1}', b'{"overdue_punctures": 1.5}',
     b'{"overdue_punctures": 0}', b'{"overdue_punctures": "9"}', b'{"spacing_mm": 3}',
     b'{"spacing_mm": {"nappage": -3}}',
     b'{"override_allowed": ["RECALLED"]}', b'{"count_pins": 1}', b"[" * 100_000],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_is_wrong_usage(tmp_path: Path, content: bytes) -> None:
    policy = tmp_path / "policy.json"
    policy.write_bytes(content)
    result = run("judge", "{}", "--policy", str(policy))
    assert result.exit_code == 2 and "cannot be used" in result.stderr and not result.stdout


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_policy_file_that_is_not_there_is_wrong_usage(tmp_path: Path, name: str) -> None:
    result = run("judge", "{}", "--policy", str(tmp_path / name))
    assert result.exit_code == 2 and "--policy" in result.stderr


def test_the_help_of_judge_names_every_field() -> None:
    said = run("judge", "", "--help").stdout
    assert all(
        field in said for field in (*FIELDS, "needles", "needle_uses", "pins", "high_speed", "planned_punctures")
    )
