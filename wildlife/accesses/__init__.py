"""Who read which record: the access log."""
