"""Sterile packs: made up, labelled, opened."""
