"""Phones and tablets: what they did without network, brought home exactly once and in order."""
