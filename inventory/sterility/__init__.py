"""The sterility log, its exports, and the trace of a lot."""
