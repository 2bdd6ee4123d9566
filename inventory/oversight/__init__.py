"""What the record teaches: what-if of a draft, review of flags, compliance seen over time."""
