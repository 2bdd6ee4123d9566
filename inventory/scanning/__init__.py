"""Any text from a scanner: what it is, and the verdict on it."""
