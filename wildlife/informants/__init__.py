"""Who reported, apart from the timeline: encrypted, for the handling station only, erasable."""
