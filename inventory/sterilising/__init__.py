"""Sterilisers, their loads and the release of loads."""
