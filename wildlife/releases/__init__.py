"""Releases to the wild, as the officials ask for them."""
