"""How many there are of what the lists list: the same questions, answered by numbers."""
