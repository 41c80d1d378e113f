"""Who acts: stations, accounts, their sessions, and what each may."""
