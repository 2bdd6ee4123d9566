"""Where the menu leads: by the place people stand in, each entry with the permission it needs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NavigationEntry:
    label: str
    endpoint: str
    icon: str
    permission: str


@dataclass(frozen=True)
class NavigationGroup:
    label: str
    entries: tuple[NavigationEntry, ...]


NAVIGATION = (
    NavigationGroup(
        "Treatment",
        (
            NavigationEntry("Sessions", "sessions.index", "needle", "sessions.view"),
            NavigationEntry("Scan", "scanning.scan", "scan", "scanning.look_up"),
            NavigationEntry("Morning check", "devices.check", "scan", "sessions.work"),
            NavigationEntry("Day close", "anchors.day_close", "ok", "day.close"),
        ),
    ),
    NavigationGroup(
        "Sterile supply",
        (
            NavigationEntry("Packs", "packs.index", "pack", "packs.view"),
            NavigationEntry("Loads", "sterilising.loads", "steriliser", "loads.view"),
            NavigationEntry("Guns", "guns.guns", "gun", "guns.view"),
            NavigationEntry("Disinfection", "disinfection.containers", "bottle", "disinfection.view"),
            NavigationEntry("Sharps", "sharps.index", "needle", "sharps.view"),
            NavigationEntry("Printing", "printing.jobs", "print", "packs.view"),
        ),
    ),
    NavigationGroup(
        "Stock",
        (
            NavigationEntry("Desk", "purchasing.desk", "clinic", "orders.view"),
            NavigationEntry("Stock", "stock.index", "box", "stock.view"),
            NavigationEntry("Orders", "purchasing.index", "order", "orders.view"),
            NavigationEntry("Stocktakes", "stocktaking.index", "edit", "stock.count"),
        ),
    ),
    NavigationGroup(
        "Oversight",
        (
            NavigationEntry("Flags", "oversight.flags", "flag", "flags.view"),
            NavigationEntry("Reactions", "reactions.index", "warning", "flags.view"),
            NavigationEntry("Compliance", "oversight.compliance", "shield", "compliance.view"),
            NavigationEntry("Policies", "compliance.policies", "policy", "policies.view"),
            NavigationEntry("Sterility log", "sterility.index", "log", "sterility.view"),
            NavigationEntry("Trace", "sterility.find_thing", "search", "sterility.view"),
            NavigationEntry("Record", "audit.index", "lock", "audit.view"),
            NavigationEntry("Retention", "keeping.index", "calendar", "retention.view"),
            NavigationEntry("Devices", "devices.index", "clock", "flags.view"),
            NavigationEntry("People", "people.members", "person", "people.manage"),
        ),
    ),
)
