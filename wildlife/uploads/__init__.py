"""Resumable uploads (tus 1.0.0): a photo over a network that breaks every minute."""
