"""Treatment sessions: setup, needle uses, treated areas, flags."""
