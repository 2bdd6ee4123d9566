"""Opened containers, test strips and disinfections."""
