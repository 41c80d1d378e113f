"""Measurements against what is possible and against what is usual. `make bench` runs them."""
