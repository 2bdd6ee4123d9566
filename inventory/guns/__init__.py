"""Guns, their service and readiness."""
