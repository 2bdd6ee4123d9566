"""Reading and writing labels: a library that knows no web, no database and no inventory."""
