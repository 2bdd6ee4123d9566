"""What each role may do. Pure: one table, read by every view through `requires`."""

from collections.abc import Mapping

from inventory.people.models import Role

_LOOK = frozenset(
    {
        "stock.view",
        "guns.view",
        "disinfection.view",
        "loads.view",
        "packs.view",
        "sessions.view",
        "scanning.look_up",
        "sharps.view",
    }
)
_NURSE = _LOOK | {
    "sessions.work",
    "guns.disinfect",
    "disinfection.work",
    "labels.print",
    "stock.count",
    "sharps.work",
    "day.close",
}
_LEAD_NURSE = _NURSE | {
    "packs.work",
    "packs.take_back",
    "printers.manage",
    "loads.work",
    "guns.manage",
    "stock.correct",
    "stock.approve",
    "flags.view",
    "flags.review",
    "sessions.override",
    "sterility.view",
    "references.resolve",
    "compliance.view",
    "compliance.people",
    "policies.view",
    "policies.draft",
    "policies.approve",
    "references.erase",
}
_MANAGER = _LOOK | {
    "stock.receive",
    "stock.correct",
    "stock.count",
    "stock.approve",
    "packs.take_back",
    "packs.release",
    "sharps.work",
    "day.close",
    "stock.manage",
    "mail.manage",
    "orders.view",
    "orders.work",
    "guns.manage",
    "disinfection.work",
    "labels.print",
    "printers.manage",
    "flags.view",
    "flags.review",
    "sterility.view",
    "sterility.export",
    "sterility.share",
    "compliance.view",
    "compliance.people",
    "policies.view",
    "policies.draft",
}
_AUDITOR = _LOOK | {
    "flags.view",
    "sterility.view",
    "sterility.export",
    "audit.view",
    "audit.export",
    "compliance.view",
    "policies.view",
    "retention.view",
}
LIMITED_AUDITOR = frozenset(
    {
        "guns.view",
        "disinfection.view",
        "loads.view",
        "packs.view",
        "sessions.view",
        "scanning.look_up",
        "flags.view",
        "policies.view",
        "sterility.view",
        "sterility.export",
        "audit.view",
    }
)
"""Of an auditor who sees some days only: what can be cut to days. Stock and trends are of all days, and the record as
a whole cannot be handed out in part."""
_ADMINISTRATOR = _LOOK | {
    "people.manage",
    "printers.manage",
    "compliance.view",
    "policies.view",
    "policies.draft",
    "policies.approve",
    "audit.view",
    "audit.export",
    "anchors.manage",
    "flags.view",
    "sterility.view",
    "stock.manage",
    "mail.manage",
    "orders.view",
    "orders.work",
    "orders.approve_any",
    "retention.view",
    "retention.manage",
    "references.erase",
}

PERMISSIONS: Mapping[Role, frozenset[str]] = {
    Role.NURSE: frozenset(_NURSE),
    Role.LEAD_NURSE: frozenset(_LEAD_NURSE),
    Role.MANAGER: frozenset(_MANAGER),
    Role.AUDITOR: frozenset(_AUDITOR),
    Role.ADMINISTRATOR: frozenset(_ADMINISTRATOR),
}
"""A manager sees compliance by practitioner (`compliance.people`), and a lead nurse, who answers for the team, too.

The patient's reference is shown with `sessions.work` only: an auditor reads the log without it. All references that
something reached are listed with `references.resolve` only, and each time that is recorded."""
