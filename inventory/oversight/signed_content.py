"""What is signed with a step of a flag's review: the flag as it was judged, the step, and why."""

from inventory.oversight.models import FlagStep
from inventory.sessions.models import Flag
from inventory.sessions.signed_content import content_of as content_of_flag


def content_of(row: FlagStep | Flag) -> dict[str, object]:
    return content_of_flag(row) if isinstance(row, Flag) else content_of_step(row)


def content_of_step(step: FlagStep) -> dict[str, object]:
    return {
        "flag": step.flag_id or step.flag.id,
        "number_of_step": step.sequence,
        "step": step.step,
        "state": step.state,
        "reason": step.reason,
        "action": step.action,
        "owner": step.owner_name,
        "due_on": step.due_on,
    }
