"""Backups: the database as it is at one moment, with every photo that it names."""
