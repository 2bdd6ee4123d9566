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
    }
)
_NURSE = _LOOK | {"sessions.work", "guns.disinfect", "disinfection.work", "labels.print"}
_LEAD_NURSE = _NURSE | {
    "packs.work",
    "printers.manage",
    "loads.work",
    "guns.manage",
    "stock.correct",
    "flags.view",
    "flags.review",
    "sessions.override",
    "sterility.view",
    "policies.view",
}
_MANAGER = _LOOK | {
    "stock.receive",
    "stock.correct",
    "stock.manage",
    "mail.manage",
    "orders.view",
    "orders.work",
    "guns.manage",
    "disinfection.work",
    "labels.print",
    "printers.manage",
    "flags.view",
    "sterility.view",
    "sterility.export",
    "policies.view",
}
_AUDITOR = _LOOK | {"flags.view", "sterility.view", "sterility.export", "audit.view", "policies.view"}
_ADMINISTRATOR = _LOOK | {
    "people.manage",
    "printers.manage",
    "policies.view",
    "policies.publish",
    "audit.view",
    "flags.view",
    "sterility.view",
    "stock.manage",
    "mail.manage",
    "orders.view",
    "orders.work",
    "orders.approve_any",
}

PERMISSIONS: Mapping[Role, frozenset[str]] = {
    Role.NURSE: frozenset(_NURSE),
    Role.LEAD_NURSE: frozenset(_LEAD_NURSE),
    Role.MANAGER: frozenset(_MANAGER),
    Role.AUDITOR: frozenset(_AUDITOR),
    Role.ADMINISTRATOR: frozenset(_ADMINISTRATOR),
}
"""The patient's reference is shown with `sessions.work` only: an auditor reads the log without it."""
