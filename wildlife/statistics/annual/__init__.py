"""The annual report on rescued wildlife: heads, where they came from, and what became of them."""
