"""What officials and officers ask for: questions to the rows, answered by pages."""
