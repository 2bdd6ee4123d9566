"""Adverse reactions after a session, and the aftercare advice given."""
