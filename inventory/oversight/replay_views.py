"""What-if: a draft, or the policy in force, replayed over the last sessions while the page is being sent.

The page grows as the replay goes on, so its progress is what was done, and it needs no script.
"""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from flask import Response, render_template, request, stream_template
from flask.typing import ResponseReturnValue

from inventory.compliance.queries import draft_of, numbers_of
from inventory.compliance.rules import FindingCode
from inventory.oversight.blueprint import blueprint
from inventory.oversight.forms import WhatIfForm
from inventory.oversight.replay import Progress, Replay
from inventory.oversight.what_if import Tally
from inventory.web.access import actor, requires


@blueprint.get("/policies/drafts/<uuid:draft_id>/what-if")
@requires("policies.view")
def what_if(draft_id: UUID) -> ResponseReturnValue:
    by = actor()
    draft = draft_of(by.clinic_id, draft_id)
    form = WhatIfForm(formdata=request.args if "sessions" in request.args else None, meta={"csrf": False})
    if "sessions" not in request.args or not form.validate():
        status = 422 if form.errors else 200
        return render_template("oversight/what_if.html", draft=draft, form=form, replay=None), status
    replay = Replay(by.clinic_id, by.time_zone, numbers_of(draft.thresholds), form.sessions.data)
    page = stream_template("oversight/what_if.html", draft=draft, form=form, replay=Shown(replay, form.cost.data))
    # A proxy that gathers the page before it passes it on would keep its progress back.
    return Response(page, mimetype="text/html", headers={"X-Accel-Buffering": "no"})


class Shown:
    """The replay as the page shows it: its steps first, its result once they are over."""

    def __init__(self, replay: Replay, cost: Decimal | None) -> None:
        self._replay, self._cost = replay, cost

    @property
    def steps(self) -> Iterator[Progress]:
        return iter(self._replay)

    @property
    def tally(self) -> Tally:
        return self._replay.tally

    @property
    def by_rule(self) -> list[tuple[FindingCode, int, int]]:
        """Codes of either, with how many flags then and now."""
        then, now = self.tally.then, self.tally.now
        return [(code, then[code], now[code]) for code in FindingCode if then[code] or now[code]]

    @property
    def monthly_cost(self) -> str | None:
        """Of the extra needles, to the cent, where a cost was typed."""
        if self._cost is None:
            return None
        return f"{self._cost * self.tally.extra_a_month:,.2f}"
