"""The table of verdicts: what a colour and its override promise."""

import pytest

from inventory.compliance.facts import OVERRIDABLE
from inventory.disinfection.operations import ContainerEnded
from inventory.scanning.verdicts import VERDICTS, Tone, verdict_on

NEVER = ("ALREADY_USED", "RECALLED", "LOAD_REJECTED", "PACK_NOT_RELEASED", "CONTAINER_ENDED", "TEST_STRIP_MISSING")


@pytest.mark.parametrize("code", NEVER)
def test_what_a_reason_never_passes_is_red_and_cannot_be_overridden(code: str) -> None:
    verdict = verdict_on(code)
    assert (verdict.code, verdict.tone, verdict.override) == (code, Tone.RED, False)


def test_only_a_verdict_that_a_policy_may_allow_can_be_overridden() -> None:
    assert {verdict.code for verdict in VERDICTS.values() if verdict.override} == OVERRIDABLE


def test_a_container_that_was_ended_has_a_verdict_of_its_own() -> None:
    assert verdict_on(ContainerEnded.code).code == "CONTAINER_ENDED"


def test_every_verdict_says_what_to_do_next() -> None:
    for verdict in VERDICTS.values():
        assert verdict.word and verdict.next_step.endswith(".")
    assert verdict_on("NO_SUCH_CODE").tone is Tone.RED
