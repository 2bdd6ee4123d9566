"""Mail that leaves the program: kept until a server took it."""
