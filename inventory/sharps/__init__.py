"""Sharps containers: which stands where, how full it is, and the proof that it was picked up."""
