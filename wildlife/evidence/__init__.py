"""An incident as evidence: all of it in one archive that verifies itself, years later, anywhere."""
