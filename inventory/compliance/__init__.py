"""Policies and the rules that judge sessions."""
