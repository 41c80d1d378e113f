"""All entries of all incidents in one order: what tells others what is new, and proves what was
there. It knows no incident: an entry is its ids and its digest."""
