"""Whom the service is measured against: the limit, and the usual way to write it."""
