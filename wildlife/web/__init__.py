"""How a request comes and goes: bodies, problems, headers, health. Knows no record."""
