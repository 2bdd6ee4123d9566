"""Products, lots, locations, movements and balances."""
