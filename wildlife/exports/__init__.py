"""Exports: long answers that are made in the background, and fetched when they are whole."""
