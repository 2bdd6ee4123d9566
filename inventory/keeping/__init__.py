"""How long things are kept, what a dispute holds, and what is removed or erased when its time has come."""
