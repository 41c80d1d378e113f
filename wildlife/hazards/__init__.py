"""Road hazards: what may be said of one, and what follows from it."""
