"""Photos: an entry on the timeline, its bytes in the store."""
