"""Official papers: printable pages of what a reader is told of a record, and of nothing else."""
