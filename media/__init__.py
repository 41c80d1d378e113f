"""Bytes, not meaning: a content-addressed store and renditions of images. Knows no incident."""
