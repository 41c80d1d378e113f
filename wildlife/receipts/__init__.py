"""Receipts: what a phone may delete, because it is held here."""
