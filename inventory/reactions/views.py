"""Pages come with the operations."""

from flask import Blueprint

from inventory.reactions import models

__all__ = ["blueprint", "models"]

blueprint = Blueprint("reactions", __name__)
