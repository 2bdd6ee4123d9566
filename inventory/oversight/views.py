"""All views of oversight, on one blueprint."""

from inventory.oversight import flag_views, replay_views, sight_views
from inventory.oversight.blueprint import blueprint

__all__ = ["blueprint", "flag_views", "replay_views", "sight_views"]
