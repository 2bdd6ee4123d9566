"""What is signed with a step of a flag's review: the flag as it was judged, the step, and why."""

from inventory.oversight.models import FlagStep


def content_of(step: FlagStep) -> dict[str, object]:
    flag = step.flag
    return {
        "session": flag.treatment_id,
        "flag": flag.code,
        "rule": flag.rule,
        "policy_version": flag.policy_number,
        "sentence": flag.sentence,
        "raised_at": flag.raised_at,
        "number_of_step": step.sequence,
        "step": step.step,
        "state": step.state,
        "reason": step.reason,
        "action": step.action,
        "owner": step.owner_name,
        "due_on": step.due_on,
    }
