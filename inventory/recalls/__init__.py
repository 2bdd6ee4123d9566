"""Recall notices: what they block, whom they reach, and the letters to physicians."""
