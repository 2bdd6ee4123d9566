"""Counting what lies on the shelves, by scanning, and bringing the books to it."""
