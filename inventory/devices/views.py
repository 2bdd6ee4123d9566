"""Pages come with the operations."""

from flask import Blueprint

from inventory.devices import models

__all__ = ["blueprint", "models"]

blueprint = Blueprint("devices", __name__)
