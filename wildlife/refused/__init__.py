"""What was refused and kept: looked at by a person, who accepts it or puts it aside."""
