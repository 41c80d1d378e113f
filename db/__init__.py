"""How the service talks to PostgreSQL. Knows no animal: the tables are in `migrations/`."""
