"""Invented records, as many as anybody asks for: to learn how the service is with all that a
province has in ten years, before it has it."""
