"""Labels on paper: the clinic's media and printers, and a list of what was printed."""
