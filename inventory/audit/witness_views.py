"""The door of the witness: another Sterilog, or any log of the same form, asks for a cosignature."""

from pathlib import Path

from flask import current_app, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from inventory.audit.blueprint import blueprint
from inventory.audit.keyholding import KeyUnavailable
from inventory.audit.witness import Refused, Witness, submitted
from inventory.clock import utc_now
from inventory.web.access import PUBLIC, begins_reading, requires

MOST_BYTES = 8192
"""63 proof lines of 45 bytes, and a checkpoint with some signatures."""


@blueprint.post("/witness/add-checkpoint")
@requires(PUBLIC)
@begins_reading
def add_checkpoint() -> ResponseReturnValue:
    """C2SP tlog-witness. The signature in the request is who asks; no browser does, so there is no token."""
    try:
        request.max_content_length = MOST_BYTES
        asked = submitted(request.get_data().decode("utf-8", "replace"))
        return Response(Witness(Path(current_app.config["DATA_DIR"])).cosign(asked, utc_now()), mimetype="text/plain")
    except RequestEntityTooLarge:
        return Response(f"At most {MOST_BYTES} bytes.\n", 413, mimetype="text/plain")
    except Refused as refused:
        if refused.size is not None:
            return Response(f"{refused.size}\n", refused.status, mimetype="text/x.tlog.size")
        return Response(f"{refused.sentence}\n", refused.status, mimetype="text/plain")
    except KeyUnavailable:
        return Response("This witness cannot sign at present.\n", 503, mimetype="text/plain")


def _without_token(state: BlueprintSetupState) -> None:
    state.app.extensions["csrf"].exempt(add_checkpoint)


blueprint.record(_without_token)
